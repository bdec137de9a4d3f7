"""Opening the library, and what is said where it cannot be."""

import shutil
import subprocess
import sys

import pytest

from gatewise import settings
from gatewise.errors import ArgumentError, KernelError
from gatewise.kernels.native import library


@pytest.fixture
def fresh(monkeypatch):
    """The library as though it had not been opened yet."""
    library._library.cache_clear()
    yield monkeypatch
    monkeypatch.undo()
    library._library.cache_clear()


def test_a_missing_file_is_a_reason_with_a_remedy(fresh, tmp_path):
    fresh.setattr(library, "FILE", tmp_path / "libgatewise.so")
    assert "was not built (libgatewise.so is missing): install g++" in library.reason()
    with pytest.raises(library.Unavailable, match="was not built"):
        library.load()


def test_a_file_that_is_no_library_is_a_reason(fresh, tmp_path):
    broken = tmp_path / "libgatewise.so"
    broken.write_text("not a library")
    fresh.setattr(library, "FILE", broken)
    assert "cannot be used here" in library.reason()


def compiled(folder, source):
    compiler = shutil.which("g++") or shutil.which("clang++")
    if compiler is None:
        pytest.skip("without a compiler")
    path = folder / "libgatewise.so"
    (folder / "other.cc").write_text(source)
    command = [compiler, "-shared", "-fPIC", "-o", path, folder / "other.cc"]
    subprocess.run(command, check=True)
    return path


def test_a_library_that_lacks_a_function_is_a_reason(fresh, tmp_path):
    fresh.setattr(library, "FILE", compiled(tmp_path, 'extern "C" int gw_abi() { return 1; }'))
    assert "gw_forward" in library.reason()


def test_a_library_of_another_version_is_a_reason(fresh, tmp_path):
    names = set(library.SIGNATURES) - {"gw_abi"}
    source = "".join(f'extern "C" void {name}() {{}}\n' for name in sorted(names))
    source += 'extern "C" int gw_abi() { return 99; }'
    fresh.setattr(library, "FILE", compiled(tmp_path, source))
    assert f"another version of Gatewise (interface 99, expected {library.ABI})" in library.reason()


def test_it_is_opened_once(core):
    assert library.load() is core
    assert library.reason() is None


def test_call_mirrors_the_header(core):
    assert core.lib.gw_abi() == library.ABI
    assert library.Call.D.offset == 16
    assert library.Call.x.offset == 56


def test_every_instruction_set_that_runs_can_be_chosen(core):
    chosen = core.isa()
    assert core.isas()[0] == chosen or settings.isa() == chosen
    assert set(core.isas()) <= set(settings.ISAS)
    for name in core.isas():
        core.set_isa(name)
        assert core.isa() == name
    core.set_isa(None)
    assert core.isa() == core.isas()[0]
    core.set_isa(chosen)


def test_an_instruction_set_that_is_not_there_is_an_error_with_those_that_are(core):
    with pytest.raises(ArgumentError, match=r"GATEWISE_ISA: expected .*\(.*\), got 'no such'"):
        core.set_isa("no such")


def test_settings_are_read_when_it_is_opened(monkeypatch, core):
    before = core.isa(), core.threads()
    last = core.isas()[-1]
    monkeypatch.setenv("GATEWISE_ISA", last)
    monkeypatch.setenv("GATEWISE_THREADS", "3")
    again = library.Library()
    assert (again.isa(), again.threads()) == (last, 3)
    again.set_isa(before[0])
    again.set_threads(before[1])


def test_a_wrong_setting_is_an_error_not_a_reason(monkeypatch, core):
    monkeypatch.setenv("GATEWISE_THREADS", "many")
    with pytest.raises(ArgumentError, match="GATEWISE_THREADS: expected a whole number"):
        library.Library()


def test_a_refusal_has_the_words_of_the_library(core):
    core.check(0)
    status = core.lib.gw_forward(library.Call(cell=99))
    with pytest.raises(KernelError, match=r"native kernel: \w+"):
        core.check(status)


def test_counts_have_a_name_each(core):
    assert set(core.counts()) == {"forward", "backward", "step"}


WITHOUT = """
import sys
from pathlib import Path
from gatewise.kernels.native import library
library.FILE = Path("nowhere")
import numpy as np
from gatewise import layers
layer = layers.LSTM(2)
assert layer(np.ones((1, 3, 2), "float32")).shape == (1, 2)
print(layers.explain(layer).reason)
"""


def test_everything_works_without_it():
    command = [sys.executable, "-c", WITHOUT]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "the native library was not built" in found.stdout
