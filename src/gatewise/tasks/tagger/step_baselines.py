"""What simpler methods make of the steps of series: without them a score says little."""

from collections import Counter
from itertools import chain

import numpy as np

from gatewise.data import Examples

MOST_STEPS = 40_000  # that the classifier learns from: enough for what a step alone can tell
TREES, LEAF = 100, 2


def majority(train: Examples, shown: Examples) -> tuple[str, list[list[str]]]:
    """The most frequent label, as the answer for every step."""
    counts = Counter(label for label in chain(*train.answers) if label)
    best = counts.most_common(1)[0][0]
    return best, [[best] * len(one) for one in shown.inputs]


def by_window(train: Examples, shown: Examples, window: int = 1, seed: int = 0) -> list[list[str]]:
    """Answers of a random forest that sees, of each channel, a step's value and the mean,
    deviation, least and greatest value of the `window` steps around it.

    Args:
        train: labelled series to learn from.
        shown: series to answer for.
        window: steps around and with the one that is answered; 1: it alone.
        seed: of the steps drawn to learn from.
    """
    from sklearn.ensemble import RandomForestClassifier

    labels = np.array(list(chain(*train.answers)), dtype=object)
    places = np.flatnonzero(labels != "")
    if len(places) > MOST_STEPS:
        places = np.random.default_rng(seed).choice(places, MOST_STEPS, replace=False)
    seen = np.concatenate([_around(one, window) for one in train.inputs])[places]
    if len(set(labels[places])) < 2:
        return majority(train, shown)[1]
    model = RandomForestClassifier(TREES, min_samples_leaf=LEAF, random_state=seed)
    model.fit(seen, labels[places].astype(str))
    return [model.predict(_around(one, window)).tolist() for one in shown.inputs]


def _around(series: np.ndarray, window: int) -> np.ndarray:
    """A step's values and statistics of the steps around it, `[T, I]` or `[T, 5 I]`."""
    if window == 1:
        return series
    before = (window - 1) // 2
    padded = np.pad(series, ((before, window - 1 - before), (0, 0)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, window, axis=0)
    parts = (np.mean, np.std, np.min, np.max)
    return np.concatenate([series, *(part(windows, axis=-1) for part in parts)], axis=1)
