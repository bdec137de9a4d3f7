"""How good the answers are, with how sure one can be of that."""

from collections.abc import Sequence
from typing import Any

import numpy as np

CONFIDENCE = 0.95
Z = 1.959964  # standard errors on either side of an interval of that confidence
RESAMPLES = 2_000
FEWEST_PARTS = 5  # from fewer one cannot tell how much they differ
MATRIX_LABELS = 100  # a larger matrix is no picture, and of a size with the square of the labels


def score(true: np.ndarray, predicted: np.ndarray, labels: Sequence) -> dict[str, Any]:
    """Accuracy and macro F1 with 95% intervals, each label's scores, and the confusion matrix.

    Args:
        true: class ids `[N]`, N at least 1.
        predicted: class ids `[N]`.
        labels: the label of each class id.

    Returns:
        Plain data, with keys `accuracy`, `macro_f1` (each `value`, `low`, `high`), `per_class` and
        `confusion` (rows true, columns predicted; None where there
        are over 100 labels).

    Example:
        >>> found = score(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 0]), ["ham", "spam"])
        >>> found["accuracy"]["value"], found["confusion"]["counts"]
        (0.75, [[2, 0], [1, 1]])
    """
    from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

    classes = np.arange(len(labels))
    counts = confusion_matrix(true, predicted, labels=classes)
    columns = precision_recall_fscore_support(true, predicted, labels=classes, zero_division=0.0)
    return {
        "accuracy": accuracy(int(np.trace(counts)), int(counts.sum())),
        "macro_f1": macro_f1(counts),
        "per_class": [
            {
                "label": str(label),
                "precision": float(precision),
                "recall": float(recall),
                "f1": float(f1),
                "support": int(support),
            }
            for label, precision, recall, f1, support in zip(labels, *columns, strict=True)
        ],
        "confusion": None
        if len(labels) > MATRIX_LABELS
        else {"labels": [str(label) for label in labels], "counts": counts.tolist()},
    }


def accuracy(right: int, total: int) -> dict[str, float]:
    """The part answered rightly, with its 95% interval (Wilson 1927)."""
    from scipy.stats import binomtest

    interval = binomtest(right, total).proportion_ci(CONFIDENCE, method="wilson")
    return {"value": right / total, "low": float(interval.low), "high": float(interval.high)}


def macro_f1(counts: np.ndarray, seed: int = 0) -> dict[str, float]:
    """The mean of the F1 of all labels that occur, with its 95% interval.

    The interval is the percentile bootstrap over the examples (Efron 1979): drawing N examples
    anew is drawing a confusion matrix from the multinomial of the one seen.
    """
    total = counts.sum()
    rows, columns = np.nonzero(counts)  # of many labels' cells few occur
    drawn = np.random.default_rng(seed).multinomial(total, counts[rows, columns] / total, RESAMPLES)
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(_macro_f1(drawn, rows, columns, len(counts)), [tail, 1 - tail])
    value = float(_macro_f1(counts[None, rows, columns], rows, columns, len(counts))[0])
    # With few examples a label, the drawn values lie below the one seen: an interval holds it.
    return {"value": value, "low": min(float(low), value), "high": max(float(high), value)}


def mistakes(true: np.ndarray, probabilities: np.ndarray, most: int = 10) -> np.ndarray:
    """Positions of the wrong answers, the most confident first."""
    predicted = probabilities.argmax(axis=1)
    wrong = np.flatnonzero(predicted != true)
    confidence = probabilities[wrong, predicted[wrong]]
    return wrong[np.argsort(-confidence, kind="stable")][:most]


def _macro_f1(cells: np.ndarray, rows: np.ndarray, columns: np.ndarray, labels: int) -> np.ndarray:
    """Macro F1 `[R]` of confusion matrices whose cells `[R, C]` stand at `rows` and `columns`."""
    from scipy.sparse import csr_array

    places = np.arange(len(rows))
    shape, ones = (len(rows), labels), np.ones(len(rows))
    true = csr_array((ones, (places, rows)), shape=shape)
    predicted = csr_array((ones, (places, columns)), shape=shape)
    right = (cells * (rows == columns)) @ true
    involved = cells @ (true + predicted)
    f1 = 2 * right / np.maximum(involved, 1)
    return f1.sum(axis=1) / np.maximum((involved > 0).sum(axis=1), 1)


def ratio(total: np.ndarray, size: np.ndarray) -> tuple[float, float]:
    """Σ total / Σ size and its standard error, the parts drawn at random (Cochran 1977, 6.3)."""
    ratio = total.sum() / size.sum()
    parts = len(total)
    if parts < 2:
        return float(ratio), 0.0
    left = ((total - ratio * size) ** 2).sum() * parts / (parts - 1)
    return float(ratio), float(np.sqrt(left) / size.sum())


def with_interval(value: float, low: float, high: float, parts: int) -> dict[str, float]:
    """A figure and its interval; the figure alone where it comes from too few parts to have one.

    >>> with_interval(2.0, 1.5, 2.5, parts=40), with_interval(2.0, 2.0, 2.0, parts=1)
    ({'value': 2.0, 'low': 1.5, 'high': 2.5}, {'value': 2.0})
    """
    if parts < FEWEST_PARTS:
        return {"value": value}
    return {"value": value, "low": low, "high": high}
