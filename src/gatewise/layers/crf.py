"""A linear-chain conditional random field over the steps of a sequence."""

from typing import Any

import keras
from keras import ops

Array = Any  # a tensor of whichever back end Keras runs on
IMPOSSIBLE = -1e9  # the score of a tag that cannot be; its exponential is 0


@keras.saving.register_keras_serializable(package="gatewise")
class CRF(keras.layers.Layer):
    r"""Scores whole sequences of tags: each step's scores, and how well neighbours go together.

    The score of tags y for scores s `[T, K]` is Σₜ s[t, yₜ] + Σₜ A[yₜ₋₁, yₜ] + first[y₁] +
    last[y_T], and their probability exp(score) / Z, where Z sums over all Kᵀ sequences, exactly, by
    the forward algorithm (Lafferty et al. 2001; Huang et al. 2015).

    Called, it passes the scores [B, T, K] on unchanged and keeps the weights A, `first` and `last`;
    `log_probability`, `viterbi` and `marginals` use them. Masks [B, T] are of steps at the end,
    as padding leaves them; every sequence has at least one step.

    >>> crf = CRF()
    >>> scores = crf(ops.array([[[2.0, 0.0], [0.0, 1.0]]]))
    >>> ops.convert_to_numpy(crf.viterbi(scores)).tolist()
    [[0, 1]]
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, input_shape):
        tags = input_shape[-1]
        self.transitions = self.add_weight(
            shape=(tags, tags), initializer="zeros", name="transitions"
        )
        self.first = self.add_weight(shape=(tags,), initializer="zeros", name="first")
        self.last = self.add_weight(shape=(tags,), initializer="zeros", name="last")

    def call(self, scores):
        return scores

    def compute_output_shape(self, input_shape):
        return input_shape

    def log_probability(self, scores: Array, tags: Array, mask: Array | None = None) -> Array:
        """The logarithm of the probability of each sequence of tags [B, T]: [B].

        A tag below 0 is not known: it is summed over all that could stand there (Tsuboi et al.
        2008, "Training Conditional Random Fields Using Incomplete Annotations").
        """
        tags = ops.expand_dims(ops.cast(tags, "int32"), -1)  # [B, T, 1]
        agrees = ops.logical_or(tags < 0, tags == ops.arange(scores.shape[-1], dtype="int32"))
        allowed = ops.where(agrees, scores, IMPOSSIBLE)
        # Both sums go through the steps at once.
        both = ops.concatenate([allowed, scores], axis=0)
        masks = None if mask is None else ops.concatenate([mask, mask], axis=0)
        agreeing, every = ops.split(self.log_partition(both, masks), 2)
        return agreeing - every

    def log_partition(self, scores: Array, mask: Array | None = None) -> Array:
        """log Z of each example: [B]."""
        alphas = self._forward(scores, _real(scores, mask))
        return ops.logsumexp(alphas[:, -1] + self.last, axis=-1)

    def marginals(self, scores: Array, mask: Array | None = None) -> Array:
        """The probability of each tag at each step, over all sequences: [B, T, K]."""
        real = _real(scores, mask)
        alphas, betas = self._forward(scores, real), self._backward(scores, real)
        return ops.softmax(alphas + betas, axis=-1)

    def viterbi(self, scores: Array, mask: Array | None = None) -> Array:
        """The most probable sequence of tags: int32 [B, T], 0 where the mask hides."""
        real = _real(scores, mask)

        def step(best, now):
            emitted, there = now
            pairs = ops.expand_dims(best, -1) + self.transitions  # [B, from, to]
            found = ops.max(pairs, axis=1) + emitted
            here = ops.where(there > 0, found, best)
            came = ops.cast(ops.argmax(pairs, axis=1), "int32")
            return here, ops.where(there > 0, came, _self(pairs))

        best, came = _scan(step, scores[:, 0] + self.first, scores, real)
        last = ops.cast(ops.argmax(best + self.last, axis=-1), "int32")

        def back(tag, pointers):
            before = ops.take_along_axis(pointers, ops.expand_dims(tag, -1), axis=-1)[:, 0]
            return before, before

        if came is None:
            tags = ops.expand_dims(last, 1)
        else:
            _, earlier = ops.scan(back, last, came, reverse=True)  # [T - 1, B]
            tags = ops.concatenate([ops.transpose(earlier), ops.expand_dims(last, 1)], axis=1)
        return tags * ops.cast(real, "int32")

    def _forward(self, scores: Array, real: Array) -> Array:
        """α[t, k]: log of the summed scores of all beginnings that end in k at t; [B, T, K]."""

        def step(alpha, now):
            emitted, there = now
            summed = ops.logsumexp(ops.expand_dims(alpha, -1) + self.transitions, axis=1)
            alpha = ops.where(there > 0, summed + emitted, alpha)
            return alpha, alpha

        start = scores[:, 0] + self.first
        _, rest = _scan(step, start, scores, real)
        return _joined(start, rest)

    def _backward(self, scores: Array, real: Array) -> Array:
        """β[t, k]: log of the summed scores of all that can follow k at t; [B, T, K]."""

        def step(beta, now):
            emitted, there = now  # of the step after
            after = ops.expand_dims(beta + emitted, 1) + self.transitions  # [B, from, to]
            beta = ops.where(there > 0, ops.logsumexp(after, axis=-1), beta)
            return beta, beta

        end = ops.zeros_like(scores[:, 0]) + self.last
        _, rest = _scan(step, end, scores, real, reverse=True)
        return _joined(rest, end)


class Decoder(keras.Model):
    """What a `CRF` makes of scores, as a `keras.Model` whose `predict_on_batch` compiles it once
    for each shape.

    Called with scores `[B, T, K]` and which steps are real, bool `[B, T]`; gives the most probable
    tags `[B, T]` and the probability of every tag at every step `[B, T, K]`.

    Args:
        crf: a `CRF` that is built.
    """

    def __init__(self, crf: CRF):
        super().__init__(name="decoder")
        self.crf = crf
        self.built = True

    def call(self, inputs: tuple[Array, Array]) -> tuple[Array, Array]:
        scores, real = inputs
        return self.crf.viterbi(scores, real), self.crf.marginals(scores, real)


def _real(scores: Array, mask: Array | None) -> Array:
    if mask is None:
        return ops.ones_like(scores[:, :, 0])
    return ops.cast(mask, scores.dtype)


def _self(pairs: Array) -> Array:
    """Pointers from each tag to itself, for steps that the mask hides: [B, K]."""
    shape = ops.shape(pairs)
    tags = ops.cast(ops.arange(shape[-1]), "int32")
    return ops.broadcast_to(tags, (shape[0], shape[-1]))


def _scan(step, start: Array, scores: Array, real: Array, reverse: bool = False):
    """`step` over the steps from the second on: the last state, and what it gave at each,
    [T - 1, B, K], or None where there is one step."""
    if scores.shape[1] == 1:
        return start, None
    steps = ops.transpose(scores[:, 1:], (1, 0, 2))  # [T - 1, B, K]
    there = ops.expand_dims(ops.transpose(real[:, 1:]), -1)  # [T - 1, B, 1]
    return ops.scan(step, start, (steps, there), reverse=reverse)


def _joined(*parts: Array | None) -> Array:
    """Steps [B, K] or [T, B, K] put one after another, those that are None left out: [B, T, K]."""
    rows = [
        part if len(part.shape) == 3 else ops.expand_dims(part, 0)
        for part in parts
        if part is not None
    ]
    return ops.transpose(ops.concatenate(rows, axis=0), (1, 0, 2))
