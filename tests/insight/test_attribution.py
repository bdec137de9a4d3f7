"""Parts add up to the score, whatever the cell, the pooling, the direction and the mask."""

import functools

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gatewise as gw
from gatewise.architectures import many_to_one
from gatewise.errors import ArgumentError
from gatewise.insight import Recorder, record

from .. import toys
from . import oracle
from .models import SOURCES, draw, inputs, masked

# Of GlobalMaxPooling1D, which looks at padding too.
pytestmark = pytest.mark.filterwarnings("ignore:.*does not support masking")

MASK = np.array([[1, 1, 1, 1, 0, 0], [0, 0, 1, 0, 1, 1], [1, 1, 1, 1, 1, 1]], bool)
POOLINGS = {
    "last": None,
    "max": gw.layers.MaxOverTime,
    "padded max": keras.layers.GlobalMaxPooling1D,
    "mean": keras.layers.GlobalAveragePooling1D,
}


def classifier(kind="LSTM", pooling="max", merge=None, source="ours", classes=3, head=(), **more):
    """Masking, one recurrent layer named "layer" (both ways with a merge mode), a softmax head."""
    layers = SOURCES[source]
    more = {"return_sequences": pooling != "last", **more}
    layer = getattr(layers, kind)(4, name="layer", **more)
    if merge:
        layer = layers.Bidirectional(layer, merge_mode=merge, name="both")
    pool = [POOLINGS[pooling]()] if POOLINGS[pooling] else []
    head = head or [keras.layers.Dropout(0.5), keras.layers.Dense(classes, "softmax")]
    model = keras.Sequential(
        [keras.Input((None, 2)), keras.layers.Masking(0.0), layer, *pool, *head]
    )
    draw(model)
    return model


def holds(model, x, target=None, recording=None):
    """The attribution, once it is sure that it is complete and of the model's own score."""
    recording = recording or record(model, x)
    found = gw.attribute(model, x, target, recording=recording)
    assert found.error < 1e-6
    own = np.log(recording.outputs.astype("float64"))
    own -= own.mean(1, keepdims=True)  # logits less their mean, from the model's own answer
    np.testing.assert_allclose(
        found.score, own[np.arange(len(own)), found.target], rtol=2e-5, atol=2e-5
    )
    if target is None:
        np.testing.assert_array_equal(found.target, own.argmax(1))
    return found


@functools.cache
def prepared(*options):
    """A classifier and a recorder for it, compiled once."""
    model = classifier(*options[:4], go_backwards=options[4])
    return model, Recorder(model)


@pytest.mark.parametrize(
    ("kind", "pooling", "merge", "source", "backwards"),
    [
        ("LSTM", "max", "concat", "ours", False),
        ("LSTM", "last", None, "stock", True),
        ("LSTM", "mean", "sum", "stock", False),
        ("LSTM", "padded max", None, "ours", True),
        ("GRU", "max", "sum", "stock", False),
        ("GRU", "last", "ave", "ours", False),
        ("GRU", "mean", None, "ours", True),
        ("GRU", "padded max", "concat", "ours", False),
    ],
)
@settings(max_examples=15)
@given(
    mask=st.lists(st.lists(st.booleans(), min_size=5, max_size=5), min_size=2, max_size=2),
    target=st.sampled_from([None, 0, 2, [1, 2]]),
)
def test_parts_add_up_to_the_score(kind, pooling, merge, source, backwards, mask, target):
    mask = np.array(mask, bool)
    if pooling == "mean":  # of no step at all, Keras's mean is not a number
        mask[:, 2] = True
    model, recorder = prepared(kind, pooling, merge, source, backwards)
    x = masked(inputs(2, 5), mask)
    found = holds(model, x, target, recorder(x))
    np.testing.assert_array_equal(found.parts[~mask], 0.0)
    np.testing.assert_allclose(sum(one.sum(-1) for one in found.by_layer.values()), found.parts)


def by_hand(gates, weights, kind):
    """What each step's write brings [T] to Σ weights · hidden, as sums over pairs of steps."""
    T, U = weights.shape
    keep = gates["forget" if kind == "LSTM" else "update"]
    found = np.zeros((T, U))
    for unit in range(U):
        for read in range(T):
            shown = 1.0
            if kind == "LSTM":
                cell = gates["cell"][read, unit]
                shown = gates["output"][read, unit] * np.tanh(cell) / cell
            for step in range(read + 1):
                write = gates["candidate"][step, unit] * (
                    gates["update"][step, unit] if kind == "LSTM" else 1 - keep[step, unit]
                )
                left = np.prod(keep[step + 1 : read + 1, unit])
                found[step, unit] += weights[read, unit] * shown * left * write
    return found


