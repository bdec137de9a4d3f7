"""`BinaryGateLSTM` against its equations in NumPy, noise given; and all that a layer must do."""

import keras
import numpy as np
import pytest
from keras import ops

import gatewise as gw
from gatewise import layers
from gatewise.errors import ArgumentError, KernelError
from gatewise.kernels.native import library
from gatewise.layers import BinaryGateLSTM, round_gates

from ..gradients import run_and_differentiate

B, T, I, U = 3, 6, 2, 4
MASK = np.array([[1, 1, 1, 1, 0, 0], [0, 0, 1, 0, 1, 1], [0, 0, 0, 0, 0, 0]], bool)
RNG = np.random.default_rng(0)
X = RNG.normal(size=(B, T, I)).astype("float32")
WEIGHTS = [RNG.normal(size=shape).astype("float32") for shape in ((I, 4 * U), (U, 4 * U), (4 * U,))]
STATES = [RNG.normal(size=(B, U)).astype("float32") for _ in range(2)]
NOISE = RNG.logistic(size=(B, T, 2 * U)).astype("float32")


@pytest.fixture(autouse=True)
def _auto(monkeypatch):
    monkeypatch.setenv("GATEWISE_KERNELS", "auto")


@pytest.fixture(params=["auto", "reference"])
def path(request, monkeypatch):
    monkeypatch.setenv("GATEWISE_KERNELS", request.param)


both_paths = pytest.mark.usefixtures("path")


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def expected(
    temperature=0.9, noise=None, rounded=False, mask=None, states=None, backwards=False,
    weights=WEIGHTS, x=X,
):  # fmt: skip
    """The paper's equations, a step at a time in float64: hidden [B, T, U], gates, last h and c."""
    W, R, b = (one.astype("float64") for one in weights)
    h, c = (np.zeros((B, U)), np.zeros((B, U))) if states is None else states
    mask = np.ones((B, T), bool) if mask is None else mask
    steps = range(T)[::-1] if backwards else range(T)
    found = {name: [] for name in ("hidden", "forget", "update", "cell")}
    for t in steps:
        i, f, g, o = np.split(x[:, t] @ W + h @ R + b, 4, axis=-1)
        if noise is not None:
            i, f = i + noise[:, t, :U], f + noise[:, t, U:]
        update, forget = sigmoid(i / temperature), sigmoid(f / temperature)
        if rounded:
            update, forget = np.round(update), np.round(forget)
        real = mask[:, t, None]
        c = np.where(real, update * np.tanh(g) + forget * c, c)
        h = np.where(real, sigmoid(o) * np.tanh(c), h)
        for name, one in zip(found, (h, forget, update, c), strict=True):
            found[name].append(one)
    return {name: np.stack(arrays, axis=1) for name, arrays in found.items()}, (h, c)


def binary(noise=None, weights=WEIGHTS, noise_share=1, **options):
    layer = BinaryGateLSTM(
        U,
        noise=noise_share,
        return_sequences=True,
        return_state=True,
        **{"name": "layer", "temperature": 0.9, **options},
    )
    layer.build(X.shape)
    layer.set_weights(weights)
    if noise is not None:
        layer.gate_noise = lambda x: ops.convert_to_tensor(noise)
    return layer


def close(found, wanted, tolerance=2e-6):
    found = ops.convert_to_numpy(found)
    np.testing.assert_allclose(found.astype("float64"), wanted, rtol=0, atol=tolerance)


def check(layer, wanted, **given):
    outputs, h, c = layer(X, **given)
    close(outputs, wanted[0]["hidden"])
    close(h, wanted[1][0])
    close(c, wanted[1][1])


@both_paths
@pytest.mark.parametrize("temperature", [0.3, 0.9, 2])
@pytest.mark.parametrize("backwards", [False, True])
def test_inference_equals_the_equations(temperature, backwards):
    layer = binary(temperature=temperature, go_backwards=backwards)
    check(layer, expected(temperature, mask=MASK, backwards=backwards), mask=MASK)
    wanted = expected(temperature, states=STATES, backwards=backwards)
    check(layer, wanted, initial_state=STATES)


@both_paths
@pytest.mark.parametrize("temperature", [0.3, 0.9])
@pytest.mark.parametrize("backwards", [False, True])
def test_training_equals_the_equations_with_the_noise(temperature, backwards):
    layer = binary(NOISE, temperature=temperature, go_backwards=backwards)
    check(layer, expected(temperature, NOISE, mask=MASK, backwards=backwards),
          mask=MASK, training=True)  # fmt: skip


