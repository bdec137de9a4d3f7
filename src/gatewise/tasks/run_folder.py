"""The folder of a training run, and the files in it."""

import contextlib
import csv
import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from gatewise.errors import ArgumentError
from gatewise.files import write_text
from gatewise.tasks.options import RunOptions

LOCK = ".lock"


@dataclass(frozen=True)
class RunFolder:
    """The files of a run."""

    path: Path

    @property
    def options(self) -> Path:
        return self.path / "config.json"

    @property
    def model(self) -> Path:
        return self.path / "model.keras"

    @property
    def metrics(self) -> Path:
        return self.path / "metrics.json"

    @property
    def history(self) -> Path:
        return self.path / "history.csv"

    @property
    def checkpoint(self) -> Path:
        return self.path / "checkpoint.npz"

    @property
    def report(self) -> Path:
        return self.path / "report.html"

    @property
    def data_hash(self) -> Path:
        return self.path / "data.sha256"

    def tidy(self) -> None:
        """Remove what a killed process left half written."""
        for part in self.path.glob(".part-*"):
            part.unlink(missing_ok=True)

    @property
    def finished(self) -> bool:
        """Whether a run has come to its end here; its report may still be missing."""
        return self.metrics.exists() and not self.checkpoint.exists()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other processes from training in the folder; freed however this one ends.

        Raises:
            ArgumentError: a run is going on in it, or it cannot be made.
        """
        self._make()
        lock = FileLock(self.path / LOCK, timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise ArgumentError(
                f"--out {self.path}: expected a folder where nothing is going on, but another "
                "process is training in it. Wait for it, or name another folder."
            ) from None
        except OSError as error:
            raise self._unusable(error) from error
        try:
            yield
        finally:
            (self.path / LOCK).unlink(missing_ok=True)
            lock.release()
            with contextlib.suppress(OSError):
                self.path.rmdir()  # nothing was written, so nothing stays

    def create(self, overwrite: bool = False) -> None:
        """Make the folder, and make sure that it can be written to and that nothing in it would
        be lost.

        Raises:
            ArgumentError: it is there and holds something, or cannot be made or written to.
        """
        self._make()
        try:
            self.tidy()
            if any(one.name != LOCK for one in self.path.iterdir()) and not overwrite:
                raise ArgumentError(
                    f"--out {self.path}: expected a new or empty folder, but it holds files. Name "
                    "another, go on with --resume, or replace what is there with --overwrite."
                )
            with tempfile.TemporaryFile(dir=self.path) as probe:
                probe.write(b"can this be written to?")
        except OSError as error:
            raise self._unusable(error) from error

    def _make(self) -> None:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unusable(error) from error

    def _unusable(self, error: OSError) -> ArgumentError:
        return ArgumentError(
            f"--out {self.path}: expected a folder that can be written to, got: "
            f"{error.strerror}. Name another with --out."
        )

    def begin(self, options: RunOptions, data_hash: str) -> None:
        """Write down what this run is to do, and take away what would pass for its state.

        `config.json` is the first file of a run; with it a later `resume` can do all that was not
        done. The model and the report of an earlier run stay until there are new ones.
        """
        for old in (self.checkpoint, self.metrics, self.history, self.data_hash):
            old.unlink(missing_ok=True)
        options.write(self.options)
        write_text(self.data_hash, data_hash + "\n")

    def write_history(self, history: list[dict[str, float]]) -> None:
        """Write each epoch's metrics as a row."""
        text = io.StringIO()
        writer = csv.DictWriter(text, fieldnames=list(history[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(history)
        write_text(self.history, text.getvalue())
