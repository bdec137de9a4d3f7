"""The two tolerances of the contract, and what stands in their way."""

from dataclasses import replace

import numpy as np

from .cases import Case, draw_case
from .oracle import expected

FORWARD, GRADIENT = 1e-5, 1e-4


def assert_meets(found: dict, case: Case, missing: tuple[str, ...] = (), least: float = 0) -> None:
    """Hold every result but those `missing` to the float64 ones.

    Tolerances are relative to the largest value of an array, for results at least to 1 and for
    gradients at least to `least`. What a kernel need not give is left out: hidden states at
    masked steps with `fill="none"`, the residual at every masked step.
    """
    exact = expected(case)
    wanted = set(exact) - set(missing) - (set() if case.outputs else {"hidden"})
    assert wanted <= set(found), f"not given: {wanted - set(found)}"
    for name, array in found.items():
        right = exact[name.partition(" ")[0]]
        assert array.shape == right.shape, name
        if name.startswith("hidden") and case.fill == "none":
            array = np.where(case.real_outputs(), array, 0)
        if name in ("gates", "cells"):
            array = np.where(np.moveaxis(case.real_outputs(), 2, 0), array, 0)
        size = np.abs(right).max(initial=0)
        least_size, tolerance = (least, GRADIENT) if name.startswith("d_") else (1, FORWARD)
        error = np.abs(array - right).max(initial=0)
        # an array of zeros, such as the gradient of what no step read, must be zeros
        within = tolerance * max(size, least_size)
        assert error <= within, f"{name}: off by {error:.1e} of {size:.1e}"


def case_off_the_kink(cell: str, seed: int = 0, **options) -> Case:
    """A case in which no rounding moves a pre-activation of relu past 0, where its slope jumps."""
    case = draw_case(cell, seed=seed, **options)
    while cell == "SimpleRNN relu" and _nearest_to_zero(case) < 2e-6:
        seed += 1000
        case = draw_case(cell, seed=seed, **options)
    return case


def _nearest_to_zero(case: Case) -> float:
    """The smallest pre-activation of the simple cell at a real step."""
    states = expected(replace(case, fill="hold"))["hidden"]
    return min(_pre_activations(case, d, states[:, :, d]) for d in range(len(case.kernel)))


def _pre_activations(case: Case, d: int, hidden: np.ndarray) -> float:
    backwards = case.backwards(d)
    taken = lambda array: array[:, ::-1] if backwards else array  # noqa: E731
    hidden = taken(hidden) if case.in_time(d) else hidden
    before = np.concatenate([case.states[0][d][:, None], hidden[:, :-1]], axis=1)
    if case.dropout is not None:
        before = before * case.dropout[d, 0][:, None]
    bias = 0 if case.bias is None else case.bias[d]
    sums = taken(case.x).astype("float64") @ case.kernel[d] + before @ case.recurrent[d] + bias
    return np.abs(sums[taken(case.real())]).min(initial=np.inf)
