"""Which path each recurrent layer of a model takes, and why; nothing has to run for it."""

import dataclasses
from collections.abc import Iterator

import keras

from gatewise.errors import ArgumentError
from gatewise.kernels import Choice, select
from gatewise.layers.bidirectional import Bidirectional
from gatewise.layers.recurrent import DROP_INS, Seam

STOCK = {getattr(keras.layers, name): name for name in DROP_INS}


def explain(layer: keras.layers.Layer) -> Choice:
    """The path a recurrent layer takes, ours or Keras's, and why in words.

    Of a `Bidirectional`, whether both directions run in one call.

    Raises: ArgumentError for a layer that is not recurrent.

    >>> explain(keras.layers.GRU(4)).reason
    "a stock keras.layers.GRU: Keras's own code runs; gatewise.accelerate(model) changes that"
    """
    if isinstance(layer, Seam):
        return select.explain(layer.kernel_request())
    if isinstance(layer, Bidirectional):
        return layer.kernel_choice()
    if isinstance(layer, keras.layers.RNN):
        return Choice(None, _why_not_ours(layer))
    if isinstance(layer, keras.layers.Bidirectional):
        return Choice(None, "one direction after the other: a stock keras.layers.Bidirectional")
    raise ArgumentError(
        f"layer: expected a recurrent layer (LSTM, GRU, SimpleRNN, RNN, Bidirectional), got "
        f"{type(layer).__name__}. find_recurrent(model) gives those of a model."
    )


def _why_not_ours(layer: keras.layers.RNN) -> str:
    if name := STOCK.get(type(layer)):
        after = _accelerated(layer, name)
        changes = "changes that" if after.kernel else f"would not change that: {after.reason}"
        return (
            f"a stock keras.layers.{name}: Keras's own code runs; "
            f"gatewise.accelerate(model) {changes}"
        )
    for stock, name in STOCK.items():
        if isinstance(layer, stock):
            return (
                f"{type(layer).__name__} is a subclass of keras.layers.{name}, which may compute "
                f"something else: its own code runs; derive it from gatewise.layers.{name}"
            )
    return (
        f"{type(layer).__name__} around {type(layer.cell).__name__}: Keras's own code runs; "
        f"only the layers {', '.join(DROP_INS)} have drop-ins"
    )


def _accelerated(layer: keras.layers.RNN, name: str) -> Choice:
    """What would be said of a stock layer once it is ours."""
    stock = type(layer)
    layer.__class__ = DROP_INS[name]
    try:
        return select.explain(layer.kernel_request())
    finally:
        layer.__class__ = stock


def explain_model(model: keras.layers.Layer) -> list[tuple[str, Choice]]:
    """What `explain` says of each recurrent layer, with the names that lead to it.

    Of the two layers in a `Bidirectional`, the reason also says whether they run in one call.

    >>> both = keras.layers.Bidirectional(keras.layers.GRU(2, name="gru"), name="both")
    >>> [path for path, choice in explain_model(keras.Sequential([both]))]
    ['both/forward_gru', 'both/backward_gru']
    """
    found = []
    together: dict[int, str] = {}  # by the identity of a layer: what its wrapper says
    for path, layer in [(model.name, model), *walk(model)]:
        if isinstance(layer, keras.layers.Bidirectional):
            reason = explain(layer).reason
            together |= {id(layer.forward_layer): reason, id(layer.backward_layer): reason}
        elif isinstance(layer, keras.layers.RNN):
            choice = explain(layer)
            if choice.kernel and id(layer) in together:
                reason = f"{choice.reason}; {together[id(layer)]}"
                choice = dataclasses.replace(choice, reason=reason)
            found.append((path, choice))
    return found


def find_recurrent(model: keras.layers.Layer) -> Iterator[tuple[str, keras.layers.Layer]]:
    """Every recurrent layer of a model, once, each with the names that lead to it.

    Nested models are entered, and so are wrappers such as `Bidirectional`. A layer used in
    several places is given where it is first met.

    >>> both = keras.layers.Bidirectional(keras.layers.GRU(2, name="gru"), name="both")
    >>> [path for path, layer in find_recurrent(keras.Sequential([both]))]
    ['both/forward_gru', 'both/backward_gru']
    """
    found = [(model.name, model), *walk(model)]
    return ((path, layer) for path, layer in found if isinstance(layer, keras.layers.RNN))


def walk(parent: keras.layers.Layer) -> Iterator[tuple[str, keras.layers.Layer]]:
    """Every layer and model below `parent`, once, each after what it lies in.

    Recurrent layers are not entered: their cells are theirs.
    """
    yield from _below(parent, "", {id(parent)})


def _below(parent: keras.layers.Layer, path: str, seen: set[int]):
    if isinstance(parent, keras.layers.RNN):
        return
    for layer in _children(parent):
        if id(layer) in seen:
            continue
        seen.add(id(layer))
        yield path + layer.name, layer
        yield from _below(layer, f"{path}{layer.name}/", seen)


def _children(parent: keras.layers.Layer) -> list[keras.layers.Layer]:
    """What lies directly in a model or layer.

    A model gives its layers in the order in which they run, but not those that a subclass of it
    holds besides; wrappers and layers made of layers have no public list at all.
    """
    named = parent.layers if isinstance(parent, keras.Model) else []
    return [*named, *parent._flatten_layers(include_self=False, recursive=False)]
