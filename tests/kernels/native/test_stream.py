"""A stream's numbers against the layer's own, and what it refuses."""

import ctypes
import os
import threading

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from gatewise import layers
from gatewise.errors import ArgumentError, KernelError
from gatewise.kernels.native import library
from gatewise.kernels.native.stream import Stream

KINDS = {
    "lstm": (keras.layers.LSTM, {}),
    "lstm of ours": (layers.LSTM, {}),
    "lstm, no bias": (keras.layers.LSTM, {"use_bias": False}),
    "gru": (keras.layers.GRU, {}),
    "gru, no bias": (keras.layers.GRU, {"use_bias": False}),
    "gru, reset before": (keras.layers.GRU, {"reset_after": False}),
    "simple": (keras.layers.SimpleRNN, {}),
    "simple, relu, no bias": (layers.SimpleRNN, {"activation": "relu", "use_bias": False}),
}

native = pytest.mark.skipif(
    library.reason() is not None and not os.environ.get("CI"), reason=str(library.reason())
)


def built(kind="lstm", units=4, features=3, seed=0, **options):
    cls, own = KINDS[kind]
    layer = cls(units, **own, **options)
    layer.build((None, None, features))
    rng = np.random.default_rng(seed)
    layer.set_weights([rng.normal(0, 0.5, w.shape).astype("float32") for w in layer.get_weights()])
    return layer


def steps(count, features=3, seed=1):
    return np.random.default_rng(seed).normal(size=(count, features)).astype("float32")


def layer_states(layer, x, initial=None):
    """What the layer gives after every step, and its last states."""
    twin = type(layer).from_config(
        layer.get_config() | {"return_sequences": True, "return_state": True}
    )
    twin.build((None, None, x.shape[-1]))
    twin.set_weights(layer.get_weights())
    if initial is not None:
        initial = [ops.convert_to_tensor(part[None]) for part in initial]
    outputs, *states = twin(x[None], initial_state=initial)
    return [ops.convert_to_numpy(part)[0] for part in (outputs, *states)]


