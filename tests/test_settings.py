"""Environment options, checked in one place."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gatewise import settings
from gatewise.errors import ArgumentError


def elsewhere(script, home, **environment):
    """What `script` prints in a fresh process with this home folder and nothing set."""
    kept = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    kept |= {"HOME": str(home), "KERAS_HOME": str(home / ".keras"), **environment}
    return subprocess.run(
        [sys.executable, "-c", script], env=kept, capture_output=True, text=True, check=False
    )


CHOSEN = """
import sys
sys.modules["gatewise_cli"] = sys  # the command line, which does not import Keras
import os, gatewise
print(os.environ.get("KERAS_BACKEND"))
"""


@pytest.mark.parametrize(
    ("stored", "chosen"),
    [
        ('{"backend": "tensorflow"}', "jax"),
        ('{"backend": "jax"}', "None"),
        ('{"backend": ""}', "jax"),
        ('{"backend": "no.such.thing"}', "jax"),
        ('{"backend": 7}', "jax"),
        ("[]", "jax"),
        ("broken", "jax"),
        (None, "jax"),
    ],
)
def test_a_back_end_that_is_not_installed_is_not_taken(tmp_path, stored, chosen):
    pytest.importorskip("jax")
    if settings._installed("tensorflow"):
        pytest.skip("TensorFlow is installed")
    if stored is not None:
        (tmp_path / ".keras").mkdir()
        (tmp_path / ".keras" / "keras.json").write_text(stored)
    found = elsewhere(CHOSEN, tmp_path)
    assert found.stdout.strip() == chosen, found.stderr


def test_a_back_end_that_was_asked_for_stays(tmp_path):
    assert elsewhere(CHOSEN, tmp_path, KERAS_BACKEND="torch").stdout.strip() == "torch"


@pytest.mark.slow
def test_a_program_that_imports_gatewise_first_gets_a_keras_that_works(tmp_path):
    (tmp_path / ".keras").mkdir()
    stored = {"backend": "tensorflow", "floatx": "float32", "epsilon": 1e-7}
    (tmp_path / ".keras" / "keras.json").write_text(json.dumps(stored))
    found = elsewhere("import gatewise, keras; print(keras.backend.backend())", tmp_path)
    assert found.stdout.strip() == "jax", found.stderr


def test_a_back_end_that_is_not_there_is_one_message(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "theano")
    with pytest.raises(ArgumentError, match=r"KERAS_BACKEND: expected .* installed .* 'theano'"):
        settings.check_backend()
    monkeypatch.delenv("KERAS_BACKEND")
    settings.check_backend()


def test_kernels_are_chosen_by_name(monkeypatch):
    monkeypatch.delenv("GATEWISE_KERNELS", raising=False)
    assert settings.kernels() == "auto"
    monkeypatch.setenv("GATEWISE_KERNELS", "reference")
    assert settings.kernels() == "reference"
    monkeypatch.setenv("GATEWISE_KERNELS", "Native")
    with pytest.raises(ArgumentError, match="expected one of auto, native, reference, got 'Nat"):
        settings.kernels()


def test_an_instruction_set_is_chosen_by_name(monkeypatch):
    monkeypatch.delenv("GATEWISE_ISA", raising=False)
    assert settings.isa() is None
    monkeypatch.setenv("GATEWISE_ISA", "")
    assert settings.isa() is None
    monkeypatch.setenv("GATEWISE_ISA", "avx2")
    assert settings.isa() == "avx2"
    monkeypatch.setenv("GATEWISE_ISA", "AVX2")
    with pytest.raises(ArgumentError, match=r"GATEWISE_ISA: expected one of avx512.*'AVX2'.*Unset"):
        settings.isa()


def test_threads_are_a_whole_number(monkeypatch):
    monkeypatch.delenv("GATEWISE_THREADS", raising=False)
    assert settings.threads() is None
    monkeypatch.setenv("GATEWISE_THREADS", "")
    assert settings.threads() is None
    monkeypatch.setenv("GATEWISE_THREADS", "4")
    assert settings.threads() == 4


@pytest.mark.parametrize("value", ["0", "-1", "2.0", "two", "²", "1025", " 2"])
def test_other_threads_are_an_error(monkeypatch, value):
    monkeypatch.setenv("GATEWISE_THREADS", value)
    with pytest.raises(ArgumentError, match=r"GATEWISE_THREADS: expected a whole number from 1"):
        settings.threads()


def test_the_cache_can_be_moved(monkeypatch):
    monkeypatch.setenv("GATEWISE_CACHE", "~/elsewhere")
    assert settings.cache_folder() == Path.home() / "elsewhere"
    monkeypatch.setenv("GATEWISE_CACHE", "")
    assert settings.cache_folder().name == "gatewise"
