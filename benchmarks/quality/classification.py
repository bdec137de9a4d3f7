"""How well a classifier trained with defaults answers, on real data, over several seeds.

Each run is what `gatewise train DATA --seed SEED` does. A run that is in the results already is
not repeated unless its options differ or --fresh is given, so that a stopped benchmark goes on.

    python benchmarks/quality/classification.py
    python benchmarks/quality/classification.py --rows trec reuters-r8 --seeds 0 1
"""

import argparse
import dataclasses
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from harness import (
    about,
    conditions,
    markdown,
    parser,
    read_result,
    say,
    source_fingerprint,
    start_as_the_command_does,
    write_result,
)


@dataclasses.dataclass(frozen=True)
class Row:
    """A data set, how it is learned, and the figures to compare with."""

    title: str
    data: str
    seeds: int
    target: float
    published: str
    published_range: tuple[float, float]
    vectors: str | None = None
    spam_f1_target: float | None = None

    def model(self, seed: int) -> dict[str, Any]:
        return {"seed": seed} | ({"vectors": self.vectors} if self.vectors else {})


ROWS = {
    "sms-spam": Row(
        "SMS Spam, a fifth held out", "sms-spam", 5, 0.985,
        "about 98–99%", (0.98, 0.99), spam_f1_target=0.95,
    ),
    "trec": Row(
        "TREC, 6 labels", "trec", 3, 0.88, "LSTM 87.8%", (0.878, 0.878),
    ),
    "trec-glove": Row(
        "TREC, GloVe 50d", "trec", 3, 0.91,
        "LSTM 93.8% (GloVe, tuned)", (0.938, 0.938), vectors="glove-6b-50d",
    ),
    "reuters-r8": Row(
        "Reuters R8", "reuters-r8", 3, 0.955, "LSTM 93.7%, Text GCN 97.1%", (0.937, 0.971),
    ),
    "reuters-r8-glove": Row(
        "Reuters R8, GloVe 50d", "reuters-r8", 3, 0.965,
        "LSTM 96.1%, BiLSTM 96.3% (GloVe)", (0.961, 0.963), vectors="glove-6b-50d",
    ),
    "japanese-vowels": Row(
        "JapaneseVowels", "japanese-vowels", 3, 0.96, "95–98%", (0.95, 0.98),
    ),
}  # fmt: skip


def main() -> None:
    asked = arguments()
    start_as_the_command_does()
    result = (None if asked.fresh else read_result(asked.out)) or {"runs": []}
    for name in asked.rows:
        seeds = range(ROWS[name].seeds) if asked.seeds is None else asked.seeds
        for seed in seeds:
            run_or_skip(result, name, seed, asked.epochs)
            result = {"about": about(), "summary": summary(result["runs"]), "runs": result["runs"]}
            write_result(asked.out, result)
    print(f"\n{markdown(table(result))}\n\n{conditions(result)}")


def arguments() -> argparse.Namespace:
    found = parser("Test scores with defaults, over several seeds.", "quality")
    found.add_argument("--rows", nargs="+", choices=ROWS, default=list(ROWS), metavar="ROW",
                       help=f"of {', '.join(ROWS)}")  # fmt: skip
    found.add_argument("--seeds", nargs="+", type=int, help="instead of each row's 0, 1, 2, …")
    found.add_argument("--epochs", type=int, help="at most, for a trial; not the user's default")
    found.add_argument("--fresh", action="store_true", help="forget the results so far")
    return found.parse_args()


def run_or_skip(result: dict[str, Any], name: str, seed: int, epochs: int | None) -> None:
    """Add one run to the results, in place of one with other options, unless it is there."""
    from gatewise.tasks.options import RunOptions

    row = ROWS[name]
    options = RunOptions(data=row.data, model=row.model(seed), epochs=epochs)
    plain = dataclasses.asdict(options)
    others = [run for run in result["runs"] if (run["row"], run["seed"]) != (name, seed)]
    before = [run for run in result["runs"] if run not in others]
    if before and before[0]["options"] == plain:
        same = before[0]["source"] == source_fingerprint()
        also = "" if same else " (from another state of the source; --fresh measures anew)"
        say(f"{name}, seed {seed}: already in the results{also}")
        return
    say(f"{name}, seed {seed}")
    run = {"row": name, "seed": seed, **one_run(options), "options": plain}
    say(f"{name}, seed {seed}: {run['accuracy']:.2%} in {run['seconds']:.0f} s")
    order = list(ROWS)
    result["runs"] = sorted([*others, run], key=lambda one: (order.index(one["row"]), one["seed"]))


