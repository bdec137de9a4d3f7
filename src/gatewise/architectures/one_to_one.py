"""One-to-one: one step in, one answer out. Where recurrent networks begin."""

from typing import Any

import keras

from gatewise.architectures import parts
from gatewise.architectures.parts import CELLS
from gatewise.errors import ArgumentError


def one_to_one(
    *,
    features: int,
    outputs: int,
    cell: str = "lstm",
    units: int = 64,
    activation: Any = "softmax",
    dropout: float = 0.0,
    seed: int = 0,
    name: str = "one_to_one",
) -> keras.Model:
    r"""A recurrent cell over one step, and a head.

        x → recurrent (one step, from zeros) → head

    A recurrent cell over a single step is a gated feed-forward layer: the state before is zeros, so
    the recurrent weights and, in an LSTM, the forget gate have nothing to act on. What remains is

        LSTM        h = σ(Wo x + bo) ⊙ tanh(σ(Wu x + bu) ⊙ tanh(Wc x + bc))
        GRU         h = (1 − Γ) ⊙ tanh(Wc x + bc + σ(Wr x + br) ⊙ b'c),  Γ = σ(Wu x + bu)
        simple RNN  h = tanh(W x + b), a dense layer

    where the GRU's biases bu, br are the sums of those of input and state, and b'c is the one that
    its reset gate acts on. So this network learns nothing that a dense one could not; it is here to
    show what the cell does before time comes in, and as the first column of the family:
    `many_to_one`, `one_to_many` and the others are this step, repeated with the state carried.

    Args:
        features: I, numbers that go in.
        outputs: numbers that come out.
        cell: `"lstm"`, `"gru"`, `"simple_rnn"` or `"binary_gate_lstm"`; default `"lstm"`.
        units: U, units of the cell; default 64.
        activation: of the head, as Keras names it; default `"softmax"`, None for a regression.
        dropout: part of the cell's outputs dropped in training; default 0.
        seed: seed of the initial weights and of dropout; default 0.
        name: name of the model.

    Returns:
        A functional `keras.Model`: `[B, I]` in, `[B, outputs]` out.

    Raises:
        ArgumentError: an argument is out of its range.

    Example:
        >>> one_to_one(features=3, outputs=2, units=4).output_shape
        (None, 2)
    """
    parts.check_one_of("cell", cell, tuple(CELLS))
    parts.check_whole(1, features=features, outputs=outputs, units=units)
    parts.check_part(dropout=dropout)
    parts.check_whole(0, seed=seed)
    parts.check_activation(activation)
    if activation == "softmax" and outputs < 2:
        raise ArgumentError(
            f"outputs: expected 2 or more with the activation softmax, got {outputs}. A single "
            "output wants activation='sigmoid', or None."
        )
    seeds = parts.seeds_from(seed)
    inputs = keras.Input((features,), name="step")
    step = keras.layers.Reshape((1, features), name="one_step")(inputs)
    hidden = parts.recurrent(cell, units, seeds, cell, sequences=False)(step)
    hidden = keras.layers.Dropout(dropout, seed=next(seeds), name="dropout")(hidden)
    head = keras.layers.Dense(
        outputs, activation, kernel_initializer=parts.glorot(seeds), dtype="float32", name="head"
    )
    return keras.Model(inputs, head(hidden), name=name)
