"""Gatewise beside other releases of JAX: it runs its native kernels or says why not, and JAX itself
goes on working. Each release is fetched with pip and laid over the installed packages."""

import shutil
import subprocess
import sys
from pathlib import Path

import jax
import pytest

from .tree import LIBRARY, ROOT, build, copy, python, unpack

pytestmark = [pytest.mark.slow, pytest.mark.network]

WITHOUT_FFI = "0.4.35"  # older than what pyproject.toml allows
OLDEST = "0.5.0"  # that pyproject.toml allows; speaks version 0.1 of XLA's interface
BETWEEN = "0.8.1"  # speaks 0.2, the installed release 0.3 or later

SCRIPT = """
import jax, jax.numpy as jnp, numpy as np, keras
from gatewise.layers import GRU, LSTM, explain

layer = LSTM(4, return_sequences=True)
model = keras.Sequential([keras.Input((5, 3)), layer, GRU(4), keras.layers.Dense(1)])
stock = keras.Sequential([
    keras.Input((5, 3)), keras.layers.LSTM(4, return_sequences=True), keras.layers.GRU(4),
    keras.layers.Dense(1)])
stock.set_weights(model.get_weights())
x, y = np.random.rand(16, 5, 3).astype("float32"), np.random.rand(16, 1).astype("float32")
for network in (model, stock):
    network.compile("sgd", "mse")
    network.fit(x, y, epochs=2, batch_size=8, shuffle=False, verbose=0)
assert np.abs(model.predict(x, verbose=0) - stock.predict(x, verbose=0)).max() < 1e-4
# Computations that have nothing to do with Gatewise: a handler that is too new would break them.
assert float(jax.jit(lambda a: (a @ a).sum())(jnp.ones((3, 3)))) == 27
assert float(jax.grad(lambda a: jnp.sin(a).sum())(jnp.zeros(2))[0]) == 1
print(jax.__version__, "native" if explain(layer).kernel else "Keras", explain(layer).reason)
"""


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    """The folder with a release of JAX, fetched once."""
    folders: dict[str, Path] = {}

    def fetched(version: str) -> Path:
        if version not in folders:
            folder = folders[version] = tmp_path_factory.mktemp("jax")
            pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", folder]
            subprocess.run([*pip, f"jax=={version}", f"jaxlib=={version}"], check=True)
        return folders[version]

    return fetched


def told(*folders: Path, kernels: str = "auto") -> str:
    """The last line of the script, with these folders first on the search path."""
    settings = {"KERAS_BACKEND": "jax", "GATEWISE_KERNELS": kernels}
    return python(folders, SCRIPT, JAX_COMPILATION_CACHE_DIR="", **settings).splitlines()[-1]


def test_with_the_installed_release():
    line = told(ROOT / "src", kernels="native")
    assert line.startswith(f"{jax.__version__} native ")


@pytest.mark.parametrize("version", [OLDEST, BETWEEN])
def test_releases_that_take_the_library(release, version):
    line = told(release(version), ROOT / "src", kernels="native")
    assert line.startswith(f"{version} native ")


def test_a_release_without_the_interface(release):
    line = told(release(WITHOUT_FFI), ROOT / "src")
    assert line.startswith(f"{WITHOUT_FFI} Keras ")
    assert f"JAX {WITHOUT_FFI} has no jax.ffi: update it" in line


def test_a_library_built_for_a_newer_interface(release, tmp_path):
    """JAX would take the handlers without a word and then fail at any computation."""
    tree = copy(tmp_path / "tree")
    headers = Path(jax.ffi.include_dir()) / "xla" / "ffi" / "api"
    for name in ("api.h", "c_api.h", "ffi.h"):
        shutil.copy(headers / name, tree / "native" / "third_party" / "xla" / "ffi" / "api")
    package = unpack(build(tree, "wheel", tmp_path / "wheel"), tmp_path / "package")
    assert (package / LIBRARY).exists()
    line = told(release(OLDEST), package)
    assert line.startswith(f"{OLDEST} Keras ")
    assert f"JAX {OLDEST} speaks version 0.1 of XLA's interface" in line
