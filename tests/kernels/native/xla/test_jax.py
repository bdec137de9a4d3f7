"""JAX and the library must speak the same version of XLA's interface, or leave each other alone."""

import sys

import keras
import pytest

from gatewise.kernels.native import library

if keras.backend.backend() != "jax":
    pytest.skip("for the JAX back end", allow_module_level=True)

import jax

from gatewise.kernels.native.xla import jax as calls

pytestmark = pytest.mark.usefixtures("core")


class TestVersions:
    """JAX and the library must speak the same version of XLA's interface."""

    @pytest.fixture(autouse=True)
    def _fresh(self):
        calls.reason.cache_clear()
        yield
        calls.reason.cache_clear()

    def headers(self, folder, major, minor):
        header = folder / "xla" / "ffi" / "api" / "c_api.h"
        header.parent.mkdir(parents=True)
        header.write_text(f"#define XLA_FFI_API_MAJOR {major}\n#define XLA_FFI_API_MINOR {minor}\n")
        return str(folder)

    def test_the_vendored_headers_are_the_oldest(self):
        assert calls._built_version() == (0, 1)
        assert calls.reason() is None

    @pytest.mark.parametrize("installed", [(0, 0), (1, 1)])
    def test_a_jax_that_speaks_another_version_is_a_reason(self, tmp_path, monkeypatch, installed):
        folder = self.headers(tmp_path, *installed)
        monkeypatch.setattr(jax.ffi, "include_dir", lambda: folder)
        said = "speaks version {}.{} of XLA's interface, the native library 0.1".format(*installed)
        assert said in calls.reason()

    def test_a_library_for_a_newer_jax_is_a_reason(self, monkeypatch):
        monkeypatch.setattr(calls, "_built_version", lambda: (0, 99))
        assert "the native library 0.99: update JAX" in calls.reason()

    def test_a_jax_without_headers_is_a_reason(self, tmp_path, monkeypatch):
        monkeypatch.setattr(jax.ffi, "include_dir", lambda: str(tmp_path))
        assert "does not say which version" in calls.reason()

    def test_a_library_without_its_part_for_jax_is_a_reason(self, monkeypatch):
        monkeypatch.setattr(library, "load", lambda: type("Opened", (), {"lib": object()}))
        assert "without its part for JAX" in calls.reason()

    def test_jax_works_on_where_the_library_is_too_new(self, elsewhere):
        assert elsewhere(TOO_NEW).split() == ["Keras", "2.0"]


TOO_NEW = """
import jax, keras, numpy as np
from gatewise import layers
from gatewise.kernels.native.xla import jax as calls
calls._built_version = lambda: (0, 99)
layer = layers.LSTM(2)
layer(np.ones((1, 3, 2), "float32"))
print("Keras" if layers.explain(layer).kernel is None else "native")
print(float(jax.numpy.ones(2).sum()))
"""


def test_an_old_jax_is_a_reason(monkeypatch):
    calls.reason.cache_clear()
    monkeypatch.setitem(sys.modules, "jax.ffi", None)
    monkeypatch.delattr(jax, "ffi")
    assert "has no jax.ffi: update it" in calls.reason()
    calls.reason.cache_clear()
