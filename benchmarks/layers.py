"""The layers' speed: Gatewise and its peers on the shapes that papers and libraries use.

Peers are those that are installed: stock Keras on JAX, torch and TensorFlow, torch.nn and ONNX
Runtime. Each back end has a process of its own, all held to the same number of threads; only one
of them works at a time, and within it the contenders take turns. Every row says what ran.

    python benchmarks/layers.py
    python benchmarks/layers.py --shapes 32,200,128,64 --cells LSTM
    python benchmarks/layers.py --parts stream memory     # keeps the grid measured before
    python benchmarks/layers.py --parts grid --shapes 1,15,32,32 --again   # and the other shapes
"""

import argparse
import datetime
import hashlib
import importlib.util
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import layers_figures
from harness import ROOT, about, conditions, markdown, parser, read_result, say, write_result
from layers_grid import CELLS, QUICK, SHAPES, Case, Shape, cases
from layers_process import Worker, run_json

PARTS = ("grid", "stream", "memory")
EPOCH = "epoch.json"


def main() -> None:
    asked = arguments()
    result = read_result(asked.out) or {}
    for part in asked.parts:
        start = time.perf_counter()
        facts = about() | {"native_source": native_fingerprint()}
        for found in {"grid": grid, "stream": stream, "memory": memory}[part](asked):
            if part == "grid" and asked.again:
                found = joined(result.get("grid", {}), found)
            seconds = round(time.perf_counter() - start, 1)
            result |= {"about": facts, part: {"about": facts, "seconds": seconds, **found}}
            epoch = read_result(asked.out.parent / EPOCH)
            result["figures"] = layers_figures.figures(result, epoch)
            write_result(asked.out, result)
    print(f"\n{markdown(layers_figures.figures_table(result))}\n\n{conditions(result)}")
    if problems := layers_figures.problems(result):
        sys.exit("\n".join(problems))


def arguments() -> argparse.Namespace:
    found = parser("Speed and memory of the layers against their peers.", "layers")
    found.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS),
                       help="the others stay as they are in the results")  # fmt: skip
    found.add_argument("--backends", nargs="+", choices=["jax", "torch", "tensorflow"],
                       help="by default those that are installed")  # fmt: skip
    found.add_argument("--shapes", nargs="+", type=shape, metavar="B,T,I,U",
                       help="by default those of papers and libraries")  # fmt: skip
    found.add_argument(
        "--cells", nargs="+", choices=CELLS, default=list(CELLS), help="cells to run"
    )
    found.add_argument("--seconds", type=float, default=0.25,
                       help="for each contender with each case")  # fmt: skip
    found.add_argument("--threads", type=int, default=2, help="of every contender")
    found.add_argument("--tensorflow", metavar="PYTHON",
                       help="one that has it, and Keras; by default this one")  # fmt: skip
    found.add_argument("--full", action="store_true", help="the shapes that take minutes, too")
    found.add_argument("--again", action="store_true",
                       help="keep what was measured before of other cases")  # fmt: skip
    found.add_argument("--quick", action="store_true", help="two tiny shapes, for a trial")
    asked = found.parse_args()
    asked.shapes = asked.shapes or (QUICK if asked.quick else SHAPES)
    if asked.quick:
        asked.seconds = 0.01
    asked.interpreters = interpreters(asked)
    return asked


def shape(text: str) -> Shape:
    """One of the listed shapes, or another.

    >>> shape("1,2,3,4").U
    4
    """
    known = {one.name: one for one in SHAPES}
    try:
        return known.get(text) or Shape.read(text)
    except (ValueError, TypeError):
        message = f"expected B,T,I,U such as 32,200,128,64, got {text!r}"
        raise argparse.ArgumentTypeError(message) from None


def interpreters(asked: argparse.Namespace) -> dict[str, str]:
    """The interpreter of each back end to measure."""
    found = {one: sys.executable for one in ("jax", "torch") if importlib.util.find_spec(one)}
    script = "import importlib.util, sys; sys.exit(importlib.util.find_spec('tensorflow') is None)"
    python = asked.tensorflow or sys.executable
    if subprocess.run([python, "-c", script], check=False).returncode == 0:
        found["tensorflow"] = python
    elif asked.tensorflow:
        sys.exit(f"--tensorflow: expected an interpreter with TensorFlow, got {python}.")
    wanted = asked.backends or list(found)
    if missing := [one for one in wanted if one not in found]:
        sys.exit(f"--backends: expected what is installed ({', '.join(found)}), got {missing[0]}.")
    return {one: found[one] for one in wanted}


