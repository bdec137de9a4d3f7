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


def pooling_weights(pooling: str, values: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """With what weight each value [B, P, F] goes into the pooled one."""
    if pooling == "last":
        return np.ones_like(values)
    real = mask[:, :, None]
    if pooling == "mean":
        return np.broadcast_to(real / np.maximum(real.sum(1, keepdims=True), 1), values.shape)
    if pooling == "padded max":
        real = np.ones_like(real)
    largest = np.where(real, values, -np.inf).argmax(1)[:, None]  # the first, where several are
    found = np.zeros_like(values)
    np.put_along_axis(found, largest, 1.0, axis=1)
    return found * real


def on_steps(shown: Shown, weights: np.ndarray, T: int) -> tuple[np.ndarray, np.ndarray]:
    """Weights on places [B, P, U] as weights on steps [B, T, U], and what else is read [B]."""
    found = np.zeros((len(weights), T, weights.shape[2]))
    nowhere = shown.source < 0
    rows = np.broadcast_to(np.arange(len(weights))[:, None], nowhere.shape)
    np.add.at(found, (rows[~nowhere], shown.source[~nowhere]), weights[~nowhere])
    rest = (np.where(nowhere[:, :, None], weights, 0.0).sum(1) * shown.before).sum(-1)
    return found, rest
