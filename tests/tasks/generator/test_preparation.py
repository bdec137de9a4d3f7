"""A running text is tested on another one."""

import pytest

from gatewise.errors import DataError
from gatewise.tasks.generator.preparation import prepare
from gatewise.tasks.options import RunOptions


def test_the_same_running_text_is_no_test(tmp_path):
    (tmp_path / "novel.txt").write_text("It was the best of times.\n" * 60)
    path = str(tmp_path / "novel.txt")
    with pytest.raises(DataError, match="another text than that of the test"):
        prepare(RunOptions(path, test=path, task="generator"))
