"""What a case must give: `gatewise.equations` in float64 on the back end that Keras runs on.

For a back end that compiles, cases are padded with masked steps, empty rows and idle units up to
one size, so that it does so once a cell; larger ones are taken as they are.
"""

import functools
from functools import partial

import keras
import numpy as np
from keras import ops

from gatewise.equations import (
    GRUGates,
    LSTMGates,
    gru_step,
    lstm_step,
    run_sequence,
    simple_rnn_step,
    stacked,
)
from gatewise.kernels.contract import GATES

from .cases import Case

STEPS = {
    "LSTM": lstm_step,
    "GRU": gru_step,
    "GRU reset before": partial(gru_step, reset_after=False),
    "SimpleRNN tanh": simple_rnn_step,
    "SimpleRNN relu": partial(simple_rnn_step, activation=ops.relu),
}
PADDED = (20, 12, 40, 70)  # B, T, I, U
COMPILED = keras.backend.backend() != "torch"


@functools.lru_cache(maxsize=4)
def expected(case: Case) -> dict[str, np.ndarray]:
    """Every result by name: outputs, last states, residual, and the gradients (`d_...`).

    Shapes are those of `gatewise.kernels.contract`; a case without bias has no `d_bias`. What a
    kernel need not give (hidden states with `fill="none"`, the residual at masked steps) is 0.
    """
    directions = [_direction(case, d) for d in range(len(case.kernel))]
    found = {name: np.stack([one[name] for one in directions]) for name in directions[0]}
    found["hidden"] = np.moveaxis(found["hidden"], 0, 2)  # [B,T,D,U]
    found["d_x"] = found["d_x"].sum(axis=0)
    if case.bias is None:
        del found["d_bias"]
    return found


def _direction(case: Case, d: int) -> dict[str, np.ndarray]:
    """The results of one direction, without the axis D."""
    backwards, flipped = case.backwards(d), case.backwards(d) and case.in_time(d)
    taken = lambda array: array[:, ::-1] if backwards else array  # noqa: E731
    given = lambda array: array[:, ::-1] if flipped else array  # noqa: E731
    filled = case.filled()[:, :, d]
    G, sizes = GATES[case.cell], (*case.x.shape, case.recurrent.shape[1])
    B, T, I, U = PADDED if COMPILED and all(np.less_equal(sizes, PADDED)) else sizes
    gates = lambda array: _by_gate(array, G, U)  # noqa: E731
    two_biases = (2,) if case.cell == "GRU" else ()
    bias = np.zeros((*two_biases, G * sizes[3])) if case.bias is None else case.bias[d]
    variables = (
        _pad(taken(case.x), B, T, I),
        _pad(gates(case.kernel[d]), I, G * U),
        _pad(gates(case.recurrent[d]), U, G * U),
        gates(bias),
        tuple(_pad(state[d], B, U) for state in case.states),
    )
    dropout = None if case.dropout is None else _pad(case.dropout[d], G, B, U)
    probes = [_pad(given(case.probes[0][:, :, d] * filled), B, T, U)]
    probes += [_pad(probe[d], B, U) for probe in case.probes[1:]]
    results, residual, gradients = _differentiated(
        case.cell, variables, _pad(taken(case.real()), B, T).astype(bool), dropout, probes
    )

    B, T, I, U = sizes
    real = case.real_outputs()[:, :, d]
    own = lambda array: _own_gates(array, G, U)  # noqa: E731
    found = {"hidden": given(results[0][:B, :T, :U]) * filled}
    names = ("h", "c")[: len(case.states)]
    found |= {name: array[:B, :U] for name, array in zip(names, results[1:], strict=True)}
    if residual:
        found["gates"] = given(own(residual[0])[:B, :T]) * real
    if len(residual) > 1:
        found["cells"] = given(residual[1][:B, :T, :U]) * real
    found["d_x"] = taken(gradients[0][:B, :T, :I])
    found["d_kernel"] = own(gradients[1])[:I]
    found["d_recurrent"] = own(gradients[2])[:U]
    found["d_bias"] = own(gradients[3])
    for name, array in zip(names, gradients[4], strict=True):
        found["d_" + name] = array[:B, :U]
    return found


def _pad(array: np.ndarray, *shape: int) -> np.ndarray:
    room = [(0, want - have) for want, have in zip(shape, array.shape, strict=True)]
    return np.pad(array.astype("float64"), room)


