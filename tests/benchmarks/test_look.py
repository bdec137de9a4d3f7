"""The frame times of a look: measured, and told as they were."""

import json
import subprocess
import sys
from pathlib import Path

import look
import pytest
from chromium import CHROMIUM
from harness import markdown

ROOT = Path(__file__).parents[2]


def test_the_page_tells_what_was_measured():
    result = json.loads((ROOT / "benchmarks/results/look.json").read_text(encoding="utf-8"))
    assert (result["units"], result["steps"]) == (512, 500)
    page = (ROOT / "docs" / "look.md").read_text(encoding="utf-8")
    assert markdown(look.table(result)) in page


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_a_few_frames(tmp_path):
    out = tmp_path / "look.json"
    command = [sys.executable, ROOT / "benchmarks" / "look.py", "--frames", "3", "--out", out]
    subprocess.run(command, check=True, timeout=300)
    result = json.loads(out.read_text(encoding="utf-8"))
    assert result["page_bytes"] > 4 * 7 * 500 * 512
    assert set(result["milliseconds"]) == set(look.DONE)
    for found in result["milliseconds"].values():
        assert 0 < found["median"] <= found["p95"] <= found["longest"]
