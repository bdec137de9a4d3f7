"""A label for every step of series: what `gatewise train hapt` reaches with its defaults.

The test part is the official one, nine people whom training never saw. Beside the tagger stand the
majority answer and a random forest that sees a step alone or what surrounds it. A run whose
folder is there already is not repeated, so that a stopped benchmark goes on.

    python benchmarks/quality/series_tagging.py            # the results, and the table in the docs
    python benchmarks/quality/series_tagging.py --quick    # four recordings, for a trial
"""

import argparse
import os
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import harness

NAME, SEED = "hapt", 0
WINDOWS = (1, 25, 51)  # steps that the forest sees around each: alone, 2.5 s, 5 s
QUICK = 4  # recordings of each part


def main() -> None:
    asked = arguments()
    row = run(asked)
    result = {"about": harness.about(), "threads": os.environ.get("OMP_NUM_THREADS"), "rows": [row]}
    harness.write_result(asked.out, result)
    shown = f"{harness.markdown(table(row))}\n\n<sub>{harness.trained_under(result)}.</sub>"
    print(f"\n{shown}")
    if not asked.quick:
        harness.fill(asked.docs, "series tagging", shown)


def arguments() -> argparse.Namespace:
    found = harness.parser("Step accuracy of the tagger with its defaults.", "series_tagging")
    found.add_argument("--runs", type=Path, default=Path("runs/benchmark"), help="their folders")
    found.add_argument("--docs", type=Path, default=harness.ROOT / "docs" / "tagger.md")
    found.add_argument("--quick", action="store_true", help="few recordings, for a trial")
    return found.parse_args()


def run(asked: argparse.Namespace) -> dict[str, Any]:
    """The figures of the tagger and of the forests."""
    from gatewise import data

    words = [*(small(asked.runs) if asked.quick else [NAME]), "--task", "tagger"]
    words += ["--seed", str(SEED), *(["--epochs", "1"] if asked.quick else [])]
    found = harness.trained(asked.runs / NAME, *words)
    train, test = data.load(NAME)
    if asked.quick:
        train, test = train.take(range(QUICK)), test.take(range(QUICK))
    told = ("train", "validation", "test")
    return {
        "set": NAME,
        "seed": SEED,
        "date": found["date"],
        "commit": found["commit"],
        "accuracy": found["test"]["step_accuracy"],
        "macro_f1": found["test"]["macro_f1"],
        "baselines": [found["baselines"][0], *(forest(train, test, one) for one in WINDOWS)],
        "series": {part: found["data"][part] for part in told},
        "epochs": found["training"]["epochs"],
        "seconds": found["training"]["seconds"],
        "versions": found["reproduce"]["versions"],
    }


def forest(train: Any, test: Any, window: int) -> dict[str, Any]:
    """Scores of the forest that sees `window` steps."""
    from gatewise.tasks.tagger.step_baselines import by_window
    from gatewise.tasks.tagger.step_scores import step_scores

    start = time.perf_counter()
    known = sorted({label for row in train.answers for label in row if label})
    scores = step_scores(known, test.answers, by_window(train, test, window, SEED), 256)
    seconds = time.perf_counter() - start
    harness.say(f"a forest on {window} steps: {seconds:.0f} s")
    seen = "each step alone" if window == 1 else f"the {window} steps around each"
    kept = {one: scores[one] for one in ("step_accuracy", "macro_f1")}
    return {"name": f"a random forest, {seen}", "window": window, "seconds": seconds, **kept}


def small(folder: Path) -> list[str]:
    """A few recordings of each part in files of their own, and the options to read them with."""
    from gatewise.data import get

    folder.mkdir(parents=True, exist_ok=True)
    for part in ("train", "test"):
        lines = (get(NAME) / f"{part}.csv").read_text(encoding="utf-8").splitlines(keepends=True)
        names = list(dict.fromkeys(line.split(",")[0] for line in lines[1:]))[:QUICK]
        kept = [line for line in lines[1:] if line.split(",")[0] in names]
        (folder / f"{part}.csv").write_text("".join([lines[0], *kept]), encoding="utf-8")
    files = [str(folder / "train.csv"), "--test", str(folder / "test.csv")]
    return [*files, "--id", "recording", "--time", "seconds", "--target", "activity"]


def table(row: dict[str, Any]) -> list[list[str]]:
    found = [["HAPT, 12 activities", "step accuracy", "95% interval", "macro F1", "training"]]
    own = {"name": "the tagger, defaults", "step_accuracy": row["accuracy"], **row}
    for one in (own, *row["baselines"]):
        accuracy, seconds = one["step_accuracy"], one.get("seconds")
        value, mark = f"{accuracy['value']:.2%}", "**" if one is own else ""
        between = f"{accuracy['low']:.2%} to {accuracy['high']:.2%}"
        took = "" if seconds is None else f"{seconds:.0f} s"
        found.append(
            [one["name"], f"{mark}{value}{mark}", between, f"{one['macro_f1']['value']:.3f}", took]
        )
    return found


if __name__ == "__main__":
    main()