def _by_gate(array: np.ndarray, G: int, U: int) -> np.ndarray:
    """[..., G·U'] with idle units behind each gate's own: [..., G·U]."""
    array = array.reshape(*array.shape[:-1], G, -1).astype("float64")
    room = [(0, 0)] * (array.ndim - 1) + [(0, U - array.shape[-1])]
    return np.pad(array, room).reshape(*array.shape[:-2], G * U)


def _own_gates(array: np.ndarray, G: int, U: int) -> np.ndarray:
    """The way back: [..., G·U'] without the idle units, [..., G·U]."""
    array = array.reshape(*array.shape[:-1], G, -1)[..., :U]
    return array.reshape(*array.shape[:-2], G * U)


def _run(cell, mask, dropout, x, kernel, recurrent, bias, states):
    """(hidden [B,T,U], *states) and the residual, in the order in which the steps are taken."""
    options = {}
    if cell == "GRU":
        bias, options["recurrent_bias"] = bias[0], bias[1]
    step = partial(STEPS[cell], **options)
    if dropout is None:
        step = partial(step, recurrent_kernel=recurrent)
    else:
        step = partial(_row_by_row, step, _dropped(recurrent, dropout))
    run = run_sequence(step, ops.matmul(x, kernel) + bias, tuple(states), mask)
    return (run.outputs, *run.states), _residual(run, states, recurrent, options, dropout)


def _dropped(recurrent, dropout):
    """[B,U,G·U]: each row's own weights. (h·m)·R is h·(m·R), m scaling the rows of R."""
    G, _, U = dropout.shape
    weights = ops.reshape(recurrent, (1, U, G, -1)) * ops.transpose(dropout, (1, 2, 0))[..., None]
    return ops.reshape(weights, (-1, U, recurrent.shape[1]))


def _row_by_row(step, recurrent, projected, states):
    """One step whose recurrent weights have an axis for the batch."""
    states = tuple(state[:, None] for state in states)
    gates = step(projected[:, None], states, recurrent_kernel=recurrent)
    return type(gates)(*(array[:, 0] for array in gates))


def _residual(run, states, recurrent, options, dropout):
    if isinstance(run.gates, LSTMGates):
        return stacked(run.gates), run.gates.cell
    if not isinstance(run.gates, GRUGates):
        return ()
    if not options:
        return (stacked(run.gates),)
    before = ops.concatenate([states[0][:, None], run.outputs[:, :-1]], axis=1)
    if dropout is not None:
        before = before * dropout[2][:, None]
    inner = ops.matmul(before, ops.split(recurrent, 3, axis=-1)[2])
    return stacked(run.gates), inner + ops.split(options["recurrent_bias"], 3)[2]


def _differentiated(cell, variables, mask, dropout, probes):
    """Results, residual, and the gradients of `variables`, as NumPy arrays in float64."""
    if not COMPILED:
        return _with_torch(cell, variables, mask, dropout, probes)
    import jax

    with jax.enable_x64(True):
        found = _compiled(cell)(variables, mask, dropout, tuple(probes))
        assert all(array.dtype == "float64" for array in jax.tree.leaves(found))
        return jax.tree.map(np.asarray, found)


@functools.cache
def _compiled(cell):
    import jax

    def differentiated(variables, mask, dropout, probes):
        run = lambda given: _run(cell, mask, dropout, *given)  # noqa: E731
        results, pull, residual = jax.vjp(run, variables, has_aux=True)
        return results, residual, pull(probes)[0]

    return jax.jit(differentiated)


def _with_torch(cell, variables, mask, dropout, probes):
    import torch

    tensors = [torch.tensor(array, requires_grad=True) for array in variables[:4]]
    states = [torch.tensor(array, requires_grad=True) for array in variables[4]]
    constants = [None if a is None else torch.tensor(a) for a in (mask, dropout)]
    results, residual = _run(cell, *constants, *tensors, states)
    gradients = torch.autograd.grad(
        results, [*tensors, *states], [torch.tensor(p) for p in probes], materialize_grads=True
    )
    numpy = lambda arrays: tuple(array.detach().numpy() for array in arrays)  # noqa: E731
    gradients = numpy(gradients)
    return numpy(results), numpy(residual), (*gradients[:4], gradients[4:])
