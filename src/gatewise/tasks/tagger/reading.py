"""Raw sentences, their words and characters as ids; and whether every step has its tag."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gatewise.data.vocabulary import Vocabulary
from gatewise.errors import ArgumentError


def is_text(x: list) -> bool:
    """Whether inputs are sentences, lists of words, rather than series.

    >>> is_text([["a", "word"]]), is_text([np.zeros((5, 2))])
    (True, False)
    """
    return isinstance(x[0], list | tuple) and isinstance(x[0][0], str)


def check_rows(x: list, y: Any) -> None:
    """Raise an `ArgumentError` unless every word, or step of a series, has its tag."""
    for row, (words, tags) in enumerate(zip(x, y, strict=True)):
        if isinstance(words, str) or isinstance(tags, str):
            raise ArgumentError(
                f"row {row}: expected a list of words and a list of tags, got one text. Split "
                "it into words first."
            )
        if len(words) != len(tags) and not isinstance(words[0], str):
            raise ArgumentError(
                f"series {row}: expected a label for each step, got {len(words)} steps but "
                f"{len(tags)} labels."
            )
        if len(words) != len(tags):
            raise ArgumentError(
                f"row {row}: expected a tag for each word, got {len(words)} words but "
                f"{len(tags)} tags."
            )


def sentences(
    x: list, words: Vocabulary, spelling: Vocabulary | None, most: int
) -> list[list[np.ndarray]]:
    """For each input of the network a row a sentence, unpadded: word ids `[T]`, and with
    `spelling` the ids of at most `most` characters of each word `[T, most]`."""
    wrong = next((one for one in x if isinstance(one, str) or len(one) == 0), None)
    if wrong is not None:
        raise ArgumentError(
            f"x: expected sentences as lists of words, got {wrong!r}. Split it into words."
        )
    rows = [[words.encode([word.lower() for word in one]) for one in x]]
    if spelling is not None:
        rows.append([spelled(one, spelling, most) for one in x])
    return rows


def spelled(words: Sequence[str], spelling: Vocabulary, most: int) -> np.ndarray:
    """Character ids int32 `[T, most]`; of a long word both ends.

    >>> spelled(["abcdef", "a"], Vocabulary.of(["abcdef"]), 4).tolist()
    [[2, 3, 6, 7], [2, 0, 0, 0]]
    >>> spelled(["abcdef"], Vocabulary.of(["abcdef"]), 1).tolist()
    [[2]]
    """
    head = most - most // 2
    ids = np.zeros((len(words), most), "int32")
    for place, word in enumerate(words):
        ends = word if len(word) <= most else word[:head] + word[len(word) - most // 2 :]
        ids[place, : len(ends)] = spelling.encode(ends)
    return ids
