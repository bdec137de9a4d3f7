"""`gatewise doctor`: the facts of the installation, and each layer's path with its reason."""

import os

import keras
import pytest

from gatewise import layers
from gatewise.kernels.native import library

needs_native = pytest.mark.skipif(
    library.reason() is not None and not os.environ.get("CI"), reason=str(library.reason())
)


@pytest.fixture(autouse=True)
def _unset(monkeypatch):
    for name in ("GATEWISE_KERNELS", "GATEWISE_ISA"):
        monkeypatch.delenv(name, raising=False)


def saved(folder, *parts):
    path = folder / "m.keras"
    keras.Sequential([keras.Input((4, 2)), *parts]).save(path)
    return path


def line(out, start):
    return next(line for line in out.splitlines() if line.startswith(start))


@needs_native
def test_the_native_library_is_told_with_what_it_uses(gatewise):
    code, out, _ = gatewise("doctor")
    assert code == 0
    opened = library.load()
    assert line(out, "native ").endswith(str(opened.path))
    assert f"{opened.isa()}, of {', '.join(opened.isas())} (GATEWISE_ISA)" in line(out, "processor")
    assert f"from {keras.backend.backend()}: native kernel" in line(out, "calls")
    for cell in ("LSTM", "GRU", "SimpleRNN"):
        assert line(out, f"{cell}: ").startswith(f"{cell}: native — native kernel, {opened.isa()}")


def test_a_missing_library_is_told_with_its_reason(gatewise, monkeypatch):
    monkeypatch.setattr(library, "reason", lambda: "it was not built")
    code, out, _ = gatewise("doctor")
    assert code == 0
    assert line(out, "native ").endswith("not available: it was not built")
    assert "processor" not in out


def test_a_back_end_that_cannot_call_it_is_told(gatewise, monkeypatch):
    from gatewise.kernels import native

    monkeypatch.setattr(library, "reason", lambda: None)
    monkeypatch.setattr(library, "load", lambda: Opened())
    monkeypatch.setattr(native, "kernel", lambda backend: "JAX 0.1 is too old")
    code, out, _ = gatewise("doctor")
    assert code == 0
    assert line(out, "calls").endswith("JAX 0.1 is too old")


class Opened:
    path = "libgatewise.so"

    def isa(self):
        return "avx2"

    def isas(self):
        return ("avx2", "x86-64")


@needs_native
def test_both_directions_say_whether_they_share_a_call(gatewise, tmp_path):
    shared = layers.Bidirectional(layers.LSTM(2, name="lstm", return_sequences=True), name="a")
    apart = keras.layers.Bidirectional(layers.GRU(2, name="gru"), name="b")
    code, out, _ = gatewise("doctor", saved(tmp_path, shared, apart))
    assert code == 0
    for name in ("a/forward_lstm", "a/backward_lstm"):
        assert line(out, f"{name}: native").endswith("; both directions in one call")
    for name in ("b/forward_gru", "b/backward_gru"):
        assert "one direction after the other: a stock" in line(out, f"{name}: native")


def test_a_stock_layer_is_told_what_would_change_it(gatewise, tmp_path):
    code, out, _ = gatewise("doctor", saved(tmp_path, keras.layers.GRU(2, name="encoder")))
    assert code == 0
    assert "gatewise.accelerate(model)" in line(out, "encoder: Keras — a stock keras.layers.GRU")


def test_a_forced_reference_is_told(gatewise, tmp_path, monkeypatch):
    monkeypatch.setenv("GATEWISE_KERNELS", "reference")
    code, out, _ = gatewise("doctor", saved(tmp_path, layers.LSTM(2, name="encoder")))
    assert code == 0
    assert line(out, "kernels").split()[1] == "reference"
    assert line(out, "encoder").startswith("encoder: Keras — GATEWISE_KERNELS=reference")
