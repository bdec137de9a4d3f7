"""Baselines of steps: what a step alone cannot tell, its neighbours can."""

import numpy as np

from gatewise.data import Examples
from gatewise.tasks.tagger.step_baselines import by_window, majority


def alternating(seed):
    """Noise that is loud where the label is `loud`: no value alone tells."""
    rng = np.random.default_rng(seed)
    labels = [["loud" if at // 20 % 2 else "low" for at in range(200)] for _ in range(4)]
    series = [np.array([rng.choice([-1, 1]) * (2.0 if label == "loud" else 0.0) + 0 * at
                        for at, label in enumerate(row)])[:, None] for row in labels]  # fmt: skip
    for one, row in zip(series, labels, strict=True):  # half of the loud steps are silent
        for at, label in enumerate(row):
            if label == "loud" and at % 2:
                one[at] = 0.0
    return Examples("steps", series, labels, [0, 200, 400, 600])


def right(examples, answers):
    pairs = zip(examples.answers, answers, strict=True)
    return np.mean([a == b for row, one in pairs for a, b in zip(row, one, strict=True)])


def test_a_window_tells_what_a_step_alone_does_not():
    train, test = alternating(0), alternating(1)
    alone, around = (right(test, by_window(train, test, width)) for width in (1, 5))
    assert alone == 0.75  # of the loud steps those that are loud
    assert around > 0.9


def test_the_majority_counts_labelled_steps_alone():
    some = Examples("steps", [np.zeros((4, 1))], [["", "", "", "a"]], [1])
    assert majority(some, some) == ("a", [["a"] * 4])
