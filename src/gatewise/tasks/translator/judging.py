"""How good a translator's answers are while it learns."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np


class Answers(keras.callbacks.Callback):
    """After each epoch answers the validation sources by greedy search, and adds the part of right
    answers to the epoch's metrics as `val_accuracy`.

    Args:
        translator: a `Translator`.
        sources: `[N]`, texts.
        right: for each all that is right, one or more.
    """

    def __init__(self, translator: Any, sources: list[str], right: list[list[str]]):
        super().__init__()
        self.translator, self.sources, self.right = translator, sources, right

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        if logs is not None:
            answers = [one.text for one in self.translator.translate(self.sources, beams=1)]
            logs["val_accuracy"] = accuracy(answers, self.right)


def accuracy(answers: Sequence[str], right: Sequence[Sequence[str]]) -> float:
    """The part of the answers that are right, however many spaces stand between their parts.

    >>> accuracy(["K AE T", "D AO"], [["K  AE T"], ["D AO G"]])
    0.5
    """
    return float(np.mean([
        _spaced(answer) in map(_spaced, one) for answer, one in zip(answers, right, strict=True)
    ]))  # fmt: skip


def grouped(sources: Sequence[str], targets: Sequence[str]) -> tuple[list[str], list[list[str]]]:
    """Each source once, and all its targets.

    >>> grouped(["a", "b", "a"], ["X", "Y", "Z"])
    (['a', 'b'], [['X', 'Z'], ['Y']])
    """
    found: dict[str, list[str]] = {}
    for source, target in zip(sources, targets, strict=True):
        found.setdefault(source, []).append(target)
    return list(found), list(found.values())


def _spaced(text: str) -> str:
    return " ".join(text.split())
