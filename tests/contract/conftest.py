"""The paths under test: Keras's stock layers, and every instruction set that runs here."""

import os

import pytest

from gatewise import settings
from gatewise.kernels.native import library

NO_LIBRARY = "no native library"


def instruction_sets() -> list[str]:
    """Those that run here, best first; without the library its tests say so, once each."""
    return [NO_LIBRARY] if library.reason() else list(library.load().isas())


def pytest_generate_tests(metafunc):
    if "isa" in metafunc.fixturenames:
        metafunc.parametrize("isa", instruction_sets(), indirect=True)


@pytest.fixture
def isa(request):
    """Run a test once on every instruction set; it must have called the native core."""
    yield from _used(request.param)


@pytest.fixture
def best_isa():
    """The instruction set that is used where nothing is said; the native core must be called."""
    yield from _used(instruction_sets()[0])


def _used(name: str):
    if why := library.reason():
        if os.environ.get("CI") or settings.kernels() == "native":
            pytest.fail(f"the native library is expected here: {why}")
        pytest.skip(f"without the native library: {why}")
    core = library.load()
    before, chosen = core.counts(), core.isa()
    core.set_isa(name)
    yield name
    core.set_isa(chosen)
    assert core.counts()["forward"] > before["forward"], "the native core did not run"
