"""What the lesson was asked to do: plain data that is written beside its results."""

import dataclasses
import json
from pathlib import Path
from typing import Any

from gatewise.errors import ArgumentError, DataError
from gatewise.files import write_text

CELLS = ("simple_rnn", "gru", "lstm")
SHORTEST, LONGEST = 4, 100_000  # steps of a sequence
ROUND = 50  # training steps between two looks at the validation examples


@dataclasses.dataclass(frozen=True)
class LessonOptions:
    """All that decides what the lesson does; with the same versions, the same numbers.

    Args:
        lengths: T of each experiment, each 4 to 100,000, none twice. Default: 50, 100, 200, 400.
        cells: of `"simple_rnn"`, `"gru"`, `"lstm"`, none twice. Default: all three.
        seed: of the weights and the examples, 0 or more. Default: 0.
        steps: the budget of every network: training steps at most; counted in rounds of 50, a part
            of a round being a whole one. Default: 3,000.
        units: U. Default: 32.
        batch_size: B, fresh examples in each training step. Default: 32.
        learning_rate: Adam's. Default: 0.005.

    Raises:
        ArgumentError: an argument is out of its range.

    Example:
        >>> LessonOptions(lengths=(50,), steps=120).rounds
        3
    """

    lengths: tuple[int, ...] = (50, 100, 200, 400)
    cells: tuple[str, ...] = CELLS
    seed: int = 0
    steps: int = 3_000
    units: int = 32
    batch_size: int = 32
    learning_rate: float = 5e-3

    def __post_init__(self) -> None:
        # From JSON and from Python lists too; frozen, so by way of object.
        object.__setattr__(self, "lengths", tuple(self.lengths))
        object.__setattr__(self, "cells", tuple(self.cells))
        _check_list("lengths", self.lengths, f"steps from {SHORTEST} to {LONGEST:,}",
                    lambda one: isinstance(one, int) and SHORTEST <= one <= LONGEST)  # fmt: skip
        _check_list("cells", self.cells, f"of {', '.join(CELLS)}", lambda one: one in CELLS)
        least = {"seed": 0, "steps": 1, "units": 1, "batch_size": 1}
        for name, low in least.items():
            value = getattr(self, name)
            if not isinstance(value, int) or value < low:
                raise ArgumentError(f"{name}: expected a whole number from {low}, got {value!r}.")
        if not 0 < self.learning_rate < 1:
            raise ArgumentError(
                f"learning_rate: expected a number between 0 and 1, got {self.learning_rate!r}."
            )

    @property
    def rounds(self) -> int:
        """The budget in rounds."""
        return -(-self.steps // ROUND)

    @property
    def plan(self) -> list[tuple[int, str]]:
        """The networks to train, as (length, cell), the short sequences first."""
        return [(length, cell) for length in sorted(self.lengths) for cell in self.cells]

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return dataclasses.asdict(self) | {"lengths": [*self.lengths], "cells": [*self.cells]}

    def write(self, path: Path) -> None:
        """Write the options as JSON."""
        write_text(path, json.dumps(self.plain(), indent=2) + "\n")

    @classmethod
    def read(cls, path: Path) -> "LessonOptions":
        """The options of a lesson that was begun.

        Raises: DataError if the file cannot be read as such.
        """
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise DataError(
                f"{path}: expected the options of a lesson, but it cannot be used ({error}). "
                "Begin again in a new folder."
            ) from error


def _check_list(name: str, values: tuple, expected: str, fits) -> None:
    wrong = [one for one in values if not fits(one)]
    if not values or wrong or len(set(values)) < len(values):
        got = f"{wrong[0]!r}" if wrong else f"{', '.join(map(str, values)) or 'none'}"
        raise ArgumentError(f"{name}: expected one or more {expected}, none twice, got {got}.")
