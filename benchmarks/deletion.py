"""Do a score's exact parts tell which words count? Words are deleted in the order of their parts.

A classifier is trained with defaults, as `gatewise train DATA` does. For each text of the test set
and each way to rank its words, the words are deleted, those with the largest part in the predicted
class first, and the class's probability is followed: the smaller the area under this curve, the
better the ranking (Samek et al. 2017; the deletion metric of Petsiuk et al. 2018).

    python benchmarks/deletion.py
    python benchmarks/deletion.py --data sms-spam --texts 200
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any

import deletion_methods
import numpy as np
from harness import (
    about,
    conditions,
    markdown,
    parser,
    say,
    start_as_the_command_does,
    write_result,
)

DATA = ("sms-spam", "reuters-r8")
# Removed, the others close up; replaced by the unknown token, they stay where they are.
WAYS = ("removed", "unknown")
FRACTIONS = np.linspace(0, 1, 21)  # of a text's words deleted
FIRST = 10  # words
SEED = 0
DRAWS = 2000  # of the bootstrap
NAMES = {
    "inputs": "**exact parts of inputs**",
    "integrated_unknown": "integrated gradients, from unknown words",
    "integrated": "integrated gradients, from zeros",
    "gradient_unknown": "gradient × (input − unknown word)",
    "gradient": "gradient × input",
    "writes": "exact parts of writes",
    "telescoped": "writes, tanh telescoped",
    "random": "at random",
}


def main() -> None:
    asked = arguments()
    start_as_the_command_does()
    facts = about()
    sets = [measured(name, asked) for name in asked.data]
    result = {"about": facts, "ig_steps": deletion_methods.IG_STEPS, "sets": sets}
    write_result(asked.out, result)
    print(f"\n{tables(result)}\n\n{conditions(result)}")


def arguments() -> argparse.Namespace:
    found = parser("Words deleted in the order of their attribution.", "deletion")
    found.add_argument("--data", nargs="+", choices=DATA, default=list(DATA), metavar="DATA",
                       help=f"of {', '.join(DATA)}")  # fmt: skip
    found.add_argument("--texts", type=int, help="at most, drawn from each test set; default all")
    found.add_argument("--epochs", type=int, help="at most, for a trial; not the user's default")
    found.add_argument("--runs", type=Path, help="keep trained models here, and use those there")
    return found.parse_args()


def measured(name: str, asked: argparse.Namespace) -> dict[str, Any]:
    """Every method's curves on one data set."""
    from gatewise.data.batches import BucketedBatches

    classifier, texts, accuracy = trained(name, asked)
    sequences = chosen(classifier.encoder.encode(texts), asked.texts)
    probabilities = predicted(classifier, sequences)
    target = probabilities.argmax(1)
    batches = BucketedBatches(sequences, batch_size=64, widths=classifier._widths)
    curves: dict[str, dict[str, np.ndarray]] = {}
    for method, parts_of in deletion_methods.methods(classifier).items():
        parts = [np.empty(0)] * len(sequences)
        for (ids,), (members, _) in zip(batches, batches._plan, strict=True):
            for row, found in zip(members, parts_of(ids, target[members]), strict=True):
                parts[row] = found[: len(sequences[row])]
        curves[method] = {
            way: curve(classifier, sequences, parts, target, way, probabilities) for way in WAYS
        }
        say(f"{name}: {method}")
    return {
        "data": name,
        "texts": len(sequences),
        "words": float(np.mean([len(one) for one in sequences])),
        "accuracy": accuracy,
        "ways": {way: figures({m: found[way] for m, found in curves.items()}) for way in WAYS},
    }


def trained(name: str, asked: argparse.Namespace) -> tuple[Any, list[str], float]:
    """A classifier trained with defaults, its test texts, and its accuracy on them."""
    from gatewise import load
    from gatewise.tasks.classifier.preparation import prepare
    from gatewise.tasks.job import train
    from gatewise.tasks.options import RunOptions
    from gatewise.tasks.run_folder import RunFolder

    options = RunOptions(data=name, model={"seed": SEED}, epochs=asked.epochs)
    with tempfile.TemporaryDirectory() as temporary:
        folder = RunFolder((asked.runs or Path(temporary)) / name)
        if not folder.model.exists():
            say(f"{name}: training")
            folder.create()
            train(options, folder, say=say)
        classifier = load(folder.model)
    test = prepare(options, say).test
    answers = [one.label for one in classifier.classify(test.inputs)]
    right = np.mean([one == str(other) for one, other in zip(answers, test.answers, strict=True)])
    return classifier, list(test.inputs), float(right)


def chosen(sequences: list[np.ndarray], most: int | None) -> list[np.ndarray]:
    drawn = np.random.default_rng(SEED).permutation(len(sequences))[:most]
    return [sequences[i] for i in np.sort(drawn)]


