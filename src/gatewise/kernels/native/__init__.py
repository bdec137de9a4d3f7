"""The native kernel: one shared library, and an adapter to each back end that can call it."""

import importlib
from dataclasses import dataclass
from types import ModuleType

from gatewise.kernels.contract import Inputs, Outputs, Spec
from gatewise.kernels.native import library

# By back end; a module is imported when its back end first asks, since it imports the framework.
ADAPTERS = {name: f"gatewise.kernels.native.{name}" for name in ("jax", "torch")}

# What `kernel` found, by back end. A plain dictionary, since tracers such as torch.compile look
# through functools.cache, and cannot follow what it would save them from: opening a library.
FOUND: dict[str, "NativeKernel | str"] = {}


@dataclass(frozen=True)
class NativeKernel:
    """The native kernel on one back end, as `contract.Kernel` has it."""

    name: str
    adapter: ModuleType
    setting: str  # instruction set and threads, as they were when it was found

    def run(self, spec: Spec, inputs: Inputs) -> Outputs:
        return self.adapter.run(spec, inputs)

    def record(self, spec: Spec, inputs: Inputs) -> Outputs:
        return self.adapter.record(spec, inputs)

    def describe(self) -> str:
        """What runs, for people."""
        return f"native kernel, {self.setting}"


def kernel(backend: str) -> NativeKernel | str:
    """The native kernel for `backend`, one of ADAPTERS, or the reason why there is none.

    Raises: ArgumentError for GATEWISE_ISA or GATEWISE_THREADS out of range.
    """
    if backend not in FOUND:
        FOUND[backend] = _find(backend)
    return FOUND[backend]


def _find(backend: str) -> NativeKernel | str:
    if (reason := library.reason()) is not None:
        return reason
    adapter = importlib.import_module(ADAPTERS[backend])
    # An adapter may have reasons of its own, such as a framework too old.
    if (reason := getattr(adapter, "reason", lambda: None)()) is not None:
        return reason
    getattr(adapter, "borrow_threads", lambda: None)()
    return NativeKernel("native", adapter, _setting(adapter))


def _setting(adapter: ModuleType) -> str:
    opened = library.load()
    # torch has a setting of its own, which its adapter follows.
    threads = getattr(adapter, "threads", opened.threads)()
    return f"{opened.isa()}, {threads} thread{'s' if threads > 1 else ''}"
