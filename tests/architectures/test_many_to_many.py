"""The tagger's network: shapes, masks, both inputs."""

import keras
import numpy as np
import pytest

from gatewise.architectures import many_to_many
from gatewise.errors import ArgumentError


def test_padding_changes_no_answer():
    model = many_to_many(classes=3, vocabulary=9, characters=7, units=4)
    rng = np.random.default_rng(0)
    words, spelled = rng.integers(2, 9, (2, 5)), rng.integers(2, 7, (2, 5, 4))
    wider = np.pad(words, ((0, 0), (0, 3))), np.pad(spelled, ((0, 0), (0, 3), (0, 2)))
    short, long = model.predict_on_batch((words, spelled)), model.predict_on_batch(wider)
    np.testing.assert_allclose(short, long[:, :5], atol=1e-6)
    np.testing.assert_allclose(short.sum(-1), 1, atol=1e-6)


def test_the_characters_tell_words_apart():
    model = many_to_many(classes=3, vocabulary=9, characters=7, units=4)
    words, spelled = np.full((1, 2), 1), np.array([[[2, 3], [3, 2]]])
    answers = model.predict_on_batch((words, spelled))
    other = model.predict_on_batch((words, spelled[..., ::-1].copy()))
    assert not np.allclose(answers, other)


def test_measurements_get_an_answer_a_step():
    model = many_to_many(classes=2, features=3, cell="gru", units=4, bidirectional=False)
    assert model.predict_on_batch(np.ones((2, 6, 3), "float32")).shape == (2, 6, 2)


def test_it_is_saved_and_loaded(tmp_path):
    model = many_to_many(classes=3, vocabulary=9, characters=7, units=4)
    model.save(tmp_path / "m.keras")
    x = np.full((1, 2), 3), np.full((1, 2, 3), 4)
    loaded = keras.models.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(model.predict_on_batch(x), loaded.predict_on_batch(x))


@pytest.mark.parametrize(
    "wrong", [{"units": 0}, {"classes": 1}, {"cell": "x"}, {"dropout": 1.0}, {"features": 2}]
)
def test_arguments_out_of_range(wrong):
    with pytest.raises(ArgumentError, match=next(iter(wrong))):
        many_to_many(**{"classes": 2, "vocabulary": 5} | wrong)


def test_the_crf_is_given_scores_not_probabilities():
    model = many_to_many(classes=3, vocabulary=9, units=4, crf=True)
    kernel, bias = model.get_layer("head").get_weights()
    model.get_layer("head").set_weights([kernel, bias + 5])
    assert model.predict_on_batch(np.full((1, 2), 3)).min() > 1
