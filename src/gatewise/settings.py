"""Every environment option of Gatewise, read and checked in one place.

| variable | values | default |
| --- | --- | --- |
| `GATEWISE_KERNELS` | `auto`, `native`, `reference` | `auto`: the fastest path with equal numbers |
| `GATEWISE_ISA` | `avx512`, `avx2`, `x86-64`, `neon`, `generic` | the best that runs here |
| `GATEWISE_THREADS` | 1 to 256 | as many as processors; under torch, torch's own setting |
| `GATEWISE_CACHE` | a folder | the user's cache folder: fetched data, compiled computations |
| `KERAS_BACKEND` | `jax`, `torch`, `tensorflow` | what Keras is set to, else `jax` |
"""

import importlib.util
import json
import os
import sys
from pathlib import Path

import platformdirs

from gatewise.errors import ArgumentError

KERNEL_CHOICES = ("auto", "native", "reference")
ISAS = ("avx512", "avx2", "x86-64", "neon", "generic")  # those a native library can hold
MOST_THREADS = 256  # as native/threads.cc has it
BACKENDS = ("jax", "torch", "tensorflow")  # those of Keras's that can train


def kernels() -> str:
    """Which kernels may run: `auto`, `native` (a missing one is an error) or `reference`."""
    value = os.environ.get("GATEWISE_KERNELS") or "auto"
    if value not in KERNEL_CHOICES:
        raise ArgumentError(
            f"GATEWISE_KERNELS: expected one of {', '.join(KERNEL_CHOICES)}, got {value!r}. "
            "Unset it for the default, auto."
        )
    return value


def isa() -> str | None:
    """The instruction set that native kernels must use; None for the best that runs."""
    value = os.environ.get("GATEWISE_ISA")
    if value and value not in ISAS:
        raise ArgumentError(
            f"GATEWISE_ISA: expected one of {', '.join(ISAS)}, got {value!r}. "
            "Unset it for the best that this processor runs."
        )
    return value or None


def threads() -> int | None:
    """How many threads native kernels may use at most; None for the default."""
    value = os.environ.get("GATEWISE_THREADS")
    if not value:
        return None
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= MOST_THREADS):
        raise ArgumentError(
            f"GATEWISE_THREADS: expected a whole number from 1 to {MOST_THREADS}, got {value!r}. "
            "Unset it for the default."
        )
    return int(value)


def cache_folder() -> Path:
    """Where fetched data and compiled computations are kept."""
    chosen = os.environ.get("GATEWISE_CACHE")
    return Path(chosen).expanduser() if chosen else platformdirs.user_cache_path("gatewise")


def choose_backend() -> None:
    """Give Keras a back end that is installed, unless one was asked for.

    Keras falls back on TensorFlow, and writes that into its own configuration file, whether or
    not it is there; with JAX installed alone, `import keras` would then fail.
    """
    if "keras" in sys.modules or os.environ.get("KERAS_BACKEND"):
        return
    if not _installed(_configured_backend()):
        os.environ["KERAS_BACKEND"] = "jax"


def check_backend() -> None:
    """Raise an `ArgumentError` where `KERAS_BACKEND` asks for what is not there."""
    asked = os.environ.get("KERAS_BACKEND")
    if asked and not _installed(asked):
        raise ArgumentError(
            f"KERAS_BACKEND: expected a back end that is installed ({', '.join(BACKENDS)}), got "
            f"{asked!r}. Install it, or unset the variable."
        )


def _installed(backend: str) -> bool:
    return backend.isidentifier() and importlib.util.find_spec(backend) is not None


def _configured_backend() -> str:
    home = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras"))
    try:
        return str(json.loads((home / "keras.json").read_text()).get("backend", "tensorflow"))
    except (OSError, ValueError, AttributeError):
        return "tensorflow"
