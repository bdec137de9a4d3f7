"""A recording of gates that are 0 or 1, read as what happened: who kept, forgot and wrote, when."""

from collections.abc import Iterator, Sequence

import numpy as np

from gatewise.errors import ArgumentError
from gatewise.insight.recording import LayerRecording

EVENT = np.dtype(
    [
        ("row", "int32"),  # of the batch
        ("step", "int32"),  # in time, from 0
        ("unit", "int32"),
        ("kept", "?"),  # Γf: whether the cell kept what it held, or forgot it
        ("wrote", "?"),  # Γu: whether it wrote the candidate
        ("written", "float32"),  # Γu·c̃, 0 where it did not
        ("cell", "float32"),  # c after the step
    ]
)


def events(recording: LayerRecording) -> np.ndarray:
    """What every cell did at every step at which it did something.

    A unit that keeps its cell and does not write does nothing: that is no event.

    Args:
        recording: of an LSTM's layer whose gates are rounded: `gatewise.layers.BinaryGateLSTM`
            with `round_gates`.

    Returns: a structured array with the fields of `EVENT`, `[N]`, by row, then in the order in
        which the steps were taken, then by unit. Masked steps have none.

    Raises: ArgumentError for another kind of layer, and for gates between 0 and 1.

    >>> import keras
    >>> from gatewise.insight import record
    >>> from gatewise.layers import BinaryGateLSTM
    >>> layer = BinaryGateLSTM(4, round_gates=True, name="lstm")
    >>> model = keras.Sequential([keras.Input((None, 3)), layer])
    >>> found = events(record(model, np.ones((2, 5, 3), "float32"))["lstm"])
    >>> bool((found["kept"] & ~found["wrote"]).any())
    False
    """
    _check(recording)
    order = slice(None, None, -1 if recording.backwards else 1)  # the steps as they were taken
    kept, wrote = recording.forget[:, order] == 1, recording.update[:, order] == 1
    real = recording.mask[:, recording.steps][:, order, None]
    row, step, unit = places = np.nonzero(real & (wrote | ~kept))
    found = np.empty(len(row), EVENT)
    found["row"] = row
    found["step"] = recording.steps[order][step]
    found["unit"] = recording.units[unit]
    found["kept"], found["wrote"] = kept[places], wrote[places]
    found["written"] = (recording.update * recording.candidate)[:, order][places]
    found["cell"] = recording.cell[:, order][places]
    return found


def rounded(recording: LayerRecording) -> bool:
    """Whether what a layer did can be read as events: an LSTM's, with gates of 0 and 1 alone.

    >>> import keras
    >>> from gatewise.insight import record
    >>> model = keras.Sequential([keras.Input((None, 3)), keras.layers.LSTM(4, name="lstm")])
    >>> rounded(record(model, np.ones((2, 5, 3), "float32"))["lstm"])
    False
    """
    return recording.kind == "LSTM" and not any(
        _between(gate).any() for gate in (recording.forget, recording.update)
    )


def listing(found: np.ndarray, tokens: Sequence[Sequence[str]] | None = None) -> Iterator[str]:
    """Events in words, a line each.

    Args:
        found: what `events` gives, or a selection of it.
        tokens: what stands at each step of each row; default none.

    >>> one = np.array([(0, 9, 12, False, True, 0.5, 0.5)], EVENT)
    >>> list(listing(one))
    ['at step 9 unit 12 forgot and wrote 0.50']
    >>> list(listing(one, [["a"] * 9 + ["prize"]]))
    ["at step 9 ('prize') unit 12 forgot and wrote 0.50"]
    """
    several = len(np.unique(found["row"])) > 1
    for one in found:
        row, step = int(one["row"]), int(one["step"])
        place = f"row {row}, step {step}" if several else f"step {step}"
        token = f" ({tokens[row][step]!r})" if tokens else ""
        did = ["kept" if one["kept"] else "forgot"]
        did += [f"wrote {one['written']:.2f}"] if one["wrote"] else []
        yield f"at {place}{token} unit {one['unit']} {' and '.join(did)}"


def _check(recording: LayerRecording) -> None:
    if recording.kind != "LSTM":
        raise ArgumentError(
            f"layer {recording.name!r}: expected an LSTM, got a {recording.kind}, which has not "
            "both a forget and an update gate. BinaryGateLSTM has gates that can be rounded."
        )
    for name in ("forget", "update"):
        gate = getattr(recording, name)
        if (between := _between(gate)).any():
            raise ArgumentError(
                f"layer {recording.name!r}: expected {name} gates of 0 and 1, got "
                f"{gate[between][0]:.3g}. Record a BinaryGateLSTM after "
                "gatewise.layers.round_gates(model)."
            )


def _between(gate: np.ndarray) -> np.ndarray:
    return (gate != 0) & (gate != 1)
