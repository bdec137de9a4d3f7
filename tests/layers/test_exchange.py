"""A model whose recurrent layers change while it lives, and what must not change with them."""

import os
import pickle

import keras
import numpy as np
import pytest
from keras import ops

from gatewise import layers
from gatewise.errors import ArgumentError, GatewiseWarning
from gatewise.kernels.native import library

# Where no kernel is at hand the warning says so; the tests of the warning ask for it themselves.
pytestmark = pytest.mark.filterwarnings("ignore::gatewise.errors.GatewiseWarning")

X = np.random.default_rng(0).normal(size=(4, 5, 3)).astype("float32")
Y = np.random.default_rng(1).normal(size=(4, 2)).astype("float32")


def network(source, seed=0):
    """Every kind, a wrapper, and a model inside the model."""
    keras.utils.set_random_seed(seed)
    inner = keras.Sequential(
        [keras.Input((None, 8)), source.GRU(3, return_sequences=True, reset_after=False)],
        name="inner",
    )
    inputs = keras.Input((None, 3))
    hidden = source.Bidirectional(source.LSTM(4, return_sequences=True))(inputs)
    return keras.Model(inputs, source.SimpleRNN(2)(inner(hidden)))


def kinds_of(model):
    kinds = (keras.layers.RNN, keras.layers.Bidirectional)
    return [type(layer) for _, layer in layers.paths.walk(model) if isinstance(layer, kinds)]


def kinds_in(source):
    return [source.Bidirectional, source.LSTM, source.LSTM, source.GRU, source.SimpleRNN]


def predict(model, x=X):
    return ops.convert_to_numpy(model(x))


def close(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def calls():
    return library.load().counts()


needs_native = pytest.mark.skipif(
    library.reason() is not None and not os.environ.get("CI"), reason=str(library.reason())
)


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        (keras.layers, layers.accelerate, layers),
        (layers, layers.restore, keras.layers),
    ],
    ids=["accelerate", "restore"],
)
def test_the_very_model_changes_its_layers_and_keeps_all_else(before, change, after):
    model = network(before)
    outputs, config = predict(model), model.layers[1].get_config()
    weights = [id(weight) for weight in model.weights]
    assert kinds_of(model) == kinds_in(before)
    assert change(model) is model
    assert kinds_of(model) == kinds_in(after)
    assert [id(weight) for weight in model.weights] == weights
    own = {"module", "class_name", "registered_name"}
    changed = {key for key, value in model.layers[1].get_config().items() if value != config[key]}
    assert changed <= {"layer", "backward_layer"} | own
    close(predict(model), outputs)
    assert kinds_of(change(model)) == kinds_in(after)  # once more changes nothing


def test_there_and_back_is_where_it_began():
    model = network(keras.layers)
    before = predict(model)
    layers.restore(layers.accelerate(model))
    assert kinds_of(model) == kinds_in(keras.layers)
    np.testing.assert_array_equal(predict(model), before)


@pytest.mark.slow
def test_training_goes_on_as_if_nothing_had_happened():
    def trained(change):
        model = network(keras.layers)
        model.compile(keras.optimizers.Adam(0.01), "mse")
        model.fit(X, Y, epochs=2, verbose=0, shuffle=False)
        change(model)
        assert int(model.optimizer.iterations) == 2
        model.fit(X, Y, epochs=2, verbose=0, shuffle=False)
        return model

    for one, other in zip(
        trained(layers.accelerate).get_weights(),
        trained(lambda model: 0).get_weights(),
        strict=True,
    ):
        close(one, other)


@needs_native
@pytest.mark.slow
@pytest.mark.parametrize("what", ["predict", "evaluate", "fit"])
def test_what_keras_had_compiled_takes_the_new_path(what):
    model = network(keras.layers)
    model.compile("sgd", "mse")
    run = {
        "predict": lambda: model.predict(X, verbose=0),
        "evaluate": lambda: model.evaluate(X, Y, verbose=0),
        "fit": lambda: model.fit(X, Y, verbose=0),
    }[what]
    stages = []
    for change in (lambda model: model, layers.accelerate, layers.restore):
        change(model)
        before = calls()
        run()
        stages.append(calls()["forward"] > before["forward"])
        assert (calls()["backward"] > before["backward"]) == (stages[-1] and what == "fit")
    assert stages == [False, True, False]


def test_a_model_inside_that_was_compiled_itself_is_compiled_anew():
    model = network(keras.layers)
    inner = model.get_layer("inner")
    inner.predict(np.zeros((1, 2, 8), "float32"), verbose=0)
    model.predict(X, verbose=0)
    assert inner.predict_function is not None
    layers.accelerate(model)
    assert model.predict_function is None
    assert inner.predict_function is None


@pytest.mark.slow
@pytest.mark.parametrize("change", [layers.accelerate, layers.restore])
def test_files_copies_and_pickles_hold_the_classes_of_the_moment(change, tmp_path):
    model = change(network(keras.layers))
    model.save(tmp_path / "m.keras")
    clone = keras.models.clone_model(model)
    clone.set_weights(model.get_weights())
    others = [
        keras.saving.load_model(tmp_path / "m.keras"),
        pickle.loads(pickle.dumps(model)),
        clone,
    ]
    for other in others:
        assert kinds_of(other) == kinds_of(model)
        close(predict(other), predict(model))


