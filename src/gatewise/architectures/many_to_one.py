"""Many-to-one: a sequence goes in, one answer comes out."""

import keras

from gatewise import layers
from gatewise.architectures import parts
from gatewise.architectures.parts import CELLS
from gatewise.errors import ArgumentError

POOLINGS = ("last", "max", "mean")


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
    seeds = parts.seeds_from(seed)
    if features:
        inputs, x = parts.series_input(features)
    elif vocabulary:
        inputs = x = parts.token_input()
        if token_dropout:
            x = parts.token_dropout(token_dropout, seeds)(x)
        x = parts.embedding(vocabulary, embedding, seeds)(x)
        rate = dropout if embedding_dropout is None else embedding_dropout
        x = keras.layers.Dropout(rate, seed=next(seeds), name="embedding_dropout")(x)
    for level in range(depth):
        sequences = pooling != "last" or level < depth - 1
        layer = parts.recurrent(
            cell,
            units,
            seeds,
            f"{cell}_{level + 1}",
            sequences=sequences,
            bidirectional=bidirectional,
        )
        x = layer(x)
        if level < depth - 1:
            x = keras.layers.Dropout(dropout, seed=next(seeds), name=f"dropout_{level + 1}")(x)
    if pooling == "max":
        x = layers.MaxOverTime(name="max_over_time")(x)
    elif pooling == "mean":
        x = keras.layers.GlobalAveragePooling1D(name="mean_over_time")(x)
    x = keras.layers.Dropout(dropout, seed=next(seeds), name="pooled_dropout")(x)
    head = keras.layers.Dense(
        classes, "softmax", kernel_initializer=parts.glorot(seeds), dtype="float32", name="head"
    )
    return keras.Model(inputs, head(x), name=name)


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
    parts.check_one_of("cell", cell, tuple(CELLS))
    parts.check_one_of("pooling", pooling, POOLINGS)
    parts.check_whole(1, units=units, depth=depth, embedding=embedding)
    parts.check_part(dropout=dropout, token_dropout=token_dropout)
    parts.check_whole(0, seed=seed)
