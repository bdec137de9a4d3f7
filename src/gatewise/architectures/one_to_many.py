"""One-to-many: a condition, or nothing, goes in; a sequence comes out, a token at a time."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import keras
from keras import ops

from gatewise import layers
from gatewise.architectures import parts
from gatewise.architectures.parts import CELLS
from gatewise.errors import ArgumentError

STATES = {"lstm": 2, "binary_gate_lstm": 2, "gru": 1, "simple_rnn": 1}  # arrays [B, U] of a layer


class Stack(NamedTuple):
    """The layers of a `one_to_many` network by their parts, to run it a step at a time."""

    embedding: keras.layers.Layer
    condition: keras.layers.Layer | None
    first: list[keras.layers.Layer]  # from the condition to each first state, in their order
    recurrent: list[keras.layers.RNN]
    head: keras.layers.Layer


def one_to_many(
    *,
    vocabulary: int,
    classes: int | None = None,
    features: int | None = None,
    cell: str = "lstm",
    units: int = 256,
    depth: int = 1,
    embedding: int = 64,
    condition: int = 32,
    dropout: float = 0.2,
    seed: int = 0,
    name: str = "one_to_many",
) -> keras.Model:
    r"""A recurrent generator: each step reads the token before and says how likely each is next.

        token, condition → embedding ⧺ condition → recurrent × depth → scores over the vocabulary
        condition → first states

    The chain rule makes a model of whole sequences out of it: p(x₁ … x_T | y) = Π p(x_t | x_<t, y).
    The condition y, a class or a vector, comes in twice: through the first states and beside the
    token at each step, so that no long sequence can forget it (Graves 2013, arXiv:1308.0850,
    feeds a skip connection likewise). Without one it is a language model (Mikolov et al. 2010).

    States are inputs and outputs, so the same network trains on whole sequences, on chunks of a
    long text with the state carried over, and runs a step at a time.

    Args:
        vocabulary: number of token ids.
        classes: number of classes to be conditioned on; default None. Give it or `features`, or
            neither.
        features: length of a vector to be conditioned on; default None.
        cell: `"lstm"`, `"gru"`, `"simple_rnn"` or `"binary_gate_lstm"`; default `"lstm"`.
        units: U, units of each recurrent layer; default 256.
        depth: number of recurrent layers; default 1.
        embedding: length of a token's vector; default 64.
        condition: length of the vector that a condition becomes; default 32.
        dropout: part of the embedding's values and of each recurrent layer's outputs dropped in
            training; default 0.2.
        seed: seed of the initial weights and of dropout; default 0.
        name: name of the model.

    Returns:
        A functional `keras.Model`. In: a dict of `tokens` `[B, T]` ids, `fresh` `[B]` (1 where a
        sequence begins: the states given are then not read), `states`, a list of `[B, U]` for each
        layer from the first (`h`, and `c` for an LSTM), and `condition` `[B]` or `[B, features]`
        where there is one. Out: a dict of `logits` `[B, T, vocabulary]` and `states`, those after
        the last step.

    Raises:
        ArgumentError: an argument is out of its range, or both `classes` and `features` are given.

    Example:
        >>> model = one_to_many(vocabulary=30, classes=3, units=4)
        >>> model.output["logits"].shape, len(model.output["states"])
        ((None, None, 30), 2)
    """
    check_one_to_many(
        cell=cell, units=units, depth=depth, embedding=embedding, condition=condition,
        dropout=dropout, seed=seed,
    )  # fmt: skip
    parts.check_whole(2, vocabulary=vocabulary)
    if classes is not None and features is not None:
        raise ArgumentError(
            f"one_to_many: expected classes or features or neither, got classes={classes}, "
            f"features={features}. Give the one that the condition is."
        )
    seeds = parts.seeds_from(seed)
    inputs: dict[str, Any] = {
        "tokens": parts.token_input(),
        "fresh": keras.Input((), dtype="float32", name="fresh"),
        "states": state_inputs(cell, units, depth),
    }
    x = parts.embedding(vocabulary, embedding, seeds, masked=False)(inputs["tokens"])
    first: Sequence[Any] = [None] * len(inputs["states"])
    if classes or features:
        inputs["condition"], told = _condition(classes, features, condition, seeds)
        x = layers.BesideEachStep(name="beside_each_step")([x, told])
        first = _first_states(told, len(first), units, seeds)
    x = keras.layers.Dropout(dropout, seed=next(seeds), name="embedding_dropout")(x)
    begin = [
        layers.FirstState(name=f"begin_{place + 1}")(
            [given, inputs["fresh"], *([] if start is None else [start])]
        )
        for place, (given, start) in enumerate(zip(inputs["states"], first, strict=True))
    ]
    after: list[Any] = []
    for level in range(depth):
        own = slice(level * STATES[cell], (level + 1) * STATES[cell])
        layer = parts.recurrent(cell, units, seeds, f"{cell}_{level + 1}", return_state=True)
        x, *states = layer(x, initial_state=begin[own])
        x = keras.layers.Dropout(dropout, seed=next(seeds), name=f"dropout_{level + 1}")(x)
        after += states
    head = keras.layers.Dense(
        vocabulary, kernel_initializer=parts.glorot(seeds), dtype="float32", name="head"
    )
    return keras.Model(inputs, {"logits": head(x), "states": after}, name=name)


def state_inputs(cell: str, units: int, depth: int) -> list[Any]:
    """An input `[B, U]` for each state of each layer."""
    return [
        keras.Input((units,), dtype="float32", name=f"state_{place + 1}")
        for place in range(depth * STATES[cell])
    ]


def stack(network: keras.Model) -> Stack:
    """The layers of a network that `one_to_many` made."""
    by_name = {layer.name: layer for layer in network.layers}
    return Stack(
        by_name["embedding"],
        by_name.get("condition_vector"),
        [layer for name, layer in by_name.items() if name.startswith("first_state_")],
        [layer for layer in network.layers if isinstance(layer, keras.layers.RNN)],
        by_name["head"],
    )


def _condition(classes: int | None, features: int | None, length: int, seeds: Any) -> Any:
    """The input of the condition and the vector `[B, length]` that it becomes."""
    if classes:
        given = keras.Input((), dtype="int32", name="condition")
        spread = keras.initializers.RandomUniform(-parts.SPREAD, parts.SPREAD, seed=next(seeds))
        layer: Any = keras.layers.Embedding(
            classes, length, embeddings_initializer=spread, name="condition_vector"
        )
    else:
        given = keras.Input((features,), dtype="float32", name="condition")
        layer = keras.layers.Dense(
            length, "tanh", kernel_initializer=parts.glorot(seeds), name="condition_vector"
        )
    return given, layer(given)


def _first_states(told: Any, count: int, units: int, seeds: Any) -> list[Any]:
    """Each first state `[B, U]` from the condition, within -1 and 1 as hidden states are."""
    return [
        keras.layers.Dense(
            units, "tanh", kernel_initializer=parts.glorot(seeds), name=f"first_state_{place + 1}"
        )(told)
        for place in range(count)
    ]


def zero_states(network: keras.Model, batch: int) -> list[Any]:
    """States `[batch, U]` of zeros for a network that `one_to_many` made."""
    return [ops.zeros((batch, one.shape[-1])) for one in network.input["states"]]


def check_one_to_many(
    *,
    cell: str,
    units: int,
    depth: int,
    embedding: int,
    condition: int,
    dropout: float,
    seed: int,
) -> None:
    """Raise an `ArgumentError` for options that `one_to_many` cannot build."""
    parts.check_one_of("cell", cell, tuple(CELLS))
    parts.check_whole(1, units=units, depth=depth, embedding=embedding, condition=condition)
    parts.check_part(dropout=dropout)
    parts.check_whole(0, seed=seed)