def one_run(options: Any) -> dict[str, Any]:
    """Train as `gatewise train` does, and keep the figures."""
    import keras
    from rich.console import Console

    from gatewise.cli.progress import EpochLines
    from gatewise.tasks.job import train
    from gatewise.tasks.run_folder import RunFolder

    keras.utils.clear_session()  # else every former model stays in memory
    facts, start = about(), time.perf_counter()
    lines = EpochLines(Console(highlight=False, soft_wrap=True))
    with tempfile.TemporaryDirectory() as folder:
        try:
            found = train(options, RunFolder(Path(folder)), callbacks=[lines], say=say)
        finally:
            lines.close()
    if found["training"]["stopped"] == "interrupted":
        raise SystemExit("Stopped; the runs before this one are kept. The same command goes on.")
    seconds = time.perf_counter() - start
    kept = ("date", "commit", "source")  # others may be added at another time
    return figures(found) | {"seconds": seconds} | {name: facts[name] for name in kept}


def figures(found: dict[str, Any]) -> dict[str, Any]:
    """What of a run's results goes into the benchmark's."""
    training, scores, baseline = found["training"], found["test"], found["baselines"][-1]
    best = training["history"][training["best_epoch"] - 1]
    spam = [one["f1"] for one in scores["per_class"] if one["label"] == "spam"]
    return {
        "accuracy": scores["accuracy"]["value"],
        "macro_f1": scores["macro_f1"]["value"],
        "spam_f1": spam[0] if spam else None,
        "validation_accuracy": best["val_accuracy"],
        "baseline": baseline["name"],
        "baseline_accuracy": baseline["accuracy"]["value"],
        "examples": {part: found["data"][part] for part in ("train", "validation", "test")},
        "epochs": training["epochs"],
        "planned_epochs": training["planned_epochs"],
        "best_epoch": training["best_epoch"],
        "training_seconds": training["seconds"],
    }


def summary(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """For each row that has runs: means over the seeds, beside what to compare with."""
    found = []
    for name, row in ROWS.items():
        mine = [run for run in runs if run["row"] == name]
        if not mine:
            continue
        measures = ["accuracy", "macro_f1", "validation_accuracy", "baseline_accuracy"]
        measures += ["training_seconds", "epochs"] + ["spam_f1"] * (row.spam_f1_target is not None)
        found.append(
            {
                "row": name,
                "title": row.title,
                "seeds": [run["seed"] for run in mine],
                "target": row.target,
                "spam_f1_target": row.spam_f1_target,
                "published": row.published,
                "baseline": mine[0]["baseline"],
                "limited_epochs": any(run["options"]["epochs"] for run in mine),
                **{measure: mean([run[measure] for run in mine]) for measure in measures},
            }
        )
    return found


def mean(values: list[float]) -> dict[str, float]:
    return {"mean": statistics.fmean(values), "low": min(values), "high": max(values)}


def table(result: dict[str, Any]) -> list[list[str]]:
    """A row for each accuracy, and one for the F1 of spam."""
    rows = [
        ["data", "measure", "mean of seeds", "range", "target", "", "published", "simple model",
         "validation", "epochs", "training"]
    ]  # fmt: skip
    for one in result["summary"]:
        simple = f"{one['baseline']} {one['baseline_accuracy']['mean']:.1%}"
        validation = f"{one['validation_accuracy']['mean']:.1%}"
        epochs = f"{one['epochs']['mean']:.0f}" + " (limited)" * one["limited_epochs"]
        seconds = f"{one['training_seconds']['mean']:.0f} s"
        accuracy = _against(one["accuracy"], one["target"], one["seeds"])
        rows.append(
            [one["title"], "accuracy", *accuracy, one["published"], simple, validation, epochs,
             seconds]
        )  # fmt: skip
        if one["spam_f1_target"] is not None:
            f1 = _against(one["spam_f1"], one["spam_f1_target"], one["seeds"])
            rows.append([one["title"], "F1 of spam", *f1, "", "", "", "", ""])
    return rows


def _against(score: dict[str, float], target: float, seeds: list[int]) -> list[str]:
    short = target - score["mean"]
    return [
        f"**{score['mean']:.2%}** ({len(seeds)})",
        f"{score['low']:.2%} to {score['high']:.2%}",
        f"{target:.1%}",
        "reached" if short <= 0 else f"missed by {100 * short:.2f} points",
    ]


if __name__ == "__main__":
    main()
