"""Labels as people write them, and as a network counts them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gatewise.data import Examples
from gatewise.data.splits import hold_out
from gatewise.errors import ArgumentError, DataError
from gatewise.tasks import inputs

# Counts may differ by this factor before rare labels are weighed up, and by this power of their
# rarity: full balancing (power 1) trades too much accuracy for them.
BALANCED = 20
POWER = 0.25


def kind(x: list) -> str:
    """`"text"` for strings, `"series"` for arrays.

    Raises:
        ArgumentError: neither, or nothing at all.
    """
    if len(x) == 0:
        raise ArgumentError("x: expected at least one input, got none.")
    if all(isinstance(one, str) for one in x):
        return "text"
    if all(isinstance(one, np.ndarray | list | tuple) for one in x):
        _refuse_token_ids(x)
        return "series"
    kinds = (str, np.ndarray, list, tuple)
    named = isinstance(x[0], kinds)
    odd = next(one for one in x if not isinstance(one, type(x[0]) if named else kinds))
    raise ArgumentError(
        f"x: expected only strings, or only arrays [steps, channels], got a {type(odd).__name__} "
        f"({str(odd)[:40]!r}). Convert or leave it out."
    )


def _refuse_token_ids(x: list) -> None:
    if all(len(one) and isinstance(one[0], int | np.integer) for one in x):
        raise ArgumentError(
            "x: expected texts, or series [steps, channels], got lists of whole numbers, which "
            "look like token ids. Give the texts themselves; if these are measurements, convert "
            "them to float."
        )


def paired(x: Any, y: Any) -> tuple[list, list]:
    """Inputs and labels as lists of one length.

    Raises:
        ArgumentError: no labels, another number of them, or labels that are not classes.
    """
    x, y = inputs.paired(x, y, "label")
    return x, [plain(label) for label in y]


def plain(label: Any) -> str | int:
    """A label as a string or a whole number, whatever array type it comes in."""
    if isinstance(label, np.generic | np.ndarray) and label.size == 1:
        label = label.item()
    if isinstance(label, str):
        return str(label)
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


def ids(y: Sequence, known: Sequence, name: str = "y") -> np.ndarray:
    """Class ids int32 `[N]`; `name` is the argument that an error names.

    Raises:
        DataError: a label that is not among the `known`.
    """
    positions = {label: position for position, label in enumerate(known)}
    strange = sorted({str(label) for label in y if label not in positions})
    if strange:
        raise DataError(
            f"{name}: expected labels seen in training ({_some(known)}), got also "
            f"{_some(strange)}. Leave those out, or train again with them."
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

    Where a label is more than 20 times as frequent as another, `"auto"` weighs each by the fourth
    root of its rarity, 1 on average over the examples.
    """
    if class_weight is None:
        return None
    if isinstance(class_weight, Mapping):
        table = {plain(label): float(weight) for label, weight in class_weight.items()}
        if not set(table) & set(known) and set(table) <= set(range(len(known))):
            table = {known[int(place)]: weight for place, weight in table.items()}  # as Keras has
        ids(list(table), known, "class_weight")
        return table
    if class_weight != "auto":
        raise ArgumentError(
            f"class_weight: expected 'auto', None or a mapping from label to weight, got "
            f"{class_weight!r}."
        )
    counts = Counter(y)
    if max(counts.values()) <= BALANCED * min(counts.values()):
        return None
    raw = {label: (len(y) / (len(counts) * count)) ** POWER for label, count in counts.items()}
    mean = sum(raw[label] * count for label, count in counts.items()) / len(y)
    return {label: weight / mean for label, weight in raw.items()}


def _some(values: Sequence, most: int = 8) -> str:
    shown = ", ".join(str(value) for value in values[:most])
    return shown + (f" and {len(values) - most} more" if len(values) > most else "")


def held_out(x: list, y: list, fraction: float, seed: int) -> tuple[list[int], list[int]]:
    """Positions to learn from and positions held out, drawn at random within each label."""
    if not 0 < fraction < 1:
        raise ArgumentError(f"validation_split: expected a part between 0 and 1, got {fraction!r}.")
    read = [one if isinstance(one, str) else np.asarray(one) for one in x]
    labels = [str(label) for label in y]
    examples = Examples(kind(x), read, labels, list(range(len(y))), source="validation_split")
    kept, held = hold_out(examples, fraction, seed)
    return kept.rows, held.rows
