"""Batches for models that write: whole sequences, and chunks of a long text in their order."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from gatewise.data.batches import LengthBatches, pad

STREAMS = 32  # parts of a running text that are read side by side
STEPS = 128  # of a chunk, over which gradients go back


class SequenceBatches(LengthBatches):
    """Batches of whole sequences of like length, each to be written from its beginning to its end.

    A batch is `(inputs, targets, weights)`: `tokens` `[B, T]` with the boundary before the first
    token, the condition if there is one, targets `[B, T]` with the boundary after the last, and
    weights `[B, T]`, 0 at the padding.

    Args:
        sequences: arrays `[T]` of token ids.
        conditions: class ids `[N]` or vectors `[N, C]`; default None.
        boundary: the id that stands around a sequence.
        weights: a weight for each sequence `[N]`, or None.
        options: as `LengthBatches` takes them.
    """

    def __init__(
        self,
        sequences: Sequence[np.ndarray],
        conditions: np.ndarray | None = None,
        *,
        boundary: int,
        weights: np.ndarray | None = None,
        **options: Any,
    ):
        self.sequences, self.conditions, self.weights = sequences, conditions, weights
        self.boundary = boundary
        super().__init__([len(one) + 1 for one in sequences], self._padded, **options)

    def _padded(self, members: np.ndarray, width: int) -> tuple[Any, ...]:
        own = [self.sequences[i] for i in members]
        tokens = pad([np.concatenate([[self.boundary], one]).astype("int32") for one in own], width)
        targets = pad(
            [np.concatenate([one, [self.boundary]]).astype("int32") for one in own], width
        )
        weights = (np.arange(width) <= np.array([[len(one)] for one in own])).astype("float32")
        if self.weights is not None:
            weights *= self.weights[members, None]
        inputs = {"tokens": tokens}
        if self.conditions is not None:
            inputs["condition"] = self.conditions[members]
        return inputs, targets, weights


class RunningBatches(keras.utils.PyDataset):
    """Chunks of one long text for truncated backpropagation through time with the state carried.

    The text is cut into `streams` parts of one length, which are read side by side: row b of each
    batch goes on where row b of the batch before ended, so the state after one batch is the state
    before the next (Mikolov et al. 2010; Zaremba et al. 2014, arXiv:1409.2329). Gradients end at
    the chunk's beginning. A batch is `(inputs, targets, weights)`: `tokens` `[B, T]`, `fresh`
    `[B]`, 1 in the first batch of an epoch, targets and weights `[B, T]`.

    Args:
        ids: token ids of the text `[N]`.
        boundary: the id that stands before the text.
        streams: B, parts read side by side; default 32.
        steps: T, steps of a chunk; default 128.
        seed: where an epoch's chunks begin: its first tokens, less than T of them and others in
            every epoch, are left out. None reads all of the text in the same chunks (evaluation).

    >>> batches = RunningBatches(np.arange(10), 99, streams=2, steps=3)
    >>> batches.num_batches, batches[1][0]["tokens"].tolist()
    (2, [[2, 3, 0], [7, 8, 0]])
    """

    def __init__(
        self,
        ids: np.ndarray,
        boundary: int,
        *,
        streams: int = STREAMS,
        steps: int = STEPS,
        seed: int | None = None,
    ):
        super().__init__()
        self.streams, self.steps, self.seed = streams, steps, seed
        self._text = np.concatenate([[boundary], ids]).astype("int32")
        self.start_epoch(0)

    @property
    def num_batches(self) -> int:
        return -(-self._length // self.steps)

    @property
    def examples(self) -> int:
        """How many tokens are predicted."""
        return len(self._text) - 1

    @property
    def _length(self) -> int:
        """Steps of a stream."""
        spared = 0 if self.seed is None else self.steps
        return -(-max(1, len(self._text) - 1 - spared) // self.streams)

    def start_epoch(self, epoch: int) -> None:
        """Lay out one epoch; a function of the seed and the epoch alone."""
        shift = 0
        if self.seed is not None:
            room = max(1, min(self.steps, len(self._text) - 1 - self.streams))
            shift = int(np.random.default_rng([self.seed, epoch]).integers(room))
        read, written = self._text[:-1][shift:], self._text[1:][shift:]
        whole = self.streams * self._length
        self._read, self._written, self._weights = (
            _streams(one, whole, self.streams) for one in (read, written, np.ones(len(read)))
        )

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        chunk = slice(index * self.steps, (index + 1) * self.steps)
        tokens, targets = (
            pad(list(one[:, chunk]), self.steps) for one in (self._read, self._written)
        )
        weights = np.zeros(tokens.shape, "float32")
        found = self._weights[:, chunk]
        weights[:, : found.shape[1]] = found
        fresh = np.full(self.streams, float(index == 0), "float32")
        return {"tokens": tokens, "fresh": fresh}, targets, weights


def _streams(values: np.ndarray, whole: int, streams: int) -> np.ndarray:
    """The first `whole` values, filled up with zeros, as rows `[streams, whole / streams]`."""
    kept = values[:whole]
    return np.concatenate([kept, np.zeros(whole - len(kept), kept.dtype)]).reshape(streams, -1)
