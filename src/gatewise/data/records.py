"""Records of a delimited text file, streamed, with broken quotes put right line by line.

The `csv` module reads a quote that is never closed as one field that holds the rest of the
file. Here the lines taken that way are given back and read one by one.
"""

import csv
from collections import deque
from collections.abc import Iterator

# `csv` refuses longer fields; 2³¹ - 1 is the most that fits a C long on every platform.
FIELD_LIMIT = 2**31 - 1
_SEEN_LENGTH, _SEEN_MOST = 40, 1000


class Records:
    """Iterates over `(line number, fields)`; blank lines are passed over.

    `repaired` lists the lines whose quotes were not closed, `null_bytes` those that held some.

    >>> lines = ['label,text\\n', 'ham,"never closed\\n', 'spam,win\\n']
    >>> list(Records(iter(lines), ","))
    [(1, ['label', 'text']), (2, ['ham', '"never closed']), (3, ['spam', 'win'])]
    """

    def __init__(self, lines: Iterator[str], delimiter: str):
        self._lines = lines
        self._delimiter = delimiter
        self._given_back: deque[str] = deque()
        self._number = 0
        self._width = 0
        self._seen: list[set[str]] = []
        self.repaired: list[int] = []
        self.null_bytes: list[int] = []

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        while (line := self._take()) is not None:
            if not line.strip():
                continue
            start = self._number
            fields = self._fields(line)
            if not self._width:
                self._width = len(fields)
                self._seen = [set() for _ in fields]
            else:
                self._remember(fields)
            yield start, fields

    def _take(self) -> str | None:
        line = self._given_back.popleft() if self._given_back else next(self._lines, None)
        if line is None:
            return None
        self._number += 1
        if "\0" in line:
            self.null_bytes.append(self._number)
            line = line.replace("\0", "")
        return line

    def _give_back(self, lines: list[str]) -> None:
        self._given_back.extendleft(reversed(lines))
        self._number -= len(lines)

    def _fields(self, line: str) -> list[str]:
        bare = line.rstrip("\r\n")
        if '"' not in bare:
            return bare.split(self._delimiter)
        start, taken = self._number, [line]
        fields = self._strict(line, taken)
        if len(taken) > 1 and (fields is None or self._swallowed_rows(fields, taken[1:], bare)):
            self._give_back(taken[1:])
            self.repaired.append(start)
            fields = None
        if fields is None or (self._width and len(fields) != self._width and len(taken) == 1):
            return self._loose(bare, fields)
        return fields

    def _strict(self, line: str, taken: list[str]) -> list[str] | None:
        """The fields of the record that begins with `line`, further lines added to `taken`."""

        def feed() -> Iterator[str]:
            yield line
            while (following := self._take()) is not None:
                taken.append(following)
                yield following

        try:
            return next(csv.reader(feed(), delimiter=self._delimiter, strict=True))
        except csv.Error:
            return None

    def _loose(self, bare: str, strict: list[str] | None) -> list[str]:
        """One line whose quotes are not as they should be: the reading that fits the header."""
        plain = bare.split(self._delimiter)
        lenient = next(csv.reader([bare], delimiter=self._delimiter))
        spaced = next(csv.reader([bare], delimiter=self._delimiter, skipinitialspace=True))
        for fields in (plain, lenient, spaced):
            if len(fields) == self._width:
                return fields
        return strict or lenient

    def _swallowed_rows(self, fields: list[str], lines: list[str], opener: str) -> bool:
        """Whether a field over several lines holds what were rows of their own.

        They were when the record no longer fits the header, or when the lines fit it one by
        one and repeat, in some column, values that stood there before.
        """
        if self._width and len(fields) != self._width:
            return True
        if self._width < 2:
            return False
        inner = [line.rstrip("\r\n").split(self._delimiter) for line in lines if line.strip()]
        if any(len(values) != self._width for values in inner):
            return False
        first = opener.split(self._delimiter)
        for column, seen in enumerate(self._seen):
            known = seen | set(first[column : column + 1])
            if 2 * sum(values[column] in known for values in inner) >= max(len(inner), 1):
                return True
        return False

    def _remember(self, fields: list[str]) -> None:
        for seen, value in zip(self._seen, fields, strict=False):
            if 0 < len(value) <= _SEEN_LENGTH and len(seen) < _SEEN_MOST:
                seen.add(value)


def delimiter_of(header: str, expected: str) -> str:
    """What parts the columns: `expected` where it stands in the header, else the most frequent.

    >>> delimiter_of("text;label", ",")
    ';'
    """
    bare = "".join(header.split('"')[::2])
    if expected in bare:
        return expected
    found = max(",;\t|", key=bare.count)
    return found if found in bare else expected
