"""The best epoch of a translator is the one whose own answers are right."""

import keras
import numpy as np
import pytest

from gatewise.tasks import Translator
from gatewise.tasks.translator.judging import accuracy, grouped

WORDS = ["ab", "ba", "aab", "bab", "bba", "abab"] * 6
SOUNDS = [" ".join(word.upper()) for word in WORDS]


@pytest.fixture(scope="module")
def trained():
    translator = Translator(units=16, embedding=8, dropout=0.0, seed=1)
    held = ["ab", "bab", "bbb", "ab"], ["A B", "B A B", "B B B", "ab"]
    history = translator.fit(
        WORDS, SOUNDS, epochs=20, batch_size=4, validation_data=held, patience=20, verbose=0
    )
    return translator, held, history.history


def test_each_epoch_is_judged_by_the_answers_it_gives(trained):
    translator, held, history = trained
    assert len(history["val_accuracy"]) == 20
    sources, right = grouped(*held)
    answers = [one.text for one in translator.translate(sources, beams=1)]
    best = max(history["val_accuracy"])
    # The last epoch within a standard error of the best is kept.
    assert best - accuracy(answers, right) <= (best * (1 - best) / 4) ** 0.5 + 1e-6
    assert best > 0


def test_judging_changes_nothing_in_what_is_learned(trained):
    _, held, history = trained
    other = Translator(units=16, embedding=8, dropout=0.0, seed=1).adapt(WORDS, SOUNDS)
    batches = other.batches(*held)
    found = other.fit(
        WORDS, SOUNDS, epochs=20, batch_size=4, validation_data=batches, patience=20, verbose=0
    )
    assert "val_accuracy" not in found.history
    np.testing.assert_allclose(found.history["loss"], history["loss"], rtol=1e-6)


def test_without_validation_data_nothing_is_judged():
    translator = Translator(units=4, embedding=4)
    assert translator.judges(None) == []
    assert isinstance(translator.judges((["a"], ["A"], [1.0]))[0], keras.callbacks.Callback)
