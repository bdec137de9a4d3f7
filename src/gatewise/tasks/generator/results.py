"""What a generator's run has to tell beside what every run tells."""

from typing import Any

from gatewise.tasks.generator.baselines import baselines
from gatewise.tasks.generator.model import Generator
from gatewise.tasks.options import RunOptions
from gatewise.tasks.preparation import Parts

SAMPLES, LABELS = 6, 12  # texts written for each label, and labels written for
SAMPLE_LENGTH = 600  # tokens
TEMPERATURES = (1.0, 0.6)


def results(generator: Generator, parts: Parts, options: RunOptions) -> dict[str, Any]:
    """Scores, baselines and samples; see `gatewise.tasks.results`."""
    shown = parts.test or parts.validation
    found: dict[str, Any] = {"test": None, "baselines": None}
    if shown is not None:
        score = generator.score(shown.inputs, shown.labels)
        found["test"] = score.told()
        found["baselines"] = baselines(generator, parts.train, parts.validation, shown, score)
    return {
        "kind": "text",
        "title": "running text" if generator.running else "texts",
        "measures": ["perplexity", "bits_per_character"],
        **found,
        "samples": samples(generator, options.seed),
        "data": _data(generator, parts),
        "model": {"tokens": generator.options["tokens"], "vocabulary": generator.encoder.size},
    }


def samples(generator: Generator, seed: int) -> list[dict[str, Any]]:
    """Texts that the generator wrote, for the labels it knows, warm and cooler."""
    labels = (None,) if generator.labels is None else generator.labels[:LABELS]
    if generator.features is not None:
        return []
    number = 1 if generator.running else SAMPLES
    length = min(SAMPLE_LENGTH, generator.options["max_length"])
    return [
        {
            "label": None if label is None else str(label),
            "temperature": temperature,
            "texts": generator.generate(
                number, label=label, length=length, temperature=temperature, seed=seed + place
            ),
        }
        for place, label in enumerate(labels)
        for temperature in TEMPERATURES
    ]


def _data(generator: Generator, parts: Parts) -> dict[str, Any]:
    if generator.running:
        return {"labels": {}, "characters": {
            name: sum(map(len, part.inputs)) for name, part in parts.present.items()
        }}  # fmt: skip
    return {
        "labels": parts.counted(generator.labels or (), lambda part: part.labels or ()),
        "lengths": parts.lengths(generator.encoder, "tokens"),
    }
