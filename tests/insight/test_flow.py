"""Gradients at every state are exact, whatever the layer, the mask, the loss and the batch."""

import contextlib

import keras
import numpy as np
import pytest
from keras.src.backend.common import dtypes

import gatewise as gw
from gatewise.errors import ArgumentError, DataError
from gatewise.insight import gradient_flow
from gatewise.insight.gradients import gradients
from gatewise.insight.objective import row_losses
from gatewise.insight.perturbed import Perturbed
from gatewise.insight.taps import readable

from ..toys import fit, texts, tiny
from . import backprop
from .models import draw, inputs, masked, one_layer, stack

MASK = np.array([[1, 1, 1, 1, 0, 0], [0, 0, 1, 0, 1, 1], [0, 0, 0, 0, 0, 1]], bool)
SMALL_MASK = np.array([[1, 1, 1, 0], [0, 1, 0, 1]], bool)


def norms(array):
    return np.linalg.norm(array, axis=-1)


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("source", ["ours", "stock"])
def test_an_lstm_against_backpropagation_by_hand(source, backwards):
    model = one_layer("LSTM", source, return_sequences=False, go_backwards=backwards)
    x = masked(inputs(), MASK)
    y = inputs(3, 4)[:, 0, :1] * np.ones((1, 4))
    layer = gradient_flow(model, x, y, loss="mse")["layer"]
    error = 2 / 4 * (model.predict(x, verbose=0) - y)  # of the mean over the four outputs
    weights = model.get_layer("layer").get_weights()
    hidden, cell = backprop.lstm(x, MASK, weights, error, backwards)
    np.testing.assert_allclose(layer.hidden, norms(hidden), rtol=2e-5, atol=1e-7)
    np.testing.assert_allclose(layer.cell, norms(cell), rtol=2e-5, atol=1e-7)
    np.testing.assert_array_equal(layer.mask, MASK)
    assert not layer.hidden[~MASK].any()
    assert (layer.kind, layer.backwards) == ("LSTM", backwards)


@contextlib.contextmanager
def float64(monkeypatch):
    """All that is computed meanwhile is in float64, which Keras's own operations round off."""
    before = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    try:
        monkeypatch.setitem(dtypes.BIT64_TO_BIT32_DTYPE, "float64", "float64")
        if keras.backend.backend() == "jax":
            import jax

            with jax.enable_x64(True):
                yield
        else:
            yield
    finally:
        keras.config.set_floatx(before[0])
        keras.config.set_dtype_policy(before[1])


@pytest.mark.slow
@pytest.mark.parametrize("source", ["ours", "stock"])
def test_every_hidden_and_cell_state_by_finite_differences(source, monkeypatch):
    with float64(monkeypatch):
        model = stack(source)
        x = masked(inputs(2, 4), SMALL_MASK).astype("float64")
        y = np.linspace(-1, 1, 4).reshape(2, 2)
        forward = Perturbed(model, readable(model), row_losses(model, "mse"))
        found, _ = gradients(model, forward)(x, y)
        assert {name: array.shape[-1] for name, array in found.items()} == {
            "both/forward_lstm": 6, "both/backward_lstm": 6, "gru": 4, "rnn": 2,
        }  # fmt: skip
        for name, array in found.items():
            np.testing.assert_allclose(
                array, differences(forward, x, y, name, array.shape), rtol=0, atol=1e-7
            )


def differences(forward, x, y, moved, shape, step=1e-5):
    """The loss's central differences for every entry of one place's perturbation."""

    def loss(move):
        def perturb(name, like, dtype):
            return move if name == moved else keras.ops.zeros(like, dtype)

        return forward(x, y, perturb)[0]

    if keras.backend.backend() == "jax":
        import jax

        loss = jax.jit(loss)
    found = np.zeros(shape)
    for place in np.ndindex(*shape):
        move = np.zeros(shape)
        move[place] = step
        above, below = (float(loss(keras.ops.convert_to_tensor(one))) for one in (move, -move))
        found[place] = (above - below) / (2 * step)
    return found


