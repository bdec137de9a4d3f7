"""Gatewise: recurrent networks for Keras 3 that are fast, complete and see-through."""

import importlib
import sys
from typing import TYPE_CHECKING, Any

from gatewise import settings

if TYPE_CHECKING:
    from gatewise import (
        architectures,
        data,
        equations,
        insight,
        kernels,
        layers,
        lessons,
        report,
        tasks,
    )
    from gatewise.insight.attribution import attribute
    from gatewise.insight.flow import gradient_flow
    from gatewise.insight.jacobian import jacobian_products
    from gatewise.insight.memory import memory
    from gatewise.insight.recorder import record
    from gatewise.kernels.native.stream import Stream
    from gatewise.layers.exchange import accelerate, restore
    from gatewise.layers.torch_exchange import from_torch, to_torch
    from gatewise.tasks.saving import load

__version__ = "0.1.0"
__all__ = [
    "Stream",
    "accelerate",
    "architectures",
    "attribute",
    "data",
    "equations",
    "from_torch",
    "gradient_flow",
    "insight",
    "jacobian_products",
    "kernels",
    "layers",
    "lessons",
    "load",
    "memory",
    "record",
    "report",
    "restore",
    "tasks",
    "to_torch",
]

# Functions and classes that stand here for short, and the module that each lives in.
SHORT = {
    "Stream": "gatewise.kernels.native.stream",
    "accelerate": "gatewise.layers.exchange",
    "attribute": "gatewise.insight.attribution",
    "from_torch": "gatewise.layers.torch_exchange",
    "gradient_flow": "gatewise.insight.flow",
    "jacobian_products": "gatewise.insight.jacobian",
    "load": "gatewise.tasks.saving",
    "memory": "gatewise.insight.memory",
    "record": "gatewise.insight.recorder",
    "restore": "gatewise.layers.exchange",
    "to_torch": "gatewise.layers.torch_exchange",
}

settings.choose_backend()


def __getattr__(name: str) -> Any:
    if name in SHORT:
        return getattr(importlib.import_module(SHORT[name]), name)
    if name in __all__:
        return importlib.import_module(f"gatewise.{name}")
    raise AttributeError(f"module 'gatewise' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])


# A program that imports gatewise can load a Gatewise file through keras.models.load_model, which
# finds only classes that are registered by then. The command line need not wait for Keras.
if "gatewise_cli" not in sys.modules:
    importlib.import_module("gatewise.tasks")
