"""From labelled examples to training, validation and test parts."""

from collections.abc import Callable

from gatewise import data
from gatewise.data import Examples
from gatewise.errors import DataError
from gatewise.tasks.options import RunOptions
from gatewise.tasks.preparation import Parts, held_apart, keep_known, parts, read

LEAST_EXAMPLES = 8


def prepare(options: RunOptions, say: Callable[[str], None] = print) -> Parts:
    """Read, deduplicate and split the data of a run.

    Raises:
        DataError: there is too little to train on; the message says what was found.
    """
    examples, test = read(options, say, lambda path: data.read(path, **options.reading))
    examples = data.deduplicate(examples)
    if test is not None:
        examples = data.without(examples, test)
        test = keep_known(test, set(examples.answers))
    data.check_trainable(examples)
    _check_enough(examples, options, "")
    how = "{} held out at random within each label"
    train, validation, test, source = held_apart(options, examples, test, data.hold_out, how)
    _check_enough(train, options, ", or hold out less with --holdout and --validation")
    found = parts(options, train, validation, test, source)
    if found.reading.get("id") and found.reading.get("features") is None:
        # Another file may have its columns in another order.
        found.reading["features"] = list(train.channels or ())
    return found


def _check_enough(examples: Examples, options: RunOptions, remedy: str) -> None:
    labels = len(set(examples.answers))
    if len(examples) < LEAST_EXAMPLES or labels < 2:
        raise DataError(
            f"{options.data}: expected at least {LEAST_EXAMPLES} different examples with two "
            f"labels to train on, got {len(examples)} with {labels}. Add examples{remedy}."
        )
