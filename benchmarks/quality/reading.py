"""How a reader judges translations of short sentences: a sheet to fill in, then the count.

    python benchmarks/quality/reading.py draw sheet.csv    # 200 test sentences, translated
    python benchmarks/quality/reading.py count sheet.csv   # with right, slip or wrong in each row

The reader sees no reference. `right` reads as what a native speaker could have written for it,
`slip` has one small fault that leaves the meaning, `wrong` is all else.
"""

import argparse
import csv
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import harness
import numpy as np

SEED = 1
SENTENCES, WORDS = 200, 6
COLUMNS = ("source", "output", "verdict")
VERDICTS = ("right", "slip", "wrong")


def main() -> None:
    asked = arguments()
    if asked.what == "draw":
        draw(asked.runs, asked.sheet)
    else:
        count(asked.runs, asked.sheet, asked.out)


def arguments() -> argparse.Namespace:
    found = harness.parser("Short sentences for a reader to judge.", "reading")
    found.add_argument("what", choices=("draw", "count"))
    found.add_argument("sheet", type=Path)
    found.add_argument("--runs", type=Path, default=Path("runs/benchmark"), help="their folders")
    return found.parse_args()


def draw(runs: Path, sheet: Path) -> None:
    """Write the sheet: short test sentences drawn at random and what the model makes of them."""
    import gatewise
    from gatewise.data import read_pairs

    pairs = read_pairs(runs / "tatoeba-en-es-test.csv")
    short = [one for one in dict.fromkeys(pairs.inputs) if len(one.split()) <= WORDS]
    drawn = np.random.default_rng(SEED).permutation(len(short))[:SENTENCES]
    sources = [short[place] for place in drawn]
    outputs = gatewise.load(runs / "tatoeba-en-es" / "model.keras").translate(sources)
    with open(sheet, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows((a, b.text, "") for a, b in zip(sources, outputs, strict=True))


def count(runs: Path, sheet: Path, out: Path) -> None:
    """Write the filled sheet and its count as a result."""
    from gatewise.tasks.evaluation import accuracy

    with open(sheet, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if strange := [row for row in rows if row["verdict"] not in VERDICTS]:
        raise SystemExit(f"{sheet}: expected right, slip or wrong in each row, got {strange[0]}.")
    counted = Counter(row["verdict"] for row in rows)
    trained = (runs / "tatoeba-en-es" / "commit").read_text().strip()
    result = {
        "about": harness.about(),
        "seed": SEED,
        "model": {"set": "tatoeba-en-es", "commit": trained},
        "words_at_most": WORDS,
        "counts": {verdict: counted[verdict] for verdict in VERDICTS},
        "right": accuracy(counted["right"], len(rows)),
        "rows": rows,
    }
    harness.write_result(out, result)
    print(result["counts"], result["right"])


if __name__ == "__main__":
    main()
