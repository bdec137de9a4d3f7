"""Gatewise: recurrent networks for Keras 3 that are fast, complete and see-through."""

import importlib
import sys
from typing import TYPE_CHECKING, Any

from gatewise import settings

if TYPE_CHECKING:
    from gatewise import architectures, data, equations, kernels, layers, report, tasks
    from gatewise.tasks.saving import load

__version__ = "0.1.0"
__all__ = ["architectures", "data", "equations", "kernels", "layers", "load", "report", "tasks"]

settings.choose_backend()


def __getattr__(name: str) -> Any:
    if name == "load":
        return importlib.import_module("gatewise.tasks.saving").load
    if name in __all__:
        return importlib.import_module(f"gatewise.{name}")
    raise AttributeError(f"module 'gatewise' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])


# A program that imports gatewise can load a Gatewise file through keras.models.load_model, which
# finds only classes that are registered by then. The command line need not wait for Keras.
if "gatewise_cli" not in sys.modules:
    importlib.import_module("gatewise.tasks")
