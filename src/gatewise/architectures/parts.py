"""What the architectures are put together from: inputs, recurrent layers, checks of options."""

from collections.abc import Iterator, Sequence
from typing import Any

import keras

from gatewise import layers
from gatewise.errors import ArgumentError
from gatewise.padding import PADDING_ID, SERIES_PADDING, UNKNOWN_ID

CELLS: dict[str, Any] = {
    "lstm": layers.LSTM,
    "gru": layers.GRU,
    "simple_rnn": layers.SimpleRNN,
    "binary_gate_lstm": layers.BinaryGateLSTM,
}

# Token vectors start within ±0.5. Keras's own ±0.05 leaves the gates near one half for the first
# epochs and costs about a point of accuracy (docs/decisions/training-defaults.md).
SPREAD = 0.5

Seeds = Iterator[int]


def seeds_from(seed: int) -> Seeds:
    """A seed for each part of a network, counted from `seed`."""
    return iter(range(seed, seed + 1000))


def series_input(features: int) -> tuple[Any, Any]:
    """The input of measurements `[B, T, I]`, and the same with its padding masked."""
    # In float32 under any policy: half precision would make the padding infinite.
    inputs = keras.Input((None, features), dtype="float32", name="series")
    hidden = keras.layers.Masking(SERIES_PADDING, dtype="float32", name="padding")
    return inputs, hidden(inputs)


def token_input(name: str = "tokens") -> Any:
    """The input of token ids `[B, T]`, 0 for padding."""
    return keras.Input((None,), dtype="int32", name=name)


def token_dropout(rate: float, seeds: Seeds, name: str = "token_dropout") -> keras.layers.Layer:
    """Reads a part of the tokens as unknown in training."""
    return layers.TokenDropout(
        rate, unknown=UNKNOWN_ID, padding=PADDING_ID, seed=next(seeds), name=name
    )


def embedding(
    vocabulary: int, length: int, seeds: Seeds, name: str = "embedding", masked: bool = True
) -> keras.layers.Embedding:
    """Vectors of token ids; `masked`: what comes after does not see the padding."""
    return keras.layers.Embedding(
        vocabulary,
        length,
        mask_zero=masked,
        embeddings_initializer=keras.initializers.RandomUniform(-SPREAD, SPREAD, seed=next(seeds)),
        name=name,
    )


def recurrent(
    cell: str,
    units: int,
    seeds: Seeds,
    name: str,
    *,
    sequences: bool = True,
    bidirectional: bool = False,
    **options: Any,
) -> keras.layers.Layer:
    """A recurrent layer of `gatewise.layers`, one way or both; `options` are the layer's own."""
    # Only this cell draws: the weights of the others come from the seeds that they always had.
    noise = [{"seed": next(seeds)} if cell == "binary_gate_lstm" else {} for _ in range(2)]
    layer = CELLS[cell](
        units,
        return_sequences=sequences,
        kernel_initializer=glorot(seeds),
        recurrent_initializer=keras.initializers.Orthogonal(seed=next(seeds)),
        name=name,
        **options,
        **noise[0],
    )
    if not bidirectional:
        return layer
    # The backward layer is a copy: with the same seeds both directions would start alike.
    backward = CELLS[cell].from_config(
        layer.get_config()
        | {"go_backwards": True, "name": f"{name}_backward"}
        | {
            "kernel_initializer": glorot(seeds),
            "recurrent_initializer": keras.initializers.Orthogonal(seed=next(seeds)),
        }
        | noise[1]
    )
    return layers.Bidirectional(layer, backward_layer=backward, name=f"bidirectional_{name}")


def glorot(seeds: Seeds) -> keras.initializers.Initializer:
    return keras.initializers.GlorotUniform(seed=next(seeds))


def check_one_of(name: str, value: Any, allowed: Sequence[Any]) -> None:
    """Raise an `ArgumentError` unless `value` is one of those allowed."""
    if value not in allowed:
        told = ", ".join(str(one) for one in allowed)
        raise ArgumentError(f"{name}: expected one of {told}, got {value!r}.")


def check_activation(activation: Any) -> None:
    """Raise an `ArgumentError` unless Keras knows the activation."""
    try:
        keras.activations.get(activation)
    except (TypeError, ValueError):
        raise ArgumentError(
            "activation: expected a name that Keras knows, such as softmax, sigmoid or linear, a "
            f"function, or None, got {activation!r}."
        ) from None


def check_whole(least: int, **numbers: Any) -> None:
    """Raise an `ArgumentError` unless each is a whole number of at least `least`."""
    told = {0: "from 0", 1: "above 0"}.get(least, f"from {least}")
    for name, number in numbers.items():
        if not isinstance(number, int) or isinstance(number, bool) or number < least:
            raise ArgumentError(f"{name}: expected a whole number {told}, got {number!r}.")


def check_part(**parts: Any) -> None:
    """Raise an `ArgumentError` unless each is a part from 0 to below 1."""
    for name, part in parts.items():
        if not isinstance(part, int | float) or not 0 <= part < 1:
            raise ArgumentError(f"{name}: expected a part from 0 to below 1, got {part!r}.")
