"""From labelled examples to training, validation and test parts."""

from collections.abc import Callable

import numpy as np

from gatewise import data
from gatewise.data import Examples, LeftOut
from gatewise.errors import DataError
from gatewise.tasks.options import RunOptions
from gatewise.tasks.preparation import Parts, parts, read

LEAST_EXAMPLES = 8
UNSEEN_LABEL = "label never seen in training"


def prepare(options: RunOptions, say: Callable[[str], None] = print) -> Parts:
    """Read, deduplicate and split the data of a run.

    Raises:
        DataError: there is too little to train on; the message says what was found.
    """
    examples, test = read(options, say)
    examples = data.deduplicate(examples)
    test_source = "none"
    if test is not None:
        examples = data.without(examples, test)
        test = keep_known(test, set(examples.answers))
        test_source = test.source
    data.check_trainable(examples)
    _check_enough(examples, options, "")
    if test is None and options.holdout:
        examples, test = data.hold_out(examples, options.holdout, options.seed)
        test_source = f"{options.holdout:.0%} held out at random within each label"
    validation = None
    train = examples
    if options.validation:
        train, validation = data.hold_out(examples, options.validation, options.seed + 1)
    _check_enough(train, options, ", or hold out less with --holdout and --validation")
    return parts(options, train, validation, test, test_source)


def _check_enough(examples: Examples, options: RunOptions, remedy: str) -> None:
    labels = len(set(examples.answers))
    if len(examples) < LEAST_EXAMPLES or labels < 2:
        raise DataError(
            f"{options.data}: expected at least {LEAST_EXAMPLES} different examples with two "
            f"labels to train on, got {len(examples)} with {labels}. Add examples{remedy}."
        )


def keep_known(test: Examples, labels: set[str]) -> Examples:
    """The labelled examples whose label occurs in training; the others are left out and said."""
    known = np.array([label in labels for label in test.answers])
    if known.all():
        return test
    strange = sorted({label for label in test.answers if label not in labels})
    kept = test.take(np.flatnonzero(known))
    kept.left_out = kept.left_out + [
        LeftOut(test.rows[i], UNSEEN_LABEL, test.answers[i]) for i in np.flatnonzero(~known)
    ]
    kept.notes = [
        *kept.notes,
        f"{int((~known).sum())} examples of {test.source} have labels that training never saw "
        f"({', '.join(strange[:5])}); no answer to them could be right. They are left out.",
    ]
    if not len(kept):
        raise DataError(
            f"{test.source}: expected labels seen in training ({', '.join(sorted(labels)[:8])}), "
            f"got only others ({', '.join(strange[:8])}). Check --target and the file."
        )
    return kept
