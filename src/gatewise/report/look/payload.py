"""What the page's script is given: plain data, with arrays as base64 of little-endian float32.

Float32 is what the network computed, so the numbers in the equations are its own, not rounded ones.
"""

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np

from gatewise.insight.events import rounded
from gatewise.insight.memory import span
from gatewise.insight.recording import LayerRecording
from gatewise.report.look import colours, window
from gatewise.report.look.answers import Answer
from gatewise.report.look.view import Look, Side

# By kind of cell and array: its symbol, its name, and what it says.
ARRAYS = {
    "LSTM": {
        "forget": ("Γf", "forget gate", "How much of the old memory is kept: 1 keeps, 0 forgets."),
        "update": ("Γu", "update gate", "How much of the candidate is written into the memory."),
        "output": ("Γo", "output gate", "How much of the memory is shown."),
        "candidate": ("c̃", "candidate", "What would be written."),
        "cell": ("c", "cell state", "The memory itself."),
        "hidden": ("h", "hidden state", "What the cell gives out at each step."),
    },
    "GRU": {
        "update": ("z", "update gate", "How much of the old memory is kept; the rest is replaced."),
        "reset": ("r", "reset gate", "How much of the old memory the candidate sees."),
        "candidate": ("h̃", "candidate", "What would be written."),
        "hidden": ("h", "hidden state", "The memory, which is also what the cell gives out."),
    },
    "SimpleRNN": {"hidden": ("h", "hidden state", "What the cell gives out, made anew each step.")},
}
PART = (
    "±",
    "part in the decision",
    "What each step's input brings to the score through each unit: blue for it, orange against.",
)
GATES = ("forget", "update", "output", "reset")  # from 0 to 1; all else has a sign
LONGEST_SPAN = 1e6  # JSON knows no infinity
CHANNELS = 12  # drawn of a series at most


def payload(look: Look) -> dict[str, Any]:
    """Everything the script reads, by name."""
    names = list(look.sides[0].layers)
    return {
        "palettes": {"sequential": colours.SEQUENTIAL, "diverging": colours.DIVERGING,
                     "channels": colours.CHANNELS},
        "layers": [_layer(look, name, title) for name, title in titles(look).items()],
        "sides": [_side(side, names) for side in look.sides],
    }  # fmt: skip


def titles(look: Look) -> dict[str, str]:
    """Layers by name, numbered up the stack, with the direction they read in.

    The two directions of a `Bidirectional` are one step of the stack.
    """
    found, wrappers = {}, []
    for name, layer in look.sides[0].layers.items():
        wrapper = name.rpartition("/")[0] or name
        if wrapper not in wrappers:
            wrappers.append(wrapper)
        found[name] = f"{wrappers.index(wrapper) + 1} · {layer.kind}"
    both = {title for title in found.values() if list(found.values()).count(title) > 1}
    for name, title in found.items():
        backwards = look.sides[0].layers[name].backwards
        if title in both or backwards:
            found[name] = f"{title} {'←' if backwards else '→'}"
    return found


def array_names(layer: LayerRecording, parts: bool) -> dict[str, tuple[str, str, str]]:
    """The layer's arrays in the order of its equations: symbol, name and meaning."""
    return ARRAYS[layer.kind] | ({"part": PART} if parts else {})


def part_of(side: Side, name: str) -> np.ndarray | None:
    """Each step's and unit's part in the score, `[S, V]`, where it is known."""
    if side.parts is None or name not in side.parts.by_layer:
        return None
    whole = side.parts.by_layer[name][0, side.start : side.end]
    return whole[:, side.layers[name].units]


def limits(look: Look, name: str, array: str) -> tuple[float, float]:
    """The ends of the colour map, the same for both inputs: 0 to 1 for a gate, else ± the largest.

    A candidate and a hidden state that stay small are stretched, or nothing could be seen.
    """
    values = [_values(side, name, array) for side in look.sides]
    largest = max((float(np.abs(_finite(one)).max()) for one in values if one.size), default=0.0)
    if array in GATES:
        return 0.0, max(1.0, largest)
    return -(largest or 1.0), largest or 1.0


