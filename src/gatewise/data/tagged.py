"""Read sentences whose words carry tags: CoNLL-U, CoNLL columns, `word/TAG` text, JSON lines."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from gatewise.data.dates import rare
from gatewise.data.examples import (
    BROKEN,
    NO_TAG,
    NO_WORDS,
    RAGGED,
    UNEQUAL,
    Examples,
    LeftOut,
    counted,
    excerpt,
    nothing_left,
)
from gatewise.data.opening import existing_file, form, text_lines
from gatewise.errors import ArgumentError

Row = tuple[int, Any]  # the line a sentence begins on, and what stands there

# Where an object of JSON holds its words and its tags: the first of these that is there.
WORD_KEYS = ("words", "tokens")
TAG_KEYS = ("tags", "ner_tags", "pos_tags", "upos", "labels")
LINES = 50  # of a text that are looked at to see what it is
PROPERTY = re.compile(r"#\s*[\w.:-]+\s*=")  # "# sent_id = 1"
DOCUMENT = re.compile(r"#(begin|end)( document\b.*)?\s*")


def read_tagged(
    path: str | Path, *, encoding: str | None = None, labelled: bool = True
) -> Examples:
    """Read tagged sentences; the file's extension says how.

    | extension | what is read |
    | --- | --- |
    | .conllu | CoNLL-U: the words in the second column, the universal tags in the fourth |
    | .conll .bio .iob .iob2 .tags | columns: the word first, its tag last; blank lines between |
    | .jsonl .ndjson | an object a line: `{"words": [...], "tags": [...]}` |
    | .txt .pos | a sentence a line, each word as `word/TAG` |

    In JSON the words may be called `tokens` too, and the tags `ner_tags`, `pos_tags`, `upos` or
    `labels`; tags may be whole numbers, which are read as texts. Comments at the head of a sentence
    (`# sent_id = 1`) and the marks of a document (`#begin document`) are no words. What cannot
    be used is left out and listed in `Examples.left_out`.

    Args:
        path: the file.
        encoding: by default UTF-8, or what the byte order mark says.
        labelled: whether tags are expected; without, they are not looked at.

    Returns: examples whose inputs are lists of words and whose labels are lists of tags.

    Raises:
        ArgumentError: another extension.
        DataError: the file is missing, or nothing in it can be used.
    """
    path = existing_file(path)
    if form(path) not in READERS:
        raise ArgumentError(
            f"{path}: expected {'tagged ' * labelled}sentences in one of {', '.join(READERS)}, got "
            f"{form(path) or 'no extension'}. Name the file after what is in it; a table holds "
            "series, which a tagger of words does not read."
        )
    words, tags, rows, left_out = [], [], [], []
    with text_lines(path, encoding) as lines:
        for row, found in READERS[form(path)](lines):
            if isinstance(found, str):
                left_out.append(LeftOut(row, found))
                continue
            if reason := _wrong(found[0], found[1], labelled):
                left_out.append(LeftOut(row, reason, _told(found[0])))
                continue
            rows.append(row)
            words.append(found[0])
            tags.append(found[1])
    if not words:
        raise nothing_left(str(path), "tagged sentences", left_out, where="")
    return Examples(
        "sentences", words, tags if labelled else None, rows, left_out, source=path.name
    )


def _wrong(words: Any, tags: Any, labelled: bool) -> str | None:
    """Why a sentence cannot be used."""
    if not isinstance(words, list) or not all(isinstance(one, str) for one in words):
        return f"{BROKEN}: words are no list of texts (in JSON, under {' or '.join(WORD_KEYS)})"
    if not words or not all(word.strip() for word in words):
        return NO_WORDS
    if not labelled:
        return None
    if isinstance(tags, _Ragged):
        return str(tags)
    if not isinstance(tags, list):
        return f"{NO_TAG}: in JSON, a list is expected under one of {', '.join(TAG_KEYS)}"
    if len(words) != len(tags):
        return f"{UNEQUAL}: {counted(len(words), 'word')} but {counted(len(tags), 'tag')}"
    return None if all(isinstance(tag, str) and tag for tag in tags) else NO_TAG


def _told(words: Any) -> str:
    return excerpt(" ".join(map(str, words)) if isinstance(words, list) else words)


def _blocks(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """The lines between blank ones, with the number of the first."""
    block: list[str] = []
    start = 1
    for number, line in enumerate(lines, 1):
        line = line.rstrip("\r\n")
        if line.strip():
            start = start if block else number
            block.append(line)
        elif block:
            yield start, block
            block = []
    if block:
        yield start, block


def _conllu(lines: Iterable[str]) -> Iterator[Row]:
    """Ranges (1-2) and empty nodes (8.1) are no words of the sentence."""
    for start, block in _blocks(lines):
        lines = [line for line in block if not line.startswith("#")]
        rows = [row for row in (line.split("\t") for line in lines) if row[0].isdigit()]
        short = next((row for row in rows if len(row) != 10), None)
        if not rows and any(line.split()[0].isdigit() for line in lines):
            yield start, f"{BROKEN}: expected ten columns with tabs between them, got spaces"
        elif short:
            yield start, f"{BROKEN}: expected ten columns, got {len(short)}"
        else:
            # An underscore says that the tag is not given.
            tags = ["" if row[3] == "_" and row[1] != "_" else row[3] for row in rows]
            yield start, ([row[1] for row in rows], tags)


class _Ragged(str):
    """Why a sentence's columns say no tags; stands in the place of these."""