def test_gates_are_not_rounded_in_training():
    layer = binary(NOISE, round_gates=True)
    check(layer, expected(noise=NOISE, mask=MASK), mask=MASK, training=True)


@pytest.mark.parametrize("backwards", [False, True])
def test_rounded_inference_equals_the_equations(backwards):
    layer = binary(round_gates=True, go_backwards=backwards)
    check(layer, expected(rounded=True, mask=MASK, backwards=backwards), mask=MASK)


def test_rounding_is_the_limit_of_a_small_temperature():
    close(binary(temperature=1e-3)(X)[0], ops.convert_to_numpy(binary(round_gates=True)(X)[0]))


@both_paths
def test_it_is_an_lstm_at_temperature_1_with_its_weights():
    plain = keras.layers.LSTM(U, return_sequences=True)
    plain.build(X.shape)
    layer = binary(weights=plain.get_weights(), temperature=1)
    close(layer(X, mask=MASK)[0], ops.convert_to_numpy(plain(X, mask=MASK)))


@both_paths
def test_gradients_through_the_noise_agree_with_finite_differences():
    layer = binary(NOISE)
    rest = [variable.value for variable in layer.non_trainable_variables]
    probes = [RNG.normal(size=shape) for shape in ((B, T, U), (B, U), (B, U))]

    def function(tensors):
        (x, *weights), mask = tensors, ops.convert_to_tensor(MASK)
        return layer.stateless_call(weights, rest, x, mask=mask, training=True)[0]

    def loss(arrays):
        x, *weights = arrays
        found, last = expected(noise=NOISE, mask=MASK, x=x, weights=weights)
        return sum((one * p).sum() for one, p in zip((found["hidden"], *last), probes, strict=True))

    arrays = [X, *WEIGHTS]
    _, gradients = run_and_differentiate(
        function, arrays, [probe.astype("float32") for probe in probes]
    )
    exact = [array.astype("float64") for array in arrays]
    for number, gradient in enumerate(gradients):
        direction = RNG.normal(size=gradient.shape)
        moved = [
            loss([*exact[:number], exact[number] + sign * 1e-5 * direction, *exact[number + 1 :]])
            for sign in (1, -1)
        ]
        slope = (moved[0] - moved[1]) / 2e-5
        assert (gradient * direction).sum() == pytest.approx(slope, rel=1e-4, abs=1e-4)


def test_the_noise_is_logistic_new_everywhere_and_seeded():
    layer = binary(seed=5)
    wide = np.zeros((40, 50, I), "float32")
    first, second = (ops.convert_to_numpy(layer.gate_noise(wide)) for _ in range(2))
    assert first.shape == (40, 50, 2 * U)
    assert len(np.unique(np.round(first, 6))) > 0.99 * first.size
    assert (first != second).mean() > 0.99
    # Quartiles of the logistic distribution, of 16,000 draws.
    assert np.quantile(first, [0.25, 0.5, 0.75]) == pytest.approx(np.log([1 / 3, 1, 3]), abs=0.06)
    assert np.isfinite(first).all()
    np.testing.assert_array_equal(first, ops.convert_to_numpy(binary(seed=5).gate_noise(wide)))


def test_noise_falls_on_a_share_of_the_gates():
    drawn = ops.convert_to_numpy(binary(noise_share=0.2).gate_noise(np.zeros((40, 50, I))))
    assert (drawn != 0).mean() == pytest.approx(0.2, abs=0.02)
    quartiles = np.quantile(drawn[drawn != 0], [0.25, 0.5, 0.75])
    assert quartiles == pytest.approx(np.log([1 / 3, 1, 3]), abs=0.15)


def test_without_noise_training_is_inference():
    layer = binary(noise_share=0)
    close(layer(X, training=True)[0], ops.convert_to_numpy(layer(X)[0]), 0)


def test_noise_falls_in_training_alone():
    layer = binary()
    close(layer(X)[0], ops.convert_to_numpy(layer(X)[0]), 0)
    noisy = [ops.convert_to_numpy(layer(X, training=True)[0]) for _ in range(2)]
    assert np.abs(noisy[0] - noisy[1]).max() > 0.01


def model_of(layer):
    return keras.Sequential([keras.Input((None, I)), keras.layers.Masking(0.0), layer])


