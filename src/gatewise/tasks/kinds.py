"""The table of tasks: what a run and the command line need to know of each."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gatewise.errors import ArgumentError

# Task: the package that has its KIND, imported only when it is asked for.
PACKAGES = {
    "classifier": "gatewise.tasks.classifier.kind",
    "forecaster": "gatewise.tasks.forecaster.kind",
    "generator": "gatewise.tasks.generator.kind",
    "tagger": "gatewise.tasks.tagger.kind",
    "translator": "gatewise.tasks.translator.kind",
}


@dataclass(frozen=True)
class Kind:
    """One task.

    `model` is its `Task`; `prepare(options, say)` gives the `Parts` of a run; `results(task,
    parts, options)` what is the task's own in `metrics.json`.
    """

    name: str
    model: type
    prepare: Callable[..., Any]
    results: Callable[..., dict[str, Any]]


def kind(name: str) -> Kind:
    """The task called `name`.

    >>> kind("classifier").model.__name__
    'Classifier'
    """
    if name not in PACKAGES:
        raise ArgumentError(f"task: expected one of {', '.join(PACKAGES)}, got {name!r}.")
    return importlib.import_module(PACKAGES[name]).KIND


def registered() -> set[str]:
    """The names under which Keras knows the tasks in a file."""
    return {f"gatewise>{name.capitalize()}" for name in PACKAGES}
