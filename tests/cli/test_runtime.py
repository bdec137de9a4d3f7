"""Compiled computations are kept between runs, and their cache stays in bounds."""

import os
import subprocess
import sys

import pytest

from gatewise.cli import runtime

COMMAND = [sys.executable, "-c", "from gatewise_cli import main; main()"]


@pytest.mark.slow
@pytest.mark.skipif(os.environ.get("KERAS_BACKEND") != "jax", reason="JAX's cache")
def test_a_second_run_finds_what_the_first_compiled(text_run, tmp_path):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JAX_")}
    # However fast the machine compiles: by itself JAX keeps only what took it a while.
    always = {"JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0"}
    environment = kept | always | {"GATEWISE_CACHE": str(tmp_path)}

    def predict():
        command = [*COMMAND, "predict", str(text_run / "model.keras"), "a good day"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        assert done.stderr == ""
        files = (tmp_path / "compiled").glob("jit_predict_step-*")
        return done.stdout, {path.name for path in files}

    first, entries = predict()
    assert len(entries) == 1
    assert predict() == (first, entries)
    broken = next((tmp_path / "compiled").glob("jit_predict_step-*"))
    broken.write_bytes(broken.read_bytes()[:20])  # as a killed process may leave it
    assert predict()[0] == first


def test_the_longest_unused_entries_make_room(tmp_path, monkeypatch):
    monkeypatch.setattr(runtime, "LARGEST_CACHE", 100)
    for number in range(5):
        path = tmp_path / f"entry-{number}"
        path.write_bytes(bytes(25))
        os.utime(path, (number, number))
    runtime._prune(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["entry-3", "entry-4"]
    runtime._prune(tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.slow
def test_a_cache_that_cannot_be_written_to_stops_nothing(tmp_path):
    (tmp_path / "cache").write_text("a file in the way")
    environment = os.environ | {"GATEWISE_CACHE": str(tmp_path / "cache")}
    done = subprocess.run(
        [*COMMAND, "doctor"], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
def test_a_back_end_that_is_not_installed_is_one_message():
    done = subprocess.run(
        [*COMMAND, "doctor"], env=os.environ | {"KERAS_BACKEND": "theano"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("Error: KERAS_BACKEND: expected a back end that is installed")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.slow
def test_a_reader_that_goes_away_is_no_error(text_run):
    command = [*COMMAND, "predict", str(text_run / "model.keras"), "-", "--format", "csv"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout
    process.stdout.close()
    _, err = process.communicate(b"a good day\n" * 5_000)
    assert process.returncode == 1
    assert err == b""
