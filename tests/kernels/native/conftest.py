"""The native library, which these tests need; where it is expected, missing it is a failure."""

import os
import subprocess
import sys

import pytest

from gatewise import settings
from gatewise.kernels.native import library


@pytest.fixture
def core():
    """The open library."""
    if why := library.reason():
        if os.environ.get("CI") or settings.kernels() == "native":
            pytest.fail(f"the native library is expected here: {why}")
        pytest.skip(f"without the native library: {why}")
    return library.load()


@pytest.fixture
def elsewhere():
    """What a script prints in a fresh process with JAX, as `elsewhere(script, VARIABLE=value)`."""

    def run(script, **environment):
        found = subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "KERAS_BACKEND": "jax", **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert found.returncode == 0, found.stderr
        return found.stdout

    return run