def predicted(classifier: Any, sequences: list[np.ndarray]) -> np.ndarray:
    """Probabilities [N, C] of encoded texts."""
    from gatewise.data.batches import BucketedBatches

    batches = BucketedBatches(sequences, batch_size=256, widths=classifier._widths)
    found = classifier.predict(batches)
    probabilities = np.empty(found.shape)
    probabilities[batches.order] = found
    return probabilities


def curve(
    classifier: Any,
    sequences: list[np.ndarray],
    parts: list[np.ndarray],
    target: np.ndarray,
    way: str,
    whole: np.ndarray,
) -> np.ndarray:
    """The class's probability after each number of deletions, [N, D]: those of FRACTIONS of the
    words, then the first 0 to FIRST."""
    shorter, places = [], []
    for row, (ids, part) in enumerate(zip(sequences, parts, strict=True)):
        order = np.argsort(-part, kind="stable")
        for count in np.unique(deletions(len(ids)))[1:]:
            shorter.append(deleted(ids, order[:count], way))
            places.append((row, count))
    rows, counts = np.array(places).T
    found = np.zeros((len(sequences), max(map(len, sequences)) + 1))
    found[:, 0] = whole[np.arange(len(target)), target]
    found[rows, counts] = predicted(classifier, shorter)[np.arange(len(rows)), target[rows]]
    return np.stack([found[row, deletions(len(ids))] for row, ids in enumerate(sequences)])


def deletions(words: int) -> np.ndarray:
    """How many of a text's words are deleted at each place of a curve."""
    first = np.minimum(np.arange(FIRST + 1), words)
    return np.concatenate([np.round(FRACTIONS * words).astype(int), first])


def deleted(ids: np.ndarray, places: np.ndarray, way: str) -> np.ndarray:
    """A text without some of its words; one without any is an unknown token, as when encoded."""
    from gatewise.padding import UNKNOWN_ID

    if way == "unknown":
        ids = ids.copy()
        ids[places] = UNKNOWN_ID
        return ids
    left = np.delete(ids, places)
    return left if len(left) else np.array([UNKNOWN_ID], ids.dtype)


def figures(curves: dict[str, np.ndarray]) -> dict[str, Any]:
    """Mean areas and curves of each method, and how the others differ from the parts of inputs."""
    areas = {method: area(found) for method, found in curves.items()}
    spans = {
        span: {
            "area": {method: interval(one[span]) for method, one in areas.items()},
            "more_than_inputs": {
                method: interval(one[span] - areas["inputs"][span])
                for method, one in areas.items()
                if method != "inputs"
            },
        }
        for span in ("whole", "first")
    }
    curve = {m: found[:, : len(FRACTIONS)].mean(0).tolist() for m, found in curves.items()}
    return spans | {"curve": curve}


def area(curve: np.ndarray) -> dict[str, np.ndarray]:
    """Mean probability over the curve, of each text: all its words, and the first."""
    whole, first = curve[:, : len(FRACTIONS)], curve[:, len(FRACTIONS) :]
    return {"whole": mean_height(whole), "first": mean_height(first)}


def mean_height(curve: np.ndarray) -> np.ndarray:
    """By the trapezoid rule, over places of equal distance."""
    return (curve[:, 1:] + curve[:, :-1]).mean(1) / 2


def interval(values: np.ndarray) -> dict[str, float]:
    """Mean, and the middle 95% of the means of texts drawn anew (bootstrap)."""
    rng = np.random.default_rng(SEED)
    drawn = [values[rng.integers(len(values), size=len(values))].mean() for _ in range(DRAWS)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return {"mean": float(values.mean()), "low": float(low), "high": float(high)}


def tables(result: dict[str, Any]) -> str:
    """A table for each data set, under its name."""
    return "\n\n".join(
        f"**{one['data']}**: {one['texts']} test texts of {one['words']:.0f} words on average, "
        f"accuracy {one['accuracy']:.1%}\n\n{markdown(table(one))}"
        for one in result["sets"]
    )


def table(one: dict[str, Any]) -> list[list[str]]:
    """A row for each ranking: mean areas, and how much more than ours over all words."""
    rows = [["words ranked by"]]
    for way in WAYS:
        rows[0] += [f"{way}: all", f"first {FIRST}", "more than ours"]
    for method, name in NAMES.items():
        row = [name]
        for way in WAYS:
            spans = one["ways"][way]
            row += [f"{spans[span]['area'][method]['mean']:.3f}" for span in ("whole", "first")]
            more = spans["whole"]["more_than_inputs"].get(method)
            row.append(f"{more['mean']:+.3f} ({more['low']:+.3f} to {more['high']:+.3f})"
                       if more else "")  # fmt: skip
        rows.append(row)
    return rows


if __name__ == "__main__":
    main()
