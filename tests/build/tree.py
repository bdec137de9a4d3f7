"""A copy of what a release is built from, and the tools that the build tests call."""

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = (
    ".gitignore",
    "CMakeLists.txt",
    "LICENSE",
    "README.md",
    "native",
    "pyproject.toml",
    "src",
)
CACHES = ("__pycache__", ".import_linter_cache")
LIBRARY = "gatewise/kernels/native/libgatewise.so"


def copy(folder: Path) -> Path:
    """The source tree without what is built; a library left by `make native` must not matter."""
    folder.mkdir(exist_ok=True)
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns(*CACHES))
        else:
            shutil.copy(source, folder / name)
    (folder / "src" / LIBRARY).write_bytes(b"left over from a build of another version")
    return folder


def build(tree: Path, kind: str, out: Path, **changed: str) -> Path:
    """Run the build back end in `tree`, as pip does: kind "wheel" or "sdist"; the file it made."""
    out.mkdir(exist_ok=True)
    script = (
        "import sys, scikit_build_core.build as back_end\n"
        f"print(back_end.build_{kind}(sys.argv[1]))"
    )
    run([sys.executable, "-c", script, str(out)], cwd=tree, **changed)
    (made,) = out.glob("gatewise-*")
    return made


def run(command: list[str], cwd: Path | None = None, **changed: str) -> str:
    """What the command prints; its whole output in the error where it fails."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env=os.environ | changed,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def unpack(wheel: Path, folder: Path) -> Path:
    """The folder, with what the wheel installs in it."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def python(folders: Sequence[Path], script: str, **changed: str) -> str:
    """What a script prints where the packages unpacked in these folders come first."""
    # -S: an editable installation would put itself first, whatever the search path says.
    path = os.pathsep.join((*map(str, folders), sysconfig.get_path("purelib")))
    return run([sys.executable, "-S", "-c", script], folders[0], PYTHONPATH=path, **changed)


def gatewise(folder: Path, *arguments: str, **changed: str) -> str:
    """What `gatewise ARGUMENTS` prints there."""
    script = f"import sys; sys.argv = ['gatewise', *{arguments!r}]; import gatewise_cli"
    return python([folder], f"{script}; gatewise_cli.main()", **changed)
