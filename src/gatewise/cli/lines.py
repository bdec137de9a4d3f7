"""Texts that a command is given: as arguments, in a file, a line each, or on standard input."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import IO

Numbered = Iterable[tuple[int, str]]


def given_lines(
    texts: tuple[str, ...], source: str | None, encoding: str | None
) -> tuple[Numbered, dict[str, int]] | None:
    """Numbered texts and how many were left out, or None where `source` is no file of lines."""
    if texts == ("-",) or (source or "").lower().endswith(".txt"):
        blank: Counter[str] = Counter()
        return filled_lines(source, encoding, blank), blank
    if not texts:
        return None
    filled = [(place, text) for place, text in enumerate(texts, 1) if text.strip()]
    empty = len(texts) - len(filled)
    return filled, {"empty texts": empty} if empty else {}


def filled_lines(
    source: str | None, encoding: str | None, blank: Counter
) -> Iterator[tuple[int, str]]:
    """The lines of a file or of standard input that hold something, with their numbers."""
    from gatewise.data.opening import existing_file, text_lines

    if source is None:
        yield from _filled(_decoded(sys.stdin.buffer, encoding or "utf-8-sig"), blank)
        return
    with text_lines(existing_file(source), encoding) as lines:
        yield from _filled(lines, blank)


def _filled(lines: Iterable[str], blank: Counter) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(lines, 1):
        if text := line.strip():
            yield number, text
        else:
            blank["empty lines"] += 1


def _decoded(stream: IO[bytes], encoding: str) -> Iterator[str]:
    """The lines of standard input, each as soon as it has come."""
    from gatewise.errors import ArgumentError, DataError

    for number, line in enumerate(stream, 1):
        try:
            yield line.decode(encoding)
        except LookupError:
            raise ArgumentError(
                f"--encoding: {encoding!r} is no encoding that Python knows. Try utf-8 or latin-1."
            ) from None
        except UnicodeDecodeError as error:
            raise DataError(
                f"standard input, line {number}: expected text in {encoding.removesuffix('-sig')}, "
                f"got byte 0x{line[error.start]:02x}. Name its encoding with --encoding."
            ) from None
