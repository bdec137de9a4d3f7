"""Labels as people write them, and as a network counts them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gatewise.data import Examples
from gatewise.data.splits import hold_out
from gatewise.errors import ArgumentError, DataError

# Counts may differ by this factor before rare labels are weighed up.
BALANCED = 1.5


def kind(x: Sequence) -> str:
    """`"text"` for strings, `"series"` for arrays.

    Raises:
        ArgumentError: neither, or nothing at all.
    """
    if isinstance(x, str):
        raise ArgumentError("x: expected a list of texts, got one text. Put it in a list: [text].")
    if len(x) == 0:
        raise ArgumentError("x: expected at least one input, got none.")
    if all(isinstance(one, str) for one in x):
        return "text"
    if all(isinstance(one, np.ndarray | list | tuple) for one in x):
        return "series"
    odd = next(one for one in x if not isinstance(one, str | np.ndarray))
    raise ArgumentError(
        f"x: expected only strings, or only arrays [steps, channels], got a {type(odd).__name__} "
        f"({str(odd)[:40]!r}). Convert or leave it out."
    )


def paired(x: Any, y: Any) -> tuple[list, list]:
    """Inputs and labels as lists of one length.

    Raises:
        ArgumentError: no labels, another number of them, or labels that are not classes.
    """
    if y is None:
        raise ArgumentError("y: expected a label for each input, got None. Call fit(x, y).")
    labels = [plain(label) for label in y]
    if len(x) != len(labels):
        raise ArgumentError(
            f"y: expected one label for each of the {len(x)} inputs, got {len(labels)}."
        )
    return list(x), labels


def plain(label: Any) -> str | int:
    """A label as a string or a whole number, whatever array type it comes in."""
    label = (
        label.item() if isinstance(label, np.generic | np.ndarray) and label.size == 1 else label
    )
    if isinstance(label, str):
        return label
    if isinstance(label, int):
        return int(label)
    if isinstance(label, float) and label.is_integer():
        return int(label)
    raise ArgumentError(
        f"y: expected class labels (strings or whole numbers), got {str(label)[:40]!r} of type "
        f"{type(label).__name__}. One-hot rows become labels by y.argmax(axis=1)."
    )


def distinct(y: Sequence) -> tuple[Any, ...]:
    """The labels that occur, sorted: their position is the class id.

    Raises:
        DataError: fewer than two.
    """
    found = sorted(set(y), key=lambda label: (isinstance(label, str), label))
    if len(found) < 2:
        raise DataError(
            f"labels: expected at least two different ones to tell apart, got {found}. "
            "Check that the target column is the right one."
        )
    return tuple(found)


def ids(y: Sequence, known: Sequence) -> np.ndarray:
    """Class ids int32 `[N]`.

    Raises:
        DataError: a label that is not among the `known`.
    """
    positions = {label: position for position, label in enumerate(known)}
    strange = sorted({str(label) for label in y if label not in positions})
    if strange:
        raise DataError(
            f"y: expected labels seen in training ({_some(known)}), got also {_some(strange)}. "
            "Leave those examples out, or train again with them."
        )
    return np.array([positions[label] for label in y], dtype="int32")


def weights(
    y: Sequence,
    known: Sequence,
    class_weight: Mapping[Any, float] | str | None,
    sample_weight: np.ndarray | None = None,
) -> np.ndarray | None:
    """A weight for each example `[N]`, or None where all weigh the same."""
    table = class_weights(y, known, class_weight)
    if table is None:
        return sample_weight
    weighed = np.array([table.get(label, 1.0) for label in y], "float32")
    return weighed if sample_weight is None else weighed * sample_weight


def class_weights(
    y: Sequence, known: Sequence, class_weight: Mapping[Any, float] | str | None = "auto"
) -> dict[Any, float] | None:
    """Each label's weight, or None where all weigh the same.

    `"auto"` weighs a label by the square root of how rare it is, 1 on average over the examples.
    Full balancing would trade too much accuracy for the rare labels.
    """
    if class_weight is None:
        return None
    if isinstance(class_weight, Mapping):
        ids(list(class_weight), known)
        return {label: float(weight) for label, weight in class_weight.items()}
    if class_weight != "auto":
        raise ArgumentError(
            f"class_weight: expected 'auto', None or a mapping from label to weight, got "
            f"{class_weight!r}."
        )
    counts = Counter(y)
    if max(counts.values()) <= BALANCED * min(counts.values()):
        return None
    raw = {label: (len(y) / (len(counts) * count)) ** 0.5 for label, count in counts.items()}
    mean = sum(raw[label] * count for label, count in counts.items()) / len(y)
    return {label: weight / mean for label, weight in raw.items()}


def at(values: Sequence, positions: Sequence[int]) -> list:
    """The values at some positions."""
    return [values[position] for position in positions]


def _some(values: Sequence, most: int = 8) -> str:
    shown = ", ".join(str(value) for value in values[:most])
    return shown + (f" and {len(values) - most} more" if len(values) > most else "")


def held_out(x: Sequence, y: Sequence, fraction: float, seed: int) -> tuple[list[int], list[int]]:
    """Positions to learn from and positions held out, drawn at random within each label."""
    inputs = [one if isinstance(one, str) else np.asarray(one) for one in x]
    examples = Examples(kind(x), inputs, [str(label) for label in y], list(range(len(y))))
    kept, held = hold_out(examples, fraction, seed)
    return kept.rows, held.rows
