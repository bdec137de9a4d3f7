"""The page in a real browser: on a phone, in the dark."""

import html
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from gatewise.report import render_report
from gatewise.report.lesson import render_lesson

from .lessons import classic

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]

# The page's own policy forbids scripts, so a page around it looks in and writes down what it sees.
WRAPPER = """<!doctype html><iframe id="page" style="width:375px;height:800px;border:0"
srcdoc="{page}"></iframe><output id="seen"></output><script>
document.getElementById("page").onload = (event) => {{
  const inside = event.target.contentDocument, root = inside.documentElement;
  inside.querySelectorAll("details").forEach((details) => details.open = true);
  document.getElementById("seen").textContent = [
    root.scrollWidth, root.clientWidth, getComputedStyle(inside.body).backgroundColor,
  ].join("|");
}};</script>"""


def look(page: str, folder: Path, *options: str) -> tuple[int, int, str]:
    """The page's scroll width, its width and its background at a phone's width."""
    wrapper = folder / "wrapper.html"
    wrapper.write_text(WRAPPER.format(page=html.escape(page)), encoding="utf-8")
    command = [
        str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
        "--no-first-run", "--disable-background-networking", "--disable-component-update",
        "--disable-sync", f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=5000",
        *options, "--dump-dom", wrapper.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    seen = re.search(r'<output id="seen">(\d+)\|(\d+)\|([^<]+)</output>', done.stdout)
    assert seen, done.stdout[-500:] + done.stderr[-2000:]
    return int(seen[1]), int(seen[2]), seen[3]


@pytest.mark.parametrize("kind", ["text", "series", "ugly"])
def test_fits_a_phone(samples: Any, tmp_path: Path, kind: str) -> None:
    page = render_report(getattr(samples, f"{kind}_results")())
    needed, given, background = look(page, tmp_path)
    assert needed <= given <= 375
    assert background == "rgb(246, 246, 243)"


def test_the_lesson_fits_a_phone_too(tmp_path: Path) -> None:
    needed, given, background = look(render_lesson(classic()), tmp_path)
    assert needed <= given <= 375
    assert background == "rgb(246, 246, 243)"


def test_the_lesson_follows_the_dark_scheme(tmp_path: Path) -> None:
    dark = "--blink-settings=preferredColorScheme=0"
    *_, background = look(render_lesson(classic()), tmp_path, dark)
    assert background == "rgb(17, 20, 24)"


def test_follows_the_dark_scheme(samples: Any, tmp_path: Path) -> None:
    page = render_report(samples.bare_results())
    *_, background = look(page, tmp_path, "--blink-settings=preferredColorScheme=0")
    assert background == "rgb(17, 20, 24)"
