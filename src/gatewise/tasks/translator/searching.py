"""Batches of sources for a search: few shapes to compile, whatever is asked."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from gatewise.architectures.decoding import Search
from gatewise.data.batches import pad
from gatewise.padding import UNKNOWN_ID

WIDTH = 8  # sources are padded to a multiple of it
ROWS = 64  # most sources searched side by side


class Searches:
    """The searches of one network, each made once; compiled ones are kept for each shape.

    Args:
        network: an `EncoderDecoder`.
        boundary, unwritten: see `Search`.
    """

    def __init__(self, network: Any, boundary: int, unwritten: Sequence[int]):
        self.network, self.boundary, self.unwritten = network, boundary, tuple(unwritten)
        self._made: dict[tuple[int, float], Search] = {}

    def found(
        self, ids: Sequence[np.ndarray], beams: int, length_power: float, rows: int = ROWS
    ) -> list[tuple[np.ndarray, float]]:
        """For each source, ids `[S]`, the tokens written without the end, and their score."""
        search = self._search(beams, length_power)
        answers: list[Any] = [None] * len(ids)
        for members, batch in batches(ids, rows):
            tokens, scores = search.predict_on_batch(batch)
            for row, member in enumerate(members):
                written = tokens[row]
                length = int((written != 0).sum()) - 1
                answers[member] = written[:length], float(scores[row])
        return answers

    def _search(self, beams: int, length_power: float) -> Search:
        key = (beams, length_power)
        if key not in self._made:
            self._made[key] = Search(
                self.network, boundary=self.boundary, beams=beams, length_power=length_power,
                unwritten=self.unwritten,
            )  # fmt: skip
        return self._made[key]


def batches(ids: Sequence[np.ndarray], rows: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Positions of sources of like length, and their ids `[B, S]`: S a multiple of `WIDTH`, B a
    power of two up to `rows`, filled up with sources of one token that nobody asked for.

    >>> for members, batch in batches([np.array([5, 6]), np.array([7]), np.array([8])], rows=64):
    ...     print(members.tolist(), batch.shape)
    [1, 2, 0] (4, 8)
    """
    widths = np.array([-(-len(one) // WIDTH) * WIDTH for one in ids])
    for width in np.unique(widths):
        alike = np.flatnonzero(widths == width)
        alike = alike[np.argsort([len(ids[int(place)]) for place in alike], kind="stable")]
        for start in range(0, len(alike), rows):
            members = alike[start : start + rows]
            wanted = min(rows, 1 << (len(members) - 1).bit_length())
            filling = [np.array([UNKNOWN_ID], "int32")] * (wanted - len(members))
            yield members, pad([*(ids[int(place)] for place in members), *filling], int(width))
