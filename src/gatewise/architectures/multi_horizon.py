"""Multi-horizon: a window of the past goes in, quantiles of each step of the future come out."""

from typing import Any

import keras

from gatewise import layers
from gatewise.architectures import parts
from gatewise.errors import ArgumentError


def multi_horizon(
    *,
    horizon: int,
    quantiles: int,
    past: int,
    future: int,
    cell: str = "lstm",
    units: int = 48,
    depth: int = 1,
    context: int = 12,
    dropout: float = 0.1,
    members: int = 3,
    seed: int = 0,
    name: str = "multi_horizon",
) -> keras.Model:
    r"""A direct multi-horizon quantile forecaster: MQ-RNN (Wen et al. 2017, arXiv:1711.11053).

        x₁ … x_T → recurrent × depth → h → global contexts c₁ … c_H and c_a
        (c_k, c_a, what is known of step T+k) → local layer → quantiles of step T+k

    All steps are forecast at once, so no error is fed back. `members` such networks, alike but for
    their first weights, are trained beside each other; the caller averages their quantiles.

    Args:
        horizon: H, steps to forecast.
        quantiles: Q, quantiles of each; they never cross.
        past: I, numbers known of each past step.
        future: F, numbers known of each future step, 1 or more.
        cell: `"lstm"`, `"gru"`, `"simple_rnn"` or `"binary_gate_lstm"`; default `"lstm"`.
        units: U, units of each recurrent layer; default 48.
        depth: number of recurrent layers; default 1.
        context: length of each context; default 12.
        dropout: part of the last state dropped in training; default 0.1.
        members: M, networks in the ensemble; default 3.
        seed: seed of the initial weights and of dropout; default 0.
        name: name of the model.

    Returns:
        A functional `keras.Model`: `[past [B, T, I], future [B, H, F]]` in (the past padded at its
        end with `gatewise.padding.SERIES_PADDING`), quantiles `[B, M, H, Q]` out.

    Raises:
        ArgumentError: an argument is out of its range.

    Example:
        >>> model = multi_horizon(horizon=12, quantiles=3, past=2, future=1, units=4, members=2)
        >>> model.output_shape
        (None, 2, 12, 3)
    """
    check_multi_horizon(
        horizon=horizon, cell=cell, units=units, depth=depth, context=context, dropout=dropout,
        members=members, seed=seed,
    )  # fmt: skip
    parts.check_whole(1, quantiles=quantiles, past=past, future=future)
    if quantiles % 2 == 0:
        raise ArgumentError(f"quantiles: expected an odd number, the middle one, got {quantiles}.")
    seeds = parts.seeds_from(seed)
    inputs, steps = parts.series_input(past)
    known = keras.Input((horizon, future), dtype="float32", name="known")
    outputs = []
    for member in range(1, members + 1):
        x = steps
        for level in range(1, depth + 1):
            layer_name = f"{cell}_{member}_{level}" if members > 1 else f"{cell}_{level}"
            x = parts.recurrent(cell, units, seeds, layer_name, sequences=level < depth)(x)
        x = keras.layers.Dropout(dropout, seed=next(seeds), name=f"dropout_{member}")(x)
        outputs.append(_head(x, known, horizon, quantiles, context, seeds, member))
    shaped = [
        keras.layers.Reshape((1, horizon, quantiles), name=f"member_{place}")(one)
        for place, one in enumerate(outputs, 1)
    ]
    together = shaped[0] if members == 1 else keras.layers.Concatenate(axis=1)(shaped)
    return keras.Model([inputs, known], together, name=name)


def _head(state, known, horizon, quantiles, context, seeds, member) -> Any:
    """The global layer's contexts, and the local layer that each step shares."""
    dense = keras.layers.Dense(
        (horizon + 1) * context, "relu", kernel_initializer=parts.glorot(seeds),
        name=f"contexts_{member}",
    )  # fmt: skip
    contexts = keras.layers.Reshape((horizon + 1, context))(dense(state))
    own = keras.layers.Cropping1D((0, 1))(contexts)  # c₁ … c_H
    shared = keras.layers.Cropping1D((horizon, 0))(contexts)  # c_a
    shared = keras.layers.UpSampling1D(horizon)(shared)
    local = keras.layers.Concatenate()([own, shared, known])
    local = keras.layers.Dense(
        2 * context, "relu", kernel_initializer=parts.glorot(seeds), name=f"local_{member}"
    )(local)
    raw = keras.layers.Dense(
        quantiles, kernel_initializer=parts.glorot(seeds), dtype="float32", name=f"head_{member}"
    )(local)
    return layers.OrderedQuantiles(dtype="float32", name=f"quantiles_{member}")(raw)


def check_multi_horizon(
    *,
    horizon: int | None,
    cell: str,
    units: int,
    depth: int,
    context: int,
    dropout: float,
    members: int,
    seed: int,
) -> None:
    """Raise an `ArgumentError` for options that `multi_horizon` cannot build."""
    parts.check_one_of("cell", cell, tuple(parts.CELLS))
    if horizon is not None:
        parts.check_whole(1, horizon=horizon)
    parts.check_whole(1, units=units, depth=depth, context=context, members=members)
    parts.check_part(dropout=dropout)
    parts.check_whole(0, seed=seed)