@pytest.mark.parametrize("pooling", ["last", "max", "mean"])
@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_parts_equal_a_recomputation_by_hand(kind, pooling):
    model, x, row = classifier(kind, pooling), inputs(), 1
    gates, _ = oracle.run(kind, x, np.ones((3, 6), bool), model.get_layer("layer").get_weights())
    gates = {name: array[row] for name, array in gates.items()}
    kernel = model.layers[-1].get_weights()[0].astype("float64")
    slope = (kernel - kernel.mean(1, keepdims=True))[:, 2]
    hidden = gates["hidden"]
    read = {
        "last": np.eye(6)[[5] * 4].T,
        "max": (hidden == hidden.max(0)).astype(float),
        "mean": np.full((6, 4), 1 / 6),
    }[pooling]
    found = gw.attribute(model, x, 2).by_layer["layer"][row]
    np.testing.assert_allclose(found, by_hand(gates, read * slope, kind), atol=2e-6)


@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_the_last_state_is_read_as_memory_has_it(kind):
    model, x = classifier(kind, "last"), masked(inputs(), MASK)
    layer = record(model, x)["layer"]
    last = [3, 5, 5]
    shown = np.ones((3, 4))
    if kind == "LSTM":
        rows = range(3), last
        shown = layer.output[rows] * np.tanh(layer.cell[rows]) / layer.cell[rows]
    kernel = model.layers[-1].get_weights()[0]
    slope = (kernel - kernel.mean(1, keepdims=True))[:, 0] * shown
    expected = gw.memory(layer).contribution * slope[:, None]
    np.testing.assert_allclose(gw.attribute(model, x, 0).by_layer["layer"], expected, atol=1e-5)


def test_the_two_directions_of_a_stack_are_apart():
    model = many_to_one(classes=3, vocabulary=9, units=3, depth=2, bidirectional=True,
                        pooling="max", embedding=4)  # fmt: skip
    draw(model)
    found = holds(model, np.array([[3, 4, 5, 0, 0], [2, 2, 7, 8, 1]]))
    assert [path.split("/")[-1] for path in found.by_layer] == [
        "forward_lstm_2", "lstm_2_backward",
    ]  # fmt: skip


def test_what_the_initial_states_bring_is_in_the_rest():
    model = keras.Sequential(
        [keras.Input((None, 2), batch_size=2), gw.layers.LSTM(3, stateful=True, name="layer"),
         keras.layers.Dense(2, "softmax")]
    )  # fmt: skip
    draw(model)
    first = gw.attribute(model, inputs(2), 0).rest
    model(inputs(2))
    found = gw.attribute(model, inputs(2), 0)
    assert found.error < 1e-6
    assert np.abs(found.rest - first).min() > 1e-5


def test_one_sigmoid_has_two_classes():
    model = classifier(head=[keras.layers.Dense(1, "sigmoid")])
    x = masked(inputs(), MASK)
    chance = model.predict(x, verbose=0)[:, 0].astype("float64")
    yes, no = gw.attribute(model, x, 1), gw.attribute(model, x, 0)
    np.testing.assert_allclose(yes.score, np.log(chance / (1 - chance)), rtol=1e-4)
    np.testing.assert_allclose(no.parts, -yes.parts)
    np.testing.assert_array_equal(gw.attribute(model, x).target, chance > 0.5)


def test_linear_outputs_and_several_sigmoids_are_their_own_scores():
    for activation in ("linear", "sigmoid"):
        model = classifier(head=[keras.layers.Dense(3, activation)])
        outputs = model.predict(inputs(), verbose=0).astype("float64")
        score = outputs if activation == "linear" else np.log(outputs / (1 - outputs))
        found = gw.attribute(model, inputs())
        np.testing.assert_allclose(found.score, score.max(1), rtol=1e-4, atol=1e-5)
        assert found.error < 1e-6


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid"])
def test_activations_around_the_head(activation):
    head = [
        keras.layers.Activation(activation), keras.layers.LeakyReLU(), keras.layers.Dense(3),
        keras.layers.Dropout(0.1), keras.layers.Activation("softmax"),
    ]  # fmt: skip
    holds(classifier(head=head), masked(inputs(), MASK))


def test_nested_models_are_entered():
    inner = keras.Sequential([keras.Input((None, 2)), gw.layers.GRU(4, name="gru")], name="inner")
    head = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, "softmax")])
    outer = keras.Input((None, 2))
    model = keras.Model(outer, head(inner(keras.layers.Masking(0.0)(outer))))
    draw(model)
    assert list(holds(model, inputs()).by_layer) == ["inner/gru"]


