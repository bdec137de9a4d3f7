"""The results of a run, as plain data: what the report shows and `metrics.json` holds."""

import datetime
import platform
import shlex
from collections import Counter
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras

from gatewise import layers
from gatewise.tasks.kinds import Kind
from gatewise.tasks.options import RunOptions
from gatewise.tasks.preparation import Parts
from gatewise.tasks.task import Task
from gatewise.tasks.training import Checkpoint

LEFT_OUT_ROWS = 200
PACKAGES = ("gatewise", "keras", "jax", "numpy", "tokenizers", "scikit-learn")


def results(
    task: Task,
    kind: Kind,
    parts: Parts,
    options: RunOptions,
    checkpoint: Checkpoint,
    epochs: int,
    stopped: str,
    resumed: int = 0,
) -> dict[str, Any]:
    """Evaluate a trained task and gather all that is worth telling of its run.

    What is the task's own comes from its `Kind.results`: `kind` of the inputs, `title`,
    `measures` (those of `test` and of `baselines` that are shown, the chief one first), `test`,
    `baselines`, more of `data` and of `model`, and what only its report knows.
    """
    own = kind.results(task, parts, options)
    name = Path(options.data).name
    return {
        "gatewise": version("gatewise"),
        "task": kind.name,
        **own,
        "title": f"{name}: {own['title']}",
        "date": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
        "notes": notes(parts) + _cut(own.get("data", {}).get("lengths")) + own.get("notes", []),
        "data": _data(parts, options) | own.get("data", {}),
        "model": _model(task) | own.get("model", {}),
        "training": _training(options, checkpoint, epochs, stopped, resumed)
        | {"monitor": task.monitor}
        | own.get("training", {}),
        "reproduce": _reproduce(options),
    }


def notes(parts: Parts) -> list[str]:
    """What a reader should know before trusting the figures."""
    found = list(parts.notes)
    if parts.test is None and parts.validation is not None:
        found.append(
            "No test examples were held out: the figures are those of the validation part, which "
            "also chose the best epoch, and so flatter the model a little."
        )
    return found


def _cut(lengths: dict[str, Any] | None) -> list[str]:
    """A note on inputs that are read in part."""
    if not lengths or not lengths["truncated"]:
        return []
    count, limit, unit = lengths["truncated"], lengths["limit"], lengths["unit"]
    return [
        f"{count:,} input{'s are' if count > 1 else ' is'} longer than {limit:,} {unit} and read "
        "only so far; --max-length reads more."
    ]


def _data(parts: Parts, options: RunOptions) -> dict[str, Any]:
    every = [row for _, row in parts.left_out]
    return {
        "source": options.data,
        "sha256": parts.sha256,
        "test_source": parts.test_source,
        **{name: len(part) if part else 0 for name, part in parts.named.items()},
        "left_out": {
            "counts": dict(Counter(row.kind for row in every).most_common()),
            "rows": [
                {"row": row.row, "reason": row.reason, "excerpt": row.excerpt, "source": source}
                for source, row in parts.left_out[:LEFT_OUT_ROWS]
            ],
        },
    }


def _model(task: Task) -> dict[str, Any]:
    shown = ("cell", "units", "bidirectional", "tokens")
    return {
        **{name: task.options[name] for name in shown if name in task.options},
        "layers": task.options.get("depth", 1),
        "parameters": task.network.count_params(),
        "paths": recurrent_paths(task),
    }


def recurrent_paths(model: keras.Model) -> list[dict[str, Any]]:
    """For each recurrent layer the path it takes and why."""
    return [
        {"layer": name, "kernel": choice.kernel and choice.kernel.name, "reason": choice.reason}
        for name, choice in layers.explain_model(model)
    ]


def _training(options, checkpoint, epochs, stopped, resumed) -> dict[str, Any]:
    history = checkpoint.history
    return {
        "epochs": len(history),
        "planned_epochs": epochs,
        "best_epoch": checkpoint.keep_best.best_epoch,
        "seconds": sum(row.get("seconds", 0.0) for row in history),
        "stopped": stopped,
        "resumed": int(resumed > 0),
        "batch_size": options.batch_size,
        "history": history,
    }


def _reproduce(options: RunOptions) -> dict[str, Any]:
    backend = keras.backend.backend()
    packages = PACKAGES if backend in PACKAGES else (*PACKAGES, backend)
    versions = {"python": platform.python_version()}
    return {
        "command": command(options),
        "seed": options.seed,
        "versions": versions | {package: version(package) for package in packages},
        "backend": backend,
        "machine": f"{platform.system()} {platform.machine()}",
    }


def command(options: RunOptions) -> str:
    """The command line that asks for these options."""
    given: dict[str, Any] = {**options.reading, **options.model}
    given |= {"test": options.test, "holdout": options.holdout, "validation": options.validation}
    given |= {"epochs": options.epochs, "batch-size": options.batch_size}
    given |= {"patience": options.patience}
    words = ["gatewise", "train", options.data, "--task", options.task]
    for name, value in given.items():
        flag = "--" + name.replace("_", "-")
        if isinstance(value, bool):
            words.append(flag if value else flag.replace("--", "--no-", 1))
        elif value is not None:
            listed = value if isinstance(value, list | tuple) else [value]
            words += [flag, ",".join(map(str, listed))]
    if options.class_weight is None:
        words.append("--no-class-weight")
    return shlex.join(words)
