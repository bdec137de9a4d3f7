"""Wall time and peak memory of the demo's training, as a process of its own.

With an empty cache everything is compiled, as on a fresh machine; with a warm one, compilations
of the run before are found. The data comes with the package, so nothing is fetched.

    python benchmarks/demo.py
"""

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from harness import (
    GATEWISE,
    about,
    conditions,
    markdown,
    parser,
    process,
    say,
    spread,
    write_result,
)

COMMAND = ["train", "sms-spam", "--overwrite"]


def main() -> None:
    asked = arguments()
    facts, start = about(), time.perf_counter()
    more = ["--epochs", str(asked.epochs)] if asked.epochs else []
    runs: dict[str, list[dict[str, float]]] = {"empty": [], "warm": []}
    with tempfile.TemporaryDirectory() as name:
        for number in range(asked.runs):
            for cache, measured in runs.items():  # the warm one is what the empty one left
                measured.append(training(Path(name), f"cache-{number}", more))
                last, peak = measured[-1]["seconds"], mebibytes(measured[-1]["peak_bytes"])
                say(f"{cache} cache, run {number + 1} of {asked.runs}: {last:.1f} s, {peak}")
    result = {
        "about": facts,
        "seed": 0,
        "command": " ".join(["gatewise", *COMMAND, *more]),
        "seconds": time.perf_counter() - start,
        **{cache: {measure: spread([one[measure] for one in found]) for measure in found[0]}
           for cache, found in runs.items()},
    }  # fmt: skip
    write_result(asked.out, result)
    print(f"\n{markdown(table(result))}\n\n{conditions(result)}")


def arguments() -> argparse.Namespace:
    found = parser("Wall time and peak memory of the demo's training.", "demo")
    found.add_argument("--runs", type=int, default=3, help="with each cache")
    found.add_argument("--epochs", type=int, help="at most, for a trial; not the demo's")
    return found.parse_args()


def training(folder: Path, cache: str, more: list[str]) -> dict[str, float]:
    """One training in a fresh process, with what its own log adds."""
    out = folder / "run"
    with open(folder / "log.txt", "wb") as log:
        measured = process([GATEWISE, *COMMAND, "--out", str(out), *more], log, folder / cache)
    found = json.loads((out / "metrics.json").read_text(encoding="utf-8"))
    return measured | {"epochs": found["training"]["epochs"],
                       "accuracy": found["test"]["accuracy"]["value"]}  # fmt: skip


def mebibytes(count: float) -> str:
    return f"{count / 2**20:,.0f} MiB"


def table(result: dict[str, Any]) -> list[list[str]]:
    rows = [["cache of compilations", "wall time (median)", "range", "processor time",
             "peak memory", "epochs"]]  # fmt: skip
    for cache in ("empty", "warm"):
        found = result[cache]
        seconds = found["seconds"]
        rows.append(
            [cache, f"{seconds['median']:.1f} s",
             f"{seconds['low']:.1f} to {seconds['high']:.1f} s",
             f"{found['processor_seconds']['median']:.0f} s",
             mebibytes(found["peak_bytes"]["high"]), f"{found['epochs']['median']:.0f}"]
        )  # fmt: skip
    return rows


if __name__ == "__main__":
    main()
