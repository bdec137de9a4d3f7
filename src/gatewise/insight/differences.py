r"""What the input of each step brings, through every gate and state, to a sum over hidden states.

Two runs are compared, one on the sequence and one on the same with nothing said. The difference of
their states is taken apart step by step, from the last to the first, and nothing is left over:

- of a sum, each term's difference is its own;
- of a product, :math:`\Delta(pq) = \bar q\,\Delta p + \bar p\,\Delta q` with both runs' means,
  which is each factor's Shapley value (Lundberg & Lee 2017, arXiv:1705.07874);
- of a nonlinearity, :math:`\Delta f = (\Delta f / \Delta z)\,\Delta z`, DeepLIFT's rescale rule
  (Shrikumar et al. 2017, arXiv:1704.02685).

An M below is the multiplier of what it is named for: how much of the sum comes with a unit of its
difference. Arrays [B, T, ·] are float64, in the order in which the steps were taken.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from keras import ops
from scipy.special import expit

from gatewise.errors import ArgumentError
from gatewise.insight.recording import LayerRecording
from gatewise.layers.recurrent import activation_name

ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "tanh": np.tanh,
    "sigmoid": expit,
    "hard_sigmoid": lambda z: np.clip(z / 6 + 0.5, 0, 1),
    "relu": lambda z: np.maximum(z, 0),
    "linear": lambda z: z,
}
NEAR = 1e-6  # differences below it: the slope at the middle stands for the ratio


@dataclass(frozen=True)
class Change:
    """A quantity in both runs: its mean and its difference."""

    run: np.ndarray
    silent: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        return (self.run + self.silent) / 2

    @property
    def difference(self) -> np.ndarray:
        return self.run - self.silent

    def through(self, f: Callable[[np.ndarray], np.ndarray]) -> tuple["Change", np.ndarray]:
        """f of it, and the ratio Δf / Δz."""
        after = Change(f(self.run), f(self.silent))
        moved = self.difference
        slope = (f(self.mean + NEAR) - f(self.mean - NEAR)) / (2 * NEAR)
        return after, np.divide(after.difference, moved, out=slope, where=np.abs(moved) > NEAR)


@dataclass(frozen=True)
class Weights:
    """A layer's weights, float64: [I, G·U], [U, G·U] and two biases of G·U, or 0."""

    kernel: np.ndarray
    recurrent: np.ndarray
    bias: Any
    recurrent_bias: Any


def input_parts(
    layer: Any, run: LayerRecording, silent: LayerRecording, on_hidden: np.ndarray
) -> np.ndarray:
    """Of Σ on_hidden · (hidden - silent hidden), what each step's input brings, [B, T, U].

    The unit is the one through whose gates the input came in.

    Args:
        layer: an LSTM, a GRU or a SimpleRNN.
        run, silent: its recordings on both inputs, whole, with `inputs` and one mask.
        on_hidden: [B, T, U], the weight of each hidden state in the order of time.

    Raises: ArgumentError for an activation whose ratio is not known here.
    """
    order = slice(None, None, -1 if run.backwards else 1)
    weights = _weights(layer)
    hidden = _before(run, silent, "hidden", order)
    moved = Change(*(_ordered(one.inputs, order) @ weights.kernel for one in (run, silent)))
    cell = {"LSTM": _lstm, "GRU": _gru, "SimpleRNN": _simple}[run.kind]
    back = cell(layer, weights, hidden, moved, (run, silent, order))
    return _walk(back, on_hidden[:, order], run.mask[:, order], moved.difference)[:, order]


# `back(t, M)`: from the multipliers of the states after step t, those of the input's share of the
# gates [B, G·U] and of the states before the step. The hidden state comes first.
Back = Callable[[int, list[np.ndarray]], tuple[np.ndarray, list[np.ndarray]]]


def _walk(
    back: tuple[int, Back], on_hidden: np.ndarray, mask: np.ndarray, moved: np.ndarray
) -> np.ndarray:
    count, step = back
    B, T, U = on_hidden.shape
    found = np.zeros((B, T, U))
    after = [np.zeros((B, U))] * count
    for t in range(T - 1, -1, -1):
        after = [after[0] + on_hidden[:, t], *after[1:]]
        gates, before = step(t, after)
        real = mask[:, t, None]  # a masked step hands its states on
        found[:, t] = np.where(real, (gates * moved[:, t]).reshape(B, -1, U).sum(1), 0.0)
        after = [np.where(real, one, held) for one, held in zip(before, after, strict=True)]
    return found


