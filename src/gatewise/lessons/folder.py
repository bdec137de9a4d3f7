"""The folder of a lesson, and the files in it."""

import json
from pathlib import Path
from typing import Any

from gatewise.errors import DataError
from gatewise.files import write_text
from gatewise.tasks.run_folder import RunFolder


class LessonFolder(RunFolder):
    """`config.json`, `lesson.json` with the results so far, `lesson.html`, and while a network
    trains its `checkpoint.npz`."""

    @property
    def metrics(self) -> Path:
        return self.path / "lesson.json"

    @property
    def report(self) -> Path:
        return self.path / "lesson.html"

    @property
    def finished(self) -> bool:
        return self.metrics.exists() and bool(self.read().get("finished"))

    def clear(self) -> None:
        """Take away what would pass for the state of a lesson that begins."""
        for old in (self.checkpoint, self.metrics):
            old.unlink(missing_ok=True)

    def write(self, results: dict[str, Any]) -> None:
        """Write the results, whole or not at all."""
        write_text(self.metrics, json.dumps(results, indent=1, ensure_ascii=False) + "\n")

    def read(self) -> dict[str, Any]:
        """The results so far.

        Raises: DataError if the file is damaged.
        """
        try:
            found = json.loads(self.metrics.read_text(encoding="utf-8"))
            _ = [(one["cell"], one["length"]) for one in found["networks"]]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DataError(
                f"{self.metrics}: expected the results of a lesson, but they cannot be read "
                f"({error}). Begin again in a new folder."
            ) from error
        return found
