"""What goes into a network, as its page shows it: a text's words, or a series' channels."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gatewise.data.tokens import Piece
from gatewise.report import words

UNITS = {"word": "words", "character": "characters"}  # what the tokens of a text are


@dataclass(frozen=True)
class Shown:
    """One input: as the network takes it, and as a person reads it."""

    title: str
    network: Any  # what the network takes: a batch of this one
    length: int  # T, the steps the network takes
    words: list[Piece] | None = None  # [T] of a text
    series: np.ndarray | None = None  # [T, I] of measurements, as they were given
    channels: list[str] = field(default_factory=list)  # [I]
    notes: list[str] = field(default_factory=list)

    def name(self, step: int) -> str:
        """What stands at a step in time: its word, or its number from 1."""
        return self.words[step].surface or "(nothing)" if self.words else str(step + 1)


def measured(
    values: np.ndarray, network: Any, channels: Sequence[str] | None, notes: Sequence[str] = ()
) -> Shown:
    """A series of measurements `[T, I]`."""
    T, I = values.shape
    names = list(channels or []) or [f"channel {number + 1}" for number in range(I)]
    title = f"series of {words.plural(T, 'step')}"
    return Shown(title, network, T, series=values, channels=names, notes=list(notes))


def series(values: Any, longest: int, network: Any, channels: Sequence[str] | None) -> Shown:
    """A series as a task was given it, up to where its network stops reading."""
    values = np.asarray(values, "float64")
    values = values[:, None] if values.ndim == 1 else values
    cut = cut_short(longest, len(values), "series", "steps") if len(values) > longest else []
    return measured(values[:longest], network, channels, cut)


def cut_short(read: int, there: int, kind: str, unit: str) -> list[str]:
    """Says that a network reads the beginning of an input only."""
    return [
        f"The network reads the first {words.number(read)} of the {kind}'s {words.number(there)} "
        f"{unit}: its max_length."
    ]


def unknown(pieces: Sequence[Piece], seen: str = "the network sees the same in each") -> list[str]:
    """Says how many of a text's tokens are not in the vocabulary, if any, and what is seen of them.

    >>> unknown([Piece("", "you", True), Piece(" ", "xyzzy", False)])
    ['1 token of 2 not in the vocabulary: the network sees the same in each (dotted).']
    """
    count = sum(not piece.known for piece in pieces)
    if not count:
        return []
    told = f"{words.plural(count, 'token')} of {words.number(len(pieces))}"
    return [f"{told} not in the vocabulary: {seen} (dotted)."]
