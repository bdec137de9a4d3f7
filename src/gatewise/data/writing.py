"""Texts to learn to write from: one running text, a text a line, or a text a row of a table."""

from pathlib import Path

from gatewise.data.examples import Examples
from gatewise.data.opening import existing_file, form, text_lines
from gatewise.data.reading import read
from gatewise.data.tables import TABLES
from gatewise.errors import DataError


def read_writing(
    path: str | Path,
    *,
    running: bool | None = None,
    input: str | None = None,
    target: str | None = None,
    encoding: str | None = None,
) -> Examples:
    """Read texts from a file; its extension says how.

    A .txt file is one running text; with `running=False` each line that holds something is a text.
    A table (.csv .tsv .tab .jsonl .json .parquet) has a text in each row, and a label where
    `target` names its column; with `running=True` its rows in their order are one running text.

    Args:
        path: the file.
        running: whether the file is one running text; by default a .txt file is.
        input: the column with the text; by default one with a well-known name.
        target: the column with the label to write for; by default none.
        encoding: of a text file; by default UTF-8, or what the byte order mark says.

    Raises:
        DataError: the file is not there, or holds no text.

    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "names.txt"
    >>> _ = path.write_text("Anna\\n\\nHanna\\n")
    >>> read_writing(path).inputs, read_writing(path, running=False).inputs
    (['Anna\\n\\nHanna\\n'], ['Anna', 'Hanna'])
    """
    path = existing_file(path)
    if form(path) != ".txt":
        found = _table(path, input=input, target=target, encoding=encoding)
        if not running:
            return found
        whole = _one("\n".join(found.inputs) + "\n", path)
        whole.left_out, whole.notes = found.left_out, found.notes
        return whole
    with text_lines(path, encoding) as lines:
        rows = [line.replace("\r\n", "\n") for line in lines]
    if not any(row.strip() for row in rows):
        raise DataError(f"{path}: expected a text to learn to write from, got none.")
    if running in (None, True):
        return _one("".join(rows), path)
    kept = [(number, row.strip()) for number, row in enumerate(rows, 1) if row.strip()]
    return Examples(
        "text", [text for _, text in kept], None, [row for row, _ in kept], source=str(path)
    )


def _table(path: Path, *, target: str | None, **options: str | None) -> Examples:
    """The texts in the rows of a table."""
    if form(path) not in TABLES:
        raise DataError(
            f"{path}: expected texts, in a .txt file or a table ({', '.join(TABLES)}), got "
            f"{form(path) or 'no extension'}. Give the file the extension of its format."
        )
    found = read(path, target=target, labelled=target is not None, **options)
    if found.kind != "text":
        raise DataError(
            f"{path}: expected a column of texts, got {found.kind}. Name the column with the text "
            "with --input."
        )
    return found


def _one(text: str, path: Path) -> Examples:
    return Examples("text", [text], None, [1], source=str(path))
