"""How `predict` and `evaluate` answer, a module for each task.

Each module has `FORMATS`, by name how `predict` writes its answers; `inputs(task, texts, source,
reading)`, which gives numbered inputs and what was left out; `answers(task, numbered, given)`; and
`evaluate(task, source, reading, form)`.
"""

import importlib
from typing import Any


def of(task: Any) -> Any:
    """The module for a loaded task."""
    return importlib.import_module(f"{__name__}.{task.task}")
