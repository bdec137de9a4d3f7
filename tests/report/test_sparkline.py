"""Small lines keep peaks and show gaps."""

import math
import re

from gatewise.report import sparkline


def heights(path: str) -> list[float]:
    return [float(y) for _, y in re.findall(r"[ML]([\d.e-]+) ([\d.e-]+)", path)]


def test_a_long_series_keeps_its_one_peak() -> None:
    values = [0.0] * 10_000
    values[7_777] = 1.0
    drawn = sparkline.path(values)
    assert len(heights(drawn)) <= 2 * sparkline.BUCKETS + 2
    assert min(heights(drawn)) == 2


def test_a_constant_lies_in_the_middle() -> None:
    assert set(heights(sparkline.path([3.0, 3.0]))) == {sparkline.HEIGHT / 2}


def test_missing_values_break_the_line() -> None:
    assert sparkline.path([0, math.nan, 1, 2]).count("M") == 2
    long = [0.0] * 500 + [None] * 500 + [1.0] * 500
    assert sparkline.path(long).count("M") == 2


def test_nothing_known_draws_nothing() -> None:
    assert sparkline.path([None, math.nan]) == ""
    assert sparkline.path([]) == ""
