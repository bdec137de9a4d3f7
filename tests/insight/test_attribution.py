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
from gatewise.insight import Attributor, reading, record

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


def holds(model, x, target=None, of="inputs", attributor=None):
    """The attribution, once it is sure that it is complete and of the model's own score."""
    found = (attributor or Attributor(model, of=of))(x, target)
    assert found.error < 1e-5
    own = np.log(keras.ops.convert_to_numpy(model(x)).astype("float64"))
    own -= own.mean(1, keepdims=True)  # logits less their mean, from the model's own answer
    np.testing.assert_allclose(
        found.score, own[np.arange(len(own)), found.target], rtol=2e-5, atol=2e-5
    )
    if target is None:
        np.testing.assert_array_equal(found.target, own.argmax(1))
    return found


@functools.cache
def prepared(of, kind, pooling, merge, source, backwards):
    """A classifier and an attributor for it, compiled once."""
    model = classifier(kind, pooling, merge, source, go_backwards=backwards)
    return model, Attributor(model, of=of)


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
@pytest.mark.parametrize("of", ["inputs", "writes"])
@settings(max_examples=10)
@given(
    mask=st.lists(st.lists(st.booleans(), min_size=5, max_size=5), min_size=2, max_size=2),
    target=st.sampled_from([None, 0, 2, [1, 2]]),
)
def test_parts_add_up_to_the_score(of, kind, pooling, merge, source, backwards, mask, target):
    mask = np.array(mask, bool)
    if pooling == "mean":  # of no step at all, Keras's mean is not a number
        mask[:, 2] = True
    model, attributor = prepared(of, kind, pooling, merge, source, backwards)
    found = holds(model, masked(inputs(2, 5), mask), target, attributor=attributor)
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
def test_writes_equal_a_recomputation_by_hand(kind, pooling):
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
    found = gw.attribute(model, x, 2, of="writes").by_layer["layer"][row]
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
    found = gw.attribute(model, x, 0, of="writes").by_layer["layer"]
    np.testing.assert_allclose(found, expected, atol=1e-5)


CELLS = {
    "lstm": ("LSTM", {}),
    "lstm, other activations": ("LSTM", {"activation": "relu", "recurrent_activation": "linear"}),
    "gru, reset after": ("GRU", {}),
    "gru, reset before": ("GRU", {"reset_after": False}),
    "gru, no bias": ("GRU", {"use_bias": False}),
    "gru, hard gates": ("GRU", {"recurrent_activation": "hard_sigmoid"}),
    "simple": ("SimpleRNN", {}),
    "simple, relu": ("SimpleRNN", {"activation": "relu", "use_bias": False}),
}


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("cell", list(CELLS))
def test_inputs_add_up_for_every_cell(cell, backwards):
    kind, options = CELLS[cell]
    model = classifier(kind, "max", go_backwards=backwards, **options)
    draw(model, 0.4)
    x = masked(inputs(), MASK)
    found = holds(model, x)
    zeros = np.where(MASK[:, :, None], 1e-12, 0.0) * np.ones(2)  # not padding, and yet nothing
    silent = gw.attribute(model, zeros.astype("float32"), found.target)
    np.testing.assert_allclose(found.rest, silent.score, atol=1e-5)
    np.testing.assert_allclose(silent.parts, 0.0, atol=1e-5)


@pytest.mark.parametrize("cell", ["lstm", "gru, reset after", "gru, reset before", "simple"])
def test_parts_of_small_inputs_are_their_gradient(cell):
    """Against finite differences: near silence a part is slope times input."""
    kind, options = CELLS[cell]
    model = classifier(kind, "mean", **options)
    x = (1e-3 * inputs()).astype("float32")
    found = gw.attribute(model, x, 1)
    for row, step in ((0, 0), (1, 3), (2, 5)):
        scores = []
        for way in (1.0, -1.0):
            moved = np.full_like(x, 1e-9)
            moved[row, step] = way * 30 * x[row, step]
            scores.append(gw.attribute(model, moved, 1).score[row])
        np.testing.assert_allclose(
            found.parts[row, step], (scores[0] - scores[1]) / 60, rtol=0.02, atol=2e-6
        )


def test_the_largest_of_lines_in_closed_form():
    """The integrated gradient of a maximum, against sums over a fine grid of its path."""
    rng = np.random.default_rng(0)
    silent, values = rng.normal(size=(2, 3, 7, 4))
    silent[0] = 0.5  # all start as one
    real = rng.random((3, 7, 1)) > 0.3
    real[:, 2] = True
    found = reading.largest(silent, values, real)
    along = np.linspace(0, 1, 20_001)[:-1] + 0.5 / 20_000
    share = np.zeros_like(values)
    for one in along:
        line = np.where(real, silent + one * (values - silent), -np.inf)
        share += (line == line.max(1, keepdims=True)) / len(along)
    np.testing.assert_allclose(found, share, atol=2e-4)
    most = [np.where(real, one, -np.inf).max(1) for one in (values, silent)]
    np.testing.assert_allclose((found * (values - silent)).sum(1), most[0] - most[1], atol=1e-12)


