r"""How a simple RNN's last state still depends on each earlier one: products of Jacobians.

A simple RNN has no memory that is kept in part and written to, so there is no exact sum over its
steps. What it has is the chain rule,

.. math::
    h_t = f(W x_t + R^\top h_{t-1} + b), \qquad
    \frac{\partial h_T}{\partial h_t}
        = \prod_{s=t+1}^{T} \mathrm{diag}\big(f'(\cdot)_s\big)\, R^\top

the product whose norm shrinks or grows with the distance: the vanishing and the exploding gradient
(Bengio et al. 1994; Pascanu et al. 2013, arXiv:1211.5063). It says how much a small change of a
state would change the last one, not what that state brought.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gatewise.errors import ArgumentError
from gatewise.insight.memory import place_of
from gatewise.insight.recording import LayerRecording

CHUNK_BYTES = 64 << 20  # for the products of the rows that are computed at a time

# f' of an activation by its value.
SLOPES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "tanh": lambda h: 1 - h**2,
    "relu": lambda h: (h > 0).astype("float64"),
    "linear": np.ones_like,
    "sigmoid": lambda h: h * (1 - h),
}


@dataclass(frozen=True)
class JacobianProducts:
    """Sizes of ∂h_T/∂h_t, float64, in the order of time; 0 where masked and after step T."""

    norm: np.ndarray  # [B, T]: the Frobenius norm, which is √U at T itself
    by_unit: np.ndarray  # [B, T, U]: how much the whole of h_T moves with one unit of h_t


def jacobian_products(recording: LayerRecording, at: int | None = None) -> JacobianProducts:
    """How much a simple RNN's state at a step depends on each state before it: exact.

    Args:
        recording: of a simple RNN's layer, with all its steps and units.
        at: T, the step in time looked at; default the last one taken.

    Raises: ArgumentError for an LSTM or a GRU (`memory` is what they have), for a recording of
        some steps or units only, a step out of range, and an activation other than tanh, relu,
        sigmoid and linear.

    >>> import keras
    >>> from gatewise.insight import record
    >>> model = keras.Sequential([keras.Input((None, 3)), keras.layers.SimpleRNN(4, name="rnn")])
    >>> found = jacobian_products(record(model, np.ones((1, 5, 3), "float32"))["rnn"])
    >>> found.norm.shape, float(found.norm[0, -1])
    ((1, 5), 2.0)
    """
    _check(recording)
    B, T, U = recording.hidden.shape
    last = T - 1 if at is None else place_of(at, T, recording.backwards)
    rows = max(1, CHUNK_BYTES // (8 * U * U))
    order = slice(None, None, -1 if recording.backwards else 1)  # the steps as they were taken
    by_unit = np.zeros((B, T, U))
    for start in range(0, B, rows):
        part = slice(start, start + rows)
        by_unit[part] = _sizes(recording, part, order, last)
    by_unit = by_unit[:, order]
    return JacobianProducts(np.sqrt((by_unit**2).sum(-1)), by_unit)


def _sizes(recording: LayerRecording, rows: slice, order: slice, last: int) -> np.ndarray:
    """Norms [B, T, U] of the products' rows, steps in the order in which they were taken."""
    hidden = recording.hidden[rows, order].astype("float64")
    real = recording.mask[rows, order]
    slopes = SLOPES[recording.activation](hidden)
    weights = recording.weights["recurrent_kernel"].astype("float64")
    # product[i, j] = ∂h_T[j] / ∂h_t[i], from the last step back.
    product = np.broadcast_to(np.eye(len(weights)), (len(hidden), *weights.shape))
    found = np.zeros_like(hidden)
    for t in range(last, -1, -1):
        found[:, t] = np.where(real[:, t, None], np.linalg.norm(product, axis=-1), 0.0)
        before = (weights * slopes[:, t, None]) @ product
        product = np.where(real[:, t, None, None], before, product)  # a masked step holds
    return found


def _check(recording: LayerRecording) -> None:
    if recording.kind != "SimpleRNN":
        raise ArgumentError(
            f"layer {recording.name!r}: expected a simple RNN, got {recording.kind}, whose memory "
            "is a sum of what its steps wrote. memory(recording) gives it."
        )
    if not recording.whole:
        raise ArgumentError(
            f"layer {recording.name!r}: expected a recording of all steps and units. Record "
            "without steps= and units=."
        )
    if recording.activation not in SLOPES:
        raise ArgumentError(
            f"layer {recording.name!r}: expected an activation of {', '.join(SLOPES)}, got "
            f"{recording.activation!r}, whose slope cannot be told from its value."
        )
