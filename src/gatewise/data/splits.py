"""Duplicates, held-out examples, and the rule that no input stands on both sides."""

from collections import Counter
from collections.abc import Hashable, Iterable
from typing import Any

import numpy as np

from gatewise.data import examples as reasons
from gatewise.data.examples import Examples, LeftOut, excerpt
from gatewise.errors import ArgumentError, DataError


def key(value: Any) -> Hashable:
    """What makes two inputs the same: the words of a text or of a sentence, or the shape and bytes
    of a series."""
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
        return tuple(value)
    array = np.asarray(value)
    return array.shape, array.tobytes()


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return excerpt(" ".join(map(str, value)))
    return excerpt(value) if isinstance(value, str) else f"{len(value)} steps"


def deduplicate(examples: Examples) -> Examples:
    """Keep the first of examples with the same input; the others are left out, with the reason.

    Texts are the same when they differ in white space alone, series when their bytes are. A
    later example with another label is left out as `same input, other label`.

    >>> some = Examples("text", ["hi  you", "hi you", "win"], ["ham", "ham", "spam"], [2, 3, 4])
    >>> once = deduplicate(some)
    >>> once.rows, once.left_out[0].reason
    ([2, 4], 'duplicate of row 2')
    """
    first: dict[Hashable, int] = {}
    kept: list[int] = []
    dropped: list[LeftOut] = []
    for index, value in enumerate(examples.inputs):
        earlier = first.setdefault(key(value), index)
        if earlier == index:
            kept.append(index)
            continue
        same = examples.labels is None or examples.labels[earlier] == examples.labels[index]
        kind = f"{reasons.DUPLICATE} of" if same else f"{reasons.CONFLICT}:"
        reason = f"{kind} row {examples.rows[earlier]}"
        dropped.append(LeftOut(examples.rows[index], reason, _shown(value)))
    return _with_left_out(examples.take(kept), dropped)


def without(examples: Examples, other: Examples) -> Examples:
    """`examples` less those whose input also stands in `other`, which are left out.

    For an official test set: what is tested on must not have been trained on.

    Raises:
        DataError: nothing is left.

    >>> train = Examples("text", ["a", "b"], ["x", "y"], [2, 3])
    >>> without(train, Examples("text", ["b "], ["y"], [2])).inputs
    ['a']
    """
    theirs = {key(value): row for value, row in zip(other.inputs, other.rows, strict=True)}
    kept: list[int] = []
    dropped: list[LeftOut] = []
    for index, value in enumerate(examples.inputs):
        row = theirs.get(key(value))
        if row is None:
            kept.append(index)
        else:
            reason = f"{reasons.IN_BOTH}, row {row}"
            dropped.append(LeftOut(examples.rows[index], reason, _shown(value)))
    if not kept:
        raise DataError(
            f"{examples.source}: every input also stands in {other.source or 'the test data'}. "
            "Give other examples to train on than to test on."
        )
    return _with_left_out(examples.take(kept), dropped)


def check_trainable(examples: Examples) -> Examples:
    """`examples` with a note on classes that have one example; they can be trained on.

    Raises:
        DataError: there are no labels, fewer than two classes or fewer than four examples.
    """
    counts = examples.label_counts()
    if examples.labels is None:
        raise DataError(f"{examples.source}: expected labels to learn from, got none.")
    if len(counts) < 2:
        raise DataError(
            f"{examples.source}: expected two or more classes, got one: "
            f"{next(iter(counts), 'none')!r} ({len(examples)} examples). Is the right column "
            "named as the label?"
        )
    if len(examples) < 4:
        raise DataError(
            f"{examples.source}: expected four or more examples, got {len(examples)}. Add some."
        )
    if len(counts) == len(examples):
        raise DataError(
            f"{examples.source}: every one of the {len(examples)} examples has a label of its "
            "own. Is the right column named as the label?"
        )
    alone = [label for label, count in counts.items() if count == 1]
    checked = examples.take(range(len(examples)))
    if alone:
        shown = ", ".join(repr(excerpt(label)) for label in alone[:5])
        more = f" and {len(alone) - 5} more" if len(alone) > 5 else ""
        checked.notes.append(f"one example alone, never held out: {shown}{more}")
    return checked


def hold_out(examples: Examples, fraction: float, seed: int) -> tuple[Examples, Examples]:
    """Split into examples to learn from and examples held out, the same for the same `seed`.

    Every class gives about `fraction` of its examples, at least one; a class with one input
    keeps it. Examples with the same input stay together, so none is on both sides; where every
    input is repeated more often than `fraction` asks for, the least repeated is held out.

    Args:
        examples: labelled, best without duplicates.
        fraction: how much to hold out, between 0 and 1.
        seed: a whole number from 0; decides which examples.

    Raises:
        ArgumentError: `fraction` is not between 0 and 1.
        DataError: there are too few classes or examples.

    >>> some = Examples("text", list("abcdefgh"), list("xyxyxyxy"), list(range(8)))
    >>> kept, held = hold_out(some, 0.25, seed=0)
    >>> len(kept), sorted(held.labels)
    (6, ['x', 'y'])
    """
    if not 0 < fraction < 1:
        raise ArgumentError(f"fraction: expected a number between 0 and 1, got {fraction!r}.")
    examples = check_trainable(examples)
    assert examples.labels is not None
    # Not scikit-learn's stratified split: that refuses a class with one example.
    rng = np.random.default_rng(seed)
    held: set[int] = set()
    groups = _groups(examples.inputs, examples.labels)
    for label in sorted(groups):
        members = groups[label]
        total = sum(len(group) for group in members)
        most = total - 1
        wanted = min(max(round(total * fraction), 1), most)
        order = [members[place] for place in rng.permutation(len(members))]
        chosen = []
        for taken in order:
            if wanted >= len(taken):
                chosen.append(taken)
                wanted -= len(taken)
        if not chosen and len(order) > 1:
            chosen = [min(order, key=len)]
        held.update(place for taken in chosen for place in taken)
    if not held:
        raise DataError(
            f"{examples.source}: too few different examples to hold any out: the {len(examples)} "
            f"examples hold {len(groups)} classes with one input each, and equal inputs stay on "
            "one side. Add others, or give the examples to test or validate on yourself."
        )
    return (
        examples.take(index for index in range(len(examples)) if index not in held),
        examples.take(sorted(held)),
    )


def _groups(inputs: Iterable[Any], labels: list[str]) -> dict[str, list[list[int]]]:
    """The places of the examples of each class, those with the same input together."""
    together: dict[Hashable, list[int]] = {}
    for index, value in enumerate(inputs):
        together.setdefault(key(value), []).append(index)
    groups: dict[str, list[list[int]]] = {}
    for places in together.values():
        label = Counter(labels[place] for place in places).most_common(1)[0][0]
        groups.setdefault(label, []).append(places)
    return groups


def _with_left_out(examples: Examples, dropped: list[LeftOut]) -> Examples:
    examples.left_out.extend(dropped)
    return examples
