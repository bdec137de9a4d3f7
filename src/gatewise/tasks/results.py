"""The results of a run, as plain data: what the report shows and `metrics.json` holds."""

import datetime
import platform
import shlex
from collections import Counter
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras
import numpy as np

from gatewise import layers
from gatewise.data import Examples
from gatewise.tasks import evaluation
from gatewise.tasks import labels as labelling
from gatewise.tasks.baselines import baselines
from gatewise.tasks.classifier import Classifier
from gatewise.tasks.inside import inside
from gatewise.tasks.options import RunOptions
from gatewise.tasks.preparation import Parts
from gatewise.tasks.training import Checkpoint

MISTAKES = 12
LEFT_OUT_ROWS = 200
SERIES_SHOWN = (200, 6)  # steps and channels of a mistaken series kept for its picture
PACKAGES = ("gatewise", "keras", "jax", "numpy", "tokenizers", "scikit-learn")


def results(
    classifier: Classifier,
    parts: Parts,
    options: RunOptions,
    checkpoint: Checkpoint,
    epochs: int,
    stopped: str,
    resumed: int = 0,
) -> dict[str, Any]:
    """Evaluate a trained classifier and gather all that is worth telling of its run."""
    shown = parts.test or parts.validation
    judged = None if shown is None else judge(classifier, shown)
    name = Path(options.data).name
    return {
        "gatewise": version("gatewise"),
        "task": "classifier",
        "kind": parts.train.kind,
        "title": f"{name}: {len(classifier.labels)} labels",
        "date": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
        "notes": notes(parts),
        "data": _data(classifier, parts, options),
        "model": _model(classifier),
        "training": _training(classifier, parts, options, checkpoint, epochs, stopped, resumed),
        "test": judged and judged["scores"],
        "baselines": None if shown is None else _baselines(classifier, parts, shown),
        "mistakes": judged["mistakes"] if judged else [],
        "mistakes_total": judged["mistakes_total"] if judged else 0,
        "inside": None if shown is None else inside(classifier, shown, options.seed),
        "reproduce": _reproduce(options),
    }


def judge(classifier: Classifier, examples: Examples, most: int = MISTAKES) -> dict[str, Any]:
    """Scores of a classifier on labelled examples, and its most confident mistakes."""
    true = labelling.ids(examples.answers, classifier.labels)
    probabilities = classifier.predict(examples.inputs)
    predicted = probabilities.argmax(axis=1)
    wrong = evaluation.mistakes(true, probabilities, most)
    return {
        "scores": evaluation.score(true, predicted, classifier.labels),
        "mistakes_total": int((predicted != true).sum()),
        "mistakes": [
            {
                "row": int(examples.rows[i]),
                "true": str(examples.answers[i]),
                "predicted": str(classifier.labels[predicted[i]]),
                "probability": float(probabilities[i, predicted[i]]),
                **_shown(examples.inputs[i]),
            }
            for i in wrong
        ],
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


def _shown(value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        return {"text": value[:20_000]}
    series = np.asarray(value, float).reshape(len(value), -1)
    steps, channels = SERIES_SHOWN
    return {
        "series": [[float(f"{one:.6g}") for one in step] for step in series[:steps, :channels]],
        "steps": len(series),
    }


def _data(classifier: Classifier, parts: Parts, options: RunOptions) -> dict[str, Any]:
    named = {"train": parts.train, "validation": parts.validation, "test": parts.test}
    present = {name: part for name, part in named.items() if part is not None}
    counts = {name: Counter(part.answers) for name, part in present.items()}
    limit = classifier.encoder.max_length
    full = {
        name: np.array(classifier.encoder.lengths(part.inputs))
        for name, part in present.items()
        if name != "validation"
    }
    every = [row for _, row in parts.left_out]
    return {
        "source": options.data,
        "sha256": parts.sha256,
        "test_source": parts.test_source,
        **{name: len(part) if part else 0 for name, part in named.items()},
        "labels": {
            str(label): {name: counts[name][label] if name in counts else 0 for name in named}
            for label in classifier.labels
        },
        "lengths": {
            "unit": "tokens" if parts.train.kind == "text" else "steps",
            "values": {name: np.minimum(one, limit).tolist() for name, one in full.items()},
            "limit": limit,
            "truncated": sum(int((one > limit).sum()) for one in full.values()),
        },
        "left_out": {
            "counts": dict(Counter(row.kind for row in every).most_common()),
            "rows": [
                {"row": row.row, "reason": row.reason, "excerpt": row.excerpt, "source": source}
                for source, row in parts.left_out[:LEFT_OUT_ROWS]
            ],
        },
        "channels": parts.train.channels,
    }


def _model(classifier: Classifier) -> dict[str, Any]:
    text = classifier.encoder.kind == "text"
    shown = ("cell", "units", "bidirectional", "pooling")
    return {
        **{name: classifier.options[name] for name in shown},
        "layers": classifier.options["depth"],
        "parameters": classifier.network.count_params(),
        "tokens": classifier.options["tokens"] if text else None,
        "vocabulary": classifier.encoder.size if text else None,
        "vectors": classifier.vectors_found,
        "paths": recurrent_paths(classifier),
    }


def recurrent_paths(model: keras.Model) -> list[dict[str, Any]]:
    """For each recurrent layer the path it takes and why."""
    return [
        {"layer": name, "kernel": choice.kernel and choice.kernel.name, "reason": choice.reason}
        for name, choice in layers.explain_model(model)
    ]


def _training(classifier, parts, options, checkpoint, epochs, stopped, resumed) -> dict[str, Any]:
    history = checkpoint.history
    return {
        "epochs": len(history),
        "planned_epochs": epochs,
        "best_epoch": checkpoint.keep_best.best_epoch,
        "seconds": sum(row.get("seconds", 0.0) for row in history),
        "stopped": stopped,
        "resumed": int(resumed > 0),
        "batch_size": options.batch_size,
        "class_weights": labelling.class_weights(
            parts.train.answers, classifier.labels, options.class_weight
        ),
        "history": history,
    }


def _baselines(classifier: Classifier, parts: Parts, shown: Examples) -> list[dict[str, Any]]:
    known = classifier.labels
    pairs = [(part.inputs, labelling.ids(part.answers, known)) for part in (parts.train, shown)]
    return baselines(classifier.encoder, pairs[0], pairs[1], known)


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
    words = ["gatewise", "train", options.data]
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
