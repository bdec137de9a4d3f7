"""The process of one back end: takes requests on its standard input, answers on its output.

Both are JSON, a line each. layers.py starts it; nobody else needs to.
"""

import functools
import json
import os
import statistics
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
import parts
from layers_grid import Case
from layers_sides import Side, limit_threads, sides

PACKAGES = ("keras", "jax", "jaxlib", "torch", "tensorflow", "tensorflow-cpu", "onnxruntime")
MOST_ROUNDS = 13
SAMPLE = 0.002  # seconds; shorter calls are timed several at once
COLD = 0.2  # seconds; shorter calls are made once untimed before, after the others' turns
LONG = 1.0  # seconds; such a call is timed the first time already
PAUSE = 0.02  # seconds; ONNX Runtime's threads spin for more than 4 ms after a call
DIFFERENCE = 1e-2  # relative to the largest value: other than rounding


def main() -> None:
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print is not an answer
    for line in sys.stdin:
        request = json.loads(line)
        channel.write(json.dumps(answer(request)) + "\n")
        channel.flush()


def answer(request: dict[str, Any]) -> Any:
    backend = os.environ["KERAS_BACKEND"]
    if request["ask"] == "hello":
        limit_threads(backend, request["threads"])
        return {"versions": versions(), "native": native() if backend == "jax" else None}
    if request["ask"] == "peak":
        return peaks(backend)
    try:
        return measured(Case.read(request["case"]), backend, request["seconds"])
    except Exception as error:  # the other cases go on; the row says what happened
        return [{"name": backend, "error": f"{type(error).__name__}: {error}"[:500]}]
    finally:
        forget(backend)


def forget(backend: str) -> None:
    """Let go of the layers and what was compiled for them: there are hundreds of cases."""
    import keras

    keras.utils.clear_session()
    if backend == "jax":
        import jax

        jax.clear_caches()


def versions() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def native() -> dict[str, Any]:
    """The native library as this process finds it, or why there is none."""
    try:
        from gatewise.kernels.native import library
    except ImportError as error:
        return {"reason": str(error)}
    if reason := library.reason():
        return {"reason": reason}
    found = library.load()
    return {"isa": found.isa(), "isas": list(found.isas()), "threads": found.threads()}


def peaks(backend: str) -> dict[str, float]:
    """Of a square SGEMM, flops a second, the best of three, by each library of this process."""
    flops = 2.0 * parts.SQUARE**3
    return {
        parts.BY[side.name]: flops / min(timed(side.call) for _ in range(3))
        for side in squares(backend)
    }


@functools.cache
def squares(backend: str) -> list[Side]:
    """The libraries that this process may load, each with the same product."""
    by = {"torch": ("mkl",), "jax": ("xla", "own")}.get(backend, ())
    a, b = np.random.default_rng(0).random((2, parts.SQUARE, parts.SQUARE), "float32")
    return parts.contenders("square", a, b, len(os.sched_getaffinity(0)), by) if by else []


def timed(call: Any) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def measured(case: Case, backend: str, seconds: float) -> list[dict[str, Any]]:
    """A row for each contender, after taking turns for about so many seconds each."""
    contenders = sides(case, backend)
    firsts = [first(side) for side in contenders]
    expected = [
        same(side, firsts[0][0], found) for side, (found, _) in zip(contenders, firsts, strict=True)
    ]
    times = [[estimate] if estimate > LONG else [] for _, estimate in firsts]
    estimates = [estimate for _, estimate in firsts]
    del firsts
    turns(contenders, estimates, times, seconds)
    return [
        {
            "name": side.name,
            "path": side.path(),
            "difference": difference and float(f"{difference:.1e}"),
            **spread(found),
        }
        for side, found, difference in zip(contenders, times, expected, strict=True)
    ]


def first(side: Side) -> tuple[Any, float]:
    """What a contender gives, and about how long it takes once it is compiled and warm."""
    if side.compiled:
        side.call()
    start = time.perf_counter()
    found = side.call()
    seconds = time.perf_counter() - start
    if seconds < LONG:
        seconds = timed(side.call)
    return side.read(found) if side.read else None, seconds


def same(side: Side, expected: np.ndarray, found: np.ndarray | None) -> float | None:
    """How far a result is from the first contender's, relative to the largest value.

    Raises:
        ValueError: so far that the two did not compute the same.
    """
    if found is None:
        return None
    difference = float(np.abs(found - expected).max() / max(np.abs(expected).max(), 1e-6))
    if not difference < DIFFERENCE:
        raise ValueError(f"{side.name} is off by {difference:.1g} of the largest value")
    return difference


def turns(
    contenders: list[Side], estimates: list[float], times: list[list[float]], seconds: float
) -> None:
    """Let the contenders take turns, each round in the opposite order; fills `times`.

    Each gets about so many seconds. The slow ones have fewer turns, spread over all rounds.
    """
    quotas = [quota(estimate, seconds) for estimate in estimates]
    rounds = max(quotas)
    order = list(range(len(contenders)))
    for number in range(rounds):
        for one in order:
            if (number + 1) * quotas[one] // rounds > number * quotas[one] // rounds:
                times[one].append(sample(contenders[one], estimates[one]))
        order.reverse()


def quota(estimate: float, seconds: float) -> int:
    """How many turns a contender gets; long calls have been timed once already.

    >>> [quota(estimate, 0.25) for estimate in (0.0001, 0.02, 0.5, 2, 20)]
    [13, 6, 3, 1, 0]
    """
    cost = max(SAMPLE, estimate) * (2 if estimate < COLD else 1)
    least = 3 if estimate < LONG else 1 if estimate < 5 * LONG else 0
    return min(MOST_ROUNDS, max(least, int(seconds / cost)))


def sample(side: Side, estimate: float) -> float:
    """Seconds of a call, the mean of several where it is short."""
    call, count = side.call, max(1, round(SAMPLE / estimate))
    time.sleep(PAUSE)
    if estimate < COLD:
        call()  # what the others pushed out of the caches comes back
    start = time.perf_counter()
    for _ in range(count):
        call()
    return (time.perf_counter() - start) / count


def spread(values: list[float]) -> dict[str, float]:
    """Median and range, to the digits that mean something."""
    found = {"median": statistics.median(values), "low": min(values), "high": max(values)}
    return {name: float(f"{value:.4g}") for name, value in found.items()} | {"rounds": len(values)}


if __name__ == "__main__":
    main()
