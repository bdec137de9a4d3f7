"""A case run by the native core itself, through ctypes: no framework in between.

Arrays that the core writes are filled with NaN before, and so is what the header says is not
read, so that a step left out or a masked step looked at shows.
"""

import ctypes

import numpy as np

from gatewise.kernels.contract import CELLS, FILLS, GATES
from gatewise.kernels.native import library

from .cases import Case

# The arrays that a backward pass may be asked for.
GRADIENTS = ("d_x", "d_kernel", "d_recurrent", "d_bias", "d_h0", "d_c0")


def run_core(
    case: Case, threads: int = 0, wanted=GRADIENTS, absent_when_zero: bool = False
) -> dict[str, np.ndarray]:
    """The results that `oracle.expected` names, and the forward pass alone as "... (alone)".

    `absent_when_zero` gives NULL for gradients coming in that are all zero.
    Raises: KernelError where the core refuses.
    """
    given, alone, written = _given(case, threads), _last(case), _last(case) | _residual(case)
    alone["hidden"] = _empty(case, "hidden") if case.outputs else None
    written["hidden"] = _empty(case, "hidden")
    _run("gw_forward", given | alone)
    _run("gw_forward", given | written)

    kept = {name: written[name] for name in ("hidden", "gates", "cells")}
    incoming = _incoming(case)
    if absent_when_zero:
        incoming = {k: a if a is not None and np.any(a) else None for k, a in incoming.items()}
    gradients = {name: _empty(case, name) for name in wanted}
    _run("gw_backward", given | kept | incoming | gradients)

    found = {"hidden": written["hidden"], "h": written["h_last"], "c": written["c_last"]}
    found |= {"gates": kept["gates"], "cells": kept["cells"], "hidden (alone)": alone["hidden"]}
    found |= {"h (alone)": alone["h_last"], "c (alone)": alone["c_last"]}
    found |= {name.removesuffix("0"): array for name, array in gradients.items()}
    return {name: array for name, array in found.items() if array is not None}


def status_of(function: str, case: Case, **changed) -> int:
    """What the core answers to this case with some fields of its gw_call changed."""
    fields = _given(case, 0) | _last(case) | _residual(case)
    fields |= {"hidden": _empty(case, "hidden")} | _incoming(case)
    fields |= {name: _empty(case, name) for name in GRADIENTS} | changed
    return _status(function, fields)


def _run(function: str, fields: dict) -> None:
    library.load().check(_status(function, fields))


def _status(function: str, fields: dict) -> int:
    """What the core answers; `fields` of a gw_call are numbers, arrays and None."""
    call = library.Call()
    for name, value in fields.items():
        if isinstance(value, np.ndarray):
            assert value.flags.c_contiguous, name
            assert value.dtype in (np.float32, np.uint8), name
            value = value.ctypes.data
        setattr(call, name, value)
    return getattr(library.load().lib, function)(ctypes.byref(call))


def _given(case: Case, threads: int) -> dict:
    h0, c0 = (*case.states, None)[:2]
    return {
        "cell": CELLS.index(case.cell),
        "fill": FILLS.index(case.fill),
        "reverse": int(case.reverse),
        "threads": threads,
        **dict(zip("DBTIU", case.sizes, strict=True)),
        **{name: getattr(case, name) for name in ("x", "kernel", "recurrent", "bias")},
        "mask": None if case.mask is None else case.mask.astype("uint8"),
        "h0": h0 if h0.any() else None,
        "c0": c0 if c0 is not None and c0.any() else None,
        "recurrent_dropout": case.dropout,
    }


def _incoming(case: Case) -> dict:
    hidden, h, c = (*case.probes, None)[:3]
    if case.fill == "none":
        hidden = np.where(case.real_outputs(), hidden, np.float32(np.nan))
    return {"d_hidden": hidden if case.outputs else None, "d_h_last": h, "d_c_last": c}


def _shapes(case: Case) -> dict[str, tuple[int, ...]]:
    D, B, T, _, U = case.sizes
    shapes = {"hidden": (B, T, D, U), "d_x": case.x.shape, "d_kernel": case.kernel.shape}
    shapes |= {"d_recurrent": case.recurrent.shape, "h_last": (D, B, U), "d_h0": (D, B, U)}
    if GATES[case.cell] > 1:
        shapes["gates"] = (D, B, T, GATES[case.cell] * U)
    if case.cell in ("LSTM", "GRU"):
        shapes["cells"] = (D, B, T, U)
    if case.cell == "LSTM":
        shapes |= {"c_last": (D, B, U), "d_c0": (D, B, U)}
    if case.bias is not None:
        shapes["d_bias"] = case.bias.shape
    return shapes


def _empty(case: Case, name: str) -> np.ndarray | None:
    shape = _shapes(case).get(name)
    return None if shape is None else np.full(shape, np.nan, "float32")


def _last(case: Case) -> dict:
    return {name: _empty(case, name) for name in ("h_last", "c_last")}


def _residual(case: Case) -> dict:
    return {name: _empty(case, name) for name in ("gates", "cells")}
