"""What a training run was asked to do: plain data that is written beside its results."""

import dataclasses
import json
from pathlib import Path
from typing import Any

from gatewise.errors import ArgumentError
from gatewise.files import write_text


@dataclasses.dataclass(frozen=True)
class RunOptions:
    """All that decides what a run does; with the same data and versions, the same weights.

    Args:
        data: a file, or the name of a data set.
        reading: how the file is read: `input`, `target`, `id`, `time`, `features`, `encoding`.
        test: a file with the test examples; by default the set's official test part, or else
            `holdout` of the data.
        holdout: part of the data held out for the test, 0 to 0.9; default 0.2. With 0 there is no
            test.
        validation: part of the rest on which the best epoch is chosen; default 0.1.
        model: arguments of the task, of `Classifier` for instance.
        epochs: most epochs; by default as many as the size of the data asks for.
        batch_size: examples in a batch; by default as many as the size of the data asks for.
        patience: epochs without improvement after which training stops; default half of them.
        class_weight: `"auto"` or None.
        task: what is learned, one of `gatewise.tasks.kinds`; default `"classifier"`.

    Raises:
        ArgumentError: a part is out of its range.
    """

    data: str
    reading: dict[str, Any] = dataclasses.field(default_factory=dict)
    test: str | None = None
    holdout: float = 0.2
    validation: float = 0.1
    model: dict[str, Any] = dataclasses.field(default_factory=dict)
    epochs: int | None = None
    batch_size: int | None = None
    patience: int | None = None
    class_weight: str | None = "auto"
    task: str = "classifier"

    def __post_init__(self) -> None:
        for name in ("holdout", "validation"):
            if not 0 <= getattr(self, name) <= 0.9:
                raise ArgumentError(
                    f"{name}: expected a part from 0 to 0.9, got {getattr(self, name)}."
                )
        for name in ("epochs", "batch_size", "patience"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ArgumentError(f"{name}: expected a whole number above 0, got {value}.")

    @property
    def seed(self) -> int:
        return self.model.get("seed", 0)

    def write(self, path: Path) -> None:
        """Write the options as JSON."""
        write_text(path, json.dumps(dataclasses.asdict(self), indent=2) + "\n")
