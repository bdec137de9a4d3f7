"""A look inside a trained classifier, as plain data: what its report shows of it."""

from typing import Any

import numpy as np

from gatewise.data import Examples
from gatewise.errors import ArgumentError
from gatewise.insight import attribute, gradient_flow, memory, record
from gatewise.tasks import labels as labelling
from gatewise.tasks.classifier import Classifier

EACH = 2  # examples of each kind that are shown
STEPS = 160  # steps of an example that are shown
MEASURED = 64  # examples over which spans and gradients are taken


def inside(classifier: Classifier, examples: Examples, seed: int = 0) -> dict[str, Any] | None:
    """What a few examples' steps did to the answer, how long units remember, how gradients flow.

    Args:
        classifier: trained.
        examples: labelled, of the test part.
        seed: of the examples over which spans and gradients are taken.

    Returns: plain data with the keys `examples`, `spans`, `flow` and `measured`, or None of a
        network whose answers are no numbers.
    """
    true = labelling.ids(examples.answers, classifier.labels)
    probabilities = classifier.predict(examples.inputs)
    if not np.isfinite(probabilities).all():
        return None
    few = np.random.default_rng(seed).permutation(len(true))[:MEASURED]
    inputs = [examples.inputs[i] for i in few]
    answers = [examples.answers[i] for i in few]
    return {
        "examples": _examples(classifier, examples, true, probabilities),
        "spans": _spans(classifier, inputs),
        "flow": _flow(classifier, inputs, answers),
        "measured": len(few),
    }


def chosen(true: np.ndarray, probabilities: np.ndarray, each: int = EACH) -> dict[str, np.ndarray]:
    """Positions of the surest right answers, one a class where there are enough, of the surest
    wrong ones, and of those with the smallest lead over the next class.

    >>> found = chosen(np.array([0, 1, 0]), np.array([[0.9, 0.1], [0.8, 0.2], [0.55, 0.45]]), 1)
    >>> {kind: positions.tolist() for kind, positions in found.items()}
    {'right': [0], 'wrong': [1], 'unsure': [2]}
    """
    predicted, surest = probabilities.argmax(1), probabilities.max(1)
    lead = np.diff(np.sort(probabilities, axis=1)[:, -2:])[:, 0]
    order = np.argsort(-surest, kind="stable")
    right = order[predicted[order] == true[order]]
    _, first = np.unique(true[right], return_index=True)  # the surest of each class
    right = np.concatenate([right[np.sort(first)], np.delete(right, first)])
    wrong = order[predicted[order] != true[order]]
    taken = {*right[:each], *wrong[:each]}
    unsure = [i for i in np.argsort(lead, kind="stable") if i not in taken]
    return {"right": right[:each], "wrong": wrong[:each], "unsure": np.array(unsure[:each], int)}


def _examples(
    classifier: Classifier, examples: Examples, true: np.ndarray, probabilities: np.ndarray
) -> list[dict[str, Any]]:
    different = _different(examples.inputs)
    places = chosen(true[different], probabilities[different])
    kinds = [(kind, different[i]) for kind, found in places.items() for i in found]
    inputs = [examples.inputs[i] for _, i in kinds]
    try:
        found = attribute(classifier, inputs)
    except ArgumentError:  # binary gates
        return []
    return [
        {
            "kind": kind,
            "row": int(examples.rows[i]),
            "true": str(examples.answers[i]),
            "predicted": str(classifier.labels[found.target[row]]),
            "probability": float(probabilities[i].max()),
            "score": float(found.score[row]),
            "rest": float(found.rest[row]),
            **_steps(classifier, inputs[row], found.parts[row]),
        }
        for row, (kind, i) in enumerate(kinds)
    ]


def _different(inputs: list) -> np.ndarray:
    """Positions of the inputs without what occurs again: nobody looks at one twice."""
    seen = {
        one if isinstance(one, str) else np.asarray(one).tobytes(): i
        for i, one in reversed(list(enumerate(inputs)))
    }
    return np.array(sorted(seen.values()))


def _steps(classifier: Classifier, value: Any, parts: np.ndarray) -> dict[str, Any]:
    """Each step's part; of a text with its word, of a series with what was measured."""
    length = len(classifier.encoder.encode([value])[0])
    told: dict[str, Any] = {"steps": length, "parts": _rounded(parts[: min(length, STEPS)])}
    if classifier.encoder.kind == "text":
        pieces = classifier.encoder.pieces(value)[: min(length, STEPS)]
        told["words"] = [piece._asdict() for piece in pieces]
    else:
        told["series"] = [_rounded(step) for step in np.asarray(value, float)[:STEPS, :6]]
    return told


def _spans(classifier: Classifier, inputs: list) -> list[dict[str, Any]]:
    """Each layer's memory spans in steps, a unit each, ascending: the median over the examples."""
    found = []
    for layer in record(classifier, inputs).values():
        if layer.kind != "SimpleRNN":
            spans = np.sort(np.median(memory(layer).span, axis=0))
            found.append({"layer": layer.name, "units": _rounded(np.minimum(spans, 1e6))})
    return found


def _flow(classifier: Classifier, inputs: list, answers: list) -> list[dict[str, Any]]:
    """How each layer carries a gradient back: by the number of steps before the last one."""
    found = []
    for layer in gradient_flow(classifier, inputs, answers).values():
        carried = layer.by_lag("transport")
        reach = slice(0, carried.usable + 1)
        half_life = layer.half_life
        found.append(
            {
                "layer": layer.name,
                "median": _rounded(carried.median[reach]),
                "low": _rounded(carried.quantiles[0.1][reach]),
                "high": _rounded(carried.quantiles[0.9][reach]),
                "half_life": float(half_life) if np.isfinite(half_life) else None,
                "verdict": layer.verdict,
                "remedies": layer.remedies,
            }
        )
    return found


def _rounded(values: Any) -> list[float]:
    return [float(f"{value:.4g}") for value in values]
