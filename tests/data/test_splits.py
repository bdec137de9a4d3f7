"""No input on both sides of a split, and every class where it can be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewise.data import Examples, check_trainable, deduplicate, hold_out, without
from gatewise.errors import ArgumentError, DataError


def texts(inputs, labels):
    rows = list(range(2, 2 + len(inputs)))
    return Examples("text", list(inputs), list(labels), rows, source="data.csv")


def test_duplicates_name_the_row_they_repeat():
    once = deduplicate(texts(["a b", "c", "a  b\n", "c"], ["x", "y", "x", "x"]))
    assert once.inputs == ["a b", "c"]
    assert [(item.row, item.reason) for item in once.left_out] == [
        (4, "duplicate of row 2"),
        (5, "same input, other label: row 3"),
    ]
    assert once.left_out_counts() == {"duplicate": 1, "same input, other label": 1}


def test_series_are_the_same_when_their_bytes_and_shape_are():
    one, flat = np.ones((2, 3), np.float32), np.ones((3, 2), np.float32)
    examples = Examples("series", [one, flat, one.copy()], None, [1, 2, 3])
    assert deduplicate(examples).rows == [1, 2]


def test_what_stands_in_the_test_data_is_left_out():
    train = texts(["a", "b ", "c"], ["x", "y", "x"])
    test = texts(["b"], ["y"])
    left = without(train, test)
    assert left.inputs == ["a", "c"]
    assert left.left_out[0].reason == "also in the test data, row 2"
    assert not train.left_out
    with pytest.raises(DataError, match="every input also stands in"):
        without(test, test)


labelled = st.lists(st.tuples(st.text("abc ", max_size=3), st.sampled_from("xyz")), min_size=4)


@given(labelled, st.floats(0.05, 0.95), st.integers(0, 2**32))
def test_splits_never_share_an_input(pairs, fraction, seed):
    examples = texts([text for text, _ in pairs], [label for _, label in pairs])
    try:
        kept, held = hold_out(examples, fraction, seed)
    except DataError:
        return
    assert sorted(kept.rows + held.rows) == examples.rows
    assert kept.rows
    assert held.rows
    sides = [{" ".join(text.split()) for text in side.inputs} for side in (kept, held)]
    assert not sides[0] & sides[1]
    again = hold_out(examples, fraction, seed)
    assert again[1].rows == held.rows
    once = deduplicate(examples)
    if len(once) == len(examples):
        assert set(kept.labels) == set(examples.labels)


def test_shares_follow_the_classes():
    examples = texts([str(n) for n in range(200)], ["x"] * 150 + ["y"] * 50)
    kept, held = hold_out(examples, 0.2, seed=3)
    assert held.label_counts() == {"x": 30, "y": 10}
    assert kept.label_counts() == {"x": 120, "y": 40}
    assert hold_out(examples, 0.2, seed=4)[1].rows != held.rows


def test_the_choice_is_the_same_everywhere():
    examples = texts([str(n) for n in range(20)], ["x", "y"] * 10)
    assert hold_out(examples, 0.2, seed=0)[1].rows == [7, 10, 14, 21]


def test_a_class_with_one_example_is_kept_and_said():
    examples = texts("abcdef", ["x", "x", "x", "y", "y", "rare"])
    kept, held = hold_out(examples, 0.4, seed=0)
    assert "rare" in kept.labels
    assert "rare" not in held.labels
    assert kept.notes == ["one example alone, never held out: 'rare'"]
    assert not examples.notes


@pytest.mark.parametrize(
    ("inputs", "labels", "message"),
    [
        ("abcd", "xxxx", "two or more classes, got one: 'x' .4 examples."),
        ("abc", "xyx", "four or more examples, got 3"),
        ("abcd", "wxyz", "a label of its own"),
        ("aaaa", "xyxy", "too few different examples"),
    ],
)
def test_too_little_to_split(inputs, labels, message):
    with pytest.raises(DataError, match=message):
        hold_out(texts(inputs, labels), 0.5, seed=0)


def test_labels_are_needed():
    with pytest.raises(DataError, match="expected labels"):
        check_trainable(Examples("text", ["a"], None, [2], source="data.csv"))


@pytest.mark.parametrize("fraction", [0, 1, -0.5, 2])
def test_a_fraction_outside_its_range(fraction):
    with pytest.raises(ArgumentError, match="between 0 and 1"):
        hold_out(texts("abcd", "xyxy"), fraction, seed=0)


def test_sentences_of_the_test_are_shown_by_their_words():
    train = Examples("sentences", [["a", "b"], ["c"]], [["A", "B"], ["C"]], [1, 4])
    found = without(train, Examples("sentences", [["a", "b"]], [["A", "B"]], [9]))
    assert (found.inputs, found.left_out[0].excerpt) == ([["c"]], "a b")