def _columns(lines: Iterable[str]) -> Iterator[Row]:
    sentences = [(start, _rows(start, block)) for start, block in _blocks(lines)]
    widths = Counter(len(cells) for _, rows in sentences for cells in rows.values())
    usual = _most(widths) if widths else 0
    slips = widths and rare(widths.total() - widths[usual], widths.total())
    for start, rows in sentences:
        if rows:
            width = usual if slips else _most(Counter(map(len, rows.values())))
            yield start, ([row[0] for row in rows.values()], _last_column(rows, width))


def _rows(start: int, block: list[str]) -> dict[int, list[str]]:
    """The cells of each word of a sentence, by the number of its line."""
    words = _without_comments(list(enumerate(block, start)))
    rows = {number: _cells(line) for number, line in words}
    return {number: row for number, row in rows.items() if row and row[0] != "-DOCSTART-"}


def _most(widths: Counter[int]) -> int:
    """The number of columns that most rows have; of two as frequent, the larger."""
    return max(widths, key=lambda width: (widths[width], width))


def _last_column(rows: dict[int, list[str]], width: int) -> list[str] | _Ragged:
    """The tag of each word; cells that are empty may stand beyond `width`."""
    for number, cells in rows.items():
        while len(cells) > width and not cells[-1]:
            cells.pop()
        if len(cells) != width:
            told = counted(len(cells), "column")
            return _Ragged(f"{RAGGED}: row {number}: {told} where the other words have {width}")
    return [cells[-1] for cells in rows.values() if width > 1]


def _cells(line: str) -> list[str]:
    return line.rstrip(" ").split("\t" if "\t" in line else None)


def _without_comments(block: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """A sentence's numbered lines without the marks of a document and the comments at its head.

    A word "#" has as many columns as the other words; a comment seldom has.

    >>> _without_comments(list(enumerate(["# text = a", "# said twice", "a X", "# Y"], 1)))
    [(3, 'a X'), (4, '# Y')]
    """
    lines = [one for one in block if not DOCUMENT.fullmatch(one[1])]
    head = next((at for at, one in enumerate(lines) if not one[1].startswith("# ")), len(lines))
    columns = {len(_cells(line)) for _, line in lines[head:]}
    words = [(number, line) for number, line in lines[:head]
             if not PROPERTY.match(line) and len(_cells(line)) in columns]  # fmt: skip
    return words + lines[head:]


def slashed_tokens(path: Path, encoding: str | None) -> list[tuple[str, str]]:
    """What stands before and after the last slash of each token of a text's first lines."""
    with text_lines(path, encoding, "replace") as lines:
        tokens = [token.rpartition("/") for line in islice(lines, LINES) for token in line.split()]
    return [(word, tag) for word, _, tag in tokens]


def _slashed(lines: Iterable[str]) -> Iterator[Row]:
    for number, line in enumerate(lines, 1):
        parts = [token.rpartition("/") for token in line.split()]
        if parts:
            yield (
                number,
                (
                    [word if mark else tag for word, mark, tag in parts],
                    [tag for _, mark, tag in parts if mark],
                ),
            )


def _json_lines(lines: Iterable[str]) -> Iterator[Row]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            yield number, (_first(record, WORD_KEYS), _as_texts(_first(record, TAG_KEYS)))
        except (ValueError, AttributeError, RecursionError):
            yield number, f"{BROKEN}: expected a JSON object"


def _first(record: dict[str, Any], keys: Iterable[str]) -> Any:
    return next((record[key] for key in keys if key in record), None)


def _as_texts(tags: Any) -> Any:
    """Whole numbers among tags as texts; all else as it is."""
    if not isinstance(tags, list):
        return tags
    return [str(tag) if type(tag) is int else tag for tag in tags]


# Extensions that only tagged sentences have, and those that other files have too.
OWN = {
    ".conllu": _conllu,
    **dict.fromkeys((".conll", ".bio", ".iob", ".iob2", ".tags"), _columns),
    ".pos": _slashed,
}
READERS = {**OWN, **dict.fromkeys((".jsonl", ".ndjson"), _json_lines), ".txt": _slashed}