def close(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


@native
@settings(max_examples=8)
@given(
    kind=st.sampled_from(sorted(KINDS)),
    units=st.integers(1, 40),
    features=st.integers(1, 20),
    seed=st.integers(0, 99),
)
def test_every_step_is_the_layers_own(kind, units, features, seed):
    layer = built(kind, units, features, seed)
    x = steps(5, features, seed)
    outputs, *states = layer_states(layer, x)
    stream = Stream(layer)
    for at, expected in zip(x, outputs, strict=True):
        close(stream(at), expected)
    for found, expected in zip(stream.state, states, strict=True):
        close(found, expected)


@native
@pytest.mark.parametrize("kind", ["lstm", "gru", "gru, reset before", "simple"])
def test_every_instruction_set_gives_the_same(kind):
    layer, x, found = built(kind, 33, 17), steps(4, 17), {}
    try:
        for isa in library.load().isas():
            library.load().set_isa(isa)
            stream = Stream(layer)
            found[isa] = [stream(at) for at in x]
    finally:
        library.load().set_isa(None)
    assert found
    for outputs in found.values():
        close(outputs, layer_states(layer, x)[0])


@native
def test_the_core_took_the_step():
    stream = Stream(built())
    before = library.load().counts()["step"]
    stream(steps(1)[0])
    assert library.load().counts()["step"] == before + 1


@native
@pytest.mark.parametrize("kind", ["lstm", "gru"])
def test_reset_forgets_and_a_state_may_be_set(kind):
    layer, x = built(kind), steps(3)
    stream = Stream(layer)
    first = [stream(at) for at in x]
    stream.reset()
    assert [stream(at).tolist() for at in x] == [part.tolist() for part in first]
    initial = [np.full(4, value, "float32") for value in (0.3, -0.2)[: len(stream.state)]]
    stream.state = initial
    close([stream(at) for at in x], layer_states(layer, x, initial)[0])


@native
def test_what_was_given_out_does_not_change_later():
    stream, x = Stream(built()), steps(2)
    hidden, state = stream(x[0]), stream.state
    kept = hidden.copy(), [part.copy() for part in state]
    hidden_after = stream(x[1])
    assert (hidden == kept[0]).all()
    assert all((part == old).all() for part, old in zip(state, kept[1], strict=True))
    hidden_after[:] = 9  # nor does the stream see what is written there
    assert (stream.state[0] != 9).all()


@native
def test_weights_are_those_of_the_moment():
    layer, x = built(), steps(1)[0]
    stream = Stream(layer)
    before = stream(x)
    layer.set_weights([weight * 0 for weight in layer.get_weights()])
    stream.reset()
    assert (stream(x) == before).all()
    assert (Stream(layer)(x) == 0).all()


@native
def test_other_numbers_are_cast_and_other_memory_layouts_are_read_right():
    layer = built()
    x = np.asfortranarray(steps(4))
    strided = x[1]  # not dense
    assert not strided.flags.c_contiguous
    expected = Stream(layer)(strided.copy())
    for given_x in (
        strided,
        strided.astype("float64"),
        strided.tolist(),
        memoryview(strided.copy()),
    ):
        assert (Stream(layer)(given_x) == expected).all()


@native
@pytest.mark.parametrize(
    ("x", "got"),
    [
        (np.zeros(2, "float32"), r"float32 \[2\]"),
        (np.zeros((1, 3), "float32"), r"float32 \[1, 3\]"),
        (np.float32(1), r"float32 \[\]"),
        (np.zeros(3, "complex64"), r"complex64 \[3\]"),
        (["a", "b", "c"], r"<U1 \[3\]"),
    ],
)
def test_what_is_no_step_is_refused(x, got):
    stream = Stream(built())
    with pytest.raises(
        ArgumentError, match=rf"x: expected one step, real numbers \[3\], got {got}"
    ):
        stream(x)
    assert (stream.state[0] == 0).all()


@native
@pytest.mark.parametrize(
    "state", [[np.zeros(4)], [np.zeros(4), np.zeros(3)], [np.zeros((1, 4))] * 2]
)
def test_a_state_that_does_not_fit_is_refused(state):
    with pytest.raises(ArgumentError, match=r"state: expected 2 arrays \[4\]"):
        Stream(built()).state = state


def tanh(x):
    return ops.tanh(x) / 2


class Halved(keras.layers.LSTM):
    def call(self, *args, **kwargs):
        return super().call(*args, **kwargs) / 2


class HalvedCell(keras.layers.LSTMCell):
    def call(self, *args, **kwargs):
        output, states = super().call(*args, **kwargs)
        return output / 2, states


def made(cls):
    """An LSTM of this class, or with a cell of it."""
    layer = cls(2)
    if isinstance(layer, keras.layers.LSTMCell):
        layer, cell = keras.layers.LSTM(2), layer
        layer.cell = cell
    layer.build((None, None, 3))
    return layer


@native
@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: keras.layers.Dense(2), "an LSTM, GRU or SimpleRNN, got Dense"),
        (lambda: keras.layers.RNN(keras.layers.LSTMCell(2)), "an LSTM, GRU or SimpleRNN, got RNN"),
        (lambda: keras.layers.LSTM(2), "a built layer"),
        (lambda: built(go_backwards=True), "go_backwards=False"),
        (lambda: built(activation="relu"), "activations tanh and sigmoid"),
        (lambda: built("gru", recurrent_activation="hard_sigmoid"), "activations tanh and sig"),
        (lambda: built("simple", activation="gelu"), "activation tanh or relu"),
        (lambda: built(activation=tanh), "activations tanh and sigmoid"),
        (lambda: made(Halved), "leaves Keras's code as it is"),
        (lambda: made(HalvedCell), "leaves Keras's code as it is"),
    ],
)
def test_a_layer_it_cannot_take_is_refused(make, expected):
    with pytest.raises(ArgumentError, match=f"layer: expected .*{expected}"):
        Stream(make())


@native
def test_streams_run_side_by_side():
    layer, x = built("lstm", 16, 3), steps(50)
    expected = layer_states(layer, x)[0]
    results = {}

    def run(name):
        stream = Stream(layer)
        results[name] = [stream(at) for at in x]

    threads = [threading.Thread(target=run, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for found in results.values():
        close(found, expected)


@native
def test_a_step_does_not_wait_for_a_long_call():
    """Its weights are large enough to be shared with a thread that the long call holds."""
    stream, x = Stream(built("lstm", 256, 3)), np.zeros(3, "float32")
    size = 2_500
    a = np.ones((size, size), "float32")
    pointers = [one.ctypes.data_as(ctypes.POINTER(ctypes.c_float)) for one in (a, a, a.copy())]
    multiply = library.load().lib.gw_matmul
    call = threading.Thread(target=multiply, args=(size, size, size, *pointers, 2))
    call.start()
    taken = 0
    while call.is_alive():
        stream(x)
        taken += 1
    call.join()
    assert taken > 20


def test_a_missing_library_is_told_with_its_reason(monkeypatch):
    def missing():
        raise library.Unavailable("it was not built")

    monkeypatch.setattr(library, "load", missing)
    with pytest.raises(KernelError, match=r"Stream: .*not available \(it was not built\)"):
        Stream(built())
