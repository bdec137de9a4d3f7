"""The lesson on the vanishing gradient with defaults, over several seeds: who solves what.

Each run is what `gatewise lesson vanishing-gradient --seed SEED` does. A run that is in the results
already is not repeated unless its options differ or --fresh is given.

    python benchmarks/lesson.py
    python benchmarks/lesson.py --seeds 3 4
"""

import argparse
import time
from typing import Any

from harness import (
    about,
    conditions,
    markdown,
    parser,
    read_result,
    say,
    start_as_the_command_does,
    write_result,
)

SEEDS = (0, 1, 2)
GATED = ("gru", "lstm")
TOO_LONG = (200, 400)  # the lengths at which the simple cell is to fail


def main() -> None:
    asked = arguments()
    start_as_the_command_does()
    from gatewise.lessons import LessonOptions

    result = (None if asked.fresh else read_result(asked.out)) or {"runs": []}
    for seed in asked.seeds:
        more = {name: getattr(asked, name) for name in ("lengths", "steps") if getattr(asked, name)}
        options = LessonOptions(seed=seed, **more)
        others = [run for run in result["runs"] if run["seed"] != seed]
        before = [run for run in result["runs"] if run["seed"] == seed]
        if before and before[0]["results"]["options"] == options.plain():
            say(f"seed {seed}: already in the results")
            continue
        say(f"seed {seed}")
        runs = sorted([*others, one_run(options)], key=lambda run: run["seed"])
        result = {"about": about(), "holds": holds(runs), "runs": runs}
        write_result(asked.out, result)
    print(f"\n{markdown(table(result))}\n\n{verdict(result)}\n\n{conditions(result)}")


def arguments() -> argparse.Namespace:
    found = parser("Who solves the adding problem, over several seeds.", "lesson")
    found.add_argument("--seeds", nargs="+", type=int, default=SEEDS, help="a run for each")
    found.add_argument("--lengths", nargs="+", type=int, help="instead of the default, for a trial")
    found.add_argument("--steps", type=int, help="instead of the default, for a trial")
    found.add_argument("--fresh", action="store_true", help="forget the results so far")
    return found.parse_args()


def one_run(options: Any) -> dict[str, Any]:
    """Run the lesson as the command does, with its results and the time it took in all."""
    from gatewise.lessons import Watch, vanishing_gradient

    class Lines(Watch):
        def end(self, trained: dict[str, Any]) -> None:
            say(f"  length {trained['length']:>3}  {trained['name']:<10}  {told(trained)}")

    start = time.perf_counter()
    found = vanishing_gradient(options, watch=Lines())
    if not found["finished"]:
        raise SystemExit("Stopped; the runs before this one are kept. The same command goes on.")
    return {"seed": options.seed, "seconds": time.perf_counter() - start, "results": found}


def holds(runs: list[dict[str, Any]]) -> dict[str, bool]:
    """What the lesson is to show, over all runs."""
    networks = [one for run in runs for one in run["results"]["networks"]]
    reached = {
        (run["seed"], length) for run in runs for length in run["results"]["options"]["lengths"]
    }
    solved = {
        (run["seed"], one["length"])
        for run in runs
        for one in run["results"]["networks"]
        if one["cell"] in GATED and one["solved"]
    }
    return {
        "LSTM or GRU solves every length": solved == reached,
        "the simple RNN fails at 200 and 400": not any(
            one["solved"]
            for one in networks
            if one["cell"] == "simple_rnn" and one["length"] in TOO_LONG
        ),
    }


def told(trained: dict[str, Any]) -> str:
    steps = trained["curve"]["step"][-1]
    how = f"solved in {steps:,}" if trained["solved"] else f"not in {steps:,}"
    return f"{trained['test_error']:.4f}, {how}"


def table(result: dict[str, Any]) -> list[list[str]]:
    """A row for each seed and cell, a column for each length: the error and the steps."""
    lengths = sorted({n for run in result["runs"] for n in run["results"]["options"]["lengths"]})
    rows = [["seed", "cell", *(f"length {length}" for length in lengths), "whole lesson"]]
    for run in result["runs"]:
        networks = run["results"]["networks"]
        for number, name in enumerate(dict.fromkeys(one["name"] for one in networks)):
            mine = {one["length"]: told(one) for one in networks if one["name"] == name}
            row = [mine.get(length, "") for length in lengths]
            rows.append([str(run["seed"]), name, *row, "" if number else f"{run['seconds']:.0f} s"])
    return rows


def verdict(result: dict[str, Any]) -> str:
    return "\n".join(f"{what}: {'yes' if so else 'NO'}" for what, so in result["holds"].items())


if __name__ == "__main__":
    main()
