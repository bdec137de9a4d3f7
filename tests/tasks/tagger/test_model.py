"""The tagger learns, answers whatever the batch, and comes back from its file the same."""

import numpy as np
import pytest

import gatewise as gw
from gatewise.errors import ArgumentError
from gatewise.tasks import Tagger


def sentences(count=48, seed=0):
    """`x` after `b` is tagged B, else A; every other word as it is."""
    rng = np.random.default_rng(seed)
    words = [[str(one) for one in rng.choice(["a", "b", "x"], rng.integers(1, 7))]
             for _ in range(count)]  # fmt: skip
    tags = [[("B" if i and row[i - 1] == "b" else "A") if word == "x" else word.upper()
             for i, word in enumerate(row)] for row in words]  # fmt: skip
    return words, tags


@pytest.fixture(scope="module")
def tagger():
    found = Tagger(units=12, embedding=8, characters=3, dropout=0.1, seed=1)
    found.fit(*sentences(), epochs=30, verbose=0, validation_split=0.2)
    return found


def test_it_learns_what_depends_on_the_word_before(tagger):
    words, tags = sentences(seed=9)
    right = [a == b for row, one in zip(tags, tagger.tag(words), strict=True)
             for a, b in zip(row, one.tags, strict=True)]  # fmt: skip
    assert np.mean(right) > 0.95


def test_an_answer_does_not_depend_on_its_company(tagger):
    words, _ = sentences(seed=2)
    alone = [tagger.tag([one])[0] for one in words[:5]]
    among = tagger.tag(words)[:5]
    assert [one.tags for one in alone] == [one.tags for one in among]
    for one, other in zip(alone, among, strict=True):
        np.testing.assert_allclose(one.probabilities, other.probabilities, atol=1e-5)


def test_a_loaded_one_answers_the_same(tagger, tmp_path):
    tagger.save(tmp_path / "t.keras")
    words, tags = sentences(seed=3)
    loaded = gw.load(tmp_path / "t.keras")
    assert loaded.tag(words) == tagger.tag(words)
    assert loaded.evaluate(words, tags, verbose=0) == tagger.evaluate(words, tags, verbose=0)


def test_accuracy_does_not_count_padding(tagger):
    words, tags = sentences(seed=4)
    accuracy = tagger.evaluate(words, tags, verbose=0, return_dict=True)["accuracy"]
    right = [a == b for row, one in zip(tags, tagger.tag(words), strict=True)
             for a, b in zip(row, one.tags, strict=True)]  # fmt: skip
    assert accuracy == pytest.approx(np.mean(right), abs=1e-6)


@pytest.fixture(scope="module")
def series_tagger():
    rng = np.random.default_rng(0)
    series = [rng.normal(size=(rng.integers(5, 12), 2)).astype("float32") for _ in range(40)]
    labels = [["up" if step[0] > 0 else "down" for step in one] for one in series]
    found = Tagger(units=8, dropout=0.0)
    found.fit(series, labels, epochs=20, verbose=0)
    return found, series, labels


def test_series_get_a_label_a_step(series_tagger):
    tagger, series, labels = series_tagger
    right = [a == b for row, one in zip(labels, tagger.tag(series), strict=True)
             for a, b in zip(row, one.tags, strict=True)]  # fmt: skip
    assert np.mean(right) > 0.9


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        ([["a", "b"]], [["A"]], "2 words but 1 tags"),
        (["a b"], [["A", "B"]], "one text"),
        ([["a"]], [["A"], ["B"]], "one target for each"),
    ],
)
def test_what_does_not_fit_is_said(x, y, message):
    with pytest.raises(ArgumentError, match=message):
        Tagger().fit(x, y)


def test_texts_are_refused_where_words_are_expected(tagger):
    with pytest.raises(ArgumentError, match="Split it into words"):
        tagger.tag(["a b"])
    assert tagger.tag([]) == []


@pytest.mark.parametrize(
    "x", [[["a", 1]], [None], [np.zeros((3, 2))], [["a", None]], [[]], [3.0], [{"a": 1}.keys()]]
)
def test_what_are_no_words_is_said(tagger, x):
    with pytest.raises(ArgumentError, match=r"row 0|x: expected sentences"):
        tagger.tag(x)


def test_a_word_that_is_no_text_is_not_learned():
    with pytest.raises(ArgumentError, match=r"row 1: expected words, each a text, got 2\.5"):
        Tagger().fit([["a"], ["b", 2.5]], [["A"], ["B", "B"]])


@pytest.mark.parametrize("x", [[np.zeros((0, 2))], [None], [[]]])
def test_a_series_without_steps_is_said(series_tagger, x):
    with pytest.raises(ArgumentError, match="row 0: expected a list of words, or a series"):
        series_tagger[0].tag(x)


def test_a_crf_learns_what_only_neighbouring_tags_tell(tmp_path):
    """A coin decides each sentence's tags, which then alternate: no word tells, the tag before
    does."""
    rng = np.random.default_rng(0)
    words = [["a"] * int(rng.integers(2, 7)) for _ in range(60)]
    tags = [["XY"[(i + start) % 2] for i in range(len(row))]
            for row, start in zip(words, rng.integers(0, 2, 60), strict=True)]  # fmt: skip
    tagger = Tagger(units=4, embedding=4, characters=0, crf=True, dropout=0.0)
    tagger.fit(words, tags, epochs=40, verbose=0)
    found = tagger.tag(words)
    assert all(a != b for one in found for a, b in zip(one.tags, one.tags[1:], strict=False))
    tagger.save(tmp_path / "t.keras")
    loaded = gw.load(tmp_path / "t.keras")
    assert [one.tags for one in loaded.tag(words)] == [one.tags for one in found]
    before, after = (one.evaluate(words, tags, verbose=0) for one in (tagger, loaded))
    np.testing.assert_allclose(before, after, rtol=1e-5)


def test_a_crf_learns_from_series_of_which_some_steps_have_no_label():
    rng = np.random.default_rng(0)
    series = [rng.normal(size=(9, 1)).astype("float32") for _ in range(40)]
    labels = [["up" if step[0] > 0 else "down" for step in one] for one in series]
    shown = [[label if i % 3 == 1 else "" for i, label in enumerate(row)] for row in labels]
    tagger = Tagger(units=8, dropout=0.0, crf=True)
    history = tagger.fit(series, shown, epochs=30, verbose=0).history["loss"]
    assert history[0] > 0.4
    right = [a == b for row, one in zip(labels, tagger.tag(series), strict=True)
             for a, b in zip(row, one.tags, strict=True)]  # fmt: skip
    assert np.mean(right) > 0.9


def test_to_a_crf_unlabelled_steps_at_the_end_are_steps_and_no_padding():
    tagger = Tagger(units=4, dropout=0.0, crf=True)
    series = [np.arange(length * 2, dtype="float32").reshape(length, 2) for length in (3, 5)]
    tagger.fit(series, [["a", "b", ""], ["a", "", "b", "", ""]], epochs=1, verbose=0)
    ((_, y),) = tagger.batches(series, [["a", "b", ""], ["a", "", "b", "", ""]])
    assert sorted(np.asarray(y).tolist()) == [[0, -2, 1, -2, -2], [0, 1, -2, -1, -1]]
