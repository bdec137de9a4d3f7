"""Keras's own layer tests, as its wheel ships them, on our drop-ins."""

import json
import os
import subprocess
import sys
from pathlib import Path

import keras
import pytest

MODULES = ("lstm", "gru", "simple_rnn", "bidirectional", "time_distributed", "rnn")


@pytest.mark.slow
def test_keras_layer_tests_pass_on_our_layers(tmp_path):
    configuration = tmp_path / "pytest.ini"
    configuration.write_text("[pytest]\n")  # ours does not apply to Keras's tests
    report = tmp_path / "ran.json"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "drop_ins", "-c", configuration]
    command += ["-p", "no:cacheprovider", "--pyargs"]
    command += [f"keras.src.layers.rnn.{module}_test" for module in MODULES]
    environment = os.environ | {
        "KERAS_BACKEND": keras.backend.backend(),
        "PYTHONPATH": str(Path(__file__).parent),
        "DROP_INS_REPORT": str(report),
    }
    environment.pop("GATEWISE_KERNELS", None)

    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-1000:]
    ran = json.loads(report.read_text())
    assert set(ran) == {"LSTM", "GRU", "SimpleRNN"}
    assert min(ran.values()) >= 20, ran
