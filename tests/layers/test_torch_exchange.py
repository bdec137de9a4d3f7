"""Modules of torch as Keras models and back."""

import itertools

import keras
import numpy as np
import pytest
from keras import ops

from gatewise import layers
from gatewise.errors import ArgumentError
from gatewise.layers.torch_exchange import from_torch, to_torch

from ..gradients import run_and_differentiate

torch = pytest.importorskip("torch")

B, T, FEATURES, UNITS = 2, 5, 3, 4
X = np.random.default_rng(0).normal(size=(B, T, FEATURES)).astype("float32")
KINDS = {
    "LSTM": (torch.nn.LSTM, {}),
    "GRU": (torch.nn.GRU, {}),
    "RNN, tanh": (torch.nn.RNN, {}),
    "RNN, relu": (torch.nn.RNN, {"nonlinearity": "relu"}),
}
GRID = list(itertools.product(KINDS, (1, 2), (False, True), (False, True)))


def module_of(kind, layers=1, both=False, bias=True, **options):
    torch.manual_seed(0)
    make, own = KINDS[kind]
    options = {"num_layers": layers, "bidirectional": both, "bias": bias} | own | options
    return make(FEATURES, UNITS, **options)


def torch_results(module, x=X):
    """output [B,T,D·U] and each of the last states [B, layers·D, U], with their graph."""
    time_first = not module.batch_first
    x = torch.tensor(x, dtype=next(module.parameters()).dtype)
    output, states = module(x.transpose(0, 1) if time_first else x)
    states = states if isinstance(states, tuple) else (states,)
    output = output.transpose(0, 1) if time_first else output
    return [output, *(state.transpose(0, 1) for state in states)]


def numpy(results):
    return [np.asarray(result.detach()) for result in results]


def keras_results(model, x=X):
    return [ops.convert_to_numpy(result) for result in model(x)]


def assert_equal(found, expected, tolerance=1e-5):
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("batch_first", [False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.parametrize(("kind", "depth", "both", "bias"), GRID)
def test_outputs_and_states_are_those_of_torch(kind, depth, both, bias, batch_first):
    module = module_of(kind, depth, both, bias, batch_first=batch_first)
    model = from_torch(module, return_state=True)
    assert_equal(keras_results(model), numpy(torch_results(module)))


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "depth", "both", "bias"), GRID)
def test_gradients_are_those_of_torch(kind, depth, both, bias):
    module = module_of(kind, depth, both, bias, batch_first=True)
    model = from_torch(module)
    weights = [ops.convert_to_numpy(weight) for weight in model.trainable_weights]
    probe = np.random.default_rng(1).normal(size=(B, T, UNITS * (1 + both))).astype("float32")

    def outputs(tensors):
        rest = [variable.value for variable in model.non_trainable_variables]
        return [model.stateless_call(tensors[1:], rest, tensors[0])[0]]

    _, (d_x, *found) = run_and_differentiate(outputs, [X, *weights], [probe])

    x = torch.tensor(X, requires_grad=True)
    (module(x)[0] * torch.tensor(probe)).sum().backward()
    assert_equal([d_x], [x.grad], 1e-4)
    # A module whose parameters are the gradients, read as weights.
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(parameter.grad)
    expected = [ops.convert_to_numpy(weight) for weight in from_torch(module).trainable_weights]
    if bias and not kind.startswith("GRU"):
        # The sum of the two biases has the gradient that each of them has.
        expected = [w / 2 if w.ndim == 1 else w for w in expected]
    assert_equal(found, expected, 1e-4)


@pytest.mark.parametrize(("kind", "depth", "both", "bias"), GRID)
def test_there_and_back_is_the_same_function(kind, depth, both, bias):
    module = module_of(kind, depth, both, bias, batch_first=True)
    back = to_torch(from_torch(module, return_state=True))
    assert type(back) is type(module)
    assert_equal(numpy(torch_results(back)), numpy(torch_results(module)), 1e-6)
    before, after = module.state_dict(), back.state_dict()
    assert list(before) == list(after)
    for name in before:
        if "bias" not in name or kind == "GRU":
            assert torch.equal(before[name], after[name]), name
        elif "bias_hh" in name:
            assert not after[name].any(), name
        else:
            assert torch.equal(after[name], before[name] + before[name.replace("ih", "hh")]), name


@pytest.mark.parametrize("source", [keras.layers, layers], ids=["keras", "gatewise"])
@pytest.mark.parametrize("kind", ["LSTM", "GRU", "SimpleRNN"])
@pytest.mark.parametrize("wrapped", [False, True])
def test_a_layer_alone_becomes_a_module(source, kind, wrapped):
    layer = getattr(source, kind)(UNITS, bias_initializer="uniform", return_sequences=True)
    layer = keras.layers.Bidirectional(layer) if wrapped else layer
    expected = ops.convert_to_numpy(layer(X))
    assert_equal(numpy(torch_results(to_torch(layer)))[:1], [expected])


def test_the_last_output_alone_is_no_obstacle():
    model = keras.Sequential([keras.Input((None, FEATURES)), layers.GRU(UNITS)])
    found = numpy(torch_results(to_torch(model)))[0][:, -1]
    assert_equal([found], [ops.convert_to_numpy(model(X))])


def test_dropout_lies_between_the_layers():
    model = from_torch(module_of("GRU", 3, dropout=0.25))
    assert [type(layer).__name__ for layer in model.layers[1:]] == [
        *("GRU", "Dropout", "GRU", "Dropout", "GRU"),
    ]
    assert model.layers[2].rate == 0.25
    assert to_torch(model).dropout == 0.25