@pytest.mark.parametrize("source", ["ours", "stock"])
def test_a_network_whose_states_are_not_moved_answers_as_it_is(source):
    model, x = stack(source), masked(inputs(), MASK)
    answers = []
    forward = Perturbed(model, readable(model), lambda y, outputs: answers.append(outputs) or 0)
    forward(x, None, lambda name, shape, dtype: keras.ops.zeros(shape, dtype))
    found = keras.ops.convert_to_numpy(answers[0])
    np.testing.assert_allclose(found, model.predict(x, verbose=0), rtol=0, atol=2e-6)


def test_a_row_does_not_depend_on_its_batch():
    model = keras.Sequential(
        [
            keras.Input((None, 2)),
            keras.layers.Masking(0.0),
            gw.layers.GRU(3, return_sequences=True, name="gru"),
            keras.layers.Dense(1),
        ]
    )
    draw(model)
    x, y = masked(inputs(), MASK), np.ones((3, 6, 1))
    model.compile(loss="mse")
    together = gradient_flow(model, x, y)["gru"].hidden
    alone = gradient_flow(model, x, y, batch_size=1)["gru"].hidden
    doubled = gradient_flow(model, np.repeat(x, 2, 0), np.repeat(y, 2, 0))["gru"].hidden
    np.testing.assert_allclose(together, alone, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(doubled[::2], together, rtol=1e-5, atol=1e-7)
    # the row's own four steps count, not the padding: cut off, it is the same
    short = gradient_flow(model, x[:1, :4], y[:1, :4])["gru"].hidden
    np.testing.assert_allclose(together[:1, :4], short, rtol=1e-5, atol=1e-7)


def test_at_last_is_the_layers_own_and_needs_no_targets():
    """A layer below gets nothing from above: the upper layers could as well not be there."""
    model, x = stack(), masked(inputs(), MASK)
    lower = keras.Sequential([keras.Input((None, 2)), *model.layers[:2]])
    alone, whole = (gradient_flow(one, x, at="last") for one in (lower, model))
    for name in alone:
        np.testing.assert_allclose(alone[name].cell, whole[name].cell, rtol=1e-5)
        np.testing.assert_array_equal(whole[name].transport, whole[name].cell)
    for layer in whole.values():  # the gradient starts at norm 1, at the last real step taken
        np.testing.assert_allclose(layer.by_lag().quantiles[0.1][0], 1, rtol=1e-6)


def test_nothing_of_it_stays():
    layer = keras.layers.LSTM(3, stateful=True, dropout=0.5, name="lstm")
    model = keras.Sequential([keras.Input((4, 2), batch_size=2), layer])
    x = inputs(2, 4)
    model.predict(x, batch_size=2, verbose=0)
    before = [keras.ops.convert_to_numpy(v).copy() for v in model.variables]
    gradient_flow(model, x, np.ones((2, 3)), loss="mse")
    for variable, value in zip(model.variables, before, strict=True):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(variable), value)
    assert type(layer) is keras.layers.LSTM
    assert "inner_loop" not in vars(layer)


def test_nested_and_shared_layers():
    layer = gw.layers.LSTM(3, name="shared")
    inner = keras.Sequential([keras.Input((None, 2)), layer], name="inner")
    first, second = keras.Input((None, 2)), keras.Input((None, 2))
    model = keras.Model([first, second], keras.layers.add([inner(first), inner(second)]))
    flow = gradient_flow(model, [inputs(2, 4), inputs(2, 7)], np.ones((2, 3)), loss="mse")
    assert list(flow) == ["inner/shared", "inner/shared#2"]
    assert [one.hidden.shape for one in flow.values()] == [(2, 4), (2, 7)]


