"""Words to sounds and English to Spanish: what `gatewise train SET --task translator` reaches.

Of CMUdict a tenth of the words is held out, of Tatoeba 2,000 unique English sentences; all the
right answers of each count. Then how many sources a second are answered. A run whose folder is
there already is not repeated, so that a stopped benchmark goes on.

    python benchmarks/quality/translation.py           # results, and the tables in docs/translator.md
    python benchmarks/quality/translation.py --quick   # a small part of each set, for a trial
"""  # noqa: E501

import argparse
import csv
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import harness
import numpy as np

SEED = 0
SETS = {
    "cmudict": {
        "title": "CMUdict without stress",
        "held": None,  # a tenth
        "published": "WFST 24.4%, BiLSTM 23.6%, Transformer 20.2% WER; PER 5.45%",
        "measures": ("word_error_rate", "token_error_rate"),
    },
    "tatoeba-en-es": {
        "title": "Tatoeba, English to Spanish",
        "held": 2_000,
        "published": "none on this split",
        "measures": ("bleu", "chrf"),
    },
}
QUICK = 400  # pairs
TIMED = 640  # sources answered, of a batch of 1 a tenth of them
TIMES = 3
SPEEDS = [(beams, batch) for beams in (1, 5) for batch in (1, 64)]


def main() -> None:
    asked = arguments()
    rows = [run(name, asked) for name in asked.only or SETS]
    result = {
        "about": harness.about(),
        "threads": os.environ.get("OMP_NUM_THREADS"),
        "shared_machine": True,
        "rows": rows,
    }
    harness.write_result(asked.out, result)
    shown = page(result)
    speeds = harness.markdown(speed_table(rows))
    print(f"\n{shown}\n\n{speeds}")
    if not asked.quick and not asked.only:
        harness.fill(asked.docs, "translation", shown)
        harness.fill(asked.docs, "decoding", speeds)
        harness.fill(asked.docs, "translations", harness.markdown(sample_table(rows)))


def arguments() -> argparse.Namespace:
    found = harness.parser("Quality and speed of the translator with its defaults.", "translation")
    found.add_argument("--runs", type=Path, default=Path("runs/benchmark"), help="their folders")
    found.add_argument("--docs", type=Path, default=harness.ROOT / "docs" / "translator.md")
    found.add_argument("--only", choices=SETS, nargs="+", help="these sets")
    found.add_argument("--quick", action="store_true", help="few pairs, one epoch, for a trial")
    found.add_argument("--data", type=Path, help="a table of pairs in place of the first set")
    return found.parse_args()


def run(name: str, asked: argparse.Namespace) -> dict[str, Any]:
    """The figures of one set."""
    folder = asked.runs / name
    folder.parent.mkdir(parents=True, exist_ok=True)
    train, test = divided(name, asked)
    words = [str(train), "--test", str(test), "--task", "translator", "--seed", str(SEED)]
    words += ["--epochs", "1", "--validation", "0.1"] if asked.quick else ["--validation", "0.02"]
    found = harness.trained(folder, *words)
    return {
        "set": name,
        "seed": SEED,
        "date": found["date"],
        "commit": found["commit"],
        "published": SETS[name]["published"],
        "test": found["test"],
        "baseline": found["baselines"][0],
        "samples": found["translations"],
        "pairs": {part: found["data"][part] for part in ("train", "validation", "test")},
        "model": found["model"],
        "epochs": found["training"]["epochs"],
        "seconds": found["training"]["seconds"],
        "reproduce": found["reproduce"],
        "speed": speeds(folder / "model.keras", test, 20 if asked.quick else TIMED),
    }


