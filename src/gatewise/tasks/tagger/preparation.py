"""From tagged sentences to training, validation and test parts."""

from collections.abc import Callable

from gatewise import data
from gatewise.errors import DataError
from gatewise.tasks.options import RunOptions
from gatewise.tasks.preparation import Parts, held_apart, parts, read, split_inputs

LEAST_SENTENCES = 8


def prepare(options: RunOptions, say: Callable[[str], None] = print) -> Parts:
    """Read and split the sentences of a run; equal sentences stay on one side.

    Raises:
        DataError: there is too little to train on.
    """
    encoding = options.reading.get("encoding")
    examples, test = read(options, say, lambda path: data.read_tagged(path, encoding=encoding))
    train, validation, test, source = held_apart(
        options, examples, test, split_inputs, "{} held out at random"
    )
    if len(train) < LEAST_SENTENCES:
        raise DataError(
            f"{options.data}: expected at least {LEAST_SENTENCES} sentences to train on, got "
            f"{len(train)}. Add some, or hold out less with --holdout and --validation."
        )
    return parts(options, train, validation, test, source)
