"""Ids of tokens that come apart already: words, characters, tags."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from gatewise.padding import UNKNOWN_ID


class Vocabulary:
    """Token ids by frequency; 0 is padding and 1 stands for every token that was not seen.

    Args:
        tokens: the known tokens, of which the first has id 2.

    >>> vocabulary = Vocabulary.of(["the cat sat".split(), "the dog".split()], min_frequency=2)
    >>> vocabulary.encode(["the", "cat"]).tolist()
    [2, 1]
    """

    def __init__(self, tokens: Sequence[str]):
        self.tokens = tuple(tokens)
        self._ids = {token: place for place, token in enumerate(self.tokens, UNKNOWN_ID + 1)}

    @classmethod
    def of(
        cls, sequences: Iterable[Iterable[str]], size: int = 50_000, min_frequency: int = 1
    ) -> "Vocabulary":
        """The most frequent tokens, at most `size` ids, equal ones in the order of the alphabet."""
        counts = Counter(token for sequence in sequences for token in sequence)
        usual = sorted((token for token, n in counts.items() if n >= min_frequency),
                       key=lambda token: (-counts[token], token))  # fmt: skip
        return cls(usual[: size - UNKNOWN_ID - 1])

    @property
    def size(self) -> int:
        """Number of ids, padding and unknown among them."""
        return len(self.tokens) + UNKNOWN_ID + 1

    def __contains__(self, token: str) -> bool:
        return token in self._ids

    def encode(self, tokens: Sequence[str]) -> np.ndarray:
        """Ids int32 `[T]`."""
        return np.array([self._ids.get(token, UNKNOWN_ID) for token in tokens], "int32")

    def get_config(self) -> dict[str, Any]:
        return {"tokens": list(self.tokens)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Vocabulary":
        return cls(**config)
