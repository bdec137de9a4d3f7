"""Many threads, long sequences and large layers: the same numbers, and the same bits each time."""

import itertools
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from gatewise.kernels.contract import GATES
from gatewise.kernels.native import library

from .cases import draw_case
from .compare import assert_meets, case_off_the_kink
from .core import run_core

# So large that the work is split over threads and into chunks of steps, one way or another.
LARGE = {
    "many rows": {"B": 33, "T": 15, "I": 100, "U": 150},
    "few rows, many units": {"B": 3, "T": 12, "I": 40, "U": 300},
    "one row, many units": {"B": 1, "T": 12, "I": 33, "U": 300},
    "many rows, few units": {"B": 130, "T": 9, "I": 3, "U": 5},
    "long": {"B": 3, "T": 600, "I": 4, "U": 8},
}
OPTIONS = {"plain": {}, "both ways, mixed": {"D": 2, "mask": "mixed"}}
THREADS = (1, 2, 3, 5)
every_cell = pytest.mark.parametrize("cell", GATES)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("size", "option"),
    # the oracle takes its time for many steps: those one way only
    [(size, option) for size in LARGE for option in OPTIONS if size != "long" or option == "plain"],
)
@every_cell
def test_any_number_of_threads_meets_the_contract(cell, size, option, best_isa):
    case = case_off_the_kink(cell, **LARGE[size], **OPTIONS[option])
    core = library.load()
    for isa, threads in itertools.product(core.isas(), THREADS):  # the oracle is slow, so only once
        core.set_isa(isa)
        assert_meets(run_core(case, threads), case)


@pytest.mark.parametrize("size", ["few rows, many units", "long"])
@pytest.mark.parametrize("cell", ["LSTM", "GRU"])
def test_two_threads_meet_the_contract(cell, size, best_isa):
    case = case_off_the_kink(cell, **LARGE[size], mask="right")
    assert_meets(run_core(case, 2), case)


@pytest.mark.parametrize("size", ["few rows, many units", "long"])
@every_cell
def test_the_same_number_of_threads_gives_the_same_bits(cell, size, best_isa):
    assert_bits_stay(cell, size, (2, 3))


@pytest.mark.slow
@pytest.mark.parametrize("size", LARGE)
@every_cell
def test_the_bits_stay_on_every_instruction_set(cell, size, isa):
    assert_bits_stay(cell, size, THREADS)


def assert_bits_stay(cell, size, numbers_of_threads):
    case = draw_case(cell, **LARGE[size], mask="mixed")
    for threads in numbers_of_threads:
        first = run_core(case, threads)
        for _ in range(2):
            assert_same_bits(run_core(case, threads), first)


@every_cell
def test_calls_from_several_threads_do_not_meet(cell, best_isa):
    cases = [draw_case(cell, B=B, U=U, mask="mixed") for B in (1, 5, 40) for U in (3, 40, 90)]
    alone = [run_core(case, 2) for case in cases]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda case: run_core(case, 2), cases * 3))
    for found, expected in zip(together, alone * 3, strict=True):
        assert_same_bits(found, expected)


def assert_same_bits(found, expected):
    assert found.keys() == expected.keys()
    for name in found:
        np.testing.assert_array_equal(found[name], expected[name], err_msg=name)
