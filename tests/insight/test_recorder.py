"""Recordings are exact, whatever the layer, the mask and the path; the model is left as it was."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gatewise as gw
from gatewise.errors import ArgumentError, GatewiseWarning
from gatewise.insight import Recorder, record, recorded
from gatewise.kernels.native import library

from . import oracle
from .models import draw, inputs, masked, one_layer, stack

KINDS = ("LSTM", "GRU", "SimpleRNN")
MASK = np.array([[1, 1, 1, 1, 0, 0], [0, 0, 1, 0, 1, 1], [0, 0, 0, 0, 0, 0]], bool)


def close(found, expected, tolerance=2e-6):
    np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance)


def expected_of(model, x, mask, kind, backwards=False):
    return oracle.run(kind, x, mask, model.get_layer("layer").get_weights(), backwards)


@pytest.mark.parametrize("path", ["native", "reference"])
@pytest.mark.parametrize("source", ["ours", "stock"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_array_equals_an_independent_recomputation(kind, source, path, monkeypatch):
    if path == "native" and library.reason():
        pytest.skip(library.reason())
    monkeypatch.setenv("GATEWISE_KERNELS", path)
    x, model = masked(inputs(), MASK), one_layer(kind, source)
    layer = record(model, x)["layer"]
    arrays, last = expected_of(model, x, MASK, kind)
    assert layer.arrays.keys() == arrays.keys()
    for name, array in arrays.items():
        close(getattr(layer, name), array)
    for name, array in last.items():
        close(layer.last[name], array)
    np.testing.assert_array_equal(layer.mask, MASK)
    assert layer.path.startswith("native kernel" if path == "native" else "equations")


@settings(max_examples=15)
@given(
    mask=st.lists(st.lists(st.booleans(), min_size=5, max_size=5), min_size=2, max_size=2),
    kind=st.sampled_from(KINDS),
    backwards=st.booleans(),
)
def test_any_mask_and_direction(mask, kind, backwards):
    mask = np.array(mask, bool)
    x = masked(inputs(2, 5), mask)
    model = one_layer(kind, go_backwards=backwards)
    layer = record(model, x)["layer"]
    for name, array in expected_of(model, x, mask, kind, backwards)[0].items():
        close(layer.arrays[name], array)


@pytest.mark.parametrize("source", ["ours", "stock"])
def test_the_equations_hold_to_rounding_in_a_stack(source):
    model, x = stack(source), masked(inputs(), MASK)
    before = model.predict(x, verbose=0)
    recording = record(model, x)
    close(recording.outputs, before)
    assert list(recording) == ["both/forward_lstm", "both/backward_lstm", "gru", "rnn"]
    for name, backwards in (("forward_lstm", False), ("backward_lstm", True)):
        one = recording[name]
        assert one.backwards is backwards
        real = MASK[:, 1:, None]
        cells = one.cell[:, ::-1] if backwards else one.cell
        update, candidate, forget = (
            a[:, ::-1] if backwards else a for a in (one.update, one.candidate, one.forget)
        )
        kept = forget[:, 1:] * cells[:, :-1] + update[:, 1:] * candidate[:, 1:]
        real = MASK[:, ::-1][:, 1:, None] if backwards else real
        close(np.where(real, kept - cells[:, 1:], 0), 0, 1e-6)
        close((one.hidden - one.output * np.tanh(one.cell))[MASK], 0, 1e-6)
    close(recording["rnn"].last["hidden"], before)


def test_the_last_values_are_those_of_return_state():
    model = one_layer("LSTM", return_sequences=False, return_state=True)
    x = masked(inputs(), MASK)
    _, h, c = model.predict(x, verbose=0)
    layer = record(model, x)["layer"]
    close(layer.last["hidden"], h)
    close(layer.last["cell"], c)


def test_a_model_is_left_as_it_was():
    model, x = stack("stock"), inputs()
    layers = [layer for _, layer in gw.layers.paths.walk(model)]
    before = [(type(layer), set(vars(layer))) for layer in layers]
    record(model, x)
    assert [(type(layer), set(vars(layer))) for layer in layers] == before


def test_an_error_on_the_way_leaves_the_model_as_it_was():
    model = one_layer("LSTM", "stock")
    with pytest.raises(Exception, match=r"(?i)shape|dim|incompatible"):
        record(model, np.ones((2, 3, 9), "float32"))
    assert type(model.get_layer("layer")) is keras.layers.LSTM
    assert "inner_loop" not in vars(model.get_layer("layer"))


def test_a_stateful_layer_does_not_move_on():
    layer = gw.layers.GRU(3, stateful=True, name="layer")
    model = keras.Sequential([keras.Input((None, 2), batch_size=2), layer])
    x = inputs(2)
    model(x)
    before = [keras.ops.convert_to_numpy(state) for state in layer.states]
    recording = record(model, x)
    close(recording["layer"].initial["hidden"], before[0], 0)
    for state, kept in zip(layer.states, before, strict=True):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(state), kept)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("backwards", [False, True])
def test_long_inputs_are_computed_some_steps_at_a_time(kind, backwards, monkeypatch):
    mask = np.random.default_rng(2).random((2, 50)) > 0.3
    x, model = masked(inputs(2, 50), mask), one_layer(kind, go_backwards=backwards)
    whole = record(model, x)["layer"]
    monkeypatch.setattr(recorded, "CHUNK_BYTES", 1)
    chosen = {"units": [-1, 1], "steps": slice(10, 40, 3), "dtype": "float16"}
    part = record(model, x, **chosen)
    close(part.outputs, model.predict(x, verbose=0))
    part = part["layer"]
    assert (part.units.tolist(), part.steps[0], part.whole) == ([1, 3], 10, False)
    for name, array in whole.arrays.items():
        assert part.arrays[name].dtype == "float16"
        close(part.arrays[name], array[:, 10:40:3][:, :, [1, 3]], 1e-3)


def test_batches_and_one_call_agree():
    model, x = one_layer("GRU"), inputs(5)
    one, many = record(model, x)["layer"], record(model, x, batch_size=2)["layer"]
    close(one.hidden, many.hidden)


def test_a_shared_layer_is_recorded_in_each_place():
    layer = gw.layers.LSTM(3, name="shared")
    first, second = keras.Input((None, 2)), keras.Input((None, 2))
    model = keras.Model([first, second], keras.layers.add([layer(first), layer(second)]))
    x = [inputs(2, 4), inputs(2, 7)]
    recording = record(model, x)
    assert list(recording) == ["shared", "shared#2"]
    assert [recording[name].hidden.shape[1] for name in recording] == [4, 7]
    close(recording["shared"].hidden[:, -1] + recording["shared#2"].hidden[:, -1],
          recording.outputs)  # fmt: skip


def test_nested_and_subclassed_models():
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.inner = keras.Sequential([keras.layers.GRU(3, name="gru")], name="inner")

        def call(self, x):
            return self.inner(x)

    model, x = Own(), inputs()
    answer = keras.ops.convert_to_numpy(model(x))
    close(record(model, x)["inner/gru"].last["hidden"], answer)


def test_a_recorder_serves_many_inputs():
    model = one_layer("LSTM")
    watcher = Recorder(model, layers=["layer"])
    for seed in (3, 4):
        x = inputs(seed=seed)
        close(watcher(x).outputs, model.predict(x, verbose=0))


def test_arrays_are_saved_by_name(tmp_path):
    recording = record(stack(), inputs())
    recording.save(tmp_path / "gates.npz")
    saved = np.load(tmp_path / "gates.npz")
    np.testing.assert_array_equal(saved["both/forward_lstm/forget"],
                                  recording["forward_lstm"].forget)  # fmt: skip
    with pytest.raises(ArgumentError, match=r"\.npz"):
        recording.save(tmp_path / "gates.csv")


def test_what_cannot_be_recorded_is_said():
    dense = keras.Sequential([keras.Input((None, 2)), keras.layers.Dense(2)])
    with pytest.raises(ArgumentError, match="it has none"):
        record(dense, inputs())
    around = keras.layers.RNN(keras.layers.LSTMCell(3), name="around")
    alone = keras.Sequential([keras.Input((None, 2)), around])
    with pytest.raises(ArgumentError, match="'around' cannot be read: RNN around LSTMCell"):
        record(alone, inputs())
    with pytest.raises(ArgumentError, match="expected a Keras model"):
        record("model.keras", inputs())


def test_an_unreadable_layer_beside_others_is_left_out_with_a_warning():
    around = keras.layers.RNN(keras.layers.GRUCell(3), return_sequences=True, name="around")
    model = keras.Sequential([keras.Input((None, 2)), around, gw.layers.GRU(2, name="gru")])
    draw(model)
    with pytest.warns(GatewiseWarning, match="'around' is left out"):
        assert list(record(model, inputs())) == ["gru"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"layers": ["nowhere"]}, "expected one of 'layer'"),
        ({"units": [9]}, "units: expected positions from 0 to 3"),
        ({"steps": [6]}, "steps: expected positions from 0 to 5"),
        ({"dtype": "int8"}, "dtype: expected one of float16, float32"),
    ],
)
def test_arguments_out_of_range(options, told):
    with pytest.raises(ArgumentError, match=told):
        record(one_layer("LSTM"), inputs(), **options)


def test_no_rows():
    with pytest.raises(ArgumentError, match="at least one row"):
        record(one_layer("LSTM"), inputs(0))


def test_a_name_that_is_not_there():
    layer = record(one_layer("GRU"), inputs())["layer"]
    with pytest.raises(AttributeError, match="expected one of update, reset, candidate, hidden"):
        layer.forget  # noqa: B018


def test_a_model_that_was_never_called():
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.lstm = keras.layers.LSTM(3, name="lstm")
            self.head = keras.layers.Dense(1)

        def call(self, x):
            return self.head(self.lstm(x))

    model, x = Own(), inputs()
    recording = record(model, x)
    assert list(recording) == ["lstm"]
    close(recording.outputs, keras.ops.convert_to_numpy(model(x)))
    x = inputs(T=4)  # traced again
    close(record(model, x)["lstm"].hidden.shape, (3, 4, 3))


def test_rows_may_be_lists_of_numbers():
    model, x = one_layer("GRU"), inputs()
    close(record(model, x.tolist())["layer"].hidden, record(model, x)["layer"].hidden)


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_masked_steps_hold_across_the_parts_of_a_long_input(kind, backwards, monkeypatch):
    monkeypatch.setattr(recorded, "CHUNK_BYTES", 1)
    mask = np.random.default_rng(2).random((3, 50)) > 0.3
    mask[0, 10:40], mask[1] = False, False  # longer than a part, and a row without a real step
    x, model = masked(inputs(3, 50), mask), one_layer(kind, go_backwards=backwards)
    layer = record(model, x)["layer"]
    for name, array in expected_of(model, x, mask, kind, backwards)[0].items():
        close(layer.arrays[name], array)


def test_masked_steps_of_both_directions_as_saved(tmp_path):
    recording = record(stack(), masked(inputs(), MASK))
    recording.save(tmp_path / "gates.npz")
    saved = np.load(tmp_path / "gates.npz")
    for side in ("both/forward_lstm", "both/backward_lstm"):
        mask = saved[f"{side}/mask"]
        for gate in ("update", "forget", "candidate", "output"):
            assert not saved[f"{side}/{gate}"][~mask].any()
        assert not saved[f"{side}/cell"][2].any()  # a row without a real step
    cell = saved["both/forward_lstm/cell"]
    np.testing.assert_array_equal(cell[0, 4:], np.stack([cell[0, 3]] * 2))
    cell = saved["both/backward_lstm/cell"]
    np.testing.assert_array_equal(cell[1, :2], np.stack([cell[1, 2]] * 2))


def test_a_recording_stays_as_it_is_whatever_comes_after():
    model = one_layer("LSTM")
    recorder, x = Recorder(model, inputs=True), inputs()
    first = recorder(x)
    layer = first["layer"]
    arrays = [*layer.arrays.values(), *layer.last.values(), *layer.initial.values(), layer.mask,
              layer.inputs, layer.weights["recurrent_kernel"], first.outputs]  # fmt: skip
    before = [array.copy() for array in arrays]
    x[:] = 0
    draw(model, seed=7)
    recorder(inputs(seed=9))
    for array, kept in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(array, kept)


def test_a_stateful_layers_initial_state_is_a_copy():
    layer = gw.layers.GRU(3, stateful=True, name="layer")
    model = keras.Sequential([keras.Input((None, 2), batch_size=2), layer])
    recording = record(model, inputs(2))
    model(inputs(2))  # which moves the layer on
    assert keras.ops.convert_to_numpy(layer.states[0]).any()
    assert not recording["layer"].initial["hidden"].any()


@pytest.mark.parametrize(
    ("shape", "told"),
    [
        ((2, 5, 7), r"rows of shape \[any, 2\], as model 'sequential.*' takes them, got \[5, 7\]"),
        ((2, 0, 2), r"at least one step, got an input of shape \[2, 0, 2\]"),
    ],
)
def test_inputs_that_do_not_fit(shape, told):
    with pytest.raises(ArgumentError, match=told):
        record(one_layer("LSTM"), np.ones(shape, "float32"))


def test_a_recorder_follows_gates_that_are_rounded_later():
    model = one_layer("BinaryGateLSTM")
    recorder = Recorder(model)
    soft = recorder(inputs())["layer"].forget
    gw.layers.round_gates(model)
    hard = recorder(inputs())["layer"].forget
    assert set(np.unique(hard)) == {0, 1}
    np.testing.assert_array_equal(hard[:, 0], soft[:, 0] >= 0.5)
    gw.layers.round_gates(model, False)
    np.testing.assert_array_equal(recorder(inputs())["layer"].forget, soft)


def test_a_model_in_mixed_precision_is_recorded_in_float32():
    layer = gw.layers.LSTM(3, dtype="mixed_bfloat16", name="layer")
    model = keras.Sequential([keras.Input((None, 2)), layer])
    found = record(model, inputs())["layer"]
    assert {array.dtype.name for array in found.arrays.values()} == {"float32"}
    np.testing.assert_array_equal(
        found.weights["recurrent_kernel"], keras.ops.convert_to_numpy(layer.cell.recurrent_kernel)
    )