def grid(asked: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Every case in every back end's process; what there is after each."""
    workers = [Worker(name, python, asked.threads) for name, python in asked.interpreters.items()]
    todo = cases(asked.shapes, asked.cells, asked.full)
    facts = [worker.ask(ask="hello", threads=asked.threads) for worker in workers]
    rows: list[dict[str, Any]] = []
    peaks: dict[str, list[float]] = {}
    start = time.perf_counter()
    for number, case in enumerate(todo, 1):
        for name, peak in (item for worker in workers for item in worker.peaks().items()):
            peaks.setdefault(name, []).append(peak)
        turn = number % len(workers)
        found = [
            row | {"process": worker.backend, **case.plain()}
            for worker in workers[turn:] + workers[:turn]
            for row in worker.ask(ask="case", case=case.plain(), seconds=asked.seconds)
        ]
        rows += found
        left = (time.perf_counter() - start) / number * (len(todo) - number)
        say(f"{number} of {len(todo)}, {datetime.timedelta(seconds=round(left))} left: "
            + line(case, found))  # fmt: skip
        yield {
            "threads": asked.threads,
            "versions": {key: one for fact in facts for key, one in fact["versions"].items()},
            "native": next((fact["native"] for fact in facts if fact["native"]), None),
            "peak": peak_facts(peaks),
            "rows": rows,
        }
    for worker in workers:
        worker.close()


def joined(before: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """The cases measured again in the place of those before, named; the rest as it was.

    >>> old, new = ({"shape": "1,2,3,4", "cell": c, "mode": "forward"} for c in ("GRU", "LSTM"))
    >>> len(joined({"rows": [old, new]}, {"rows": [new]})["rows"])
    2
    """
    again = {Case.read(row).name for row in found["rows"]}
    kept = [row for row in before.get("rows", []) if Case.read(row).name not in again]
    return {
        **found,
        "peak": before.get("peak") or found.get("peak"),
        "rows": kept + found["rows"],
        "again": sorted({*before.get("again", []), *again}),
    }


def line(case: Case, rows: list[dict[str, Any]]) -> str:
    """A case in one line of progress."""
    times = [
        f"{row['name']} " + (row.get("error") or f"{1e3 * row['median']:.3g} ms")
        + " (stock)" * row.get("path", "").startswith("stock")
        for row in sorted(rows, key=lambda row: row["process"])
    ]  # fmt: skip
    return f"{case.name}: {', '.join(times)}"


def peak_facts(peaks: dict[str, list[float]]) -> dict[str, Any] | None:
    """What the fastest library reached: a peak is what the machine can do, whoever shows it."""
    if not peaks:
        return None
    medians = {name: statistics.median(found) for name, found in peaks.items()}
    by = max(medians, key=medians.__getitem__)
    return {"by": by, "median": medians[by], "low": min(peaks[by]), "high": max(peaks[by]),
            "count": len(peaks[by]), "medians": medians}  # fmt: skip


def stream(asked: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """One step after another, from Python."""
    words = ["--seconds", str(asked.seconds), "--threads", str(asked.threads)]
    rows = run_json("layers_stream.py", [*words, *["--quick"] * asked.quick], "jax", asked.threads)
    for row in rows:
        say(f"one step of {row['cell']} {row['I']},{row['U']}: {row['name']} "
            + (row.get("error") or f"{1e6 * row['median']:.2f} µs"))  # fmt: skip
    yield {"rows": rows}


def memory(asked: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """What a training step needs, each contender in a process of its own."""
    rows = []
    for backend in asked.interpreters:
        for name in layers_figures.MEMORY.get(backend, ()):
            words = ["--side", name, *["--quick"] * asked.quick]
            row = run_json("layers_memory.py", words, backend, asked.threads)
            rows.append(row)
            say(f"memory of a training step: {name} "
                + (row.get("error") or f"{row['step_bytes'] / 2**20:.0f} MiB"))  # fmt: skip
    yield {"rows": rows}


def native_fingerprint() -> str:
    """Tells apart two states of the native sources."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "native").rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


if __name__ == "__main__":
    main()
