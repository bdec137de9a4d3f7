"""Long series cut into stretches."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewise.errors import ArgumentError
from gatewise.tasks import Tagger
from gatewise.tasks.tagger.stretches import even, overlapping

LENGTHS = st.lists(st.integers(1, 60), min_size=1, max_size=4)


@given(LENGTHS, st.integers(4, 20))
def test_even_stretches_hold_each_step_once_and_none_is_longer_than_a_window(lengths, window):
    found = even(lengths, window)
    steps = [(one.owner, at) for one in found for at in range(one.begin, one.end)]
    assert steps == [(owner, at) for owner, length in enumerate(lengths) for at in range(length)]
    sizes = [one.end - one.begin for one in found]
    assert max(sizes) <= window
    for owner in range(len(lengths)):
        own = [one.end - one.begin for one in found if one.owner == owner]
        assert max(own) - min(own) <= 1


@given(LENGTHS, st.integers(4, 20))
def test_overlapping_stretches_count_each_step_once_with_a_margin(lengths, window):
    counted = []
    for one in overlapping(lengths, window):
        assert 0 < one.end - one.begin <= window
        first, last = one.begin + one.kept.start, one.begin + one.kept.stop
        counted += [(one.owner, at) for at in range(first, last)]
        assert one.begin == 0 or first - one.begin == window // 4
        assert one.end == lengths[one.owner] or one.end - last == window // 4
    assert counted == [(owner, at) for owner, n in enumerate(lengths) for at in range(n)]


def test_a_window_of_no_use_is_refused():
    with pytest.raises(ArgumentError, match="window: expected a whole number of steps, 4"):
        Tagger(window=3)
