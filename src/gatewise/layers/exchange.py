"""Stock Keras layers for ours and back, in a whole model, with the weights as they are."""

from collections.abc import Mapping
from typing import Any

import keras

from gatewise.errors import ArgumentError
from gatewise.layers.paths import find_recurrent
from gatewise.layers.recurrent import DROP_INS


def from_keras(model: keras.Model) -> keras.Model:
    """A copy of `model` with Gatewise's layer for every stock LSTM, GRU and SimpleRNN in it.

    Nested models and wrappers are entered; everything else, the weights included, is as it was.
    The optimizer's state and the state of random generators are not copied: make the copy
    before training, not in the middle of it. Any other recurrent layer stays what it is, and so
    does one that a class of your own makes in its code; `explain` says so of each.

    Raises: ArgumentError where `model` is not built, or cannot be rebuilt from its configuration.

    >>> layers = [keras.Input((None, 3)), keras.layers.LSTM(4)]
    >>> model = from_keras(keras.Sequential(layers))
    >>> type(model.layers[0]).__module__
    'gatewise.layers.recurrent'
    """
    return _rebuild(model, {_stock(kind): _ours(kind) for kind in DROP_INS})


def to_keras(model: keras.Model) -> keras.Model:
    """A copy of `model` with stock Keras layers for Gatewise's LSTM, GRU and SimpleRNN.

    A file saved from the copy loads where Gatewise is not installed, as long as nothing else of
    Gatewise is in it. What is copied and what it raises: as for `from_keras`.

    >>> model = to_keras(keras.Sequential([keras.Input((None, 3)), DROP_INS["LSTM"](4)]))
    >>> type(model.layers[0]) is keras.layers.LSTM
    True
    """
    return _rebuild(model, {_ours(kind): _stock(kind) for kind in DROP_INS})


Identity = tuple[str, str | None]  # how Keras's configurations name a class


def _stock(kind: str) -> Identity:
    return f"keras.layers.{kind}", None


def _ours(kind: str) -> Identity:
    return f"{DROP_INS[kind].__module__}.{kind}", f"gatewise>{kind}"


def _rebuild(model: keras.Model, renamed: Mapping[Identity, Identity]) -> keras.Model:
    if not model.built:
        raise ArgumentError(
            f"model: expected a built model, got {model.name!r} without weights. "
            "Call it once on a batch, or give it a keras.Input."
        )
    copy = _copy(model, renamed)
    copy.set_weights(model.get_weights())
    for (_, old), (_, new) in zip(find_recurrent(model), find_recurrent(copy), strict=True):
        if hasattr(old, "use_cudnn"):
            new.use_cudnn = old.use_cudnn  # not part of Keras's configuration
    return copy


def _copy(model: keras.Model, renamed: Mapping[Identity, Identity]) -> keras.Model:
    """The model built anew from its configuration, with fresh weights."""
    try:
        config = _rename(keras.saving.serialize_keras_object(model), renamed)
        # safe_mode guards against code in a file; this configuration comes from a live object.
        copy = keras.saving.deserialize_keras_object(config, safe_mode=False)
    except (TypeError, ValueError, NotImplementedError) as error:
        raise _cannot_rebuild(model) from error
    if [weight.shape for weight in copy.weights] != [weight.shape for weight in model.weights]:
        raise _cannot_rebuild(model)
    return copy


def _cannot_rebuild(model: keras.Model) -> ArgumentError:
    return ArgumentError(
        f"model: expected one that Keras can rebuild from its configuration, got {model.name!r}, "
        "which it cannot. Register its own classes with keras.saving.register_keras_serializable "
        "and give them get_config, or use gatewise.layers in their code."
    )


def _rename(value: Any, renamed: Mapping[Identity, Identity]) -> Any:
    """A configuration with the classes in it renamed, however deep they lie."""
    if isinstance(value, (list, tuple)):
        return type(value)(_rename(part, renamed) for part in value)
    if not isinstance(value, dict):
        return value
    value = {key: _rename(part, renamed) for key, part in value.items()}
    name = f"{value.get('module')}.{value.get('class_name')}"
    if found := renamed.get((name, value.get("registered_name"))):
        module, _, class_name = found[0].rpartition(".")
        value |= {"module": module, "class_name": class_name, "registered_name": found[1]}
    return value
