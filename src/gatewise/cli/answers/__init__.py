"""How `predict` and `evaluate` answer, a module for each task.

Each module has `FORMATS`, by name how `predict` writes its answers; `inputs(task, texts, source,
reading)`, which gives numbered inputs and what was left out; `answers(task, numbered, given)`;
`evaluate(task, source, reading, form)`; and `example(results)`, the command to try on a new model
and what stands after it.
"""

import importlib
from typing import Any


def of(task: str) -> Any:
    """The module for the task of that name."""
    return importlib.import_module(f"{__name__}.{task}")
