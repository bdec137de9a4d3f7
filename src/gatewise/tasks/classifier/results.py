"""What a classifier's run has to tell beside what every run tells."""

from typing import Any

import numpy as np

from gatewise.data import Examples
from gatewise.tasks import evaluation
from gatewise.tasks import labels as labelling
from gatewise.tasks.classifier.baselines import baselines
from gatewise.tasks.classifier.inside import inside
from gatewise.tasks.classifier.model import Classifier
from gatewise.tasks.options import RunOptions
from gatewise.tasks.preparation import Parts

MISTAKES = 12
SERIES_SHOWN = (200, 6)  # steps and channels of a mistaken series kept for its picture


def results(classifier: Classifier, parts: Parts, options: RunOptions) -> dict[str, Any]:
    """Scores, baselines, mistakes and a look inside; see `gatewise.tasks.results`."""
    shown = parts.test or parts.validation
    judged = None if shown is None else judge(classifier, shown)
    weights = labelling.class_weights(parts.train.answers, classifier.labels, options.class_weight)
    return {
        "kind": parts.train.kind,
        "title": f"{len(classifier.labels)} labels",
        "measures": ["accuracy", "macro_f1"],
        "test": judged and judged["scores"],
        "baselines": None if shown is None else _baselines(classifier, parts, shown),
        "mistakes": judged["mistakes"] if judged else [],
        "mistakes_total": judged["mistakes_total"] if judged else 0,
        "inside": None if shown is None else inside(classifier, shown, options.seed),
        "data": _data(classifier, parts),
        "model": _model(classifier),
        "training": {"class_weights": weights},
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


def _shown(value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        return {"text": value[:20_000]}
    series = np.asarray(value, float).reshape(len(value), -1)
    steps, channels = SERIES_SHOWN
    return {
        "series": [[float(f"{one:.6g}") for one in step] for step in series[:steps, :channels]],
        "steps": len(series),
    }


def _data(classifier: Classifier, parts: Parts) -> dict[str, Any]:
    unit = "tokens" if parts.train.kind == "text" else "steps"
    return {
        "labels": parts.counted(classifier.labels, lambda part: part.answers),
        "lengths": parts.lengths(classifier.encoder, unit),
        "channels": parts.train.channels,
    }


def _model(classifier: Classifier) -> dict[str, Any]:
    text = classifier.encoder.kind == "text"
    return {
        "pooling": classifier.options["pooling"],
        "tokens": classifier.options["tokens"] if text else None,
        "vocabulary": classifier.encoder.size if text else None,
        "vectors": classifier.vectors_found,
    }


def _baselines(classifier: Classifier, parts: Parts, shown: Examples) -> list[dict[str, Any]]:
    known = classifier.labels
    pairs = [(part.inputs, labelling.ids(part.answers, known)) for part in (parts.train, shown)]
    return baselines(classifier.encoder, pairs[0], pairs[1], known)
