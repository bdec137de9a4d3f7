"""Inputs and answers as people give them to a task."""

import pytest

from gatewise import tasks
from gatewise.errors import ArgumentError, DataError
from gatewise.tasks.inputs import paired

TASKS = ("Classifier", "Tagger", "Translator", "Generator", "Forecaster")


@pytest.mark.parametrize("name", TASKS)
def test_nothing_to_learn_from_is_refused(name):
    task = getattr(tasks, name)()
    with pytest.raises((ArgumentError, DataError), match=r"^x: expected .* got none"):
        task.fit([], [] if task.answered else None)


def test_pairs_of_nothing_are_refused():
    with pytest.raises(ArgumentError, match=r"got none\. Give some, each with its tag\."):
        paired([], [], "tag")
