"""Small data that a tiny network learns in a moment, and tiny networks."""

import csv

import numpy as np

from gatewise.tasks import Classifier

WORDS = {"glad": ["good", "lovely", "bright"], "sad": ["bad", "awful", "grey"]}
COMMON = ["the", "day", "is", "so", "very", "a", "morning"]


def texts(count=40, longest=0):
    """Different texts of four words, or of up to `longest` more, and their labels in turn."""
    found = []
    for number in range(count):
        kind = list(WORDS)[number % 2]
        words = [COMMON[number // size % 7] for size in (1, 7, 49)]
        more = ["day"] * (number % (longest + 1))
        found.append(" ".join([*words, *more, WORDS[kind][number % 3]]))
    return found, [list(WORDS)[number % 2] for number in range(count)]


def series(count=24):
    """Series `[T, 2]` of 3 or 4 steps that rise or fall, their labels in turn."""
    rng = np.random.default_rng(0)
    found = []
    for number in range(count):
        slope = 1.0 if number % 2 == 0 else -1.0
        steps = np.arange(3 + number // 2 % 2)[:, None] * slope
        found.append(steps + rng.normal(scale=0.1, size=(len(steps), 2)))
    return found, [["up", "down"][number % 2] for number in range(count)]


def tiny(**options):
    """A classifier that compiles fast."""
    small = {"units": 3, "embedding": 4, "bidirectional": False, "dropout": 0.0}
    return Classifier(**{**small, "token_dropout": 0.0, **options})


def fit(classifier, x, y, **options):
    """A fit of two quiet epochs, or as asked."""
    return classifier.fit(x, y, **{"epochs": 2, "verbose": 0, "batch_size": 8, **options})


def write_csv(path, columns):
    """Write a table from a mapping of column to values."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    return path


def write_ts(path, inputs, labels):
    """Write series in the format of the time series archives."""
    lines = ["@problemName toy", "@univariate false", "@equalLength false"]
    lines += [f"@classLabel true {' '.join(sorted(set(labels)))}", "@data"]
    for one, label in zip(inputs, labels, strict=True):
        channels = [",".join(f"{value:.4f}" for value in channel) for channel in one.T]
        lines.append(":".join([*channels, label]))
    path.write_text("\n".join(lines) + "\n")
    return path
