"""A part of a recording that stands by itself: some steps of one input, and the units to show."""

from dataclasses import replace

import numpy as np

from gatewise.errors import ArgumentError
from gatewise.insight.recording import LayerRecording

STEPS = 2_048  # most steps on a page
VALUES = 4_000_000  # most numbers on a page: 16 MB, 21 as they are written
FEWEST_UNITS = 8


def chosen_steps(T: int, steps: tuple[int, int] | None = None) -> tuple[int, int]:
    """The steps to show, from the first to before the last: as asked, or the last `STEPS`.

    Raises: ArgumentError for steps that the input does not have, or for too many.

    >>> chosen_steps(100), chosen_steps(100_000), chosen_steps(100, (10, 20))
    ((0, 100), (97952, 100000), (10, 20))
    """
    if steps is None:
        return max(0, T - STEPS), T
    start, end = steps
    if not 0 <= start < end <= T:
        raise ArgumentError(
            f"steps: expected a first and a last within the {T} steps of the input, got "
            f"{start + 1} to {end}."
        )
    if end - start > STEPS:
        raise ArgumentError(f"steps: expected {STEPS:,} at most, got {end - start:,}.")
    return start, end


def around(start: int, end: int, T: int) -> slice:
    """The steps to record: one more at each side, for the state before the first one taken."""
    return slice(max(0, start - 1), min(T, end + 1))


def cut(layer: LayerRecording, start: int, end: int) -> LayerRecording:
    """The steps `start` to before `end` as a whole recording that began with the state before.

    So all that is computed of a recording, such as `gatewise.memory`, holds of these steps too.

    Args:
        layer: a recording of these steps and of those beside them.
        start: the first step in time.
        end: the step in time after the last one.
    """
    inside = slice(*np.searchsorted(layer.steps, [start, end]))
    taken = end if layer.backwards else start - 1  # the step taken before these, if there is one
    before = dict(layer.initial)
    if taken in layer.steps:
        place = int(np.searchsorted(layer.steps, taken))
        for name, state in before.items():
            before[name] = state.copy()
            before[name][:, layer.units] = layer.arrays[name][:, place]
    return replace(
        layer,
        arrays={name: array[:, inside] for name, array in layer.arrays.items()},
        initial=before,
        mask=layer.mask[:, start:end],
        steps=np.arange(end - start),
    )


def activity(layer: LayerRecording) -> np.ndarray:
    """How much each unit moves: the mean size of its hidden state, `[V]`."""
    return np.abs(layer.arrays["hidden"].astype("float64")).mean((0, 1))


def most_active(
    sides: list[dict[str, LayerRecording]], values: int = VALUES
) -> list[dict[str, LayerRecording]]:
    """Of each layer the units that move most, as many as fit a page, the same of each input."""
    a_unit = sum(len(layer.arrays) * len(layer.steps) for side in sides for layer in side.values())
    count = max(FEWEST_UNITS, values // max(a_unit, 1))
    chosen = {
        name: np.sort(np.argsort(-sum(activity(side[name]) for side in sides))[:count])
        for name in sides[0]
    }
    return [{name: _units(layer, chosen[name]) for name, layer in side.items()} for side in sides]


def _units(layer: LayerRecording, chosen: np.ndarray) -> LayerRecording:
    if len(chosen) == len(layer.units):
        return layer
    arrays = {name: array[:, :, chosen] for name, array in layer.arrays.items()}
    return replace(layer, arrays=arrays, units=layer.units[chosen])
