"""What is gathered for a page: the recording itself, and words that say what it is of."""

import base64

import keras
import numpy as np
import pytest

import gatewise as gw
from gatewise.errors import ArgumentError, DataError
from gatewise.report.look import render_look, see
from gatewise.report.look.payload import payload, titles

from ...insight.models import draw
from ...toys import series, texts


def floats(text):
    return np.frombuffer(base64.b64decode(text), "<f4")


def plain(*layers, features=2):
    model = keras.Sequential([keras.Input((None, features)), *layers])
    draw(model)
    return model


def test_the_arrays_are_those_of_the_recording(text_model):
    text = texts(1)[0][0]
    found = payload(see(text_model, [text]))
    recording = gw.record(text_model, [text])
    assert [layer["name"] for layer in found["layers"]] == list(recording)
    for layer, given in zip(recording.values(), found["sides"][0]["layers"], strict=True):
        for name, array in layer.arrays.items():
            np.testing.assert_array_equal(floats(given["arrays"][name]), array[0].ravel())
        for name, state in layer.initial.items():
            np.testing.assert_array_equal(floats(given["before"][name]), state[0])


def test_the_answer_is_that_of_the_classifier(text_model):
    some = texts(2)[0]
    for side, answer in zip(see(text_model, some).sides, text_model.classify(some), strict=True):
        assert side.answers.whole[0].name == answer.label
        assert side.answers.whole[0].value == pytest.approx(answer.probability, abs=1e-6)
        assert side.answers.whole[0].probability


def test_words_keep_their_form_and_unknown_ones_are_counted(text_model):
    side = see(text_model, ["The GOOD xyzzy"]).sides[0]
    assert [piece.surface for piece in side.shown.words] == ["The", "GOOD", "xyzzy"]
    assert [piece.known for piece in side.shown.words] == [True, True, False]
    assert "1 token of 3 not in the vocabulary" in side.shown.notes[0]


def test_an_empty_text_has_a_step_and_says_so(text_model):
    side = see(text_model, [""]).sides[0]
    assert len(side.shown.words) == side.shown.length == 1
    assert side.shown.notes == [
        "The text is empty: the network reads one unknown token in its place."
    ]


def test_a_text_that_is_cut_says_where(text_model):
    side = see(text_model, ["good " * 600]).sides[0]
    assert side.shown.length == text_model.encoder.max_length == 512
    assert "the first 512 of the text's 600 words" in side.shown.notes[0]


def test_a_series_is_shown_as_it_was_given(series_model):
    one = series(1)[0][0]
    side = see(series_model, [one], channels=["x", "y"]).sides[0]
    np.testing.assert_array_equal(side.shown.series, one)
    assert side.shown.channels == ["x", "y"]
    with pytest.raises(DataError, match="expected 2 channels"):
        see(series_model, [np.ones((5, 3))])


def test_a_hundred_thousand_steps_are_bounded():
    model = plain(gw.layers.LSTM(3, name="lstm"), features=1)
    x = np.random.default_rng(0).normal(size=(100_000, 1)).astype("float32")
    look = see(model, [x])
    side = look.sides[0]
    assert side.layers["lstm"].forget.shape == (1, 2_048, 3)
    assert side.shown.notes == ["Of 100,000 steps 97,953 to 100,000 are shown."]
    assert "only some of the steps" in look.no_parts
    whole = gw.record(model, x[None])["lstm"]
    np.testing.assert_allclose(side.layers["lstm"].cell[0], whole.cell[0, -2_048:], atol=1e-6)


def test_the_parts_add_up_to_the_score_of_the_answer(text_model):
    look = see(text_model, texts(1)[0])
    side = look.sides[0]
    assert side.target == side.answers.whole[0].name
    assert side.parts.error < 1e-5
    assert "part" in payload(look)["layers"][0]["rankings"]


def test_without_a_linear_head_the_reason_is_given():
    model = plain(
        gw.layers.LSTM(3), keras.layers.Dense(4, "relu"), keras.layers.Dense(2, "softmax")
    )
    look = see(model, [np.ones((4, 2))])
    assert look.sides[0].parts is None
    assert "Dense" in look.no_parts or "dense" in look.no_parts
    assert "part" not in payload(look)["layers"][0]["rankings"]


def test_a_network_that_diverged_is_shown_too():
    model = plain(gw.layers.LSTM(2), keras.layers.Dense(2, "softmax"))
    model.trainable_variables[0].assign(np.full((2, 8), np.nan))
    look = see(model, [np.ones((4, 2))])
    assert np.isnan(floats(payload(look)["sides"][0]["layers"][0]["arrays"]["cell"])).all()
    assert "class" in render_look(look)


def test_a_layer_that_cannot_be_read_is_named_in_a_note():
    class Own(keras.layers.GRU):
        """May compute anything."""

    model = plain(Own(2, return_sequences=True, name="own"), gw.layers.LSTM(2, name="lstm"))
    look = see(model, [np.ones((4, 2))])
    assert list(look.sides[0].layers) == ["lstm"]
    assert "'own' is left out" in look.notes[0]


def test_token_ids_of_a_plain_model_are_its_words():
    model = keras.Sequential(
        [keras.Input((None,), dtype="int32"), keras.layers.Embedding(9, 2), gw.layers.GRU(2)]
    )
    side = see(model, [np.array([[4.0], [7.0]])]).sides[0]
    assert [piece.surface for piece in side.shown.words] == ["4", "7"]


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (["a text"], "a plain Keras model has no vocabulary"),
        ([], "one or two inputs, got 0"),
        ([np.ones((3, 2))] * 3, "one or two inputs, got 3"),
        ("a text", "got one text"),
        ([np.ones((3, 5))], r"rows of shape \['any', 2\], got \[3, 5\]"),
        ([np.ones((0, 2))], "at least one step"),
        ([np.array([["a", "b"]])], "expected numbers"),
    ],
)
def test_inputs_that_cannot_be_taken(inputs, message):
    with pytest.raises(ArgumentError, match=message):
        see(plain(gw.layers.GRU(2)), inputs)


def test_models_that_cannot_be_looked_into():
    two = keras.Model(
        [a := keras.Input((None, 2)), b := keras.Input((None, 2))],
        gw.layers.GRU(2)(keras.layers.Add()([a, b])),
    )
    with pytest.raises(ArgumentError, match="a model of one input, got one of 2"):
        see(two, [np.ones((3, 2))])
    with pytest.raises(ArgumentError, match="expected a recurrent layer"):
        see(keras.Sequential([keras.Input((None, 2)), keras.layers.Dense(1)]), [np.ones((3, 2))])
    with pytest.raises(ArgumentError, match="expected a recurrent layer"):  # before its shape
        see(keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)]), [np.ones((5, 3))])


def test_layers_are_numbered_up_the_stack(series_model, text_model):
    assert list(titles(see(text_model, ["good"])).values()) == ["1 · LSTM →", "1 · LSTM ←"]
    found = titles(see(series_model, series(1)[0]))
    assert list(found.values()) == ["1 · GRU", "2 · GRU"]
