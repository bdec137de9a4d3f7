"""Word vectors as text, a word and its numbers a line: GloVe's format, and that of word2vec."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gatewise.data.examples import excerpt
from gatewise.data.opening import open_bytes
from gatewise.errors import DataError


def text_vectors(
    path: Path, needed: set[str] | None = None, frequent: int = 0
) -> Iterator[tuple[str, np.ndarray]]:
    """`(word, vector float32 [D])` of each line; where given, of the `needed` words and of the
    first `frequent` lines alone.

    The first line of word2vec, which counts words and numbers, is passed over.
    """
    size = 0
    with open_bytes(path) as lines:
        for number, line in enumerate(lines, 1):
            bare = line.rstrip(b" \r\n")
            if not bare:
                continue
            count = bare.count(b" ")
            if number == 1:
                _refuse_binary(path, line)
                size = count
                if _is_count(line):
                    size = 0
                    continue
            size = size or count
            if count < max(size, 1):
                raise _ragged(path, number, line, size)
            # Some words of GloVe's larger sets hold blanks: the last D fields are the vector.
            start, *written = bare.rsplit(b" ", size)
            word = start.decode("utf-8", errors="replace")
            if needed is None or number <= frequent or word in needed:
                yield word, _numbers(path, number, line, written)


def _is_count(line: bytes) -> bool:
    fields = line.split()
    return len(fields) == 2 and all(value.isdigit() for value in fields)


def _numbers(path: Path, number: int, line: bytes, written: list[bytes]) -> np.ndarray:
    try:
        vector = np.array(written, dtype=np.float32)
    except ValueError:
        raise DataError(
            f"{path}, line {number}: expected a word and {len(written)} numbers, got "
            f"{excerpt(line.decode('utf-8', 'replace'))}. Put the line right or take it out."
        ) from None
    if not np.isfinite(vector).all():
        raise DataError(f"{path}, line {number}: expected finite numbers. Take the line out.")
    return vector


def _ragged(path: Path, number: int, line: bytes, size: int) -> DataError:
    shown = excerpt(line.decode("utf-8", "replace"))
    wanted = f"a word and {size} numbers as on the lines before" if size else "a word and numbers"
    return DataError(
        f"{path}, line {number}: expected {wanted}, parted by blanks, got {shown!r}. Is the file "
        "whole, and in GloVe or word2vec text format?"
    )


def _refuse_binary(path: Path, line: bytes) -> None:
    if b"\0" in line or path.suffix == ".bin":
        raise DataError(
            f"{path}: expected word vectors as text, got a binary file. Save word2vec vectors in "
            "its text format."
        )
