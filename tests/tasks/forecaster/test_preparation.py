"""The end of each series is kept apart."""

import numpy as np
import pytest

from gatewise.data import TimeSeries
from gatewise.errors import ArgumentError, DataError
from gatewise.tasks.forecaster.preparation import Cut, prepare
from gatewise.tasks.options import RunOptions


def test_parts_do_not_overlap_and_hold_whole_horizons():
    one = TimeSeries("a", np.arange(200), np.arange(200.0))
    made = Cut(one, 10, 0.2, 0.1)
    assert made.test_origins == (160, 170, 180, 190)
    assert made.validation_origins == (150,)
    assert len(made.validation) == 160
    assert len(made.train) == 150


def file(path, steps=(60, 60, 12)):
    lines = ["id,time,y"]
    lines += [f"{n},{t},{t + n}" for n, count in enumerate(steps) for t in range(1, count + 1)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


def options(data, **more):
    return RunOptions(data=data, task="forecaster", model={"horizon": 6, "season": 4}, **more)


def test_short_series_are_left_out_and_told(tmp_path):
    found = prepare(options(file(tmp_path / "a.csv")), lambda text: None)
    assert len(found.train) == len(found.test) == 2
    assert found.left_out[0][1].reason == "too short"
    assert "12 windows of 6" not in found.test_source
    assert "4 windows of 6 steps" in found.test_source


def test_nothing_long_enough_is_an_error(tmp_path):
    with pytest.raises(DataError, match="22 steps or more"):
        prepare(options(file(tmp_path / "a.csv", (12, 12))), lambda text: None)


def test_the_lengths_and_options_it_names_would_do(tmp_path):
    short = options(file(tmp_path / "a.csv", (21,)))
    with pytest.raises(DataError, match=r"22 steps.*got 21 at most. Set --horizon 5 or --season 1"):
        prepare(short, lambda text: None)
    short.model["horizon"] = 5
    assert len(prepare(short, lambda text: None).train) == 1
    assert len(prepare(options(file(tmp_path / "b.csv", (22,))), lambda text: None).train) == 1


def test_an_unset_horizon_shrinks_to_what_the_series_are_long_enough_for(tmp_path):
    short = RunOptions(file(tmp_path / "a.csv", (60,)), task="forecaster", model={"season": 12})
    found = prepare(short, lambda text: None)
    assert found.decided == {"horizon": 16}
    assert "too few to learn the usual 18" in found.notes[0]
    assert "1 window of 16 steps" in found.test_source
    short.model["horizon"] = 18
    with pytest.raises(DataError, match="--horizon 16"):
        prepare(short, lambda text: None)


def test_a_known_column_that_is_not_there_is_named_with_its_option(tmp_path):
    wrong = options(file(tmp_path / "a.csv"))
    wrong.model["known"] = ["weather"]
    with pytest.raises(ArgumentError, match=r"--known: .*'weather'"):
        prepare(wrong, lambda text: None)


def test_a_known_column_that_is_the_target_is_told_so(tmp_path):
    wrong = options(file(tmp_path / "a.csv"))
    wrong.model["known"] = ["y"]
    with pytest.raises(ArgumentError, match=r"got 'y', which is read as the target"):
        prepare(wrong, lambda text: None)


def test_a_test_file_is_refused(tmp_path):
    with pytest.raises(ArgumentError, match="gatewise evaluate"):
        prepare(options(file(tmp_path / "a.csv"), test="b.csv"), lambda text: None)
