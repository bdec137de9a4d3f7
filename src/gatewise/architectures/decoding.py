"""Search for what a decoder writes: greedy and by beams, whole batches in one compiled loop.

What is found for a source depends on that source alone: how far a search may go is decided by its
own length, and a row that has ended waits for the others without being changed by them.

Shapes: B sources, K beams, L most tokens written, S steps read, U units, V target vocabulary.
"""

from typing import Any

import keras
from keras import ops

from gatewise.architectures.encoder_decoder import EncoderDecoder, Read
from gatewise.architectures.parts import check_whole
from gatewise.errors import ArgumentError
from gatewise.padding import PADDING_ID

NEVER = float("-inf")


class Search(keras.Model):
    """The likeliest answers of an `EncoderDecoder`, as a `keras.Model` of its own, whose
    `predict_on_batch` compiles the loop once for each shape.

    Called with sources, ids `[B, S]`; gives the tokens written `[B, L]`, the end token last and
    then padding, and each answer's score `[B]`: its log probability over its length to the power
    of `length_power` (as Wu et al., "Google's Neural Machine Translation System", 2016, section 7,
    without their constant).

    Args:
        network: writes one token at a time.
        boundary: the id that a decoder is given first, and writes last.
        beams: K; 1 is the greedy search, which follows the likeliest token only.
        length_power: 0 compares sums of log probabilities, which favours short answers, 1 their
            means; default 1.
        unwritten: ids that are never written; default padding alone.
        growth: tokens that an answer may have for each one read; default 2.
        slack: tokens that it may have beyond; default 10. At its limit an answer is ended.

    Raises:
        ArgumentError: an argument is out of its range.

    Example:
        >>> from gatewise.architectures import encoder_decoder
        >>> network = encoder_decoder(source_vocabulary=9, target_vocabulary=9, units=4)
        >>> tokens, scores = Search(network, boundary=2, beams=3).predict_on_batch(
        ...     ops.convert_to_numpy([[4, 5, 6], [7, 0, 0]]))
        >>> tokens.shape, scores.shape
        ((2, 16), (2,))
    """

    def __init__(
        self,
        network: EncoderDecoder,
        *,
        boundary: int,
        beams: int = 1,
        length_power: float = 1.0,
        unwritten: tuple[int, ...] = (PADDING_ID,),
        growth: int = 2,
        slack: int = 10,
    ):
        super().__init__(name="search")
        check_whole(1, beams=beams, slack=slack)
        check_whole(0, growth=growth)
        if not 0 <= length_power <= 2:
            raise ArgumentError(f"length_power: expected 0 to 2, got {length_power}; 1 is usual.")
        self.network = network
        self.boundary, self.beams, self.length_power = boundary, beams, length_power
        self.unwritten = tuple(unwritten)
        self.growth, self.slack = growth, slack
        self.built = True

    def call(self, source: Any) -> tuple[Any, Any]:
        return self._greedy(source) if self.beams == 1 else self._by_beams(source)

    def _greedy(self, source: Any) -> tuple[Any, Any]:
        read = self.network.encode(source)
        B, limits, most = self._limits(source)

        def go_on(t, tokens, last, scores, ended, states):
            return ops.logical_and(t < most, ops.logical_not(ops.all(ended)))

        def step(t, tokens, last, scores, ended, states):
            logs, states = self._next(last, read, states, t, limits)
            best = ops.cast(ops.argmax(logs, axis=-1), "int32")
            best = ops.where(ended, PADDING_ID, best)
            scores = scores + ops.where(ended, 0.0, ops.max(logs, axis=-1))
            tokens = _put(tokens, best, t)
            return t + 1, tokens, best, scores, ops.logical_or(ended, best == self.boundary), states

        first = (
            ops.convert_to_tensor(0, "int32"),
            ops.full((B, most), PADDING_ID, dtype="int32"),
            ops.full((B,), self.boundary, dtype="int32"),
            ops.zeros((B,), "float32"),
            ops.zeros((B,), "bool"),
            list(read.states),
        )
        _, tokens, _, scores, _, _ = ops.while_loop(go_on, step, first)
        return tokens, self._normalised(scores, _lengths(tokens))

    def _by_beams(self, source: Any) -> tuple[Any, Any]:
        K = self.beams
        B, limits, most = self._limits(source)
        read = _repeated(self.network.encode(source), K)
        every_limit = ops.repeat(limits, K)  # [B·K]

        def go_on(t, tokens, last, scores, ended, states):
            return ops.logical_and(
                t < most, ops.any(self._undecided(tokens, scores, ended, limits))
            )

        def step(t, tokens, last, scores, ended, states):
            logs, states = self._next(ops.reshape(last, (-1,)), read, states, t, every_limit)
            logs = ops.reshape(logs, (B, K, -1))
            parents, best, scores = _best(logs, scores, ended)
            before = ops.take_along_axis(ended, parents, axis=1)
            ends = ops.logical_and(best == self.boundary, scores > NEVER)
            tokens = ops.take_along_axis(tokens, ops.expand_dims(parents, -1), axis=1)
            tokens = _put(tokens, best, t)
            states = [_of_parents(state, parents) for state in states]
            return t + 1, tokens, best, scores, ops.logical_or(before, ends), states

        first = (
            ops.convert_to_tensor(0, "int32"),
            ops.full((B, K, most), PADDING_ID, dtype="int32"),
            ops.full((B, K), self.boundary, dtype="int32"),
            # All beams begin alike, so that only one of them may go on.
            ops.tile(ops.convert_to_tensor([[0.0] + [NEVER] * (K - 1)], "float32"), (B, 1)),
            ops.zeros((B, K), "bool"),
            list(read.states),
        )
        _, tokens, _, scores, ended, _ = ops.while_loop(go_on, step, first)
        finals = ops.where(ended, self._normalised(scores, _lengths(tokens)), NEVER)
        best = ops.argmax(finals, axis=1)[:, None]
        found = ops.take_along_axis(tokens, best[:, :, None], axis=1)[:, 0]
        return found, ops.take_along_axis(finals, best, axis=1)[:, 0]

    def _limits(self, source: Any) -> tuple[int, Any, int]:
        """B, the most tokens that each source's answer may have `[B]`, and the most of all."""
        B, S = ops.shape(source)
        lengths = ops.sum(ops.cast(source != PADDING_ID, "int32"), axis=1)
        return B, self.growth * lengths + self.slack, self.growth * S + self.slack

    def _next(self, last: Any, read: Read, states: Any, t: Any, limits: Any) -> tuple[Any, Any]:
        """Log probabilities `[N, V]` of the token after `last` `[N]`, and the states there."""
        written = self.network.decode(last[:, None], read, states)
        logs = ops.log_softmax(ops.cast(written.logits[:, 0], "float32"), axis=-1)
        ids = ops.arange(logs.shape[-1])
        for barred in self.unwritten:
            logs = ops.where(ids == barred, NEVER, logs)
        only_the_end = ops.logical_and((t + 1 >= limits)[:, None], (ids != self.boundary)[None])
        return ops.where(only_the_end, NEVER, logs), written.states

    def _undecided(self, tokens: Any, scores: Any, ended: Any, limits: Any) -> Any:
        """Which sources may yet find something better, bool `[B]`: the best that goes on could
        reach its limit without losing more."""
        ends = ops.where(ended, self._normalised(scores, _lengths(tokens)), NEVER)
        goes_on = ops.where(ended, NEVER, scores)
        reachable = self._normalised(ops.max(goes_on, axis=1), limits)
        return reachable > ops.max(ends, axis=1)

    def _normalised(self, scores: Any, lengths: Any) -> Any:
        return scores / ops.cast(ops.maximum(lengths, 1), "float32") ** self.length_power


