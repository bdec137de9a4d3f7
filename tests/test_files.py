"""Files written whole or not at all."""

import os
import stat
import subprocess
import sys

import pytest

from gatewise.files import whole_file, write_text


def test_the_old_file_stays_until_the_new_one_is_whole(tmp_path):
    path = tmp_path / "note.txt"
    path.write_text("old")
    with whole_file(path) as part:
        part.write_text("new")
        assert path.read_text() == "old"
        assert part.suffix == ".txt"
    assert path.read_text() == "new"
    assert os.listdir(tmp_path) == ["note.txt"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path, error):
    path = tmp_path / "note.txt"
    path.write_text("old")

    def fail():
        with whole_file(path) as part:
            part.write_text("ne")
            raise error

    with pytest.raises(error):
        fail()
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["note.txt"]


def test_others_may_read_it_as_the_umask_says(tmp_path):
    before = os.umask(0o027)
    try:
        write_text(tmp_path / "note.txt", "naïve 你好")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "note.txt").stat().st_mode) == 0o640
    assert (tmp_path / "note.txt").read_bytes() == "naïve 你好".encode()


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError):
        write_text(tmp_path / "none" / "note.txt", "x")


KILLED = """
import os, sys
sys.modules["gatewise_cli"] = sys  # as the command line: Keras is not imported
from gatewise.files import whole_file
with whole_file(sys.argv[1]) as part:
    part.write_text("ne")
    os.kill(os.getpid(), 9)
"""


def test_a_killed_process_leaves_the_old_file(tmp_path):
    path = tmp_path / "note.txt"
    path.write_text("old")
    code = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False).returncode
    assert code == -9
    assert path.read_text() == "old"
    assert sorted(name[:6] for name in os.listdir(tmp_path)) == [".part-", "note.t"]
