"""What the commands set up before Keras is imported."""

import contextlib
import os

from gatewise import settings


def prepare_keras() -> None:
    """Keep compiled computations between runs and quieten the libraries' own chatter.

    All through the environment: the command line knows no framework.
    """
    settings.choose_backend()
    folder = settings.cache_folder() / "compiled"
    with contextlib.suppress(OSError):  # a read-only home: JAX compiles each time
        folder.mkdir(parents=True, exist_ok=True)
        os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(folder))
        os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.1")
        os.environ.setdefault("JAX_COMPILATION_CACHE_MAX_SIZE", str(1 << 30))
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
