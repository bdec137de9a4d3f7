"""Stock recurrent layers into ours and back, in a model that lives."""

import warnings
from collections.abc import Iterable, Mapping

import keras

from gatewise import settings
from gatewise.errors import ArgumentError, GatewiseWarning
from gatewise.layers.bidirectional import Bidirectional
from gatewise.layers.paths import STOCK, explain, walk
from gatewise.layers.recurrent import DROP_INS, Seam

OURS = {stock: DROP_INS[name] for stock, name in STOCK.items()}
STOCK_OF_OURS: dict[type, type] = {ours: stock for stock, ours in OURS.items()}
COMPILED = ("train_function", "test_function", "predict_function")


def accelerate(model: keras.Model) -> keras.Model:
    """Put Gatewise's layers in the place of Keras's, in this very model, and give it back.

    Every `keras.layers.LSTM`, `GRU` and `SimpleRNN`, and every `Bidirectional` around two of
    them, becomes Gatewise's: in functional, sequential, subclassed and nested models, in
    wrappers, lists and dictionaries of layers. The layers stay the objects they are and change
    their class, so weights, optimizer, compilation, training so far and names are untouched,
    and the results are the same. What Keras has compiled for `fit`, `evaluate` and `predict` is
    compiled anew; functions that you traced yourself (`jax.jit`, `torch.compile`, an enclosing
    model that is not the argument) keep the path they were traced with.

    What stays as it is: subclasses of Keras's layers, which may have changed anything, and `RNN`
    around cells. `gatewise.layers.explain_model` and `gatewise doctor` give the reason for each.

    Args:
        model: a Keras model or layer, built or not, compiled or not.

    Warns: GatewiseWarning where nothing gets faster, with what was found.

    Raises: ArgumentError where `model` is not a Keras model or layer.

    >>> model = keras.Sequential([keras.Input((None, 3)), keras.layers.LSTM(4)])
    >>> accelerate(model) is model
    True
    >>> type(model.layers[0]).__module__
    'gatewise.layers.recurrent'
    """
    layers = _layers(model)
    _change(layers, OURS)
    for layer in layers:
        if type(layer) is keras.layers.Bidirectional and _both_ours(layer):
            layer.__class__ = Bidirectional
    compile_anew(layers)
    _warn_if_in_vain(model, layers)
    return model


def restore(model: keras.Model) -> keras.Model:
    """Put Keras's own layers back in the place of Gatewise's, in this very model.

    The reverse of `accelerate`, and for models built with `gatewise.layers` too: a file saved
    afterwards loads where Gatewise is not installed, as long as nothing else of Gatewise is in
    the model: a `BinaryGateLSTM`, which Keras has not, stays as it is. What else stays and what it
    raises: as for `accelerate`.

    >>> model = keras.Sequential([keras.Input((None, 3)), DROP_INS["LSTM"](4)])
    >>> type(restore(model).layers[0]) is keras.layers.LSTM
    True
    """
    layers = _layers(model)
    _change(layers, STOCK_OF_OURS | {Bidirectional: keras.layers.Bidirectional})
    compile_anew(layers)
    return model


def _layers(model) -> list[keras.layers.Layer]:
    if not isinstance(model, keras.layers.Layer):
        raise ArgumentError(
            f"model: expected a Keras model or layer, got {type(model).__name__}. A torch.nn "
            "module is converted by gatewise.from_torch; a file is read by "
            "keras.models.load_model."
        )
    return [model, *(layer for _, layer in walk(model))]


def _change(layers: Iterable[keras.layers.Layer], classes: Mapping[type, type]) -> None:
    """Change classes in place.

    That is sound because a class and its drop-in have the same attributes: ours add methods
    only, none of which Keras binds to an object when it is made (`build` and `quantize` are).
    Subclasses are left alone: the match is exact.
    """
    for layer in layers:
        if changed := classes.get(type(layer)):
            layer.__class__ = changed


def _both_ours(wrapper: keras.layers.Bidirectional) -> bool:
    return all(isinstance(part, Seam) for part in (wrapper.forward_layer, wrapper.backward_layer))


def compile_anew(layers: Iterable[keras.layers.Layer]) -> None:
    """Have Keras compile its step functions anew when they are next needed, as `compile` does."""
    for layer in layers:
        if isinstance(layer, keras.Model):
            for name in COMPILED:
                setattr(layer, name, None)


def _warn_if_in_vain(model: keras.Model, layers: Iterable[keras.layers.Layer]) -> None:
    recurrent = [layer for layer in layers if isinstance(layer, keras.layers.RNN)]
    choices = [explain(layer) for layer in recurrent]
    if settings.kernels() == "reference" or any(choice.kernel for choice in choices):
        return
    reasons = dict.fromkeys(
        f"{layer.name!r}: {choice.reason}" for layer, choice in zip(recurrent, choices, strict=True)
    )
    warnings.warn(
        f"model {model.name!r}: nothing in it gets faster. "
        + ("; ".join(reasons) or "None of the layers that Keras tracks in it is recurrent."),
        GatewiseWarning,
        stacklevel=3,
    )
