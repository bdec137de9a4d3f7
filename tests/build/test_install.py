"""What pip builds: wheels with and without a compiler, and the source archive."""

import re
import shutil
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

from .tree import LIBRARY, build, copy, gatewise, python, run, unpack

pytestmark = pytest.mark.slow
COMPILER = next(filter(None, map(shutil.which, ("g++", "clang++", "c++"))), None)
needs_compiler = pytest.mark.skipif(COMPILER is None, reason="needs g++ or clang")


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    return copy(tmp_path_factory.mktemp("source"))


@pytest.fixture(scope="module")
def wheel(source, tmp_path_factory) -> Path:
    return build(source, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def pure_wheel(source, tmp_path_factory) -> Path:
    """What a machine without a compiler builds; CMake and Ninja are there, as pip brings them."""
    out, programs = tmp_path_factory.mktemp("pure"), tmp_path_factory.mktemp("programs")
    for name in ("cmake", "ninja"):
        if (program := shutil.which(name)) is not None:
            (programs / name).symlink_to(program)
    return build(source, "wheel", out, PATH=str(programs), CC="", CXX="")


@needs_compiler
def test_one_wheel_a_platform_for_every_python(wheel, source, tmp_path):
    platform = re.sub(r"[-.]", "_", sysconfig.get_platform())
    assert wheel.name.endswith(f"-py3-none-{platform}.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert [name for name in names if name.endswith(".so")] == [LIBRARY]
    assert not [name for name in names if re.search(r"\.(cc|h|inc|cmake|o)$", name)]
    assert {name.split("/")[0] for name in names} == {
        "gatewise",
        "gatewise_cli",
        wheel.name.split("-py3")[0] + ".dist-info",
    }
    modules = {str(p.relative_to(source / "src")) for p in (source / "src").rglob("*.py")}
    assert modules == {name for name in names if name.endswith(".py")}


@needs_compiler
@pytest.mark.skipif(shutil.which("readelf") is None, reason="needs readelf")
def test_the_library_brings_what_it_needs_and_shows_its_own_names_only(wheel, tmp_path):
    library = str(unpack(wheel, tmp_path) / LIBRARY)
    needed = re.findall(r"\(NEEDED\).*\[(.+?)\]", run(["readelf", "-d", library]))
    own = re.compile(r"(libc|libm|libpthread|libdl|ld-linux.*)\.so\.\d+")
    assert not [name for name in needed if not own.fullmatch(name)]
    shown = run(["nm", "-D", "--defined-only", library]).split()[2::3]
    assert shown
    assert not [name for name in shown if not name.startswith("gw_")]


@needs_compiler
def test_the_wheel_runs_its_library(wheel, tmp_path):
    told = gatewise(unpack(wheel, tmp_path), "doctor", GATEWISE_KERNELS="native")
    assert len(re.findall(r"(?m)^(LSTM|GRU|SimpleRNN): native", told)) == 3, told


def test_without_a_compiler_the_wheel_is_pure(pure_wheel):
    assert pure_wheel.name.endswith("-py3-none-any.whl")
    assert LIBRARY not in zipfile.ZipFile(pure_wheel).namelist()


def test_without_a_compiler_it_works_and_says_what_is_missing(pure_wheel, tmp_path):
    folder = unpack(pure_wheel, tmp_path)
    told = gatewise(folder, "doctor")
    for cell in ("LSTM", "GRU", "SimpleRNN"):
        (line,) = re.findall(rf"(?m)^{cell}: .*", told)
        assert "native library" in line
        assert "g++ or clang" in line
    script = (
        "import keras, numpy as np; from gatewise.layers import LSTM\n"
        "model = keras.Sequential([LSTM(3), keras.layers.Dense(1)])\n"
        "model.compile('sgd', 'mse')\n"
        "model.fit(np.ones((8, 5, 2)), np.ones((8, 1)), verbose=0)"
    )
    python([folder], script)


def test_without_a_compiler_native_kernels_are_an_error_when_asked_for(pure_wheel, tmp_path):
    folder = unpack(pure_wheel, tmp_path)
    script = (
        "import numpy as np; from gatewise.layers import LSTM\n"
        "LSTM(3)(np.ones((1, 2, 3), 'float32'))"
    )
    with pytest.raises(AssertionError, match=r"(?s)KernelError.*g\+\+ or clang"):
        python([folder], script, GATEWISE_KERNELS="native")


def test_the_source_archive_holds_all_that_a_build_needs(source, tmp_path):
    archive = build(source, "sdist", tmp_path)
    with tarfile.open(archive) as opened:
        names = {name.split("/", 1)[1] for name in opened.getnames()}
    sources = {
        str(path.relative_to(source))
        for folder in ("native", "src")
        for path in (source / folder).rglob("*")
        if path.is_file() and path.name != "libgatewise.so" and path.suffix != ".pyc"
    }
    assert sources | {"CMakeLists.txt", "pyproject.toml", "LICENSE", "README.md"} <= names
    assert f"src/{LIBRARY}" not in names
