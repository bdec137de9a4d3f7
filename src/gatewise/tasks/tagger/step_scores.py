"""How good the labels of steps are, with how sure one can be of that: neighbouring steps are alike,
so what is drawn anew for the intervals are whole series, or stretches of the few there are."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gatewise.tasks.evaluation import CONFIDENCE, FEWEST_PARTS, RESAMPLES, score

LEAST_SERIES = 8  # that are drawn whole
Labels = Sequence[Sequence[str]]


def step_scores(
    known: Sequence[str], true: Labels, predicted: Labels, window: int
) -> dict[str, Any]:
    """Step accuracy and macro F1 with 95% intervals, and each label's scores.

    Of fewer than five stretches with labels there is no interval.

    Steps without a label do not count; a label that training never saw counts as a mistake.

    Args:
        known: the labels that training saw.
        true: labels of each step of each series, `""` where none is known.
        predicted: labels found, of the same lengths.
        window: steps of a stretch, where there are few series.
    """
    strange = sorted({label for row in true for label in row if label} - set(known))
    labels = [*known, *strange]
    places = {label: place for place, label in enumerate(labels)}
    blocks, right, given = [], [], []
    for block, (wanted, answers) in enumerate(_pieces(true, predicted, window)):
        for label, answer in zip(wanted, answers, strict=True):
            if label:
                blocks.append(block)
                right.append(places[label])
                given.append(places[answer])
    found = score(np.array(right), np.array(given), labels)
    accuracy, macro = found.pop("accuracy")["value"], found["macro_f1"]["value"]
    if len(set(blocks)) < FEWEST_PARTS:
        return found | {"step_accuracy": {"value": accuracy}, "macro_f1": {"value": macro}}
    counts = np.zeros((max(blocks) + 1, len(labels), len(labels)), np.int64)
    np.add.at(counts, (blocks, right, given), 1)
    drawn = _drawn(counts)
    totals = drawn.sum(axis=(1, 2))
    accuracies = np.trace(drawn, axis1=1, axis2=2) / np.maximum(totals, 1)
    found["step_accuracy"] = _interval(accuracy, accuracies[totals > 0])
    found["macro_f1"] = _interval(macro, _macro_f1(drawn[totals > 0]))
    return found


def _pieces(true: Labels, predicted: Labels, window: int) -> list[tuple[Any, Any]]:
    pairs = list(zip(true, predicted, strict=True))
    if len(pairs) >= LEAST_SERIES:
        return pairs
    return [(one[at : at + window], other[at : at + window])
            for one, other in pairs for at in range(0, len(one), window)]  # fmt: skip


def _drawn(counts: np.ndarray, seed: int = 0) -> np.ndarray:
    """Confusion matrices `[R, K, K]` of pieces drawn anew (Efron 1979) out of `[N, K, K]`."""
    pieces = len(counts)
    often = np.random.default_rng(seed).multinomial(pieces, [1 / pieces] * pieces, RESAMPLES)
    return (often @ counts.reshape(pieces, -1)).reshape(RESAMPLES, *counts.shape[1:])


def _macro_f1(counts: np.ndarray) -> np.ndarray:
    right = np.diagonal(counts, axis1=1, axis2=2)
    involved = counts.sum(axis=1) + counts.sum(axis=2)
    f1 = 2 * right / np.maximum(involved, 1)
    return f1.sum(axis=1) / np.maximum((involved > 0).sum(axis=1), 1)


def _interval(value: float, drawn: np.ndarray) -> dict[str, float]:
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return {"value": value, "low": min(float(low), value), "high": max(float(high), value)}
