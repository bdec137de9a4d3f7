"""Raw inputs and answers as people have them: lists, arrays, columns."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gatewise.data.splits import key
from gatewise.errors import ArgumentError


def listed(x: Any, name: str = "x") -> list:
    """Inputs or labels as a list, whether they come in a list, an array, a tensor or a column.

    Raises:
        ArgumentError: one text, or nothing that holds several values.
    """
    if isinstance(x, str):
        raise ArgumentError(
            f"{name}: expected a list, got one text ({x[:40]!r}). Put it in a list: [text]."
        )
    if hasattr(x, "__array__") and not isinstance(x, list | tuple):
        x = np.asarray(x)
    scalar = not hasattr(x, "__len__") or getattr(x, "shape", None) == ()
    if scalar or isinstance(x, Mapping | bytes):
        raise ArgumentError(
            f"{name}: expected a list or an array, got {type(x).__name__}. Make a list of it first."
        )
    return list(x)


def paired(x: Any, y: Any, answer: str = "target") -> tuple[list, list]:
    """Inputs and answers as lists of one length; `answer` is the word for one.

    Raises:
        ArgumentError: no answers, another number of them, or none of either.
    """
    if y is None:
        raise ArgumentError(f"y: expected a {answer} for each input, got None. Give x and y.")
    inputs, answers = listed(x), listed(y, "y")
    if len(inputs) != len(answers):
        raise ArgumentError(
            f"y: expected one {answer} for each of the {len(inputs)} inputs, got {len(answers)}."
        )
    if not inputs:
        raise ArgumentError(
            f"x: expected at least one input, got none. Give some, each with its {answer}."
        )
    return inputs, answers


def sample_weights(values: Any, examples: int) -> np.ndarray | None:
    """The caller's weights as float32 `[N]`, or None where there are none.

    Raises:
        ArgumentError: not one number for each example.
    """
    if values is None:
        return None
    found = np.asarray(values, "float32")
    if found.shape != (examples,):
        raise ArgumentError(
            f"sample_weight: expected one number for each of the {examples} examples, got shape "
            f"{found.shape}."
        )
    return found


def at(values: Sequence, positions: Sequence[int]) -> list:
    """The values at some positions."""
    return [values[position] for position in positions]


def held_out(x: list, fraction: float, seed: int) -> tuple[list[int], list[int]]:
    """Positions to learn from and positions held out, drawn at random; equal inputs stay on one
    side.

    >>> kept, held = held_out(["a", "b", "a", "c", "d"], 0.4, seed=0)
    >>> len(held), {0, 2} <= set(kept) or {0, 2} <= set(held)
    (2, True)
    """
    if not 0 < fraction < 1:
        raise ArgumentError(f"validation_split: expected a part between 0 and 1, got {fraction!r}.")
    groups: dict[Any, list[int]] = {}
    for place, one in enumerate(x):
        groups.setdefault(key(one), []).append(place)
    if len(groups) < 2:
        raise ArgumentError(
            f"validation_split: expected two different inputs or more, got {len(groups)}. Give "
            "validation_data instead, or more inputs."
        )
    members = list(groups.values())
    wanted = max(1, round(len(x) * fraction))
    held: list[int] = []
    for place in np.random.default_rng(seed).permutation(len(members))[:-1]:
        if len(held) + len(members[place]) <= wanted:
            held += members[place]
    held = held or min(members, key=len)
    return sorted(set(range(len(x))) - set(held)), sorted(held)
