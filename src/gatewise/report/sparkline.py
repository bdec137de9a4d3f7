"""A small line for one channel of a series: an SVG path, far lighter than a whole figure."""

import math
from collections.abc import Sequence
from typing import Any

from gatewise.report import words

WIDTH, HEIGHT, BUCKETS = 160, 36, 120


def path(values: Sequence[Any]) -> str:
    """The path of `values` within WIDTH × HEIGHT; a gap where a value is missing.

    >>> path([0.0, 1.0, None, 1.0])
    'M0 34h0L53.33 2M160 2h0'
    """
    steps = [math.nan if step is None else step for step in map(words.finite, values)]
    low, high = extent(steps)
    if low is None or high is None:
        return ""
    reach = (high - low) or 1.0
    last = max(len(steps) - 1, 1)
    middle = 0.5 if high == low else 0.0
    written, pen = [], "M"
    for index in _kept(steps):
        value = steps[index]
        if math.isnan(value):
            pen = "M"
            continue
        share = (value - low) / reach + middle
        point = f"{WIDTH * index / last:.4g} {2 + (1 - share) * (HEIGHT - 4):.4g}"
        # A line of no length, so that a lone step between two gaps shows as a dot.
        written.append(f"M{point}h0" if pen == "M" else f"L{point}")
        pen = "L"
    return "".join(written)


def extent(values: Sequence[Any]) -> tuple[float | None, float | None]:
    """The smallest and the largest value there is."""
    known = [number for number in map(words.finite, values) if number is not None]
    return (min(known), max(known)) if known else (None, None)


def _kept(steps: list[float]) -> list[int]:
    """Of a long series the lowest and highest step of each bucket, so that no peak is lost."""
    if len(steps) <= 2 * BUCKETS:
        return list(range(len(steps)))
    kept = {0, len(steps) - 1}
    for bucket in range(BUCKETS):
        part = range(bucket * len(steps) // BUCKETS, (bucket + 1) * len(steps) // BUCKETS)
        known = [index for index in part if not math.isnan(steps[index])]
        # A bucket without a single value keeps one step, which breaks the line there.
        kept |= (
            {min(known, key=steps.__getitem__), max(known, key=steps.__getitem__)}
            if known
            else {part[0]}
        )
    return sorted(kept)
