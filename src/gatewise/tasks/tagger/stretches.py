"""Long series cut into stretches that are read at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from gatewise.errors import ArgumentError

LEAST_WINDOW = 4


@dataclass(frozen=True)
class Stretch:
    """Steps `begin` to before `end` of series `owner`; `kept` are those whose answer counts,
    counted from `begin`."""

    owner: int
    begin: int
    end: int
    kept: slice = field(default_factory=lambda: slice(None))


def check_window(window: int) -> None:
    """Raise an `ArgumentError` unless it is a whole number of 4 or more."""
    if not isinstance(window, int) or window < LEAST_WINDOW:
        raise ArgumentError(
            f"window: expected a whole number of steps, {LEAST_WINDOW} or more, got {window!r}."
        )


def even(lengths: Sequence[int], window: int) -> list[Stretch]:
    """Each series in as few stretches of about one length as hold at most `window` steps.

    >>> [(one.begin, one.end) for one in even([10], 4)]
    [(0, 3), (3, 6), (6, 10)]
    """
    found = []
    for owner, length in enumerate(lengths):
        count = max(1, -(-length // window))
        ends = [length * part // count for part in range(count + 1)]
        found += [Stretch(owner, *pair) for pair in pairwise(ends)]
    return found


def overlapping(lengths: Sequence[int], window: int) -> list[Stretch]:
    """Each series in stretches of at most `window` steps that overlap, so that a quarter of a
    window stands on either side of what counts; each step counts in one of them, in their order.

    >>> [(one.begin, one.end, one.kept.start, one.kept.stop) for one in overlapping([10], 8)]
    [(0, 8, 0, 6), (4, 10, 2, 6)]
    """
    found = []
    margin = window // 4
    for owner, length in enumerate(lengths):
        begin = counted = 0
        while counted < length:
            end = min(begin + window, length)
            until = length if end == length else end - margin
            found.append(Stretch(owner, begin, end, slice(counted - begin, until - begin)))
            counted = until
            begin = counted - margin
    return found
