"""Names by nationality and folk tunes against n-grams, and how fast text is written.

    python benchmarks/quality/generation.py [--quick] [--only names|folk-tunes|speed]

Each model is what `gatewise train SET --task generator` trains by default; the n-grams count the
same training texts and are judged on the same test texts.
"""

import os
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import harness

SETS = ("names", "folk-tunes")
QUICK_TEXTS = 300
SPEED_UNITS, SPEED_STEPS = (256, 512), 3_000
SHOWN_LABELS = ("Japanese", "Russian", "Italian", "Irish")


def quality(name: str, quick: bool) -> dict[str, Any]:
    """Train on a named set, score the model and the n-grams on its held-out test."""
    from gatewise.tasks.generator import Generator
    from gatewise.tasks.generator.baselines import baselines
    from gatewise.tasks.generator.preparation import prepare
    from gatewise.tasks.options import RunOptions
    from gatewise.tasks.preparation import keep_known

    parts = prepare(RunOptions(name, task="generator"), harness.say)
    train, held, shown = parts.train, parts.validation, parts.test
    if quick:
        train, held, shown = (one.take(range(0, len(one), max(1, len(one) // QUICK_TEXTS)))
                              for one in (train, held, shown))  # fmt: skip
        if train.labels:
            held, shown = (keep_known(one, set(train.labels)) for one in (held, shown))
    model = Generator(**({"units": 16} if quick else {}))
    start = time.monotonic()
    history = model.fit(
        train.inputs, train.labels, epochs=1 if quick else None, verbose=0 if quick else 2,
        validation_data=(held.inputs, held.labels),
    )  # fmt: skip
    seconds = time.monotonic() - start
    score = model.score(shown.inputs, shown.labels)
    found = {
        "texts": {"train": len(train), "validation": len(held), "test": len(shown)},
        "test_tokens": int(score.tokens.sum()),
        "told": "the label" if model.labels else "nothing",
        "settings": model.resolved,
        "epochs": len(history.history["loss"]),
        "seconds": round(seconds, 1),
        "val_loss": history.history["val_loss"],
        "model": score.told(),
        "ngrams": baselines(model, train, held, shown, score),
        "samples": _samples(model),
    }
    best = min(one["perplexity"]["value"] for one in found["ngrams"])
    harness.say(f"{name}: {score.perplexity:.3f} against {best:.3f} of the best n-gram")
    return found


def _samples(model: Any) -> dict[str, list[str]]:
    if model.labels is None:
        return {"": model.generate(3, temperature=0.8)}
    known = [label for label in SHOWN_LABELS if label in model.labels]
    return {label: model.generate(6, label=label, temperature=0.8) for label in known}


def speed(quick: bool) -> list[dict[str, Any]]:
    """Characters a second, one text at a time, through the native core and the network itself."""
    import numpy as np

    from gatewise.architectures import one_to_many
    from gatewise.tasks.generator.sampling import Sampling
    from gatewise.tasks.generator.stepping import NetworkSteps, StreamSteps

    rows = []
    for units in SPEED_UNITS:
        network = one_to_many(vocabulary=100, units=units)
        for way in (StreamSteps, NetworkSteps):
            steps, sampling, rng = way(network), Sampling(), np.random.default_rng(0)
            steps.begin()
            count = 50 if quick else SPEED_STEPS
            token = sampling.draw(steps(0), rng)  # compiles
            start = time.perf_counter()
            for _ in range(count):
                token = sampling.draw(steps(token), rng)
            rate = count / (time.perf_counter() - start)
            rows.append({"units": units, "way": way.__name__, "characters_a_second": round(rate)})
            harness.say(f"U = {units}, {way.__name__}: {rate:,.0f} characters a second")
    return rows


def main() -> None:
    options = harness.parser(str(__doc__).splitlines()[0], "generation")
    options.add_argument("--quick", action="store_true", help="a small slice, for tests")
    options.add_argument("--only", choices=[*SETS, "speed"], help="one part; the others stay")
    given = options.parse_args()
    harness.start_as_the_command_does()
    found = harness.read_result(given.out) or {}
    for part in [given.only] if given.only else [*SETS, "speed"]:
        about = {**harness.about(), "seed": 0, "threads": os.environ.get("GATEWISE_THREADS"),
                 "note": "the machine was shared with other work"}  # fmt: skip
        value = speed(given.quick) if part == "speed" else quality(part, given.quick)
        found[part] = {"about": about, "result": value}
        harness.write_result(given.out, found)
    if not given.quick:
        harness.fill(harness.ROOT / "docs" / "generator.md", "generation", tables(found))


def tables(found: dict[str, Any]) -> str:
    """Models against n-grams, and how fast text is written."""
    rows = [["data", "method", "perplexity", "bits a character", "95% interval", "bits saved",
             "epochs", "time"]]  # fmt: skip
    for name in SETS:
        if name in found:
            rows += _against(name, found[name]["result"])
    shown = harness.markdown(rows)
    if "speed" in found:
        fast = [["units", "way", "characters a second"]]
        fast += [[str(one["units"]), one["way"], f"{one['characters_a_second']:,}"]
                 for one in found["speed"]["result"]]  # fmt: skip
        shown += f"\n\n{harness.markdown(fast)}"
    made = ", ".join(_made(name, part["about"]) for name, part in found.items())
    conditions = harness.conditions(next(iter(found.values())))
    return shown + f"\n\n<sub>{conditions}. Measured: {made}.</sub>"


def _made(name: str, about: dict[str, Any]) -> str:
    """Where a part was measured, and the threads that the native core was held to."""
    count = about["threads"]
    held = f" with {count} thread{'s' * (count != '1')}" if count else ""
    return f"{name} at {about['commit'][:10]}{held}"


def _saved(found: dict[str, float] | None) -> str:
    """What the model saves against this method, the texts compared one by one."""
    return f"{found['value']:.3f} ({found['low']:.3f} to {found['high']:.3f})" if found else ""


def _against(name: str, result: dict[str, Any]) -> list[list[str]]:
    model = {"name": f"Gatewise, told {result['told']}", **result["model"]}
    facts = {id(model): [str(result["epochs"]), f"{result['seconds'] / 60:.0f} min"]}
    rows = []
    for one in (model, *result["ngrams"]):
        bits = one["bits_per_character"]
        rows.append(
            [name, one["name"], f"{one['perplexity']['value']:.3f}", f"{bits['value']:.3f}",
             f"{bits['low']:.3f} to {bits['high']:.3f}", _saved(one.get("saved")),
             *facts.get(id(one), ["", ""])]
        )  # fmt: skip
    return rows


if __name__ == "__main__":
    main()