def rankings(look: Look, name: str) -> dict[str, list[float]]:
    """By what units are sorted, the mean over the inputs `[V]`: memory span, activity, part."""
    layers = [side.layers[name] for side in look.sides]
    found: dict[str, Sequence[np.ndarray]] = {"activity": [window.activity(one) for one in layers]}
    if layers[0].kind != "SimpleRNN":
        found = {"span": [np.minimum(span(one)[0], LONGEST_SPAN) for one in layers]} | found
    parts = [part_of(side, name) for side in look.sides]
    if known := [np.abs(one.sum(0)) for one in parts if one is not None]:
        found["part"] = known
    return {key: _finite(np.mean(one, axis=0)).tolist() for key, one in found.items()}


def _layer(look: Look, name: str, title: str) -> dict[str, Any]:
    layer = look.sides[0].layers[name]
    named = array_names(layer, part_of(look.sides[0], name) is not None)
    arrays = []
    for array, (symbol, words, told) in named.items():
        low, high = limits(look, name, array)
        arrays.append({"name": array, "symbol": symbol, "words": words, "told": told, "low": low,
                       "high": high, "diverging": low < 0})  # fmt: skip
    return {
        "name": name,
        "title": title,
        "kind": layer.kind,
        "backwards": layer.backwards,
        "activation": look.activations[name],
        "units": layer.units.tolist(),
        "rounded": all(rounded(side.layers[name]) for side in look.sides),
        "arrays": arrays,
        "rankings": rankings(look, name),
    }


def _side(side: Side, names: list[str]) -> dict[str, Any]:
    shown = side.shown
    found: dict[str, Any] = {
        "title": shown.title,
        "start": side.start,
        "T": side.end - side.start,
        "layers": [_arrays(side, name) for name in names],
        "parts": None,
        "target": side.target,
    }
    if side.answers.steps:
        found["asked"] = side.answers.asked
        found["answers"] = [[_answer(one) for one in step] for step in side.answers.steps]
    if shown.words is not None:
        found["words"] = [piece.surface for piece in shown.words[side.start : side.end]]
    if shown.series is not None:
        found["series"] = _series(side)
    if side.parts is not None:
        found["parts"] = _finite(side.parts.parts[0, side.start : side.end]).tolist()
    return found


def _answer(one: Answer) -> list[Any]:
    return [one.name, float(f"{one.value:.4g}"), one.came]


def _arrays(side: Side, name: str) -> dict[str, Any]:
    layer = side.layers[name]
    arrays = {array: encoded(values[0]) for array, values in layer.arrays.items()}
    part = part_of(side, name)
    if part is not None:
        arrays["part"] = encoded(part)
    return {
        "arrays": arrays,
        "before": {state: encoded(one[0, layer.units]) for state, one in layer.initial.items()},
        "masked": np.flatnonzero(~layer.mask[0]).tolist(),
    }


def _series(side: Side) -> dict[str, Any]:
    values = np.asarray(side.shown.series)[side.start : side.end]
    moving = np.sort(np.argsort(-values.std(0), kind="stable")[:CHANNELS])
    return {
        "names": [side.shown.channels[channel] for channel in moving],
        "left": values.shape[1] - len(moving),
        "values": encoded(values[:, moving]),
    }


def _values(side: Side, name: str, array: str) -> np.ndarray:
    if array != "part":
        return side.layers[name].arrays[array]
    part = part_of(side, name)
    return np.empty(0) if part is None else part


def _finite(values: np.ndarray) -> np.ndarray:
    """Numbers that JSON knows: a network that diverged has others, too."""
    return np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)


def encoded(values: np.ndarray) -> str:
    """Float32 as base64, row after row.

    >>> encoded(np.array([1.0]))
    'AACAPw=='
    """
    return base64.b64encode(np.ascontiguousarray(values, "<f4").tobytes()).decode()
