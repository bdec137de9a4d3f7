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
        _check_row(row, words)
        if not hasattr(tags, "__len__"):
            raise ArgumentError(
                f"row {row}: expected a list of tags, got {tags!r}. Give one for each step."
            )
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


def _check_row(row: int, words: Any) -> None:
    """Raise an `ArgumentError` unless words are texts; a row of numbers is left to the scaler."""
    if isinstance(words, str):
        return  # told with what to do about it
    sequence = isinstance(words, list | tuple) or hasattr(words, "__array__")
    if not sequence or getattr(words, "shape", None) == () or len(words) == 0:
        raise ArgumentError(
            f"row {row}: expected a list of words, or a series of one step or more, got {words!r}."
        )
    texts = [isinstance(word, str) for word in words]
    if any(texts) and not all(texts):
        wrong = list(words)[texts.index(False)]
        raise ArgumentError(
            f"row {row}: expected words, each a text, got {wrong!r} among them. Make it a text: "
            "str(word)."
        )


def check_sentences(x: list) -> None:
    """Raise an `ArgumentError` unless every input is a list of words."""
    for row, words in enumerate(x):
        _check_row(row, words)
        if isinstance(words, str) or not isinstance(next(iter(words)), str):
            raise ArgumentError(
                f"x: expected sentences as lists of words, got {words!r:.60}. Split it into words."
            )


def check_series(x: list) -> None:
    """Raise an `ArgumentError` at an input without steps; the scaler checks all else."""
    for row, one in enumerate(x):
        _check_row(row, one)


def sentences(
    x: list, words: Vocabulary, spelling: Vocabulary | None, most: int
) -> list[list[np.ndarray]]:
    """For each input of the network a row a sentence, unpadded: word ids `[T]`, and with
    `spelling` the ids of at most `most` characters of each word `[T, most]`."""
    check_sentences(x)
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
