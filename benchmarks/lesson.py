"""The lesson on the vanishing gradient with defaults, over several seeds: who solves what.

Each run is what `gatewise lesson vanishing-gradient --seed SEED` does, and then, to find how far
the simple cell reaches, the same at shorter lengths. A run that is in the results already is not
repeated unless its options differ or --fresh is given.

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
SHORT = (10, 20, 30)
DRAWN = 0  # the seed whose curves the introduction shows


def main() -> None:
    asked = arguments()
    start_as_the_command_does()
    from gatewise.lessons import LessonOptions

    result = (None if asked.fresh else read_result(asked.out)) or {"runs": []}
    steps = {"steps": asked.steps} if asked.steps else {}
    lengths = asked.lengths or LessonOptions().lengths
    for seed in asked.seeds:
        for these in [lengths, SHORT] if not asked.lengths else [lengths]:
            options = LessonOptions(seed=seed, lengths=these, **steps)
            if options.plain() in [run["results"]["options"] for run in result["runs"]]:
                say(f"seed {seed}, lengths {these}: already in the results")
                continue
            say(f"seed {seed}, lengths {these}")
            same = [run for run in result["runs"] if key(run) != (seed, max(these))]
            runs = sorted([*same, one_run(options)], key=key)
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


def key(run: dict[str, Any]) -> tuple[int, int]:
    """What tells runs apart: the seed and the longest length."""
    return run["seed"], max(run["results"]["options"]["lengths"])


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
    seconds = time.perf_counter() - start
    if options.seed != DRAWN:
        thin(found)
    return {"seed": options.seed, "seconds": seconds, "results": found}


def thin(found: dict[str, Any]) -> None:
    """Keep of the curves, which are drawn for one seed only, no more than the first, the middle
    and the last points."""
    for one in found["networks"]:
        for curves in (one["curve"], *one["gradient"].values()):
            for name, line in curves.items():
                if isinstance(line, list):
                    curves[name] = [line[0], line[len(line) // 2], line[-1]]


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
    """A row for each seed, length and cell: the error and the steps."""
    rows = [["seed", "length", "cell", "error", "training steps", "whole lesson"]]
    for run in result["runs"]:
        for number, one in enumerate(run["results"]["networks"]):
            error, steps = told(one).split(", ", 1)
            seconds = "" if number else f"{run['seconds']:.0f} s"
            rows.append([str(run["seed"]), str(one["length"]), one["name"], error, steps, seconds])
    return rows


def verdict(result: dict[str, Any]) -> str:
    return "\n".join(f"{what}: {'yes' if so else 'NO'}" for what, so in result["holds"].items())


if __name__ == "__main__":
    main()