def test_the_layers_are_ours_and_the_module_is_left_alone():
    module = module_of("LSTM")
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    model = from_torch(module)
    assert isinstance(model.layers[1], layers.LSTM)
    model.layers[1].set_weights([0 * weight for weight in model.layers[1].get_weights()])
    assert all(torch.equal(before[name], now) for name, now in module.state_dict().items())


@pytest.mark.filterwarnings("ignore:Layer .* was passed an input with a mask")
def test_a_mask_is_followed():
    module = module_of("GRU", batch_first=True)
    mask = np.arange(T)[None] < np.array([[2], [5]])
    found = from_torch(module, return_state=True)(X, mask=mask)
    packed = torch.nn.utils.rnn.pack_padded_sequence(
        torch.tensor(X), [2, 5], batch_first=True, enforce_sorted=False
    )
    assert_equal([ops.convert_to_numpy(found[1])], [module(packed)[1].detach().transpose(0, 1)])


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_weights_come_in_keras_dtype(dtype):
    module = module_of("LSTM").to(dtype)
    model = from_torch(module)
    assert {weight.dtype for weight in model.weights} == {keras.config.floatx()}
    kernel = ops.convert_to_numpy(model.weights[0])
    assert_equal([kernel], [module.weight_ih_l0.detach().float().numpy().T], 1e-7)


def test_a_model_is_saved_and_loaded(tmp_path):
    model = from_torch(module_of("LSTM", 2, both=True), return_state=True)
    model.save(tmp_path / "m.keras")
    loaded = keras.saving.load_model(tmp_path / "m.keras")
    assert_equal(keras_results(loaded), keras_results(model))


@pytest.mark.parametrize("other", [None, "model.keras", [1]])
def test_what_is_no_layer_is_refused(other):
    with pytest.raises(ArgumentError, match="expected a recurrent layer, or a model of such"):
        to_torch(other)


def test_another_module_is_refused():
    with pytest.raises(ArgumentError, match=r"expected a torch\.nn\.LSTM, GRU or RNN, got Linear"):
        from_torch(torch.nn.Linear(2, 2))


def test_a_subclass_is_taken_for_its_base():
    class Mine(torch.nn.GRU):
        pass

    assert isinstance(from_torch(Mine(2, 3)).layers[1], layers.GRU)


def test_a_projection_is_refused():
    with pytest.raises(ArgumentError, match=r"expected proj_size=0, got 2.*without it"):
        from_torch(torch.nn.LSTM(3, 4, proj_size=2))


def row(*members):
    return keras.Sequential([keras.Input((None, FEATURES)), *members])


def steps(kind="LSTM", units=UNITS, **options):
    return getattr(layers, kind)(units, return_sequences=True, **options)


def built(layer):
    layer.build((B, T, FEATURES))
    return layer


def branched():
    inputs = keras.Input((None, FEATURES))
    once = steps()(inputs)
    return keras.Model(inputs, keras.layers.add([once, steps()(once)]))


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (lambda: layers.LSTM(2), "expected a built one"),
        (lambda: built(layers.LSTM(2, activation="relu")), "with activation='relu'"),
        (lambda: built(layers.LSTM(2, recurrent_activation="relu")), "recurrent_activation='relu'"),
        (lambda: built(layers.GRU(2, reset_after=False)), "with reset_after=False"),
        (lambda: built(layers.GRU(2, go_backwards=True)), "with go_backwards=True outside"),
        (lambda: built(layers.GRU(2, dropout=0.5)), r"with dropout=0\.5"),
        (lambda: built(layers.GRU(2, recurrent_dropout=0.5)), r"with recurrent_dropout=0\.5"),
        (lambda: built(layers.GRU(2, stateful=True)), "with stateful=True"),
        (lambda: built(keras.layers.Dense(2)), "expected LSTM, GRU, SimpleRNN.* got Dense"),
        (
            lambda: built(keras.layers.Bidirectional(layers.GRU(2), merge_mode="sum")),
            "with merge_mode='sum'",
        ),
        (
            lambda: built(
                keras.layers.Bidirectional(
                    layers.GRU(2, go_backwards=True), backward_layer=layers.GRU(2)
                )
            ),
            "with a forward layer that goes backwards",
        ),
        (lambda: row(steps(), steps("GRU")), "expected layers alike"),
        (lambda: row(steps(), steps(units=2)), "expected layers alike"),
        (lambda: row(steps(), steps(use_bias=False)), "expected layers alike"),
        (lambda: row(steps(units=2), keras.layers.Bidirectional(steps(units=2))), "alike"),
        (lambda: row(keras.layers.Dropout(0.5), steps()), "expected Dropout of one rate"),
        (lambda: row(steps(), keras.layers.Dropout(0.5)), "expected Dropout of one rate"),
        (
            lambda: row(steps(), keras.layers.Dropout(0.5), steps(), steps()),
            "expected Dropout of one rate",
        ),
        (branched, "expected a Sequential or functional model of recurrent layers in a row"),
    ],
)
def test_what_torch_has_not_got_is_refused(model, message):
    with pytest.raises(ArgumentError, match=message):
        to_torch(model())


def test_without_torch_the_error_names_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "gatewise.kernels.torch", None)
    with pytest.raises(ImportError, match="to_torch needs torch: pip install torch"):
        to_torch(built(layers.LSTM(2)))