@pytest.mark.parametrize(("first", "second"), [(keras.layers, layers), (layers, keras.layers)])
def test_weight_files_pass_both_ways(first, second, tmp_path):
    path = tmp_path / "m.weights.h5"
    one, other = network(first), network(second, seed=1)
    one.save_weights(path)
    other.load_weights(path)
    close(predict(other), predict(one))


class Own(keras.Model):
    """Layers in every place where Keras finds them."""

    def __init__(self):
        super().__init__()
        self.attribute = keras.layers.LSTM(2)
        self.listed = [keras.layers.GRU(2), (keras.layers.SimpleRNN(2),)]
        self.named = {"one": keras.layers.LSTM(2), "more": [keras.layers.GRU(2)]}
        self.timed = keras.layers.TimeDistributed(keras.layers.LSTM(2))
        self.part = Part()

    def call(self, x):
        return self.attribute(x)


class Part(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.both = keras.layers.Bidirectional(keras.layers.GRU(2))


class Grown(keras.Model):
    """A functional model with a layer besides its graph."""

    def __init__(self):
        inputs = keras.Input((None, 3))
        super().__init__(inputs, keras.layers.LSTM(2)(inputs))
        self.extra = keras.layers.GRU(2)


@pytest.mark.parametrize(("make", "count"), [(Own, 9), (Grown, 2)])
def test_layers_are_found_wherever_keras_finds_them(make, count):
    model = make()
    model(X)
    layers.accelerate(model)
    kinds = kinds_of(model)
    assert len(kinds) == count
    assert {kind.__module__.split(".")[0] for kind in kinds} == {"gatewise"}
    layers.restore(model)
    assert {kind.__module__.split(".")[0] for kind in kinds_of(model)} == {"keras"}


def test_an_unbuilt_model_and_a_single_layer_are_taken():
    model = layers.accelerate(keras.Sequential([keras.layers.LSTM(2)]))
    assert type(model.layers[0]) is layers.LSTM
    model(X)
    assert type(layers.accelerate(keras.layers.GRU(2))) is layers.GRU
    restored = layers.restore(layers.GRU(2))
    restored(X)
    assert type(restored) is keras.layers.GRU


def test_a_stateful_layer_keeps_its_state():
    def run(change):
        keras.utils.set_random_seed(0)
        layer = keras.layers.LSTM(3, stateful=True)
        layer(X)
        change(layer)
        return ops.convert_to_numpy(layer(X))

    close(run(layers.accelerate), run(lambda layer: layer))


@keras.saving.register_keras_serializable(package="tests")
class Halved(keras.layers.LSTM):
    def inner_loop(self, *args, **kwargs):
        last, outputs, states = super().inner_loop(*args, **kwargs)
        return last / 2, outputs, states


@pytest.mark.parametrize(
    "make",
    [
        lambda: Halved(2),
        lambda: keras.layers.RNN(keras.layers.LSTMCell(2)),
        lambda: keras.layers.RNN([keras.layers.LSTMCell(2), keras.layers.GRUCell(2)]),
        lambda: keras.layers.Bidirectional(Halved(2)),
    ],
    ids=["subclass", "cell", "stacked cells", "wrapped subclass"],
)
def test_what_has_no_drop_in_stays_and_a_warning_says_why(make):
    model = keras.Sequential([keras.Input((None, 3)), make()], name="mine")
    before, kinds = predict(model), kinds_of(model)
    with pytest.warns(GatewiseWarning, match=r"'mine': nothing in it gets faster.*own code runs"):
        layers.accelerate(model)
    assert kinds_of(model) == kinds
    np.testing.assert_array_equal(predict(model), before)


def test_a_model_without_recurrence_is_given_back_with_a_warning():
    model = keras.Sequential([keras.layers.Dense(2)], name="plain")
    with pytest.warns(GatewiseWarning, match="'plain': nothing .* None of the layers"):
        assert layers.accelerate(model) is model


@pytest.mark.filterwarnings("error::gatewise.errors.GatewiseWarning")
def test_who_asked_for_the_reference_is_not_warned(monkeypatch):
    monkeypatch.setenv("GATEWISE_KERNELS", "reference")
    layers.accelerate(network(keras.layers))


@needs_native
@pytest.mark.filterwarnings("error::gatewise.errors.GatewiseWarning")
def test_who_gets_a_kernel_is_not_warned(monkeypatch):
    monkeypatch.delenv("GATEWISE_KERNELS", raising=False)
    layers.accelerate(network(keras.layers))


def test_what_is_no_model_is_refused():
    with pytest.raises(ArgumentError, match=r"model: expected a Keras model.*got str.*load_model"):
        layers.accelerate("model.keras")


@pytest.mark.parametrize("name", ["LSTM", "GRU", "SimpleRNN", "Bidirectional"])
def test_a_drop_in_has_no_state_of_its_own(name):
    """What lets the class of a living layer be changed."""
    inner = {"Bidirectional": keras.layers.LSTM(2)}.get(name, 2)
    stock, ours = getattr(keras.layers, name), getattr(layers, name)
    held = set(vars(stock(inner)))
    assert set(vars(ours(inner))) == held
    added = set().union(*(vars(kind) for kind in ours.__mro__ if kind not in stock.__mro__))
    added -= set(vars(type))  # what every class has of its own
    assert not added & held  # nothing that Keras binds to the object hides what ours overrides
