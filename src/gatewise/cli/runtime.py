"""What the commands set up before Keras is imported."""

import contextlib
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

from gatewise import settings

LARGEST_CACHE = 1 << 30  # bytes


def prepare_keras() -> None:
    """Import Keras quickly and quietly, and keep compiled computations between runs.

    All through the environment: the command line knows no framework.
    """
    settings.choose_backend()
    settings.check_backend()
    folder = settings.cache_folder() / "compiled"
    with contextlib.suppress(OSError):  # a read-only home: JAX compiles each time
        folder.mkdir(parents=True, exist_ok=True)
        os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(folder))
        os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.1")
        _prune(folder)
    # A process that was killed, or a full disk, may leave a broken entry there: JAX compiles anew
    # and would say so each time.
    warnings.filterwarnings("ignore", message=".*persistent compilation cache.*")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    with _hidden("sklearn", "matplotlib"):
        import keras  # noqa: F401


def _prune(folder: Path) -> None:
    """Remove the longest unused entries of a cache that has grown too large.

    JAX has a limit of its own, but its accounts are left in disorder when a process is killed.
    """
    used = sorted((file.stat().st_atime, file.stat().st_size, file) for file in folder.iterdir())
    total = sum(size for _, size, _ in used)
    if total <= LARGEST_CACHE:
        return
    for _, size, file in used:
        file.unlink(missing_ok=True)
        total -= size
        if total <= LARGEST_CACHE // 2:
            break


@contextlib.contextmanager
def _hidden(*packages: str) -> Iterator[None]:
    """Let `import` not find some packages for a while.

    Keras imports scikit-learn and matplotlib wherever they are installed, for wrappers and plots
    that no command uses, and that is half the time its import takes. It copes without them; a
    command that needs them imports them later.
    """
    absent = [name for name in packages if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]