def _best(logs: Any, scores: Any, ended: Any) -> tuple[Any, Any, Any]:
    """The K best ways to go on: the beam each comes from, its token and its score, `[B, K]`.

    An ended answer keeps its place, whatever the others reach, and adds padding.
    """
    B, K, V = ops.shape(logs)
    going = ops.where(ended[:, :, None], NEVER, scores[:, :, None] + logs)
    stays = ops.logical_and(ended[:, :, None], ops.arange(V) == PADDING_ID)
    ranks = ops.reshape(ops.where(stays, float("inf"), going), (B, K * V))
    values = ops.reshape(ops.where(stays, scores[:, :, None], going), (B, K * V))
    _, places = ops.top_k(ranks, K)
    places = ops.cast(places, "int32")
    return places // V, places % V, ops.take_along_axis(values, places, axis=1)


def _put(tokens: Any, token: Any, t: Any) -> Any:
    """`tokens` `[..., L]` with `token` `[...]` at position `t`."""
    here = ops.arange(tokens.shape[-1], dtype="int32") == t
    return ops.where(here, ops.expand_dims(token, -1), tokens)


def _lengths(tokens: Any) -> Any:
    return ops.sum(ops.cast(tokens != PADDING_ID, "int32"), axis=-1)


def _repeated(read: Read, times: int) -> Read:
    """Each row `times` times, one for each beam."""
    memory, keys, real = (ops.repeat(one, times, axis=0) for one in read[:3])
    return Read(memory, keys, real, [ops.repeat(state, times, axis=0) for state in read.states])


def _of_parents(state: Any, parents: Any) -> Any:
    """The state `[B·K, U]` of the beams that were gone on with, `[B, K]`."""
    B, K = ops.shape(parents)
    beams = ops.reshape(state, (B, K, -1))
    return ops.reshape(ops.take_along_axis(beams, parents[:, :, None], axis=1), (B * K, -1))
