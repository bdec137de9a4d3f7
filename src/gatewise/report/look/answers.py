"""What a network answered, as its page shows it: one answer to an input, or one at each step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

MOST_CLASSES = 10_000  # a longer vector is no list of classes
SHOWN = 4  # answers of a step
SIGNS = {" ": "␣", "\n": "⏎", "\t": "⇥"}  # tokens that would not be seen


@dataclass(frozen=True)
class Answer:
    """One of the answers that a network gives a probability or a value."""

    name: str
    value: float
    probability: bool
    came: bool = False  # whether the input itself goes on so


@dataclass(frozen=True)
class Answers:
    """What a network answered to one input."""

    whole: list[Answer] = field(default_factory=list)  # to all of it, most probable first
    steps: list[list[Answer]] = field(default_factory=list)  # [T]: at each step, likewise
    asked: str = ""  # what the answer of a step is: "tag of", "next after"

    def told(self, names: Sequence[str]) -> str:
        """The answer on a line: the one to all of the input, else each step's after its name.

        >>> Answers([Answer("spam", 0.98, True)]).told([])
        'spam 98.0%'
        >>> Answers(steps=[[Answer("DET", 0.9, True)], [Answer("NOUN", 0.8, True)]]).told("ab")
        'a/DET b/NOUN'
        """
        if self.whole:
            best = self.whole[0]
            return f"{best.name} {f'{best.value:.1%}' if best.probability else f'{best.value:.4g}'}"
        steps = zip(names, self.steps, strict=False)
        return " ".join(f"{name}/{step[0].name}" for name, step in steps)


def listed(values: np.ndarray, names: Sequence[Any] | None = None) -> list[Answer]:
    """A vector `[K]`, by label where it has some: probabilities from the highest down, other
    values in their order.

    >>> listed(np.array([0.25, 0.75]))[0]
    Answer(name='class 1', value=0.75, probability=True, came=False)
    """
    values = values.astype("float64")
    probability = len(values) > 1 and bool(values.min() >= 0 and abs(values.sum() - 1) < 1e-3)
    word = "class" if probability else "output"
    names = names or [f"{word} {place}" for place in range(len(values))]
    order = np.argsort(-values, kind="stable") if probability else range(len(values))
    return [Answer(str(names[i]), float(values[i]), probability) for i in order]


def at_steps(
    probabilities: np.ndarray,
    name: Callable[[int], str],
    best: Sequence[int] | None = None,
    came: Sequence[int] = (),
) -> list[list[Answer]]:
    """The most probable answers at each step.

    Args:
        probabilities: `[T, K]`.
        name: gives the name of each of the K answers.
        best: the answer that was given at each step, where it need not be the most probable one
            there: it stands first.
        came: what came at each step, for as many steps as are known; it is never left out.

    >>> at_steps(np.array([[0.25, 0.75]]), "AB".__getitem__)[0][0].name
    'B'
    """
    count = min(SHOWN, probabilities.shape[1])
    found = []
    for step, row in enumerate(probabilities):
        order = np.argpartition(-row, count - 1)[:count]
        places = order[np.argsort(-row[order], kind="stable")].tolist()
        if best is not None:
            places = [best[step], *(place for place in places if place != best[step])][:count]
        right = came[step] if step < len(came) else None
        places += [right] * (right is not None and right not in places)
        found.append([Answer(name(i), float(row[i]), True, i == right) for i in places])
    return found
