"""Every Python example in the README and in docs/ runs as it is printed; commands parse."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from gatewise import architectures
from gatewise.cli.main import group

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


# Their examples are about native kernels.
NATIVE = {"layers.md", "speed.md"}
LIBRARY = ROOT / "src" / "gatewise" / "kernels" / "native" / "libgatewise.so"


def blocks(page: Path, language: str) -> list[str]:
    text = page.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p, "python")], ids=lambda p: p.name)
def test_python_examples_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if page.name in NATIVE and not LIBRARY.exists() and not os.environ.get("CI"):
        pytest.skip("without the native library")
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, object] = {"__name__": "example"}
    for block in blocks(page, "python"):
        exec(compile(block, page.name, "exec"), namespace)


def commands() -> list[tuple[str, list[str]]]:
    found = []
    for page in PAGES:
        for line in "\n".join(blocks(page, "bash")).splitlines():
            for part in line.split("|"):
                words = shlex.split(part.split(">")[0], comments=True)
                if words[:1] == ["gatewise"]:
                    found.append((page.name, words[1:]))
    return found


@pytest.mark.parametrize(("page", "words"), commands(), ids=lambda value: str(value)[:60])
def test_commands_name_options_that_exist(page: str, words: list[str]) -> None:
    if words[0] == "COMMAND":
        return
    command = words[:2] if words[0] in {"data", "lesson"} else words[:1]
    known = CliRunner().invoke(group, [*command, "--help"])
    assert known.exit_code == 0, known.output
    for word in words:
        if word.startswith("--"):
            assert word in known.output, f"{page}: {command} has no {word}"


def test_links_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if not re.match(r"[a-z]+:", target):
                assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize("page", ["introduction.md", "choose.md"])
def test_every_architecture_is_named_and_one_step_comes_first(page: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    names = [name for name in architectures.__all__ if name.islower() and name[:6] != "check_"]
    places = {name: text.find(name) for name in names}
    assert min(places.values()) >= 0, f"{page} does not name all of {names}"
    assert min(places, key=places.__getitem__) == "one_to_one"


def test_the_introduction_s_pictures_are_those_that_the_script_draws() -> None:
    script = ROOT / "docs" / "make_pictures.py"
    done = subprocess.run(
        [sys.executable, script, "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_page_of_the_command_line_is_up_to_date() -> None:
    done = subprocess.run([sys.executable, ROOT / "docs" / "make_cli.py", "--check"], check=False)
    assert done.returncode == 0, "run: python docs/make_cli.py"