@both_paths
@pytest.mark.parametrize("rounded", [False, True])
@pytest.mark.parametrize("backwards", [False, True])
def test_a_recording_has_the_gates_that_were_used(rounded, backwards):
    layer = binary(round_gates=rounded, go_backwards=backwards, temperature=0.7)
    model = model_of(layer)
    layer.set_weights(WEIGHTS)
    x = np.where(MASK[..., None], X, 0)
    recording = gw.record(model, x)
    one = recording["layer"]
    wanted, (h, c) = expected(0.7, rounded=rounded, mask=MASK, backwards=backwards)
    order = slice(None, None, -1 if backwards else 1)  # of time, as the steps were taken
    taken, real = {name: array[:, order] for name, array in one.arrays.items()}, MASK[:, order]
    for name in ("forget", "update"):
        close(taken[name][real], wanted[name][real])
        if rounded:
            assert set(np.unique(taken[name])) == {0.0, 1.0}
    close(taken["cell"], wanted["cell"])
    before = np.concatenate([np.zeros((B, 1, U)), taken["cell"][:, :-1]], axis=1)
    summed = taken["forget"] * before + taken["update"] * taken["candidate"]
    close(taken["cell"][real], summed[real], 1e-6)
    for found, wanted_one in zip(recording.outputs, model.predict(x, verbose=0), strict=True):
        close(found, wanted_one, 1e-6)
    close(one.last["hidden"], h)
    close(one.last["cell"], c)


def native_runs(layer, **given):
    """How many forward passes of the native core a call of the layer takes."""
    before = library.load().counts()["forward"]
    ops.convert_to_numpy(layer(X, **given)[0])  # waits
    return library.load().counts()["forward"] - before


def test_the_native_kernel_runs_unless_gates_are_rounded(monkeypatch):
    if library.reason():
        pytest.skip(library.reason())
    monkeypatch.setenv("GATEWISE_KERNELS", "native")
    layer = binary()
    assert native_runs(layer) == native_runs(layer, training=True) == 1
    layer.round_gates = True
    assert native_runs(layer, training=True) == 1
    with pytest.raises(KernelError, match=r"'layer'.*its gates are rounded"):
        layer(X)
    monkeypatch.setenv("GATEWISE_KERNELS", "auto")
    assert native_runs(layer) == 0


def test_the_path_is_told(monkeypatch):
    monkeypatch.setenv("GATEWISE_KERNELS", "auto")
    choice = layers.explain(binary(round_gates=True))
    assert choice.kernel is None
    assert choice.reason.startswith("its gates are rounded to 0 or 1")
    assert choice.reason.endswith(": the equations run")
    monkeypatch.setenv("GATEWISE_KERNELS", "reference")
    assert layers.explain(binary()).reason == "GATEWISE_KERNELS=reference: the equations run"


@pytest.mark.parametrize("dtype", ["mixed_bfloat16", "mixed_float16", "float64"])
@pytest.mark.parametrize("rounded", [False, True])
def test_other_types(dtype, rounded):
    if (keras.backend.backend(), dtype) == ("jax", "float64"):
        pytest.skip("JAX computes in double precision only where it is told to at its start")
    layer = binary(round_gates=rounded, dtype=dtype)
    output, h, c = layer(X)
    for one in (output, h, c):
        assert keras.backend.standardize_dtype(one.dtype) == layer.compute_dtype
    if dtype == "float64":  # the products are single precision in Keras under torch, and here
        close(output, expected(rounded=rounded)[0]["hidden"])
    elif not rounded:  # half precision of the input may move a gate over one half
        close(ops.cast(output, "float32"), expected()[0]["hidden"], 0.02)


@both_paths
@pytest.mark.parametrize("option", [{"dropout": 0.5}, {"recurrent_dropout": 0.5},
                                    {"dropout": 0.5, "implementation": 1}])  # fmt: skip
def test_dropout_is_that_of_the_lstm(option):
    """At temperature 1 without noise, training is that of Keras's layer with the same masks."""
    plain = keras.layers.LSTM(U, seed=3, return_sequences=True, use_cudnn=False, **option)
    plain.build(X.shape)
    layer = binary(np.zeros_like(NOISE), plain.get_weights(), temperature=1, seed=3, **option)
    close(layer(X, training=True)[0], ops.convert_to_numpy(plain(X, training=True)))


def test_without_bias_and_with_another_activation():
    for options in ({"use_bias": False}, {"activation": "softsign"}):
        plain = keras.layers.LSTM(U, return_sequences=True, **options)
        plain.build(X.shape)
        layer = binary(weights=plain.get_weights(), temperature=1, **options)
        close(layer(X)[0], ops.convert_to_numpy(plain(X)))


def test_a_stateful_layer_goes_on():
    layer = binary(round_gates=True, stateful=True)
    whole = expected(rounded=True)[0]["hidden"]
    parts = [ops.convert_to_numpy(layer(part)[0]) for part in (X[:, :2], X[:, 2:])]
    close(np.concatenate(parts, axis=1), whole)