def test_a_task_takes_raw_texts_and_labels():
    x, y = texts(24)
    classifier = tiny()
    fit(classifier, x, y)
    flow = gradient_flow(classifier, x[:5], y[:5])
    ids = [classifier.labels.index(label) for label in y[:5]]
    same = gradient_flow(
        classifier.network,
        classifier.network_input(x[:5]),
        np.array(ids),
        loss=keras.losses.SparseCategoricalCrossentropy(),
    )
    assert len(flow) >= 1
    for name, layer in flow.items():
        np.testing.assert_allclose(layer.hidden, same[name].hidden, rtol=1e-5)
    with pytest.raises(DataError, match="expected labels seen in training"):
        gradient_flow(classifier, x[:1], ["never seen"])


def test_arrays_are_saved_by_name(tmp_path):
    flow = gradient_flow(stack(), inputs(), at="last")
    flow.save(tmp_path / "flow.npz")
    saved = np.load(tmp_path / "flow.npz")
    assert "gru/cell" not in saved
    np.testing.assert_array_equal(saved["both/forward_lstm/cell"], flow["forward_lstm"].cell)
    with pytest.raises(ArgumentError, match=r"\.npz"):
        flow.save(tmp_path / "flow.csv")


def test_layers_are_found_by_their_own_names():
    flow = gradient_flow(stack(), inputs(), at="last", layers=["gru"])
    assert list(flow) == ["gru"]
    with pytest.raises(KeyError, match="expected one of 'gru'"):
        flow["rnn"]
    with pytest.raises(ArgumentError, match="expected one of hidden, transport, got 'cell'"):
        flow["gru"].by_lag("cell")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, "expected a model that is compiled with a loss, or loss="),
        ({"loss": "mse"}, "expected the targets that the loss compares with, got None"),
        ({"loss": "mse", "y": np.ones((2, 4))}, "one target for each of the 3 rows of x"),
        ({"loss": "nosuch", "y": np.ones((3, 4))}, "expected a Keras loss or its name"),
        ({"at": "first"}, "at: expected one of loss, last"),
        ({"layers": ["nowhere"], "at": "last"}, "expected one of 'layer'"),
    ],
)
def test_what_cannot_be_followed_is_said(options, told):
    with pytest.raises(ArgumentError, match=told):
        gradient_flow(one_layer("GRU"), inputs(), **options)


def test_no_rows_and_no_recurrent_layers():
    with pytest.raises(ArgumentError, match="at least one row"):
        gradient_flow(one_layer("GRU"), inputs(0), at="last")
    dense = keras.Sequential([keras.Input((None, 2)), keras.layers.Dense(2)])
    with pytest.raises(ArgumentError, match="it has none"):
        gradient_flow(dense, inputs(), at="last")


def test_a_back_end_without_gradients(monkeypatch):
    model = one_layer("GRU")
    monkeypatch.setattr(keras.backend, "backend", lambda: "tensorflow")
    with pytest.raises(ArgumentError, match=r"expected one of jax, torch .* got 'tensorflow'"):
        gradients(model, None)


def test_weights_that_are_no_numbers_have_exploded():
    model = one_layer("LSTM", return_sequences=False)
    model.get_layer("layer").set_weights(
        [np.full_like(one, np.nan) for one in model.get_layer("layer").get_weights()]
    )
    flow = gradient_flow(model, inputs(), np.zeros((3, 4)), loss="mse")
    assert flow.verdict == "exploding"


def test_an_input_that_is_no_number_is_not_blamed_on_the_network():
    x = inputs()
    x[1, 2] = np.nan
    with pytest.raises(ArgumentError, match=r"x: expected finite numbers, got NaN .* in row 1"):
        gradient_flow(one_layer("LSTM"), x, at="last")


def test_a_model_that_was_never_called():
    model = keras.Sequential([keras.layers.GRU(3, name="gru"), keras.layers.Dense(1)])
    assert list(gradient_flow(model, inputs(), np.zeros((3, 1)), loss="mse")) == ["gru"]
