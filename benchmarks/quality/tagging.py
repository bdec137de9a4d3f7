"""Parts of speech in English and Chinese: what `gatewise train SET --task tagger` reaches.

A tenth is held out for the test, a twentieth of the rest for validation. A run whose folder is
there already is not repeated, so that a stopped benchmark goes on.

    python benchmarks/quality/tagging.py            # the results, and the table in docs/tagger.md
    python benchmarks/quality/tagging.py --quick    # a small part of the first set, for a trial
"""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import harness

ROWS = {
    "brown": ("Brown, 12 universal tags", 0.967, "BiLSTM 96.67%"),
    "peoples-daily": ("People's Daily, 44 tags", 0.95, "BiLSTM 98.5%"),
}
SEED = 0
QUICK = 400  # sentences


def main() -> None:
    asked = arguments()
    rows = [run(name, asked) for name in list(ROWS)[: 1 if asked.quick else None]]
    result = {"about": harness.about(), "threads": os.environ.get("OMP_NUM_THREADS"), "rows": rows}
    harness.write_result(asked.out, result)
    shown = f"{harness.markdown(table(rows))}\n\n<sub>{harness.trained_under(result)}.</sub>"
    print(f"\n{shown}")
    if not asked.quick:
        harness.fill(asked.docs, "tagging", shown)


def arguments() -> argparse.Namespace:
    found = harness.parser("Token accuracy of the tagger with its defaults.", "tagging")
    found.add_argument("--runs", type=Path, default=Path("runs/benchmark"), help="their folders")
    found.add_argument("--docs", type=Path, default=harness.ROOT / "docs" / "tagger.md")
    found.add_argument("--quick", action="store_true", help="few sentences, for a trial")
    return found.parse_args()


def run(name: str, asked: argparse.Namespace) -> dict[str, Any]:
    """The figures of one set."""
    words = ["--holdout", "0.1", "--validation", "0.05", "--seed", str(SEED)]
    words += ["--epochs", "1"] if asked.quick else []
    source = small(name, asked.runs) if asked.quick else name
    found = harness.trained(asked.runs / name, source, "--task", "tagger", *words)
    return {
        "set": name,
        "seed": SEED,
        "date": found["date"],
        "commit": found["commit"],
        "accuracy": found["test"]["token_accuracy"],
        "macro_f1": found["test"]["macro_f1"],
        "baseline": found["baselines"][0]["token_accuracy"],
        "sentences": {part: found["data"][part] for part in ("train", "validation", "test")},
        "epochs": found["training"]["epochs"],
        "seconds": found["training"]["seconds"],
        "versions": found["reproduce"]["versions"],
    }


def small(name: str, folder: Path) -> str:
    """A file with the first sentences of a set."""
    from gatewise.data import get

    text = (get(name) / "train.conll").read_text(encoding="utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.conll"
    path.write_text("\n\n".join(text.split("\n\n")[:QUICK]), encoding="utf-8")
    return str(path)


def table(rows: list[dict[str, Any]]) -> list[list[str]]:
    found = [["data", "token accuracy", "95% interval", "target", "published", "most frequent tag",
              "epochs", "training"]]  # fmt: skip
    for row in rows:
        title, target, published = ROWS[row["set"]]
        score = row["accuracy"]
        found.append(
            [title, f"**{score['value']:.2%}**", f"{score['low']:.2%} to {score['high']:.2%}",
             f"{target:.1%}", published, f"{row['baseline']['value']:.1%}", str(row["epochs"]),
             f"{row['seconds'] / 60:.0f} min"]
        )  # fmt: skip
    return found


if __name__ == "__main__":
    main()
