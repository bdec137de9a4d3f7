"""From a file or a named set to training, validation and test examples."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from gatewise import data
from gatewise.data import Examples, LeftOut
from gatewise.data.columns import listed
from gatewise.data.examples import counted
from gatewise.data.pairs import holds_lines, partner
from gatewise.data.splits import key
from gatewise.errors import ArgumentError, DataError
from gatewise.tasks import inputs
from gatewise.tasks.options import RunOptions

UNSEEN_LABEL = "label never seen in training"
HELD = {  # in words, what examples of each kind are
    "text": "texts",
    "series": "series with a label each",
    "steps": "series with a label for every step",
    "sentences": "sentences whose words carry tags",
}


@dataclass
class Parts:
    """The examples of a run, apart from each other, and what happened on the way."""

    train: Examples
    validation: Examples | None
    test: Examples | None
    test_source: str
    sha256: str
    left_out: list[tuple[str, LeftOut]] = field(default_factory=list)  # source and row
    notes: list[str] = field(default_factory=list)
    reading: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)  # that were read, of a table
    decided: dict[str, Any] = field(default_factory=dict)  # arguments of the model, by the data

    @property
    def named(self) -> dict[str, Examples | None]:
        """The parts by their names."""
        return {"train": self.train, "validation": self.validation, "test": self.test}

    @property
    def present(self) -> dict[str, Examples]:
        """Those that there are."""
        return {name: part for name, part in self.named.items() if part is not None}

    def lengths(self, encoder: Any, unit: str) -> dict[str, Any]:
        """How long the inputs of training and test are, and how many are longer than is read."""
        limit = encoder.max_length
        full = {
            name: np.array(encoder.lengths(part.inputs))
            for name, part in self.present.items()
            if name != "validation"
        }
        return {
            "unit": unit,
            "values": {name: np.minimum(one, limit).tolist() for name, one in full.items()},
            "limit": limit,
            "truncated": sum(int((one > limit).sum()) for one in full.values()),
        }

    def counted(
        self, known: Iterable[Any], labels_of: Callable[[Examples], Iterable[Any]]
    ) -> dict[str, dict[str, int]]:
        """How often each of the `known` labels stands in each part."""
        counts = {name: Counter(labels_of(part)) for name, part in self.present.items()}
        return {
            str(label): {name: counts.get(name, Counter())[label] for name in self.named}
            for label in known
        }


def fingerprint(options: RunOptions) -> str:
    """SHA-256 of the files that the run reads, to tell whether they changed since."""
    digest = hashlib.sha256()
    for name in [options.data, *filter(None, [options.test]), *_targets(options)]:
        path = Path(name)
        if path.is_file():
            with open(path, "rb") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
        else:
            digest.update(name.encode())
    return digest.hexdigest()


def _targets(options: RunOptions) -> list[str]:
    """The files of the targets, where those of the data and the test stand in their own."""
    target = options.reading.get("target")
    if not target or not holds_lines(options.data) or not Path(target).is_file():
        return []
    if options.test is None or not holds_lines(options.test):
        return [target]
    return [target, str(partner(options.test, options.data, target))]


def known_data_set(name: str) -> bool:
    """Whether `name` means a named data set rather than a file."""
    return not Path(name).exists() and name in {entry.name for entry in data.catalogue()}


def check_named_set(name: str, task: str) -> None:
    """Refuse a named set that is for another task, before anything of it is fetched.

    >>> check_named_set("sms-spam", "classifier")
    """
    if not known_data_set(name):
        return
    job = data.registry.info(name).job
    own, _ = data.registry.JOBS.get(job, ("", ""))
    if task == own or (task == "generator" and job == "text"):
        return
    expected = " or ".join(what for fitting, what in data.registry.JOBS.values() if fitting == task)
    remedy = f" Train a {own} on it with --task {own}." if own else ""
    raise ArgumentError(
        f"{name}: expected {expected} for a {task}, got a set for {job}.{remedy} "
        "gatewise data list names others."
    )


def read(
    options: RunOptions,
    say: Callable[[str], None],
    reader: Callable[[str], Examples],
) -> tuple[Examples, Examples | None]:
    """The examples of a run, and those of its test where they stand apart; files by `reader`.

    Raises:
        ArgumentError: the file of the test holds something else than the data.
    """
    test = None
    if known_data_set(options.data):
        examples, test = data.load(options.data, say)
    else:
        examples = reader(options.data)
    return examples, _alike(options, reader(options.test), examples) if options.test else test


def _alike(options: RunOptions, test: Examples, examples: Examples) -> Examples:
    """The examples of `--test` with the channels of training's, in their order.

    Raises:
        ArgumentError: they are of another kind, or a channel is not among theirs.
    """
    if test.kind != examples.kind:
        wanted, got = (HELD.get(one.kind, one.kind) for one in (examples, test))
        raise ArgumentError(
            f"--test: expected {wanted}, as in {options.data}, got {got} in {options.test}. Give a "
            "file like the data, or leave --test out, and a part of the data is held out."
        )
    if examples.channels is None or test.channels is None or examples.channels == test.channels:
        return test
    if missing := [name for name in examples.channels if name not in test.channels]:
        raise ArgumentError(
            f"--test: expected the measurements of {options.data} "
            f"({listed(examples.channels)}), got {options.test} without {listed(missing)}. Name "
            "its columns alike, or say with --features which columns both have."
        )
    places = [test.channels.index(name) for name in examples.channels]
    inputs = [np.ascontiguousarray(one[:, places]) for one in test.inputs]
    return replace(test, inputs=inputs, channels=examples.channels)


Split = Callable[[Examples, float, int], tuple[Examples, Examples]]


def held_apart(
    options: RunOptions, examples: Examples, test: Examples | None, split: Split, how: str
) -> tuple[Examples, Examples | None, Examples | None, str]:
    """Training, validation and test parts, and where the test comes from.

    `split(examples, fraction, seed)` gives those to learn from and those held out, and `how` says
    it in words, with `{}` for the part.
    """
    source = test.source if test else "none"
    if test is None and options.holdout:
        examples, test = split(examples, options.holdout, options.seed)
        source = how.format(f"{options.holdout:.0%}")
    validation = None
    if options.validation:
        examples, validation = split(examples, options.validation, options.seed + 1)
    return examples, validation, test, source


def split_inputs(examples: Examples, fraction: float, seed: int) -> tuple[Examples, Examples]:
    """Examples to learn from, and about `fraction` of them held out; equal inputs stay on one
    side.

    Raises:
        DataError: all inputs are equal, or there is one.
    """
    if len({key(one) for one in examples.inputs}) < 2:
        got = f"got {len(examples)}" + (" with the same input" if len(examples) > 1 else "")
        raise DataError(
            f"{examples.source}: expected at least two different inputs, so that one can be held "
            f"out, {got}. Add some, or hold out none: --holdout 0 --validation 0."
        )
    kept, held = inputs.held_out(examples.inputs, fraction, seed)
    return examples.take(kept), examples.take(held)


def check_enough(options: RunOptions, counts: tuple[int, int], least: int, what: str) -> None:
    """Refuse to train on too few; `counts` are how many there are, before some are held out and
    after.

    Raises:
        DataError: fewer than `least` are left; to hold out less is advised where it helps.
    """
    every, left = counts
    if left >= least:
        return
    remedy = "Add some."
    if every >= least:
        remedy = "Add some, or hold out less with --holdout and --validation."
    raise DataError(
        f"{options.data}: expected at least {least} {what} to train on, got {left}. {remedy}"
    )


def parts(
    options: RunOptions,
    train: Examples,
    validation: Examples | None,
    test: Examples | None,
    test_source: str,
) -> Parts:
    """The parts of a run with all that was left out and said on the way."""
    named: Iterable[Examples] = [one for one in (train, validation, test) if one is not None]
    sources = {one.source: one for one in named}.values()
    return Parts(
        train,
        validation,
        test,
        test_source,
        fingerprint(options),
        left_out=[(one.source, row) for one in sources for row in one.left_out],
        notes=_notes(train, sources),
        reading={} if known_data_set(options.data) else dict(options.reading),
        columns={} if known_data_set(options.data) else dict(train.columns),
    )


def _notes(train: Examples, every: Iterable[Examples]) -> list[str]:
    """What was said of all files; of others than training's with their names."""
    notes = list(train.notes)
    for one in every:
        name = "" if one.source == train.source else f"{Path(one.source).name}: "
        notes += [name + note for note in one.notes if note not in train.notes]
    return list(dict.fromkeys(notes))


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
        f"{counted(int((~known).sum()), 'example')} of the test left out: of labels that training "
        f"never saw ({', '.join(strange[:5])}), so that no answer could be right.",
    ]
    if not len(kept):
        raise DataError(
            f"{test.source}: expected labels seen in training ({', '.join(sorted(labels)[:8])}), "
            f"got only others ({', '.join(strange[:8])}). Check --target and the file."
        )
    return kept
