"""The folder of a run: one training at a time, nothing left where nothing came about."""

import subprocess
import sys

import pytest

from gatewise.errors import ArgumentError
from gatewise.tasks.run_folder import RunFolder

HOLD = """
import sys
from pathlib import Path
from gatewise.tasks.run_folder import RunFolder
with RunFolder(Path(sys.argv[1])).held():
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.mark.slow
def test_a_second_process_is_refused_until_the_first_has_died(tmp_path):
    folder = RunFolder(tmp_path / "run")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", HOLD, folder.path], **pipes) as other:
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(ArgumentError, match="another process is training in it"), folder.held():
            pass
        other.kill()
    with folder.held():
        folder.create()


def test_a_folder_in_which_nothing_came_about_goes_away(tmp_path):
    folder = RunFolder(tmp_path / "run")
    with folder.held():
        assert folder.path.exists()
    assert not folder.path.exists()


def test_the_lock_does_not_count_as_a_file(tmp_path):
    folder = RunFolder(tmp_path / "run")
    with folder.held():
        folder.create()
        (folder.path / "notes.txt").write_text("mine")
        with pytest.raises(ArgumentError, match="it holds files"):
            folder.create()