def divided(name: str, asked: argparse.Namespace) -> tuple[Path, Path]:
    """Files with the pairs to learn from and those held out, no source in both."""
    from gatewise.data import load, read_pairs

    train, test = (asked.runs / f"{name}-{part}.csv" for part in ("train", "test"))
    if train.exists() and test.exists():
        return train, test
    examples = read_pairs(asked.data) if asked.data else load(name)[0]
    pairs = list(zip(examples.inputs, examples.answers, strict=True))
    if asked.quick:
        pairs = pairs[:QUICK]
    sources = sorted({source for source, _ in pairs})
    held = min(SETS[name]["held"] or len(sources) // 10, len(sources) // 5)
    chosen = np.random.default_rng(SEED).permutation(len(sources))[:held]
    apart = {sources[i] for i in chosen}
    for path, inside in ((train, False), (test, True)):
        write(path, [pair for pair in pairs if (pair[0] in apart) == inside])
    return train, test


def write(path: Path, pairs: list[tuple[str, str]]) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("source", "target"))
        writer.writerows(pairs)


def speeds(model: Path, test: Path, number: int) -> list[dict[str, Any]]:
    """Sources a second, once compiled, for each width of the beam and size of the batch: of
    sources drawn at random, the median of three times."""
    import gatewise
    from gatewise.data import read_pairs

    translator = gatewise.load(model)
    every = list(dict.fromkeys(read_pairs(test).inputs))
    drawn = np.random.default_rng(SEED).permutation(len(every))[:number]
    sources = [every[place] for place in drawn]
    found = []
    for beams, batch in SPEEDS:
        some = sources if batch > 1 else sources[: -(-number // 10)]
        translator.translate(some, beams=beams, batch_size=batch)  # compiles
        rates = []
        for _ in range(TIMES):
            start = time.perf_counter()
            translator.translate(some, beams=beams, batch_size=batch)
            rates.append(len(some) / (time.perf_counter() - start))
        found.append({"beams": beams, "batch": batch, "a_second": statistics.median(rates)})
    return found


def page(result: dict[str, Any]) -> str:
    """The table, what was measured where, and how BLEU and chrF were computed."""
    rows = result["rows"]
    signed = [
        f"{name}: `{row['test'][name]['signature']}`"
        for row in rows
        for name in ("bleu", "chrf")
        if name in row["test"]
    ]
    under = [harness.trained_under(result), *signed]
    return f"{harness.markdown(table(rows))}\n\n<sub>{'. '.join(under)}.</sub>"


def table(rows: list[dict[str, Any]]) -> list[list[str]]:
    found = [["data", "figure", "95% interval", "baseline", "published", "epochs", "training"]]
    for row in rows:
        for measure in SETS[row["set"]]["measures"]:
            score, base = row["test"][measure], row["baseline"][measure]
            share = measure.endswith("rate")
            told = [f"{value:.1%}" if share else f"{value:.1f}" for value in
                    (score["value"], score["low"], score["high"], base["value"])]  # fmt: skip
            found.append(
                [SETS[row["set"]]["title"], f"{measure.replace('_', ' ')} **{told[0]}**",
                 f"{told[1]} to {told[2]}", told[3], row["published"], str(row["epochs"]),
                 f"{row['seconds'] / 60:.0f} min"]
            )  # fmt: skip
    return found


def speed_table(rows: list[dict[str, Any]]) -> list[list[str]]:
    heads = [f"{'greedy' if beams == 1 else f'beam {beams}'}, batch {batch}"
             for beams, batch in SPEEDS]  # fmt: skip
    found = [["sources a second", *heads]]
    for row in rows:
        cells = [f"{one['a_second']:,.0f}" for one in row["speed"]]
        found.append([SETS[row["set"]]["title"], *cells])
    return found


def sample_table(rows: list[dict[str, Any]]) -> list[list[str]]:
    """All of the sentences drawn, good and bad, beside an answer that counts as right."""
    found = [["English", "Spanish, as written", "in the test part"]]
    for row in rows:
        if row["set"] == "tatoeba-en-es":
            found += [[one["source"], one["answer"], one["right"][0]] for one in row["samples"]]
    return found


if __name__ == "__main__":
    main()
