"""Keras's own layer tests, as its wheel ships them, on our drop-ins."""

import json
import os
import subprocess
import sys
from pathlib import Path

import keras
import pytest

MODULES = ("lstm", "gru", "simple_rnn", "bidirectional", "time_distributed", "rnn")
MODULES += ("stacked_rnn_cells",)
# Cells that Keras's tests use with options that a native kernel has.
NATIVE_CELLS = {"LSTM", "GRU", "GRU reset before", "SimpleRNN tanh"}


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """What ran while Keras's tests passed."""
    folder = tmp_path_factory.mktemp("keras")
    configuration = folder / "pytest.ini"
    configuration.write_text("[pytest]\n")  # ours does not apply to Keras's tests
    command = [sys.executable, "-m", "pytest", "-q", "-p", "drop_ins", "-c", configuration]
    command += ["-p", "no:cacheprovider", "--pyargs"]
    command += [f"keras.src.layers.rnn.{module}_test" for module in MODULES]
    environment = os.environ | {
        "KERAS_BACKEND": keras.backend.backend(),
        "PYTHONPATH": str(Path(__file__).parent),
        "DROP_INS_REPORT": str(folder / "ran.json"),
    }
    environment.pop("GATEWISE_KERNELS", None)
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-1000:]
    return json.loads((folder / "ran.json").read_text())


@pytest.mark.slow
def test_keras_layer_tests_pass_on_our_layers(report):
    assert set(report["layers"]) == {"LSTM", "GRU", "SimpleRNN"}
    assert min(report["layers"].values()) >= 20, report


@pytest.mark.slow
def test_the_native_kernel_ran_in_them(report):
    if report["counts"] is None:
        assert not os.environ.get("CI"), f"the native library is expected: {report['reason']}"
        assert os.environ.get("GATEWISE_KERNELS") != "native", report["reason"]
        pytest.skip(f"without the native library: {report['reason']}")
    assert set(report["kernels"]) >= NATIVE_CELLS, report
    assert min(report["kernels"].values()) > 0
    assert report["counts"]["forward"] >= sum(report["kernels"].values()) // 2, report
    assert report["counts"]["backward"] > 0, report