def _lstm(layer, weights, hidden, moved, runs) -> tuple[int, Back]:
    f, gate = _activations(layer)
    i, forget, g, o = _split(_affine(hidden, moved, weights), 4)
    (i, di), (forget, df), (g, dg), (o, do) = (
        i.through(gate), forget.through(gate), g.through(f), o.through(gate),
    )  # fmt: skip
    run, silent, order = runs
    cell = _before(run, silent, "cell", order)
    shown, dc = Change(_ordered(run.cell, order), _ordered(silent.cell, order)).through(f)

    def back(t: int, after: list[np.ndarray]) -> tuple[np.ndarray, list[np.ndarray]]:
        Mh, Mc = after
        Mc = Mc + Mh * o.mean[:, t] * dc[:, t]
        gates = [
            Mc * g.mean[:, t] * di[:, t],
            Mc * cell.mean[:, t] * df[:, t],
            Mc * i.mean[:, t] * dg[:, t],
            Mh * shown.mean[:, t] * do[:, t],
        ]
        M = np.concatenate(gates, axis=-1)
        return M, [M @ weights.recurrent.T, Mc * forget.mean[:, t]]

    return 2, back


def _gru(layer, weights, hidden, moved, runs) -> tuple[int, Back]:
    f, gate = _activations(layer)
    U = layer.units
    both, last = weights.recurrent[:, : 2 * U], weights.recurrent[:, 2 * U :]
    own = Change(moved.run + weights.bias, moved.silent + weights.bias)
    recurrent = weights.recurrent_bias * np.ones(3 * U)
    z, r, n = _split(own, 3)
    (z, dz), (r, dr) = (
        Change(a.run + hidden.run @ R + b, a.silent + hidden.silent @ R + b).through(gate)
        for a, R, b in zip(
            (z, r), np.split(both, 2, axis=1), np.split(recurrent[: 2 * U], 2), strict=True
        )
    )
    # What the reset gate lets through: of the product, or of the state before it.
    inner = hidden
    if layer.reset_after:
        inner = Change(*(h @ last + recurrent[2 * U :] for h in (hidden.run, hidden.silent)))
    let = Change(r.run * inner.run, r.silent * inner.silent)
    if not layer.reset_after:
        let = Change(let.run @ last, let.silent @ last)
    n, dn = Change(n.run + let.run, n.silent + let.silent).through(f)

    def back(t: int, after: list[np.ndarray]) -> tuple[np.ndarray, list[np.ndarray]]:
        (Mh,) = after
        Mn = Mh * (1 - z.mean[:, t]) * dn[:, t]
        Mz = Mh * (hidden.mean[:, t] - n.mean[:, t]) * dz[:, t]
        Mlet = Mn if layer.reset_after else Mn @ last.T
        Mr = Mlet * inner.mean[:, t] * dr[:, t]
        Minner = Mlet * r.mean[:, t]
        before = Mh * z.mean[:, t] + np.concatenate([Mz, Mr], axis=-1) @ both.T
        before = before + (Minner @ last.T if layer.reset_after else Minner)
        return np.concatenate([Mz, Mr, Mn], axis=-1), [before]

    return 1, back


def _simple(layer, weights, hidden, moved, runs) -> tuple[int, Back]:
    _, slope = _affine(hidden, moved, weights).through(_named(layer, "activation"))

    def back(t: int, after: list[np.ndarray]) -> tuple[np.ndarray, list[np.ndarray]]:
        M = after[0] * slope[:, t]
        return M, [M @ weights.recurrent.T]

    return 1, back


def _affine(hidden: Change, moved: Change, weights: Weights) -> Change:
    """x·W + h·R + b in both runs."""
    return Change(
        moved.run + hidden.run @ weights.recurrent + weights.bias,
        moved.silent + hidden.silent @ weights.recurrent + weights.bias,
    )


def _split(change: Change, gates: int) -> Iterator[Change]:
    runs = (np.split(one, gates, axis=-1) for one in (change.run, change.silent))
    return (Change(run, silent) for run, silent in zip(*runs, strict=True))


def _before(run: LayerRecording, silent: LayerRecording, name: str, order: slice) -> Change:
    """A state before each step, in both runs."""
    return Change(*(
        np.concatenate([one.initial[name][:, None], _ordered(one.arrays[name], order)[:, :-1]], 1)
        for one in (run, silent)
    ))  # fmt: skip


def _ordered(array: Any, order: slice) -> np.ndarray:
    return array[:, order].astype("float64")


def _weights(layer: Any) -> Weights:
    cell = layer.cell
    kernel, recurrent = (
        ops.convert_to_numpy(one).astype("float64") for one in (cell.kernel, cell.recurrent_kernel)
    )
    if cell.bias is None:
        return Weights(kernel, recurrent, 0.0, 0.0)
    bias = ops.convert_to_numpy(cell.bias).astype("float64")
    return Weights(kernel, recurrent, *(bias if bias.ndim == 2 else (bias, 0.0)))


def _activations(layer: Any) -> tuple[Any, Any]:
    return _named(layer, "activation"), _named(layer, "recurrent_activation")


def _named(layer: Any, which: str) -> Callable[[np.ndarray], np.ndarray]:
    name = activation_name(getattr(layer, which))
    if name not in ACTIVATIONS:
        raise ArgumentError(
            f"layer {layer.name!r}: expected {which} of {', '.join(ACTIVATIONS)}, got {name!r}."
        )
    return ACTIVATIONS[name]
