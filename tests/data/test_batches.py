"""Batches by length: nothing lost, little padding, few shapes, the same for the same seed."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewise.data.batches import BucketedBatches, bucket_widths, pad
from gatewise.padding import PADDING_ID, SERIES_PADDING

lengths = st.lists(st.integers(1, 30), min_size=1, max_size=60)
sizes = st.integers(1, 9)
seeds = st.one_of(st.none(), st.integers(0, 2**31))


def made(lengths, batch_size, seed, count=4, **options):
    """Sequences that hold their own position, plus 1, at every step."""
    sequences = [np.full(length, place + 1, "int32") for place, length in enumerate(lengths)]
    widths = bucket_widths(lengths, count)
    return BucketedBatches(sequences, batch_size=batch_size, widths=widths, seed=seed, **options)


def all_batches(batches):
    return [batches[number] for number in range(batches.num_batches)]


@given(lengths, sizes, seeds, st.integers(0, 5))
def test_every_sequence_occurs_once_and_whole_and_order_says_where(lengths, size, seed, epoch):
    targets = np.arange(len(lengths))
    batches = made(lengths, size, seed, targets=targets, weights=targets / 2)
    batches.start_epoch(epoch)
    rows, places = [], []
    for inputs, ids, weights in all_batches(batches):
        rows += list(inputs)
        places += ids.tolist()
        assert (weights == ids / 2).all()
    assert sorted(places) == list(range(len(lengths)))
    assert batches.order.tolist() == places
    for row, place in zip(rows, places, strict=True):
        assert row[row != PADDING_ID].tolist() == [place + 1] * lengths[place]


@given(lengths, sizes, seeds, st.integers(1, 5))
def test_few_shapes_occur_and_all_batches_but_one_are_full(lengths, size, seed, count):
    batches = made(lengths, size, seed, count)
    shapes = [inputs.shape for (inputs,) in all_batches(batches)]
    assert len(set(shapes)) <= len(batches.widths) + 1 <= count + 1
    assert sum(rows != size for rows, _ in shapes) <= 1
    assert len(shapes) == -(-len(lengths) // size)


@given(lengths, sizes, st.integers(0, 2**31), st.integers(0, 100))
def test_seed_and_epoch_alone_decide_the_batches(lengths, size, seed, epoch):
    one, other = made(lengths, size, seed), made(lengths, size, seed)
    other.start_epoch(epoch + 1)
    other.start_epoch(epoch)
    one.start_epoch(epoch)
    assert one.order.tolist() == other.order.tolist()


def test_other_epochs_and_seeds_give_other_batches():
    orders = set()
    for seed in (0, 1):
        batches = made(list(range(1, 31)), 4, seed)
        for epoch in range(3):
            batches.start_epoch(epoch)
            orders.add(tuple(batches.order))
    assert len(orders) == 6


def test_without_a_seed_they_go_by_length():
    batches = made([5, 1, 3, 1], 2, None)
    batches.start_epoch(7)
    assert batches.order.tolist() == [1, 3, 2, 0]


@given(lengths, st.lists(st.integers(1, 40), min_size=1, max_size=4, unique=True))
def test_any_widths_are_made_to_cover_the_sequences(lengths, widths):
    sequences = [np.ones(length, "int32") for length in lengths]
    batches = BucketedBatches(sequences, batch_size=4, widths=sorted(widths))
    assert batches.widths == sorted(set(batches.widths))
    assert batches.widths[-1] >= max(lengths)
    for (inputs,) in all_batches(batches):
        assert inputs.shape[1] in batches.widths
    assert batches.order.size == len(lengths)


def test_longer_sequences_than_in_training_grow_by_half():
    batches = BucketedBatches([np.ones(100, "int32")], widths=[4, 8])
    assert batches.widths == [4, 8, 13, 20, 31, 47, 71, 100]


def padding(lengths, widths):
    return sum(min(width for width in widths if width >= length) for length in lengths)


@given(st.lists(st.integers(1, 12), min_size=1, max_size=20), st.integers(1, 4))
def test_widths_are_the_best_there_are(lengths, count):
    found = bucket_widths(lengths, count)
    assert found == sorted(set(found))
    assert len(found) <= count
    assert found[-1] == max(lengths)
    others = sorted(set(lengths) - {max(lengths)})
    best = min(
        padding(lengths, [*chosen, max(lengths)])
        for size in range(min(count, len(others) + 1))
        for chosen in combinations(others, size)
    )
    assert padding(lengths, found) == best


def test_widths_of_very_long_sequences_stay_cheap_and_cover():
    drawn = np.random.default_rng(0).integers(1, 100_000, 5_000)
    found = bucket_widths(drawn, 8)
    assert len(found) == 8
    assert found[-1] == drawn.max()
    evenly = [drawn.max() * part // 8 for part in range(1, 9)]
    assert padding(drawn, found) <= 1.01 * padding(drawn, evenly)


def test_padding_is_told_as_a_part_of_all_steps():
    assert made([1, 3], 2, None, count=1).padding == pytest.approx(2 / 6)
    assert made([3, 3], 2, None).padding == 0


def test_series_are_padded_with_what_the_networks_hide():
    padded = pad([np.ones((1, 2), "float32"), np.ones((3, 2), "float32")], 3)
    assert padded.shape == (2, 3, 2)
    assert padded.dtype == np.float32
    assert (padded[0, 1:] == SERIES_PADDING).all()
    assert (padded[1] == 1).all()
