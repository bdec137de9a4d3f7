"""Sizes beyond 32 and 64 bits: handled, or refused before an array is touched."""

from dataclasses import replace

import numpy as np
import pytest

from gatewise.errors import ArgumentError, KernelError
from gatewise.kernels.contract import CELLS
from gatewise.kernels.native import library

from .cases import draw_case
from .core import run_core, status_of

REFUSED = (1, 2)  # GW_BAD_ARGUMENT, GW_NO_MEMORY
LSTM = CELLS.index("LSTM")


@pytest.mark.parametrize("run", ["gw_forward", "gw_backward"])
@pytest.mark.parametrize(
    "sizes",
    [
        {"B": 2**40, "T": 2**40},
        {"B": 2**62, "I": 4},
        {"T": 2**62},
        {"U": 2**32},
        {"I": 2**61, "U": 2},
        {"B": 2**63 - 1, "T": 2**63 - 1, "I": 2**63 - 1, "U": 2**63 - 1},
        {"B": -1},
        {"T": -1},
        {"I": -(2**40)},
        {"U": -3},
        {"U": 0},
        {"D": 0},
        {"D": 3},
        {"D": 2**33 + 1},
        {"D": 2, "reverse": 1},
        {"cell": 5},
        {"cell": -1},
        {"fill": 5},
        {"fill": -1},
        {"x": None},
        {"kernel": None},
        {"recurrent": None},
    ],
    ids=str,
)
def test_a_call_that_cannot_be_is_refused(run, sizes, native):
    status = status_of(run, draw_case("LSTM", 1, 1, 1, 1), **sizes)
    assert status in REFUSED, sizes
    with pytest.raises(KernelError):
        native.check(status)


@pytest.mark.parametrize(
    ("cell", "I", "U"),
    [(LSTM, 2**62, 2**62), (LSTM, 1, 2**40), (LSTM, -1, 4), (LSTM, 4, 0), (9, 4, 4), (-1, 4, 4)],
)
def test_packing_that_cannot_be_is_refused(cell, I, U, native):
    assert native.lib.gw_pack_size(cell, I, U) == 0
    one = np.zeros(64, "float32").ctypes.data
    assert native.lib.gw_pack(cell, I, U, one, one, None, one) in REFUSED


def test_an_unknown_instruction_set_is_refused(native):
    before = native.isa()
    with pytest.raises(ArgumentError, match="sse9"):
        native.set_isa("sse9")
    assert native.isa() == before


def test_every_refusal_has_words_of_its_own(native):
    words = [native.lib.gw_message(status).decode() for status in range(4)]
    assert len(set(words)) == 4
    assert all(words)


@pytest.mark.slow
def test_an_input_of_more_than_two_to_the_31_values(tmp_path, isa):
    """The second row begins past 2^31 values; few steps are real, so the others cost nothing."""
    B, T, I = 2, 2**16, 2**15 + 1
    x = np.memmap(tmp_path / "x", "float32", "w+", shape=(B, T, I))  # holes, no memory
    mask = np.zeros((B, T), bool)
    mask[:, [0, -2, -1]] = True
    small = draw_case("LSTM", B, 3, I, 4, fill="none")
    x[:, [0, -2, -1]] = small.x
    large = draw_case("LSTM", B, T, 1, 4, fill="none", mask=mask)
    large = stretched(large, small, x)
    expected = run_core(small)
    found = run_core(large, wanted=("d_kernel", "d_recurrent", "d_bias", "d_h0", "d_c0"))
    for name in ("h", "c", "h (alone)", "d_kernel", "d_recurrent", "d_bias", "d_h", "d_c"):
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found["hidden"][mask], expected["hidden"].reshape(-1, 1, 4), 1e-5)


def stretched(large, small, x):
    """The weights, states and probes of `small` on the steps of `large`."""
    hidden = np.zeros((*x.shape[:2], 1, 4), "float32")
    hidden[large.mask] = small.probes[0].reshape(-1, 1, 4)
    own = {name: getattr(small, name) for name in ("kernel", "recurrent", "bias", "states")}
    return replace(large, x=x, probes=(hidden, *small.probes[1:]), **own)


@pytest.fixture
def native(best_isa):
    run_core(draw_case("LSTM"))
    return library.load()
