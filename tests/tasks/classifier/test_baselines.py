"""The majority answer and the linear models that a network is measured against."""

import numpy as np
import pytest

from gatewise.data.scaling import SeriesScaler
from gatewise.data.tokens import TextEncoder
from gatewise.tasks.classifier.baselines import baselines

from ...toys import WORDS, series, texts


def parts(x, y, held=10):
    known = sorted(set(y))
    ids = np.array([known.index(label) for label in y])
    return (x[:-held], ids[:-held]), (x[-held:], ids[-held:]), known


def test_the_majority_and_a_bag_of_words():
    x, y = texts(46)
    x, y = x + [f"{word} it is" for word in WORDS["glad"]] * 2, y + ["glad"] * 6
    train, test, known = parts(x, y)
    majority, words = baselines(TextEncoder().adapt(train[0]), train, test, known)
    assert majority["detail"] == "always glad"
    assert majority["accuracy"]["value"] == 0.8
    assert words["name"] == "bag of words"
    assert words["accuracy"]["value"] == 1.0
    assert set(words["macro_f1"]) == {"value", "low", "high"}


def test_the_majority_and_summary_statistics():
    train, test, known = parts(*series(30))
    majority, linear = baselines(SeriesScaler().adapt(train[0]), train, test, known)
    assert majority["accuracy"]["value"] == 0.5
    assert linear["name"] == "summary statistics"
    assert linear["accuracy"]["value"] == 1.0


def test_texts_without_one_known_word_still_get_an_answer():
    train, test, known = parts(*texts(30))
    strange = ["xyzzy"] * len(test[0])
    majority, words = baselines(TextEncoder().adapt(train[0]), train, (strange, test[1]), known)
    assert words["accuracy"]["value"] == pytest.approx(0.5, abs=0.5)
    nothing = TextEncoder(vocabulary_size=2).adapt(train[0])
    assert len(baselines(nothing, train, test, known)) == 2
    assert majority["detail"] == "always glad"
