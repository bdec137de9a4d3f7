"""What is known of a named data set."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gatewise.data import convert
from gatewise.data.fetch import Package
from gatewise.settings import cache_folder

BUNDLED = Path(__file__).parent / "bundled"


@dataclass(frozen=True)
class DatasetInfo:
    """One named data set.

    `job` is `text`, `series`, `steps` (series with a label for every step), `tagging`,
    `generation`, `pairs`, `forecast` or `vectors`; `published` is the figure to compare with;
    `train` and `test` are file names, `test` None where there is no official one; `examples`
    counts `(train, test)`, as the files have them.
    """

    name: str
    job: str
    summary: str
    licence: str
    attribution: str
    examples: tuple[int, int]
    classes: int
    train: str = ""
    test: str | None = None
    published: str = ""
    package: Package | None = None
    members: tuple[str, ...] = ()
    build: Callable[[convert.Members, Path], None] | None = None
    reading: dict[str, Any] = field(default_factory=dict)  # how its reader is to be called

    @property
    def folder(self) -> Path:
        """Where its files lie, once they are here."""
        return BUNDLED if self.package is None else cache_folder() / "data" / self.name

    @property
    def here(self) -> bool:
        """Whether it can be used without a network."""
        return self.package is None or self.folder.is_dir()

    @property
    def size(self) -> str:
        """How much is fetched, for a person to read."""
        return "bundled" if self.package is None else f"{self.package.megabytes} MB to fetch"
