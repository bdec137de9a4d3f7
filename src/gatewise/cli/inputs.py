"""The inputs that one model is looked into with: texts, or rows of a file."""

from pathlib import Path
from typing import Any, NamedTuple

from gatewise import data
from gatewise.cli import answers
from gatewise.cli.reading import unlabelled
from gatewise.data.opening import existing_file, form, text_lines
from gatewise.errors import ArgumentError, DataError

SHOWN = 8  # row numbers named in a message


class Asked(NamedTuple):
    """What is to be looked at: texts as typed; or a file, numbers of its rows (default the first)
    and options of how to read it."""

    texts: tuple[str, ...]
    source: str | None
    rows: tuple[int, ...]
    reading: dict[str, Any]


def inputs_to_look_at(model: Any, path: Path, asked: Asked) -> tuple[list[Any], list[str] | None]:
    """One or two inputs, and the names of a series' channels where the file has them.

    Args:
        model: a task, or any Keras model.
        path: of the model, for messages.
        asked: texts or rows of a file.
    """
    texts, source, rows, reading = asked
    if look_at := answers.own(model, "look_at"):
        numbered, channels = look_at(model, texts, source, reading)
        found = dict(numbered)
        given = list(found.values())
        if texts:
            return typed(texts, given), channels
        return rows_of(Path(str(source)), list(found), given, rows), channels
    encoder = getattr(model, "encoder", None)
    reading = {name: value for name, value in reading.items() if name != "label"}
    if texts:
        if encoder is None:
            raise ArgumentError(
                f"{path}: a plain Keras model has no vocabulary, so it cannot read a text. Give "
                "its encoded input with --file x.npz: an array x, [N, T] token ids or [N, T, I]."
            )
        if encoder.kind != "text":
            raise ArgumentError("This model reads series of measurements: give them with --file "
                                "(.ts, .npz or a long table).")  # fmt: skip
        return list(texts), None
    file = existing_file(str(source))
    if encoder is not None and encoder.kind == "text" and form(file) == ".txt":
        lines = _lines(file, reading.get("encoding"))
        return rows_of(file, list(lines), list(lines.values()), rows), None
    if encoder is None and form(file) != ".npz":
        raise ArgumentError(
            f"{path}: a plain Keras model takes encoded input: give --file x.npz, an array x, "
            f"[N, T] token ids or [N, T, I]; got {file.name}."
        )
    examples = (
        unlabelled(model, file, reading) if encoder is not None
        else data.read(file, labelled=False)
    )  # fmt: skip
    return rows_of(file, examples.rows, examples.inputs, rows), examples.channels


def typed(texts: tuple[str, ...], found: list[Any]) -> list[Any]:
    """The inputs of the texts that were typed, of which none may be empty."""
    if len(found) < len(texts):
        raise ArgumentError("TEXTS: expected a text to look at, got an empty one. Give another.")
    return found


def _lines(file: Path, encoding: str | None) -> dict[int, str]:
    """The lines that hold something, by their numbers."""
    with text_lines(file, encoding) as lines:
        return {number: text for number, line in enumerate(lines, 1) if (text := line.strip())}


def rows_of(file: Path, numbers: list[int], inputs: list[Any], rows: tuple[int, ...]) -> list[Any]:
    """The inputs of those rows; the first one where none is named."""
    if not inputs:
        raise DataError(f"{file}: expected a text in a line, got empty lines only.")
    found = dict(zip(numbers, inputs, strict=True))
    for row in rows:
        if row not in found:
            known = ", ".join(map(str, numbers[:SHOWN])) + ", …" * (len(numbers) > SHOWN)
            raise ArgumentError(
                f"--row: {file.name} has no usable row {row}. Its rows, as gatewise predict "
                f"numbers them: {known} (the last {numbers[-1]})."
            )
    return [found[row] for row in rows or numbers[:1]]
