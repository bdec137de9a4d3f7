"""What a head reads of a layer's hidden states: which step's, and with what weight.

A layer shows a state at each place of its output; a pooling reads some places. Both are traced to
the real steps whose states they are, with Keras's rules for masked steps and for layers that go
backwards.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from gatewise.insight.head import Head
from gatewise.insight.recording import LayerRecording
from gatewise.layers.kernel_io import fill_of


@dataclass(frozen=True)
class Shown:
    """A layer's output, place by place: P is T, or 1 where the last output alone is given."""

    values: np.ndarray  # [B, P, U] float64
    source: np.ndarray  # [B, P]: the step in time whose hidden state it is; -1: none
    before: np.ndarray  # [B, U]: what is shown where no step was real yet


def shown(layer: Any, recording: LayerRecording, turned: bool = False) -> Shown:
    """What a layer's output shows; `turned`: its places run against the order of its steps."""
    T = recording.mask.shape[1]
    order = np.arange(T)[:: -1 if recording.backwards else 1]  # the steps as they were taken
    real = recording.mask[:, order]
    place = np.where(real, np.arange(T), -1)
    fill = fill_of(layer)
    if fill != "zero":  # a masked step shows the last real one's state
        place = np.maximum.accumulate(place, axis=1)
    source = np.where(place < 0, -1, order[place])
    if not layer.return_sequences:
        source = source[:, -1:]
    elif turned:
        source = source[:, ::-1]
    before = recording.initial["hidden"].astype("float64")
    before = before if fill == "hold" else np.zeros_like(before)
    hidden = recording.hidden.astype("float64")
    values = np.take_along_axis(hidden, np.maximum(source, 0)[:, :, None], axis=1)
    return Shown(np.where(source[:, :, None] < 0, before[:, None], values), source, before)


def merged(head: Head, parts: list[Shown]) -> np.ndarray:
    """The values [B, P, F] that the pooling is given."""
    if head.merge in (None, "concat"):
        return np.concatenate([part.values for part in parts], axis=-1)
    one, other = parts
    return (one.values + other.values) / (2 if head.merge == "ave" else 1)


def separated(head: Head, weights: np.ndarray) -> list[np.ndarray]:
    """Weights on merged values [..., F], as those on each direction's [..., U]."""
    if head.merge is None:
        return [weights]
    if head.merge == "concat":
        return np.split(weights, 2, axis=-1)
    return [weights / (2 if head.merge == "ave" else 1)] * 2


def pooled(pooling: str, values: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Values [B, P, F] pooled over their places, [B, F]."""
    return (pooling_weights(pooling, np.zeros_like(values), values, mask) * values).sum(1)


def pooling_weights(
    pooling: str, silent: np.ndarray, values: np.ndarray, mask: np.ndarray
) -> np.ndarray:
    """With what weight the change of each value [B, P, F] goes into the change of the pooled one,
    on the straight path from `silent`. With `silent` of zeros: that of each value itself."""
    if pooling == "last":
        return np.ones_like(values)
    real = mask[:, :, None]
    if pooling == "mean":
        return np.broadcast_to(real / np.maximum(real.sum(1, keepdims=True), 1), values.shape)
    return largest(silent, values, np.ones_like(real) if pooling == "padded max" else real)


def largest(silent: np.ndarray, values: np.ndarray, real: np.ndarray) -> np.ndarray:
    """For which part of the way from `silent` to `values` each place [B, P, F] is the largest.

    The largest of straight lines changes at their crossings, so from each to the next it is one
    place that counts: the integrated gradient of the maximum, in closed form.
    """
    slope = values - silent
    real = np.broadcast_to(real, values.shape)
    found = np.zeros_like(values)
    start = np.where(real, silent, -np.inf)
    first = start == start.max(1, keepdims=True)  # of those, the steepest leads from the start
    leader = np.where(first & real, slope, -np.inf).argmax(1)[:, None]
    gone = np.zeros_like(slope[:, :1])  # of the way, 0 to 1
    while True:
        lead, rise = (np.take_along_axis(one, leader, 1) for one in (silent, slope))
        faster = real & (slope > rise)
        crossing = np.full_like(slope, np.inf)
        np.divide(lead - silent, slope - rise, out=crossing, where=faster)
        crossing = np.maximum(crossing, gone)
        following = crossing.argmin(1)[:, None]
        at = np.minimum(np.take_along_axis(crossing, following, 1), 1.0)
        np.put_along_axis(found, leader, np.take_along_axis(found, leader, 1) + at - gone, 1)
        if (at >= 1).all():
            return found * real
        leader, gone = np.where(at < 1, following, leader), at


def on_steps(shown: Shown, weights: np.ndarray, T: int) -> tuple[np.ndarray, np.ndarray]:
    """Weights on places [B, P, U] as weights on steps [B, T, U], and what else is read [B]."""
    found = np.zeros((len(weights), T, weights.shape[2]))
    nowhere = shown.source < 0
    rows = np.broadcast_to(np.arange(len(weights))[:, None], nowhere.shape)
    np.add.at(found, (rows[~nowhere], shown.source[~nowhere]), weights[~nowhere])
    rest = (np.where(nowhere[:, :, None], weights, 0.0).sum(1) * shown.before).sum(-1)
    return found, rest
