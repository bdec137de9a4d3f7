"""Peak memory of one training step, in a process of its own, for one contender.

What counts is the first step, after everything is compiled and all inputs and weights are made:
how far the resident set grows above what it was. Prints JSON; layers.py starts it.
"""

import argparse
import ctypes
import gc
import json
import os
import platform
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

from layers_grid import Case, Shape, arrays
from layers_sides import (
    GATEWISE,
    jax_run,
    keras_layer,
    keras_torch_call,
    limit_threads,
    native_path,
    torch_side,
)

SHAPE = Shape(32, 1000, 128, 256, "memory")


def main() -> None:
    found = argparse.ArgumentParser(description="Peak memory of one training step.")
    found.add_argument("--side", required=True, help="which contender")
    found.add_argument("--quick", action="store_true", help="a tiny shape, for a trial")
    asked = found.parse_args()
    backend = os.environ["KERAS_BACKEND"]
    limit_threads(backend, int(os.environ.get("OMP_NUM_THREADS", "2")))
    shape = Shape(2, 5, 3, 4, "trial") if asked.quick else SHAPE
    step, path = prepared(asked.side, backend, Case(shape, "LSTM", "training"))
    gc.collect()
    before = settle()
    kept = step()
    grown = peak() - before
    del kept
    row = {"name": asked.side, "path": path(), "shape": shape.name, "cell": "LSTM"}
    row |= {"step_bytes": grown, "before_bytes": before, "process_bytes": peak()}
    print(json.dumps(row))


def prepared(side: str, backend: str, case: Case) -> tuple[Callable[[], Any], Callable[[], str]]:
    """The step, compiled where its framework compiles, and what tells which path it took."""
    data = arrays(case)
    if side == "torch.nn":
        found = torch_side(case, data)
        return found.call, found.path
    ours = side in GATEWISE.values()
    layer = keras_layer(case, data, ours)
    path = native_path(layer, case.mode) if ours else lambda: "keras.layers.LSTM"
    if backend == "torch":
        return keras_torch_call(layer, case, data), path
    import jax

    run, given = jax_run(layer, case, data)
    compiled = run.lower(*given).compile()
    return lambda: jax.block_until_ready(compiled(*given)), path


def settle() -> int:
    """Give freed memory back, forget the peak so far where that can be; the resident set now."""
    if platform.system() != "Linux":
        return peak()
    libc = ctypes.CDLL(None)
    if hasattr(libc, "malloc_trim"):  # glibc's
        libc.malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return status("VmRSS")


def peak() -> int:
    """The largest resident set, in bytes."""
    if platform.system() == "Linux":
        return status("VmHWM")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def status(name: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


if __name__ == "__main__":
    main()
