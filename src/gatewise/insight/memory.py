r"""What a cell still holds of what each step wrote: exact, since its state is a sum of writes.

An LSTM's cell and a GRU's hidden state are kept in part and written to at each step,

.. math::
    c_t = k_t \odot c_{t-1} + w_t
    \qquad \text{LSTM: } k = \Gamma_f,\; w = \Gamma_u \odot \tilde c
    \qquad \text{GRU: } k = z,\; w = (1 - z) \odot \tilde h

so that, unrolled, the state after step T is a sum with a term for each step,

.. math::
    c_T = \Big(\prod_{s \le T} k_s\Big) \odot c_0
        + \sum_{t \le T} \Big(\prod_{t < s \le T} k_s\Big) \odot w_t .

Nothing is approximated. Of a masked step k is 1 and w is 0.
"""

from dataclasses import dataclass

import numpy as np

from gatewise.errors import ArgumentError
from gatewise.insight.recording import LayerRecording


@dataclass(frozen=True)
class Memory:
    """What is left of each step's write, `[B, T, U]` in float64, in the order of time."""

    written: np.ndarray  # w, what the step wrote
    survival: np.ndarray  # in 0..1: the part of it that is left at the step looked at
    contribution: np.ndarray  # survival · written: the step's term of the sum
    initial: np.ndarray  # [B, U]: the initial state's term
    state: np.ndarray  # [B, U]: the state itself, which the terms add up to
    span: np.ndarray  # [B, U]: steps in which a unit keeps 1/e of a write, on average

    @property
    def share(self) -> np.ndarray:
        """`[B, T]`: each step's part of the memory, by size: |contribution| over units, of all.

        The initial state's share is what is left to 1.
        """
        size = np.abs(self.contribution).sum(-1)
        whole = size.sum(-1, keepdims=True) + np.abs(self.initial).sum(-1)[:, None]
        return np.divide(size, whole, out=np.zeros_like(size), where=whole > 0)

    @property
    def retained(self) -> np.ndarray:
        """`[B, T]`, in 0..1: how much of what a step wrote is left, over all units by size."""
        wrote = np.abs(self.written).sum(-1)
        left = np.abs(self.contribution).sum(-1)
        return np.divide(left, wrote, out=np.zeros_like(left), where=wrote > 0)

    @property
    def error(self) -> float:
        """The largest difference between the sum of all terms and the state: rounding."""
        return float(np.abs(self.contribution.sum(1) + self.initial - self.state).max())


def memory(recording: LayerRecording, at: int | None = None) -> Memory:
    """How much of what each step wrote the layer still holds at a step: exact.

    Args:
        recording: of an LSTM's or a GRU's layer, with all its steps.
        at: the step in time to look at; default the last one taken.

    Raises: ArgumentError for a simple RNN, whose state is no sum of writes
        (`jacobian_products` is what it has), for a recording of some steps only, and for a step
        out of range.

    >>> import keras
    >>> from gatewise.insight import record
    >>> model = keras.Sequential([keras.Input((None, 3)), keras.layers.LSTM(4, name="lstm")])
    >>> found = memory(record(model, np.ones((1, 5, 3), "float32"))["lstm"])
    >>> found.error < 1e-6
    True
    """
    keep, written = terms(recording)
    order = slice(None, None, -1 if recording.backwards else 1)  # the steps as they were taken
    keep = keep[:, order]
    T = keep.shape[1]
    last = T - 1 if at is None else place_of(at, T, recording.backwards)
    after = np.ones_like(keep)  # Π k over the steps after each
    for t in range(last - 1, -1, -1):
        after[:, t] = after[:, t + 1] * keep[:, t + 1]
    after[:, last + 1 :] = 0.0
    name = state_name(recording)
    before = recording.initial[name][:, recording.units].astype("float64")
    survival = after[:, order]
    return Memory(
        written=written,
        survival=survival,
        contribution=survival * written,
        initial=after[:, 0] * keep[:, 0] * before,
        state=recording.arrays[name][:, order][:, last].astype("float64"),
        span=span(recording),
    )


def terms(recording: LayerRecording) -> tuple[np.ndarray, np.ndarray]:
    """k and w of each step, float64 `[B, T, U]` in the order of time."""
    if not isinstance(recording, LayerRecording):
        raise ArgumentError(
            f"recording: expected one layer's, got a {type(recording).__name__}. Give "
            "recording[NAME]."
        )
    if recording.kind == "SimpleRNN":
        raise ArgumentError(
            f"layer {recording.name!r}: expected an LSTM or a GRU, got a simple RNN, whose state "
            "is no sum of what its steps wrote. jacobian_products(recording) is what it has."
        )
    if len(recording.steps) < recording.mask.shape[1]:
        raise ArgumentError(
            f"layer {recording.name!r}: expected a recording of all steps, got "
            f"{len(recording.steps)} of {recording.mask.shape[1]}. Record without steps=."
        )
    arrays = {name: array.astype("float64") for name, array in recording.arrays.items()}
    if recording.kind == "LSTM":
        keep, written = arrays["forget"], arrays["update"] * arrays["candidate"]
    else:
        keep, written = arrays["update"], (1 - arrays["update"]) * arrays["candidate"]
    real = recording.mask[:, :, None]
    return np.where(real, keep, 1.0), np.where(real, written, 0.0)


def span(recording: LayerRecording) -> np.ndarray:
    r"""How many steps a unit keeps 1/e of what it holds, `[B, U]`: :math:`-1 / \overline{\ln k}`.

    The mean is over a row's real steps. A unit that never forgets has an infinite span.
    """
    keep, _ = terms(recording)
    steps = np.maximum(recording.mask.sum(1), 1)[:, None]
    with np.errstate(divide="ignore"):
        return -1.0 / np.minimum(np.log(np.maximum(keep, 1e-300)).sum(1) / steps, -0.0)


def state_name(recording: LayerRecording) -> str:
    """The state that is a sum of writes."""
    return "cell" if recording.kind == "LSTM" else "hidden"


def place_of(at: int, T: int, backwards: bool) -> int:
    """A step in time as its place among the steps taken."""
    if not -T <= at < T:
        raise ArgumentError(f"at: expected a step from 0 to {T - 1}, got {at}.")
    return T - 1 - at % T if backwards else at % T
