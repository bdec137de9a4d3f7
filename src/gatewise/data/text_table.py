"""Texts and their labels out of a table."""

import math
from pathlib import Path
from typing import Any

from gatewise.data import columns as pick
from gatewise.data import examples as reasons
from gatewise.data.examples import (
    Examples,
    LeftOut,
    excerpt,
    nothing_left,
    whole_characters,
)
from gatewise.data.tables import open_table


def read_texts(
    path: Path, input: str | None, target: str | None, encoding: str | None, labelled: bool
) -> Examples:
    """Read a table with a text and, when `labelled`, a label in each row."""
    left_out: list[LeftOut] = []
    found: list[tuple[int, Any, Any]] = []
    with open_table(path, encoding) as table:
        choice = pick.choose(path, table.columns, input, target, labelled)
        places = [choice.input] + ([choice.target] if choice.target is not None else [])
        for item in table.rows(places):
            if isinstance(item, LeftOut):
                left_out.append(item)
            else:
                found.append((item[0], item[1][0], item[1][-1]))
        notes = choice.notes + table.notes
        columns = table.columns
    if choice.swap and found:
        found = _told_apart(path, columns, choice, found)
        notes += choice.notes
    examples = _examples(path, found, left_out, notes, labelled)
    examples.columns = pick.named(columns, input=choice.input, target=choice.target)
    if choice.target is not None and (input is None or target is None):
        pick.headerless(path, columns, choice.target, set(examples.labels or []))
    return examples


def _told_apart(
    path: Path, columns: list[str], choice: pick.Choice, found: list[tuple[int, Any, Any]]
) -> list[tuple[int, Any, Any]]:
    """`found` with the labels last, where two columns have names that tell nothing."""
    assert choice.target is not None
    names = (columns[choice.input], columns[choice.target])
    pairs = [names, *((first, second) for _, first, second in found)]
    if pick.decide(path, columns, pairs):
        choice.input, choice.target = choice.target, choice.input
        found = [(row, second, first) for row, first, second in found]
    taken = (columns[choice.input], columns[choice.target])
    choice.notes.append("took column {!r} as input and {!r} as label".format(*taken))
    return found


def _examples(
    path: Path,
    found: list[tuple[int, Any, Any]],
    left_out: list[LeftOut],
    notes: list[str],
    labelled: bool,
) -> Examples:
    inputs: list[str] = []
    labels: list[str] = []
    rows: list[int] = []
    for row, value, target in found:
        label = label_text(target) if labelled else "none asked for"
        reason = _reason(value, label)
        if reason:
            left_out.append(LeftOut(row, reason, excerpt(f"{value} → {target}")))
            continue
        inputs.append(cell_text(value))
        labels.append(str(label))
        rows.append(row)
    left_out.sort(key=lambda item: item.row)
    if not inputs:
        raise nothing_left(str(path), "examples", left_out)
    return Examples(
        "text", inputs, labels if labelled else None, rows, left_out, str(path), notes=notes
    )


def _reason(value: Any, label: str | None) -> str:
    if missing(value) or (isinstance(value, str) and not value.strip()):
        return reasons.EMPTY_INPUT
    if isinstance(value, (list, dict, bytes)):
        return reasons.NOT_TEXT
    if label is None:
        return reasons.NOT_A_LABEL
    return "" if label else reasons.MISSING_LABEL


def missing(value: Any) -> bool:
    """Whether a cell holds nothing: None, or the NaN by which tables mark it."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def cell_text(value: Any) -> str:
    """A cell as text; a number that is whole has no decimals.

    >>> cell_text(3.0), cell_text(True), cell_text("as is ")
    ('3', 'true', 'as is ')
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return whole_characters(str(value))


def label_text(value: Any) -> str | None:
    """A label as text without blanks around it, or None for a list or an object.

    >>> label_text(" ham "), label_text(1.0), label_text(None), label_text(["a"])
    ('ham', '1', '', None)
    """
    if missing(value):
        return ""
    if isinstance(value, (list, dict, bytes)):
        return None
    return cell_text(value).strip()
