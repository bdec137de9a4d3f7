"""Batches of sequences of like length: little padding, few shapes to compile."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np

from gatewise.padding import PADDING_ID, SERIES_PADDING


def bucket_widths(lengths: Sequence[int] | np.ndarray, count: int = 8) -> list[int]:
    """The `count` lengths (or fewer) that, as padded lengths, add the least padding in all.

    Exact, by dynamic programming over the distinct lengths; long ranges are first thinned to
    multiples of a step, which bounds the work.

    Args:
        lengths: lengths of the sequences, in steps.
        count: most distinct padded lengths, that is shapes compiled; default 8.

    Returns:
        Ascending widths; the last is the longest length.

    Example:
        >>> bucket_widths([3, 3, 4, 20, 21], count=2)
        [4, 21]
    """
    longest = max(lengths)
    grid = max(1, longest // 256)
    rounded = np.minimum(-(-np.asarray(lengths) // grid) * grid, longest)
    widths, numbers = np.unique(rounded, return_counts=True)
    total = np.concatenate([[0], np.cumsum(numbers)])
    # cost[j]: padded steps when the first j distinct widths are covered, the last by widths[j-1].
    cost = np.concatenate([[0.0], widths * total[1:]])
    cuts = []
    for _ in range(min(count, len(widths)) - 1):
        before = cost[:, None] + widths[None, :] * (total[None, 1:] - total[:, None])
        before[np.tril_indices(len(widths) + 1, -1, len(widths))] = np.inf
        cuts.append(np.argmin(before, axis=0))
        cost = np.concatenate([[0.0], np.min(before, axis=0)])
    found, end = [], len(widths)
    for cut in [*reversed(cuts), np.zeros(len(widths), int)]:
        if end == 0:
            break
        found.append(int(widths[end - 1]))
        end = int(cut[end - 1])
    return found[::-1]


class LengthBatches(keras.utils.PyDataset):
    """A Keras data set that batches examples of like length.

    Each example belongs to the narrowest width that holds it. What does not fill a batch at one
    width moves to the next wider, so that every batch but one is full: at most `len(widths) + 1`
    shapes occur, and two runs with one seed see the same batches in the same order.

    Args:
        lengths: steps of each example `[N]`.
        collate: called with the positions of a batch's examples `[B]` and the width to pad them
            to; gives what Keras takes, `(inputs,)`, `(inputs, targets)` or with weights.
        batch_size: examples in a batch; default 32.
        widths: padded lengths, ascending; longer examples get widths of their own.
        seed: order of the batches; None keeps examples by length (evaluation, prediction).
    """

    def __init__(
        self,
        lengths: Sequence[int] | np.ndarray,
        collate: Callable[[np.ndarray, int], tuple[Any, ...]],
        *,
        batch_size: int = 32,
        widths: Sequence[int] | None = None,
        seed: int | None = None,
    ):
        super().__init__()
        self.batch_size, self.seed = batch_size, seed
        self.lengths = np.asarray(lengths)
        self._collate = collate
        self.widths = _covering(widths or bucket_widths(self.lengths), int(self.lengths.max()))
        self._bucket = np.searchsorted(self.widths, self.lengths)
        self.start_epoch(0)

    @property
    def num_batches(self) -> int:
        return len(self._plan)

    @property
    def examples(self) -> int:
        """How many examples there are."""
        return len(self.lengths)

    @property
    def order(self) -> np.ndarray:
        """Positions of the examples in the order in which the batches give them, `[N]`."""
        return np.concatenate([members for members, _ in self._plan])

    def members(self, index: int) -> np.ndarray:
        """Positions of the examples of one batch, `[B]`."""
        return self._plan[index][0]

    @property
    def padding(self) -> float:
        """The part of all padded steps that is padding, 0 to 1."""
        padded = sum(len(members) * width for members, width in self._plan)
        return 1.0 - float(self.lengths.sum()) / padded

    def start_epoch(self, epoch: int) -> None:
        """Lay out the batches of one epoch; a function of the seed and the epoch alone, so that a
        resumed training sees what an undisturbed one would have seen."""
        if self.seed is None:
            order = np.argsort(self.lengths, kind="stable")
            self._plan = self._batches(order)
            return
        rng = np.random.default_rng([self.seed, epoch])
        self._plan = self._batches(rng.permutation(len(self.lengths)))
        rng.shuffle(self._plan)

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        return self._collate(*self._plan[index])

    def _batches(self, order: np.ndarray) -> list[tuple[np.ndarray, int]]:
        plan, waiting = [], np.empty(0, int)
        for bucket, width in enumerate(self.widths):
            waiting = np.concatenate([waiting, order[self._bucket[order] == bucket]])
            full = len(waiting) - len(waiting) % self.batch_size
            for start in range(0, full, self.batch_size):
                plan.append((waiting[start : start + self.batch_size], width))
            waiting = waiting[full:]
        if len(waiting):
            plan.append((waiting, self.widths[-1]))
        return plan


class BucketedBatches(LengthBatches):
    """Batches of sequences with one target each.

    Args:
        sequences: arrays `[T]` of token ids or `[T, I]` of standardised measurements.
        targets: class ids `[N]`, or None for prediction.
        weights: a weight for each sequence `[N]`, or None.
        options: as `LengthBatches` takes them.
    """

    def __init__(
        self,
        sequences: Sequence[np.ndarray],
        targets: np.ndarray | None = None,
        weights: np.ndarray | None = None,
        **options: Any,
    ):
        self.sequences, self.targets, self.weights = sequences, targets, weights
        super().__init__([len(sequence) for sequence in sequences], self._padded, **options)

    def _padded(self, members: np.ndarray, width: int) -> tuple[np.ndarray, ...]:
        batch = [pad([self.sequences[i] for i in members], width)]
        for answers in (self.targets, self.weights):
            if answers is not None:
                batch.append(answers[members])
        return tuple(batch)


def pad(sequences: Sequence[np.ndarray], width: int, fill: float | None = None) -> np.ndarray:
    """Sequences `[T, …]` filled up at their end to `[B, width, …]`: with `fill`, and where that is
    left out, ids `[T]` with 0 and series `[T, I]` with `SERIES_PADDING`."""
    if fill is None:
        fill = SERIES_PADDING if sequences[0].ndim == 2 else PADDING_ID
    shape = (len(sequences), width, *sequences[0].shape[1:])
    padded = np.full(shape, fill, dtype=sequences[0].dtype)
    for row, sequence in enumerate(sequences):
        padded[row, : len(sequence)] = sequence
    return padded


def _covering(widths: Sequence[int], longest: int) -> list[int]:
    """Widths that hold the longest sequence too, growing by half each time."""
    covering = [width for width in widths if width < longest] or [longest]
    covered = [width for width in widths if width >= longest]
    if covered:
        return sorted({*covering, covered[0]}) if covering[-1] < longest else [covered[0]]
    while covering[-1] < longest:
        covering.append(min(int(covering[-1] * 1.5) + 1, longest))
    return covering
