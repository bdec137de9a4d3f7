"""The contract: every path gives what `gatewise.equations` gives in float64, gradients included.

Paths: Keras's stock layers (the reference), the native core on each instruction set, and the back
end's kernel, which calls the core.
"""

import keras
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatewise.kernels.contract import GATES
from gatewise.kernels.native import library

from .adapter import run_adapter
from .cases import MASKS
from .compare import assert_meets, case_off_the_kink
from .core import run_core
from .stock import FILLS, run_stock

OPTIONS = {
    "plain": {},
    **{f"mask {kind}": {"mask": kind} for kind in MASKS},
    **{f"mixed, fill {fill}": {"mask": "mixed", "fill": fill} for fill in ("zero", "none")},
    "mixed, fill hold_zero": {"mask": "mixed", "fill": "hold_zero"},
    "backwards": {"reverse": True},
    "backwards, mixed": {"reverse": True, "mask": "mixed"},
    "backwards, mixed, fill hold_zero": {"reverse": True, "mask": "mixed", "fill": "hold_zero"},
    "backwards, mixed, fill none": {"reverse": True, "mask": "mixed", "fill": "none"},
    "no bias": {"bias": False},
    "from zeros": {"states": False, "mask": "left"},
    "last state only": {"outputs": False},
    "last state only, mixed, backwards": {"outputs": False, "mask": "mixed", "reverse": True},
    "recurrent dropout": {"dropout": True},
    "recurrent dropout, mixed, backwards": {"dropout": True, "mask": "mixed", "reverse": True},
    "one step": {"T": 1},
    "one row": {"B": 1},
    "one row, scattered": {"B": 1, "mask": "scattered"},
    "one of everything": {"B": 1, "T": 1, "I": 1, "U": 1},
    "odd sizes": {"B": 7, "I": 13, "U": 37},
    "both ways": {"D": 2},
    "both ways, no bias, from zeros": {"D": 2, "bias": False, "states": False},
    **{
        f"both ways, mixed, fill {fill}": {"D": 2, "mask": "mixed", "fill": fill}
        for fill in ("hold", "hold_zero", "zero", "none")
    },
    "both ways, last state only, right": {"D": 2, "mask": "right", "outputs": False},
    "both ways, recurrent dropout, mixed": {"D": 2, "mask": "mixed", "dropout": True},
}
# A back end that compiles takes seconds over each of Keras's stock layers: there some options.
QUICK = "recurrent dropout, mixed, backwards"
SOME = ("both ways, mixed, fill zero", "plain", "mask mixed", "backwards, mixed", "no bias")
SLOW = [o for o in OPTIONS if o != QUICK] if keras.backend.backend() == "torch" else SOME

every_cell = pytest.mark.parametrize("cell", GATES)
every_option = pytest.mark.parametrize("option", OPTIONS)


def as_stock_fills(option):
    """The option with a fill that Keras's stock layers have on this back end."""
    fill = OPTIONS[option].get("fill", "hold")
    return OPTIONS[option] | {"fill": fill if fill in FILLS else FILLS[0]}


@every_cell
@pytest.mark.parametrize(
    "option",
    [QUICK, *(pytest.param(option, marks=pytest.mark.slow) for option in SLOW)],
)
def test_the_reference_meets_the_contract(cell, option):
    case = case_off_the_kink(cell, **as_stock_fills(option))
    assert_meets(run_stock(case), case, missing=("gates", "cells"))


@every_option
@every_cell
def test_the_core_meets_the_contract(cell, option, isa):
    case = case_off_the_kink(cell, **OPTIONS[option])
    assert_meets(run_core(case), case)


def in_turn(*starts):
    """Each option with one of the cells in turn, once for each start."""
    cells = list(GATES)
    return [(cells[(s + i) % len(cells)], o) for s in starts for i, o in enumerate(OPTIONS)]


@pytest.mark.parametrize(
    ("cell", "option"),
    [*in_turn(0, 2), *(pytest.param(*p, marks=pytest.mark.slow) for p in in_turn(4, 1, 3))],
)
def test_the_back_ends_kernel_meets_the_contract(cell, option, best_isa):
    case = case_off_the_kink(cell, **OPTIONS[option])
    assert_meets(run_adapter(case), case)


@pytest.mark.slow
@pytest.mark.parametrize("option", [QUICK, SOME[0]])
@every_cell
def test_the_back_ends_kernel_meets_the_contract_on_every_instruction_set(cell, option, isa):
    case = case_off_the_kink(cell, **OPTIONS[option])
    assert_meets(run_adapter(case), case)


# the fixture that sets the instruction set does so once for all examples
ONCE = (HealthCheck.function_scoped_fixture,)
NEAR_A_VECTOR = [w + d for w in (4, 8, 16, 32, 48, 64) for d in (-1, 0, 1)]


@st.composite
def any_options(draw):
    """Any sizes within reach of the oracle, any mask, any options."""
    B, T = draw(st.integers(1, 20)), draw(st.integers(1, 12))
    D = draw(st.sampled_from([1, 1, 2]))
    options = {
        "B": B,
        "T": T,
        "D": D,
        "I": draw(st.integers(1, 40)),
        "U": draw(st.sampled_from(NEAR_A_VECTOR) | st.integers(1, 70)),
        "mask": draw(st.sampled_from([None, *MASKS, "lengths", "bits"])),
        "reverse": D == 1 and draw(st.booleans()),
        "fill": draw(st.sampled_from(["hold", "hold_zero", "zero", "none"])),
        "seed": draw(st.integers(0, 999)),
    }
    options |= {name: draw(st.booleans()) for name in ("bias", "states", "dropout", "outputs")}
    if options["mask"] == "lengths":
        lengths = draw(st.lists(st.integers(0, T), min_size=B, max_size=B))
        options["mask"] = np.arange(T) < np.array(lengths)[:, None]
    elif options["mask"] == "bits":
        bits = draw(st.lists(st.booleans(), min_size=B * T, max_size=B * T))
        options["mask"] = np.array(bits).reshape(B, T)
    return options


@every_cell
@settings(max_examples=20, suppress_health_check=ONCE)
@given(options=any_options(), threads=st.integers(0, 5))
def test_any_shape_mask_and_length_meets_the_contract(cell, options, threads, isa):
    case = case_off_the_kink(cell, **options)
    assert_meets(run_core(case, threads), case)


@pytest.mark.slow
@every_cell
@settings(max_examples=100, suppress_health_check=ONCE)
@given(options=any_options(), threads=st.integers(0, 5))
def test_many_shapes_masks_and_lengths_meet_the_contract(cell, options, threads, isa):
    case = case_off_the_kink(cell, **options)
    assert_meets(run_core(case, threads), case)


@every_cell
def test_proof_that_the_native_core_ran(cell, best_isa):
    case = case_off_the_kink(cell, mask="mixed")
    before = library.load().counts()
    run_adapter(case)  # forward and backward, then the residual
    after = library.load().counts()
    assert {name: after[name] - before[name] for name in after} == {
        "forward": 2,
        "backward": 1,
        "step": 0,
    }, f"on {keras.backend.backend()}"
