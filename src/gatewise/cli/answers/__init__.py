"""How `predict` and `evaluate` answer, a module for each task.

Each module has `FORMATS`, by name how `predict` writes its answers; `inputs(task, texts, source,
reading)`, which gives numbered inputs and what was left out; `answers(task, numbered, given)`;
`evaluate(task, source, reading, form)`; and `example(results)`, the command to try on a new model
and what stands after it. A module may have `look_at(task, texts, source, reading)`, numbered
inputs to look at and the names of their channels, or `look_page(task, asked, page, pictures)`,
which writes a page of the task's own in place of the gates'.
"""

import importlib
from typing import Any


def of(task: str) -> Any:
    """The module for the task of that name."""
    return importlib.import_module(f"{__name__}.{task}")


def own(model: Any, name: str) -> Any:
    """A function that the module of a model's task may have; None if it lacks it, or if the model
    is no task."""
    task = getattr(model, "task", None)
    return getattr(of(task), name, None) if isinstance(task, str) else None
