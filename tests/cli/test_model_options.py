"""The options of `gatewise train` are the arguments of the tasks' models, and of no other."""

import inspect

import pytest

from gatewise.cli.model_options import TASKS, belongs
from gatewise.tasks.kinds import PACKAGES, kind


def test_the_command_line_knows_every_task():
    assert sorted(TASKS) == sorted(PACKAGES)


@pytest.mark.parametrize("task", TASKS)
def test_each_argument_of_a_model_is_an_option(task):
    arguments = set(inspect.signature(kind(task).model.__init__).parameters)
    assert belongs(task) == arguments - {"self", "name"}
