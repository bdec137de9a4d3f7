"""Many-to-one: a sequence goes in, one answer comes out."""

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
POOLINGS = ("last", "max", "mean")

# Token vectors start within ±0.5. Keras's own ±0.05 leaves the gates near one half for the first
# epochs and costs about a point of accuracy (docs/decisions/training-defaults.md).
SPREAD = 0.5


def many_to_one(
    *,
    classes: int,
    vocabulary: int | None = None,
    features: int | None = None,
    cell: str = "lstm",
    units: int = 64,
    depth: int = 1,
    bidirectional: bool = False,
    pooling: str = "last",
    embedding: int = 200,
    dropout: float = 0.5,
    embedding_dropout: float | None = None,
    token_dropout: float = 0.0,
    seed: int = 0,
    name: str = "many_to_one",
) -> keras.Model:
    r"""A recurrent classifier: embedding or measurements, recurrent stack, pooling, head.

        x₁ … x_T → (embedding) → recurrent × depth → pooling over time → softmax over the classes

    Args:
        classes: number of classes, 2 or more.
        vocabulary: number of token ids, padding and unknown among them, for input `[B, T]` of ids;
            0 is padding. Give this or `features`.
        features: number of channels, for input `[B, T, I]` of measurements, standardised, padded
            with `gatewise.padding.SERIES_PADDING`.
        cell: `"lstm"`, `"gru"`, `"simple_rnn"` or `"binary_gate_lstm"`; default `"lstm"`.
        units: U, units of each recurrent layer and direction; default 64.
        depth: number of recurrent layers; default 1.
        bidirectional: whether each layer reads both ways; default False.
        pooling: what of the outputs goes to the head: `"last"` state, `"max"` or `"mean"` over the
            real steps; default `"last"`.
        embedding: length of a token's vector; default 200.
        dropout: part of the embedding's values, of each recurrent layer's outputs and of the
            pooled values dropped in training; default 0.5.
        embedding_dropout: the same for the embedding's values alone; default `dropout`.
        token_dropout: part of the tokens read as unknown in training; default 0.
        seed: seed of the initial weights and of dropout; default 0.
        name: name of the model.

    Returns:
        A functional `keras.Model`: `[B, T]` or `[B, T, I]` in, probabilities `[B, classes]` out.

    Raises:
        ArgumentError: an argument is out of its range, or both or neither of `vocabulary` and
            `features` are given.

    Example:
        >>> model = many_to_one(classes=3, vocabulary=50, units=4, bidirectional=True)
        >>> model.output_shape
        (None, 3)
    """
    check_many_to_one(
        cell=cell,
        units=units,
        depth=depth,
        pooling=pooling,
        embedding=embedding,
        dropout=dropout,
        token_dropout=token_dropout,
        seed=seed,
    )
    if (vocabulary is None) == (features is None):
        raise ArgumentError(
            "many_to_one: expected either vocabulary (token ids) or features (measurements), got "
            f"vocabulary={vocabulary}, features={features}. Give the one that fits the input."
        )
    if classes < 2:
        raise ArgumentError(f"classes: expected 2 or more, got {classes}.")
    seeds = iter(range(seed, seed + 1000))
    inputs, x = _input(vocabulary, features, embedding, token_dropout, seeds)
    if vocabulary:
        rate = dropout if embedding_dropout is None else embedding_dropout
        x = keras.layers.Dropout(rate, seed=next(seeds), name="embedding_dropout")(x)
    for level in range(depth):
        sequences = pooling != "last" or level < depth - 1
        x = _recurrent(cell, units, sequences, bidirectional, seeds, f"{cell}_{level + 1}")(x)
        if level < depth - 1:
            x = keras.layers.Dropout(dropout, seed=next(seeds), name=f"dropout_{level + 1}")(x)
    if pooling == "max":
        x = layers.MaxOverTime(name="max_over_time")(x)
    elif pooling == "mean":
        x = keras.layers.GlobalAveragePooling1D(name="mean_over_time")(x)
    x = keras.layers.Dropout(dropout, seed=next(seeds), name="pooled_dropout")(x)
    head = keras.layers.Dense(
        classes, "softmax", kernel_initializer=_glorot(seeds), dtype="float32", name="head"
    )
    return keras.Model(inputs, head(x), name=name)


def _input(vocabulary, features, embedding, token_dropout, seeds) -> tuple[Any, Any]:
    if features:
        # In float32 under any policy: half precision would make the padding infinite.
        inputs = keras.Input((None, features), dtype="float32", name="series")
        hidden = keras.layers.Masking(SERIES_PADDING, dtype="float32", name="padding")
        return inputs, hidden(inputs)
    inputs = x = keras.Input((None,), dtype="int32", name="tokens")
    if token_dropout:
        x = layers.TokenDropout(
            token_dropout,
            unknown=UNKNOWN_ID,
            padding=PADDING_ID,
            seed=next(seeds),
            name="token_dropout",
        )(x)
    vectors = keras.layers.Embedding(
        vocabulary,
        embedding,
        mask_zero=True,
        embeddings_initializer=keras.initializers.RandomUniform(-SPREAD, SPREAD, seed=next(seeds)),
        name="embedding",
    )
    return inputs, vectors(x)


def _recurrent(cell, units, sequences, bidirectional, seeds, name) -> keras.layers.Layer:
    # Only this cell draws: the weights of the others come from the seeds that they always had.
    noise = [{"seed": next(seeds)} if cell == "binary_gate_lstm" else {} for _ in range(2)]
    layer = CELLS[cell](
        units,
        return_sequences=sequences,
        kernel_initializer=_glorot(seeds),
        recurrent_initializer=keras.initializers.Orthogonal(seed=next(seeds)),
        name=name,
        **noise[0],
    )
    if not bidirectional:
        return layer
    # The backward layer is a copy: with the same seeds both directions would start alike.
    backward = CELLS[cell].from_config(
        layer.get_config()
        | {"go_backwards": True, "name": f"{name}_backward"}
        | {
            "kernel_initializer": _glorot(seeds),
            "recurrent_initializer": keras.initializers.Orthogonal(seed=next(seeds)),
        }
        | noise[1]
    )
    return layers.Bidirectional(layer, backward_layer=backward, name=f"bidirectional_{name}")


def _glorot(seeds) -> keras.initializers.Initializer:
    return keras.initializers.GlorotUniform(seed=next(seeds))


def check_many_to_one(
    *,
    cell: str,
    units: int,
    depth: int,
    pooling: str,
    embedding: int,
    dropout: float,
    token_dropout: float,
    seed: int,
) -> None:
    """Raise an `ArgumentError` for options that `many_to_one` cannot build."""
    for name, value, allowed in (("cell", cell, tuple(CELLS)), ("pooling", pooling, POOLINGS)):
        if value not in allowed:
            raise ArgumentError(f"{name}: expected one of {', '.join(allowed)}, got {value!r}.")
    for name, number in {"units": units, "depth": depth, "embedding": embedding}.items():
        if not isinstance(number, int) or number < 1:
            raise ArgumentError(f"{name}: expected a whole number above 0, got {number!r}.")
    for name, part in {"dropout": dropout, "token_dropout": token_dropout}.items():
        if not isinstance(part, int | float) or not 0 <= part < 1:
            raise ArgumentError(f"{name}: expected a part from 0 to below 1, got {part!r}.")
    if not isinstance(seed, int) or seed < 0:
        raise ArgumentError(f"seed: expected a whole number from 0, got {seed!r}.")
