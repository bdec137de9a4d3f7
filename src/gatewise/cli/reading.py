"""Files that a trained model is used on, read as its training file was."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from gatewise import data
from gatewise.data import Examples
from gatewise.data.opening import form
from gatewise.data.tables import TABLES, column_names
from gatewise.errors import DataError
from gatewise.tasks.classifier import Classifier
from gatewise.tasks.preparation import keep_known, known_data_set


def as_in_training(
    task: Any, source: str | Path, given: dict[str, Any], *names: str
) -> dict[str, Any]:
    """How to read a file: as asked, else as training was asked, and else by the columns that
    training read, where the file has them.

    Args:
        task: the trained task.
        source: the file.
        given: what the command line asks for; None where it does not.
        names: the options that there are; all by default.
    """
    asked = {name: value for name, value in given.items() if value is not None}
    if isinstance(asked.get("features"), str):
        asked["features"] = [one.strip() for one in asked["features"].split(",")]
    stored = {name: value for name, value in task.reading.items() if name != "encoding"}
    stored = {name: value for name, value in stored.items() if value is not None}
    read = there(task.columns, Path(source), asked.get("encoding"))
    said = [*stored.values(), *asked.values()]
    taken = {name: column for name, column in read.items() if column not in said}
    found = {**taken, **stored, **asked}
    return {name: value for name, value in found.items() if not names or name in names}


def there(columns: dict[str, str], path: Path, encoding: str | None) -> dict[str, str]:
    """Those of the columns, by what they are read as, that a file has in any letters."""
    if form(path) not in TABLES or not path.is_file():
        return {}
    try:
        names = {name.strip().lower() for name in column_names(path, encoding)}
    except DataError:  # told when it is read
        return {}
    return {what: name for what, name in columns.items() if name.strip().lower() in names}


def labelled(classifier: Classifier, source: str, given: dict[str, Any]) -> tuple[Examples, int]:
    """Labelled examples, and how many were left out for a label that training never saw."""
    reading = as_in_training(classifier, source, given)
    examples = named_or(source, lambda: _read(classifier, source, reading))
    kept = keep_known(examples, set(classifier.labels))
    return kept, len(examples) - len(kept)


def named_or(source: str, read: Callable[[], Examples]) -> Examples:
    """What a model is scored on: of a named set its official test part, where it has one, and of a
    file what `read` gives."""
    if not known_data_set(source):
        return read()
    train, test = data.load(source)
    return test or train


def unlabelled(classifier: Classifier, source: Path, given: dict[str, Any]) -> Examples:
    """Examples to predict on; labels, if the file has some, are not looked at."""
    reading = as_in_training(classifier, source, given)
    return _read(classifier, str(source), {**reading, "labelled": False})


def _read(classifier: Classifier, source: str, reading: dict[str, Any]) -> Examples:
    """Column names fit tables only; a .ts or .npz file needs none."""
    if form(Path(source)) in (".ts", ".npz"):
        reading = {name: value for name, value in reading.items() if name == "labelled"}
    return data.read(source, **reading)
