"""From tagged sentences to training, validation and test parts."""

from collections.abc import Callable

from gatewise import data
from gatewise.data import Examples
from gatewise.errors import DataError
from gatewise.tasks import inputs
from gatewise.tasks.options import RunOptions
from gatewise.tasks.preparation import Parts, known_data_set, parts

LEAST_SENTENCES = 8


def prepare(options: RunOptions, say: Callable[[str], None] = print) -> Parts:
    """Read and split the sentences of a run; equal sentences stay on one side.

    Raises:
        DataError: there is too little to train on.
    """
    if known_data_set(options.data):
        train, test = data.load(options.data, say)
    else:
        train, test = read(options.data, options), None
    test = read(options.test, options) if options.test else test
    source = test.source if test else "none"
    if test is None and options.holdout:
        train, test = split(train, options.holdout, options.seed)
        source = f"{options.holdout:.0%} held out at random"
    validation = None
    if options.validation:
        train, validation = split(train, options.validation, options.seed + 1)
    if len(train) < LEAST_SENTENCES:
        raise DataError(
            f"{options.data}: expected at least {LEAST_SENTENCES} sentences to train on, got "
            f"{len(train)}. Add some, or hold out less with --holdout and --validation."
        )
    return parts(options, train, validation, test, source)


def read(path: str, options: RunOptions) -> Examples:
    """The tagged sentences in a file, read as the run asks for."""
    return data.read_tagged(path, encoding=options.reading.get("encoding"))


def split(examples: Examples, fraction: float, seed: int) -> tuple[Examples, Examples]:
    """Sentences to learn from, and about `fraction` of them held out."""
    kept, held = inputs.held_out(examples.inputs, fraction, seed)
    return examples.take(kept), examples.take(held)
