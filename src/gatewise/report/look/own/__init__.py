"""How a look shows the inputs and the answers of each task, a module of its own here.

`gatewise.report.look.own.TASK` has `shown(task, one, channels)`, the `Shown` of one raw input;
`answered(task, outputs, shown)`, the `Answers` that the network's outputs for it are; and
`PARTS`, whether an answer can be taken apart into what each step brings to it. A Keras model that
is no task has `plain`.
"""

import importlib
import importlib.util
from typing import Any

from gatewise.errors import ArgumentError
from gatewise.tasks.task import Task


def of(model: Any) -> Any:
    """The module for a model.

    Raises: ArgumentError for a task that is not looked into here.
    """
    task = model.task if isinstance(model, Task) else "plain"
    name = f"{__name__}.{task}"
    if importlib.util.find_spec(name) is None:
        raise ArgumentError(
            f"model: a {task} has no page of its gates. gatewise look MODEL shows what it has; "
            "gatewise.record(model.network, inputs) records any network."
        )
    return importlib.import_module(name)