def test_a_classifier_takes_texts_and_ids_and_labels():
    task = toys.tiny(bidirectional=True)
    toys.fit(task, *toys.texts())
    texts = ["the day is good", "grey"]
    found = gw.attribute(task, texts, "sad")
    assert found.parts.shape == (2, 4)
    assert found.target.tolist() == [task.labels.index("sad")] * 2
    again = gw.attribute(task, task.network_input(texts), ["sad", "glad"])
    np.testing.assert_allclose(again.parts[0], found.parts[0])
    np.testing.assert_allclose(again.score[1], -found.score[1], rtol=1e-5)


def test_a_recording_that_is_there_saves_the_run():
    model, x = classifier(), masked(inputs(), MASK)
    recording = record(model, x)
    np.testing.assert_array_equal(
        gw.attribute(model, x, recording=recording).parts, gw.attribute(model, x).parts
    )
    with pytest.raises(ArgumentError, match="expected all steps and units of layer 'layer'"):
        gw.attribute(model, x, recording=record(model, x, units=[0]))


def test_an_empty_cell_shows_nothing():
    model = classifier("LSTM", "last")
    layer = model.get_layer("layer")
    layer.set_weights([0 * one for one in layer.get_weights()])
    found = holds(model, inputs())
    np.testing.assert_array_equal(found.parts, 0.0)


def test_a_score_that_is_not_linear_names_the_layer_in_the_way():
    Dense = keras.layers.Dense
    wide = [Dense(5, "relu", name="wide"), Dense(2, "softmax")]
    scaled = [keras.layers.BatchNormalization(name="scaled"), Dense(2, "softmax")]
    for head, name in ((wide, "wide"), (scaled, "scaled")):
        with pytest.raises(ArgumentError, match=f"layer '{name}' .* not linear in the pooled"):
            gw.attribute(classifier(head=head), inputs())
    with pytest.raises(ArgumentError, match=r"'both' .* merge_mode='mul'"):
        gw.attribute(classifier(merge="mul"), inputs())
    with pytest.raises(ArgumentError, match=r"'layer' .* put a pooling over time between"):
        gw.attribute(classifier(pooling="last", return_sequences=True), inputs())
    outer = keras.Input((None, 2))
    product = keras.layers.Multiply(name="product")(
        [keras.layers.GRU(3)(outer), keras.layers.GRU(3)(outer)]
    )
    with pytest.raises(ArgumentError, match=r"'product' \(Multiply\)"):
        gw.attribute(keras.Model(outer, Dense(2, "softmax")(product)), inputs())


def test_models_that_have_no_such_sum():
    with pytest.raises(ArgumentError, match=r"got a simple RNN.*jacobian_products"):
        gw.attribute(classifier("SimpleRNN"), inputs())
    with pytest.raises(ArgumentError, match="activation that is 0 at 0"):
        gw.attribute(classifier("LSTM", activation="sigmoid"), inputs())
    dense = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)])
    with pytest.raises(ArgumentError, match=r"recurrent layer .* found none"):
        gw.attribute(dense, inputs())
    with pytest.raises(ArgumentError, match=r"Dense layer .* found none"):
        gw.attribute(keras.Sequential([keras.Input((2,)), keras.layers.Dropout(0.1)]), inputs())
    with pytest.raises(ArgumentError, match="functional or sequential"):
        gw.attribute(keras.Sequential([keras.layers.GRU(2)]), inputs())
    outer = keras.Input((None, 2))
    both = keras.Model(outer, [keras.layers.GRU(2)(outer), keras.layers.GRU(2)(outer)])
    with pytest.raises(ArgumentError, match="expected one output, got 2"):
        gw.attribute(both, inputs())


@pytest.mark.parametrize(
    ("target", "told"),
    [
        (3, "a position from 0 to 2, got 3"),
        ("spam", "a position from 0 to 2, got 'spam'"),
        (True, "got True"),
        ([0, 1], "one for each of 3 rows, got 2"),
    ],
)
def test_targets_that_are_not_there(target, told):
    with pytest.raises(ArgumentError, match=told):
        gw.attribute(classifier(), inputs(), target)


def test_a_layer_in_several_places():
    shared = gw.layers.GRU(3, name="shared", return_sequences=True)
    outer = keras.Input((None, 3))
    pooled = gw.layers.MaxOverTime()(shared(shared(outer)))
    model = keras.Model(outer, keras.layers.Dense(2)(pooled))
    with pytest.raises(ArgumentError, match="'shared': expected a layer that the model uses once"):
        gw.attribute(model, inputs(I=3))