@pytest.mark.parametrize("wrapper", [layers.Bidirectional, keras.layers.Bidirectional])
def test_bidirectional(wrapper):
    both = wrapper(BinaryGateLSTM(U, round_gates=True, temperature=0.5, return_sequences=True))
    both.build(X.shape)
    assert type(both.backward_layer) is BinaryGateLSTM
    parts = both.forward_layer, both.backward_layer
    assert not any(part.use_cudnn for part in parts)  # which a wrapper would go past them for
    assert layers.explain(both).reason.startswith("one direction after the other: ")
    assert (both.backward_layer.temperature, both.backward_layer.round_gates) == (0.5, True)
    both.set_weights([*WEIGHTS, *WEIGHTS])
    wanted = [expected(0.5, rounded=True, backwards=one)[0]["hidden"] for one in (False, True)]
    close(both(X), np.concatenate([wanted[0], wanted[1][:, ::-1]], axis=-1))


def test_configuration_and_saving(tmp_path):
    layer = binary(temperature=0.4, round_gates=True, seed=7)
    config = keras.saving.serialize_keras_object(layer)
    assert config["registered_name"] == "gatewise>BinaryGateLSTM"
    assert keras.saving.deserialize_keras_object(config).get_config() == layer.get_config()
    model = model_of(layer)
    layer.set_weights(WEIGHTS)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    close(loaded(X)[0], ops.convert_to_numpy(model(X)[0]), 0)
    assert loaded.layers[-1].temperature == 0.4
    assert loaded.layers[-1].round_gates is True


def test_rounding_a_model_that_has_been_compiled():
    model = model_of(binary())
    model.layers[-1].set_weights(WEIGHTS)
    soft = model.predict(X, verbose=0)[0]
    assert round_gates(model) is model
    close(model.predict(X, verbose=0)[0], expected(rounded=True)[0]["hidden"])
    round_gates(model, False)
    close(model.predict(X, verbose=0)[0], soft, 0)


def test_rounding_needs_gates_that_can_be_rounded():
    model = keras.Sequential([keras.Input((None, I)), layers.LSTM(2)], name="plain")
    with pytest.raises(ArgumentError, match="'plain': expected a BinaryGateLSTM"):
        round_gates(model)


def test_it_learns():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(64, 5, 1)).astype("float32")
    y = (x[:, 0, 0] > 0).astype("float32")  # to be kept over the noise of all other steps
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [keras.Input((None, 1)), BinaryGateLSTM(8, seed=0), keras.layers.Dense(1, "sigmoid")]
    )
    model.compile(keras.optimizers.Adam(0.03), "binary_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=60, batch_size=32, verbose=0)
    round_gates(model)
    assert model.evaluate(x, y, verbose=0)[1] > 0.9


@pytest.mark.filterwarnings("ignore::gatewise.errors.GatewiseWarning")
def test_exchange_leaves_it_alone():
    model = keras.Sequential([keras.Input((None, I)), layers.Bidirectional(BinaryGateLSTM(U))])
    before = ops.convert_to_numpy(model(X))
    assert type(gw.restore(model).layers[0]) is keras.layers.Bidirectional
    parts = model.layers[0].forward_layer, model.layers[0].backward_layer
    assert {type(part) for part in parts} == {BinaryGateLSTM}
    close(model(X), before)
    gw.accelerate(model)
    assert {type(part) for part in parts} == {BinaryGateLSTM}
    close(model(X), before)


def test_what_computes_an_lstm_refuses_it():
    with pytest.raises(ArgumentError, match="which a Stream cannot take"):
        gw.Stream(binary())
    pytest.importorskip("torch")
    with pytest.raises(ArgumentError, match="the equations of BinaryGateLSTM"):
        gw.to_torch(binary())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"temperature": 0}, "temperature: expected a number above 0, got 0"),
        ({"noise": 1.5}, "noise: expected a share from 0 to 1, got 1.5"),
        ({"temperature": "cold"}, "temperature: expected a number above 0, got 'cold'"),
        ({"recurrent_activation": "tanh"}, "recurrent_activation: expected 'sigmoid', got 'tanh'"),
    ],
)
def test_arguments_out_of_range(options, said):
    with pytest.raises(ArgumentError, match=said):
        BinaryGateLSTM(4, **options)


def test_shapes_alone_and_an_empty_batch():
    layer = BinaryGateLSTM(U, return_sequences=True, round_gates=True)
    assert layer(keras.Input((None, I))).shape == (None, None, U)
    assert tuple(layer(X[:0]).shape) == (0, T, U)
