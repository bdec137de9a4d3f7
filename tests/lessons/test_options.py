"""What the lesson was asked to do, checked and read back."""

import pytest

from gatewise.errors import ArgumentError, DataError
from gatewise.lessons.options import LessonOptions


@pytest.mark.parametrize(
    "wrong",
    [
        {"lengths": ()}, {"lengths": (3,)}, {"lengths": (50, 50)}, {"lengths": (100_001,)},
        {"lengths": ("50",)}, {"cells": ()}, {"cells": ("rnn",)}, {"cells": ("gru", "gru")},
        {"seed": -1}, {"steps": 0}, {"units": 0}, {"batch_size": 0}, {"steps": 1.5},
        {"learning_rate": 0},
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_is_refused_by_name(wrong):
    (name,) = wrong
    with pytest.raises(ArgumentError, match=f"^{name}: expected .*, got "):
        LessonOptions(**wrong)


def test_options_are_read_back_as_written(tmp_path):
    options = LessonOptions(lengths=[80, 40], cells=["gru"], seed=3)
    options.write(tmp_path / "config.json")
    assert LessonOptions.read(tmp_path / "config.json") == options
    assert options.plan == [(40, "gru"), (80, "gru")]


@pytest.mark.parametrize("text", ["{", "[]", '{"lenghts": [5]}', '{"steps": 0}'])
def test_a_damaged_file_is_told(tmp_path, text):
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(DataError, match=r"config\.json: expected the options of a lesson"):
        LessonOptions.read(tmp_path / "config.json")
