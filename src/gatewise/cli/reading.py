"""Files that a trained model is used on, read as its training file was."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from gatewise import data
from gatewise.data import Examples
from gatewise.data.opening import form
from gatewise.tasks.classifier import Classifier
from gatewise.tasks.preparation import keep_known, known_data_set


def options(classifier: Classifier, given: dict[str, Any]) -> dict[str, Any]:
    """How to read a file: as asked, and else as in training."""
    asked = {name: value for name, value in given.items() if value is not None}
    if isinstance(asked.get("features"), str):
        asked["features"] = [one.strip() for one in asked["features"].split(",")]
    stored = {name: value for name, value in classifier.reading.items() if name != "encoding"}
    return {**stored, **asked}


def labelled(classifier: Classifier, source: str, given: dict[str, Any]) -> tuple[Examples, int]:
    """Labelled examples, and how many were left out for a label that training never saw."""
    examples = named_or(source, lambda: _read(classifier, source, options(classifier, given)))
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
    return _read(classifier, str(source), options(classifier, given) | {"labelled": False})


def _read(classifier: Classifier, source: str, reading: dict[str, Any]) -> Examples:
    """Column names fit tables only; a .ts or .npz file needs none."""
    if form(Path(source)) in (".ts", ".npz"):
        reading = {name: value for name, value in reading.items() if name == "labelled"}
    return data.read(source, **reading)
