"""Something else in the place of each recurrent layer's time loop, for a while.

Both the recorder and the gradient flow see a model through this: the model runs as it is, its own
layers included, and hands over what each of its time loops is given.
"""

import warnings
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

import keras

from gatewise.errors import ArgumentError, GatewiseWarning
from gatewise.layers import Bidirectional, find_recurrent
from gatewise.layers.exchange import OURS
from gatewise.layers.paths import explain, walk
from gatewise.layers.recurrent import CELLS, Seam

# `tap(path, layer, sequences, initial_state, mask)` gives what `RNN.inner_loop` gives.
Tap = Callable[..., tuple[Any, Any, list[Any]]]


def readable(model: keras.layers.Layer, names: Collection[str] | None = None) -> dict[str, Any]:
    """The recurrent layers of a model whose equations are known, by the names that lead to each.

    Args:
        model: a Keras model or layer.
        names: paths, or last parts of them, of the layers wanted; default all.

    Warns: GatewiseWarning for a layer that is left out since it cannot be read, with the reason.

    Raises: ArgumentError where there is none, or a layer in `names` is missing or unreadable.

    >>> model = keras.Sequential([keras.Input((None, 3)), keras.layers.GRU(2, name="gru")])
    >>> list(readable(model))
    ['gru']
    """
    if not isinstance(model, keras.layers.Layer):
        raise ArgumentError(f"model: expected a Keras model or layer, got {type(model).__name__}.")
    found = dict(find_recurrent(model))
    if not found:
        raise ArgumentError(
            f"model {model.name!r}: expected a recurrent layer (LSTM, GRU or SimpleRNN) to look "
            "into, but it has none."
        )
    if names is not None:
        found = {path: found[path] for path in (find(name, found) for name in names)}
    reasons = {path: why for path, layer in found.items() if (why := _why_unreadable(layer))}
    if reasons and (names is not None or len(reasons) == len(found)):
        raise ArgumentError(
            f"layer {next(iter(reasons))!r} cannot be read: {next(iter(reasons.values()))}. "
            "LSTM, GRU and SimpleRNN layers can, Keras's and Gatewise's."
        )
    for path, why in reasons.items():
        warnings.warn(f"layer {path!r} is left out: {why}.", GatewiseWarning, stacklevel=3)
    return {path: layer for path, layer in found.items() if path not in reasons}


def find(name: str, paths: Collection[str]) -> str:
    """The one of `paths` that `name` means: itself, or the only one that ends so.

    Raises: ArgumentError where there is none, or more than one.

    >>> find("gru", ["both/gru", "both/lstm"])
    'both/gru'
    """
    fitting = [path for path in paths if path == name or path.endswith(f"/{name}")]
    exact = [path for path in fitting if path == name]
    if len(exact or fitting) != 1:
        raise ArgumentError(
            f"layer {name!r}: expected one of {', '.join(map(repr, paths))}. "
            "Give a whole name as listed."
        )
    return (exact or fitting)[0]


def _why_unreadable(layer: keras.layers.RNN) -> str | None:
    if not isinstance(layer, Seam) and type(layer) not in OURS:
        return explain(layer).reason.split(":")[0]
    if type(layer.cell) not in CELLS:
        return f"its cell is {type(layer.cell).__name__}, whose equations are not known"
    return None


@contextmanager
def tapped(model: keras.layers.Layer, layers: dict[str, Any], tap: Tap) -> Iterator[None]:
    """While it lasts, `tap` runs in the place of the time loop of each of `layers`.

    Stock layers are Gatewise's in the meantime, and the directions of a `Bidirectional` run one
    after the other, each through its own loop: both give the same numbers. Nothing of it stays.
    """
    classes = {id(layer): OURS.get(type(layer)) for layer in layers.values()}
    changed = [layer for layer in layers.values() if classes[id(layer)]]
    changed += [layer for _, layer in [("", model), *walk(model)] if type(layer) is Bidirectional]
    before = [type(layer) for layer in changed]
    states = {path: layer.states for path, layer in layers.items() if layer.stateful}
    kept = {
        path: keras.tree.map_structure(keras.ops.copy, one) for path, one in states.items() if one
    }
    for layer in changed:
        layer.__class__ = classes.get(id(layer)) or keras.layers.Bidirectional
    for path, layer in layers.items():
        # Past Keras, which would take an attribute for something to save.
        object.__setattr__(layer, "inner_loop", _loop(tap, path, layer))
    try:
        yield
    finally:
        for layer in layers.values():
            object.__delattr__(layer, "inner_loop")
        for layer, kind in zip(changed, before, strict=True):
            layer.__class__ = kind
        for path, values in kept.items():  # looking moves no stateful layer on
            for variable, value in zip(layers[path].states, values, strict=True):
                variable.assign(value)


def _loop(tap: Tap, path: str, layer: Any) -> Callable[..., Any]:
    def loop(sequences, initial_state, mask, training=False):
        states = initial_state if keras.tree.is_nested(initial_state) else [initial_state]
        return tap(path, layer, sequences, list(states), mask)

    return loop
