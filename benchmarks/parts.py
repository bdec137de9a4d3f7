"""What the parts of a layer cost: large products by MKL, by XLA and by our own kernel.

The forward products `x·W` and the products `x^T·dZ` of a weight gradient, which XLA computes with
two very different speeds. docs/decisions/kernel-contract.md says what followed from it.

    python benchmarks/parts.py
"""

import argparse
import ctypes
import os
from collections.abc import Callable, Collection
from typing import Any

import numpy as np
from harness import about, conditions, markdown, parser, say, spread, write_result

SHAPES = ((3200, 64, 512), (6400, 128, 1024), (6400, 256, 1024))  # B·T, I, G·U
SQUARE = 2048
BY = {"mkl": "torch (MKL)", "xla": "XLA", "own": "gw_matmul"}


def main() -> None:
    asked = arguments()
    os.environ |= {"OMP_NUM_THREADS": str(asked.threads), "KERAS_BACKEND": "jax"}
    from layers_sides import limit_threads

    limit_threads("torch", asked.threads)
    facts = about()
    rows = [row for one in todo(asked.quick) for row in measured(*one, asked)]
    result = {"about": facts, "threads": asked.threads, "rows": rows}
    write_result(asked.out, result)
    print(f"\n{markdown(table(result))}\n\n{conditions(result)}, {asked.threads} threads")


def arguments() -> argparse.Namespace:
    found = parser("Speed of the large products that a layer consists of.", "parts")
    found.add_argument("--seconds", type=float, default=0.5, help="for each contender")
    found.add_argument("--threads", type=int, default=2, help="of each contender")
    found.add_argument("--quick", action="store_true", help="tiny products, for a trial")
    return found.parse_args()


def todo(quick: bool) -> list[tuple[str, tuple[int, int, int]]]:
    """Which product, of which sizes."""
    shapes = ((8, 4, 16),) if quick else SHAPES
    square = (16 if quick else SQUARE,) * 3
    return [("square", square), *((what, one) for what in ("forward", "weights") for one in shapes)]


def measured(
    what: str, shape: tuple[int, int, int], asked: argparse.Namespace
) -> list[dict[str, Any]]:
    """All who can do this product, in turns."""
    from layers_worker import timed, turns

    rows, inner, columns = shape
    rng = np.random.default_rng(0)
    x = rng.random((rows, inner), "float32")
    other = rng.random((rows if what == "weights" else inner, columns), "float32")
    found = contenders(what, x, other, asked.threads)
    for side in found:
        side.call()
    times: list[list[float]] = [[] for _ in found]
    estimates = [max(timed(side.call), 1e-6) for side in found]
    turns(found, estimates, times, asked.seconds)
    flops = 2.0 * rows * inner * columns
    for side, values in zip(found, times, strict=True):
        say(f"{what} {rows} x {inner} x {columns}, {BY[side.name]}: "
            f"{flops / spread(values)['median'] / 1e9:.0f} GF/s")  # fmt: skip
    return [
        {"what": what, "shape": shape, "by": side.name, "flops": flops, "seconds": spread(values)}
        for side, values in zip(found, times, strict=True)
    ]


def contenders(
    what: str, x: np.ndarray, other: np.ndarray, threads: int, by: Collection[str] = BY
) -> list[Any]:
    """`x·other`, or `x^T·other` for a weight gradient, by each library of those that is there."""
    from layers_sides import Side, installed

    transposed = what == "weights"
    expected = (x.T if transposed else x).astype(float) @ other
    found = {}
    if "mkl" in by and installed("torch"):
        found["mkl"] = mkl(x, other, transposed)
    if "xla" in by and installed("jax"):
        found["xla"] = xla(x, other, transposed)
    left = np.ascontiguousarray(x.T) if transposed else x
    if "own" in by and (call := own(left, other, threads)):
        found["own"] = call
    for name, call in found.items():
        np.testing.assert_allclose(np.asarray(call()), expected, rtol=1e-3, err_msg=name)
    return [Side(name, call, None, lambda: "") for name, call in found.items()]


def mkl(x: np.ndarray, other: np.ndarray, transposed: bool) -> Callable[[], Any]:
    import torch

    a, b = torch.from_numpy(x), torch.from_numpy(other)
    a = a.T if transposed else a
    out = torch.empty(a.shape[0], b.shape[1])
    return lambda: torch.mm(a, b, out=out)


def xla(x: np.ndarray, other: np.ndarray, transposed: bool) -> Callable[[], Any]:
    import jax

    a, b = jax.numpy.asarray(x), jax.numpy.asarray(other)
    run = jax.jit(lambda a, b: (a.T if transposed else a) @ b)
    return lambda: jax.block_until_ready(run(a, b))


def own(a: np.ndarray, b: np.ndarray, threads: int) -> Callable[[], Any] | None:
    """Our kernel's own product; None without the native library. `a` is transposed already."""
    try:
        from gatewise.kernels.native import library
    except ImportError:
        return None
    if library.reason():
        return None
    found = library.load()
    out = np.empty((a.shape[0], b.shape[1]), "float32")
    pointers = [one.ctypes.data_as(ctypes.POINTER(ctypes.c_float)) for one in (a, b, out)]
    sizes = (a.shape[0], a.shape[1], b.shape[1])

    def call() -> Any:
        found.check(found.lib.gw_matmul(*sizes, *pointers, threads))
        return out

    return call


def table(result: dict[str, Any]) -> list[list[str]]:
    """GF/s, a row for each product."""
    speeds: dict[tuple[str, str], dict[str, str]] = {}
    for row in result["rows"]:
        key = (row["what"], " × ".join(str(size) for size in row["shape"]))
        speeds.setdefault(key, {})[row["by"]] = (
            f"{row['flops'] / row['seconds']['median'] / 1e9:.0f}"
        )
    names = {"square": "square", "forward": "x·W", "weights": "x^T·dZ"}
    lines = [[f"GF/s, {result['threads']} threads", "B·T × I × G·U", *BY.values()]]
    for (what, shape), found in speeds.items():
        lines.append([names[what], shape, *(found.get(by, "") for by in BY)])
    return lines


if __name__ == "__main__":
    main()
