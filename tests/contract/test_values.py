"""Values out of the ordinary: what masked steps hold, NaN, infinity, saturation."""

import functools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatewise.kernels.contract import GATES

from .cases import MASKS, draw_case
from .compare import assert_meets, case_off_the_kink
from .core import GRADIENTS, run_core
from .stock import FILLS, run_stock

every_cell = pytest.mark.parametrize("cell", GATES)


@every_cell
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(MASKS),
    D=st.integers(1, 2),
    fill=st.sampled_from(["hold", "hold_zero", "zero", "none"]),
    poison=st.sampled_from([np.nan, np.inf]),
    sizes=st.tuples(st.integers(1, 20), st.integers(1, 12), st.integers(1, 40), st.integers(1, 70)),
)
def test_what_a_masked_step_holds_is_never_looked_at(cell, kind, D, fill, poison, sizes, isa):
    B, T, I, U = sizes
    clean = draw_case(cell, B, T, I, U, D, mask=kind, fill=fill)
    poisoned = np.where(clean.real()[..., None], clean.x, np.float32(poison))
    found, expected = run_core(replace(clean, x=poisoned)), run_core(clean)
    for name, array in found.items():
        # elsewhere both hold the NaN that was there before
        unwritten = name in ("gates", "cells") or (name.startswith("hidden") and fill == "none")
        assert unwritten or np.isfinite(array).all(), name
        np.testing.assert_array_equal(array, expected[name], err_msg=name)


@functools.cache
def with_a_strange_value(cell, value):
    """A case that holds it, and what Keras's own layer makes of that."""
    # Row 1 at a real step, row 2 at a masked one; rows 0 and 3 hold ordinary numbers.
    mask = np.array([[1, 1, 1, 1], [1, 1, 0, 1], [1, 0, 1, 1], [1, 1, 1, 0]], bool)
    case = draw_case(cell, 4, 4, 3, 9, mask=mask, fill=FILLS[0])
    x = case.x.copy()
    x[1, 1, 2] = x[2, 1, 0] = value
    case = replace(case, x=x)
    return case, run_stock(case)


@every_cell
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_spread_as_in_keras(cell, value, isa):
    case, theirs = with_a_strange_value(cell, value)
    ours = run_core(case)
    for name in ("hidden", "h", *(["c"] if cell == "LSTM" else [])):
        for suffix in ("", " (alone)"):
            np.testing.assert_allclose(ours[name + suffix], theirs[name], rtol=1e-5, atol=1e-5)
    for name, axis in {"d_x": 0, "d_h": 1}.items():  # of rows that hold nothing of the kind
        np.testing.assert_allclose(
            np.take(ours[name], [0, 3], axis), np.take(theirs[name], [0, 3], axis), 1e-4, 1e-5
        )


@every_cell
@pytest.mark.parametrize("power", [5, 14, 80])
def test_saturated_gates_meet_the_contract(cell, power, isa):
    if cell == "SimpleRNN relu":
        power = min(power, 14)  # it does not saturate, and the square of 2^80 is no float32
    case = case_off_the_kink(cell, I=1, mask="scattered")
    # One feature that is a power of two: its product with a weight has no rounding error, which
    # would be as large as what a gate that is not saturated depends on.
    case = replace(case, x=np.copysign(np.float32(2.0**power), case.x))
    # Where all is saturated exact gradients are 0, and those in float32 a few of its epsilons.
    assert_meets(run_core(case), case, least=1)


@every_cell
@pytest.mark.parametrize("wanted", GRADIENTS)
def test_a_gradient_asked_for_alone_is_the_same(cell, wanted, isa):
    case = draw_case(cell, mask="mixed")
    alone, together = run_core(case, wanted=(wanted,)), run_core(case)
    for name, array in alone.items():
        np.testing.assert_array_equal(array, together[name], err_msg=name)


@every_cell
@pytest.mark.parametrize("missing", ["hidden", "states", "everything"])
def test_gradients_that_do_not_come_in_count_as_zero(cell, missing, isa):
    case = case_off_the_kink(cell, mask="mixed")
    hidden, *states = (0 * probe for probe in case.probes)
    if missing == "hidden":
        case = replace(case, probes=(hidden, *case.probes[1:]))
    elif missing == "states":
        case = replace(case, probes=(case.probes[0], *states))
    else:
        case = replace(case, probes=(hidden, *states))
    assert_meets(run_core(case, absent_when_zero=True), case)