def test_against_another_text():
    task = toys.tiny()
    toys.fit(task, *toys.texts())
    ids = task.network_input(["the day is good"])
    usual = gw.attribute(task, ids)
    unknown = gw.attribute(task, np.full_like(ids, 1), usual.target)
    np.testing.assert_allclose(usual.rest, unknown.score, atol=1e-6)
    other = gw.attribute(task, ["the day is good"], "glad", against=["the day is bad"])
    np.testing.assert_array_equal(other.parts[0, :3], 0.0)  # where both say the same
    assert other.error < 1e-5
    with pytest.raises(ArgumentError, match="against: expected an input with the real steps of x"):
        gw.attribute(task, ["the day is good"], against=["bad"])


def test_series_are_held_against_their_mean():
    task = toys.tiny()
    x, y = toys.series()
    toys.fit(task, x, y)
    found = gw.attribute(task, x[:3])
    zeros = np.where(task.network_input(x[:3]) < -1e8, -1e9, 0.0).astype("float32")
    np.testing.assert_allclose(
        found.rest, gw.attribute(task.network, zeros, found.target).score, atol=1e-5
    )


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
    first = gw.attribute(model, inputs(2), 0, of="writes").rest
    model(inputs(2))
    for of in ("inputs", "writes"):
        found = gw.attribute(model, inputs(2), 0, of=of)
        assert found.error < 1e-5
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
        assert found.error < 1e-5


@pytest.mark.parametrize("of", ["inputs", "writes"])
@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid"])
def test_activations_around_the_head(activation, of):
    head = [
        keras.layers.Activation(activation), keras.layers.LeakyReLU(), keras.layers.Dense(3),
        keras.layers.Dropout(0.1), keras.layers.Activation("softmax"),
    ]  # fmt: skip
    holds(classifier(head=head), masked(inputs(), MASK), of=of)


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


def test_an_empty_cell_shows_nothing():
    model = classifier("LSTM", "last")
    layer = model.get_layer("layer")
    layer.set_weights([0 * one for one in layer.get_weights()])
    for of in ("inputs", "writes"):
        np.testing.assert_array_equal(holds(model, inputs(), of=of).parts, 0.0)


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
        gw.attribute(classifier("SimpleRNN"), inputs(), of="writes")
    with pytest.raises(ArgumentError, match="activation that is 0 at 0"):
        gw.attribute(classifier("LSTM", activation="sigmoid"), inputs(), of="writes")
    with pytest.raises(ArgumentError, match=r"expected activation of tanh, .* got 'softsign'"):
        gw.attribute(classifier("LSTM", activation="softsign"), inputs())
    dense = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)])
    with pytest.raises(ArgumentError, match=r"recurrent layer .* found none"):
        gw.attribute(dense, inputs())
    with pytest.raises(ArgumentError, match=r"Dense layer .* found none"):
        gw.attribute(keras.Sequential([keras.Input((2,)), keras.layers.Dropout(0.1)]), inputs())
    with pytest.raises(ArgumentError, match=r"does not know its input yet. Begin it with"):
        gw.attribute(keras.Sequential([keras.layers.GRU(2)]), inputs())
    outer = keras.Input((None, 2))
    both = keras.Model(outer, [keras.layers.GRU(2)(outer), keras.layers.GRU(2)(outer)])
    with pytest.raises(ArgumentError, match="expected one output, got 2"):
        gw.attribute(both, inputs())


def test_an_unknown_kind_of_part():
    with pytest.raises(ArgumentError, match="of: expected one of inputs, writes, got 'reads'"):
        gw.attribute(classifier(), inputs(), of="reads")


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


class Scaled(keras.layers.Dense):
    def call(self, inputs):
        return super().call(inputs) * 10


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ([keras.layers.Dense(4, "relu"), keras.layers.Softmax()], "activation='relu'"),
        ([keras.layers.Dense(4, "sigmoid"), keras.layers.Softmax()], "activation='sigmoid'"),
        ([keras.layers.Dense(1, "tanh")], "activation='tanh'"),
        ([Scaled(2)], "a subclass of Dense"),
    ],
)
def test_heads_whose_output_is_not_what_is_read_are_refused(head, told):
    model = keras.Sequential([keras.Input((None, 2)), keras.layers.LSTM(3), *head])
    with pytest.raises(ArgumentError, match=told):
        gw.attribute(model, inputs())


def test_binary_gates_have_parts_of_writes_only():
    layers = [gw.layers.BinaryGateLSTM(3, round_gates=True), keras.layers.Dense(2, "softmax")]
    model = keras.Sequential([keras.Input((None, 2)), *layers])
    with pytest.raises(ArgumentError, match="Ask for of='writes'"):
        gw.attribute(model, inputs())
    assert gw.attribute(model, inputs(), of="writes").error < 1e-6
