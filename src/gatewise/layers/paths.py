"""Which path each recurrent layer of a model takes, and why; nothing has to run for it."""

from collections.abc import Iterator

import keras

from gatewise.errors import ArgumentError
from gatewise.kernels import Choice, select
from gatewise.layers.recurrent import DROP_INS, Seam

STOCK = {getattr(keras.layers, name): name for name in DROP_INS}


def explain(layer: keras.layers.Layer) -> Choice:
    """The path a recurrent layer takes, ours or Keras's, and why in words.

    Raises: ArgumentError for a layer that is not recurrent.

    >>> explain(keras.layers.GRU(4)).reason
    "a stock keras.layers.GRU: Keras's own code runs; gatewise.layers.GRU takes its place"
    """
    if isinstance(layer, Seam):
        return select.explain(layer.kernel_request())
    if not isinstance(layer, keras.layers.RNN):
        raise ArgumentError(
            f"layer: expected a recurrent layer (LSTM, GRU, SimpleRNN, RNN), got "
            f"{type(layer).__name__}. find_recurrent(model) gives those of a model."
        )
    if name := STOCK.get(type(layer)):
        reason = (
            f"a stock keras.layers.{name}: Keras's own code runs; "
            f"gatewise.layers.{name} takes its place"
        )
    else:
        reason = f"{type(layer).__name__} has no drop-in in Gatewise: its own code runs"
    return Choice(None, reason)


def find_recurrent(model: keras.layers.Layer) -> Iterator[tuple[str, keras.layers.Layer]]:
    """Every recurrent layer of a model, once, each with the names that lead to it.

    Nested models are entered, and so are wrappers such as `Bidirectional`. A layer used in
    several places is given where it is first met.

    >>> both = keras.layers.Bidirectional(keras.layers.GRU(2, name="gru"), name="both")
    >>> [path for path, layer in find_recurrent(keras.Sequential([both]))]
    ['both/forward_gru', 'both/backward_gru']
    """
    if isinstance(model, keras.layers.RNN):
        yield model.name, model
    else:
        yield from _below(model, "", set())


def _below(parent: keras.layers.Layer, path: str, seen: set[int]):
    for layer in _children(parent):
        if id(layer) in seen:
            continue
        seen.add(id(layer))
        if isinstance(layer, keras.layers.RNN):
            yield path + layer.name, layer
        else:
            yield from _below(layer, f"{path}{layer.name}/", seen)


def _children(parent: keras.layers.Layer) -> list[keras.layers.Layer]:
    if isinstance(parent, keras.Model):
        return parent.layers
    # Wrappers and layers made of layers have no public list of them; Model.layers is this call.
    return list(parent._flatten_layers(include_self=False, recursive=False))
