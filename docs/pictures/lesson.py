"""The lesson's charts, drawn as its page has them, from the results that are kept."""

import json
from pathlib import Path
from typing import Any

from gatewise.report import lesson_figures

RESULTS = Path(__file__).parents[2] / "benchmarks" / "results" / "lesson.json"
SHORT, LONG = 50, 400  # the lengths shown


def results() -> dict[str, Any]:
    """The lesson with defaults and seed 0."""
    runs = json.loads(RESULTS.read_text(encoding="utf-8"))["runs"]
    return next(run["results"] for run in runs if run["seed"] == 0)


def learning(length: int) -> str:
    found = results()
    name = f"learning-{length}"
    return str(lesson_figures.errors(name, length, _at(found, length), found))


def gradients(when: str) -> str:
    return str(lesson_figures.gradients(f"gradient-{when}", LONG, _at(results(), LONG), when))


def _at(found: dict[str, Any], length: int) -> list[dict[str, Any]]:
    return [one for one in found["networks"] if one["length"] == length]
