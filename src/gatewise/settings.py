"""Every environment option of Gatewise, read and checked in one place.

| variable | values | default |
| --- | --- | --- |
| `GATEWISE_KERNELS` | `auto`, `native`, `reference` | `auto`: the fastest path with equal numbers |
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
BACKENDS = ("jax", "torch", "tensorflow")  # those of Keras's that can train


def kernels() -> str:
    """Which kernels may run: `auto`, `native` (a missing one is an error) or `reference`."""
    value = os.environ.get("GATEWISE_KERNELS", "auto")
    if value not in KERNEL_CHOICES:
        raise ArgumentError(
            f"GATEWISE_KERNELS: expected one of {', '.join(KERNEL_CHOICES)}, got {value!r}. "
            "Unset it for the default, auto."
        )
    return value


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
