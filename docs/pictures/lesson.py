"""The lesson's charts, drawn as its page has them, from the results that are kept."""

import json
import statistics
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from gatewise.report import lesson_figures

RESULTS = Path(__file__).parents[2] / "benchmarks" / "results" / "lesson.json"
SHORT, LONG = 10, 400  # the lengths shown


def runs() -> list[dict[str, Any]]:
    """The results of every run: each seed at the lesson's lengths and at shorter ones."""
    return [run["results"] for run in json.loads(RESULTS.read_text(encoding="utf-8"))["runs"]]


def results(length: int) -> dict[str, Any]:
    """The run with seed 0 that has this length."""
    return next(
        run for run in runs()
        if run["options"]["seed"] == 0 and length in run["options"]["lengths"]
    )  # fmt: skip


def reach() -> Figure:
    """The error of each cell by the length of the sequences: a mark for each seed, a line through
    their medians."""
    from matplotlib.ticker import FuncFormatter, NullLocator

    from gatewise.report.figures import blank, key
    from gatewise.report.lesson_figures import LOOKS, level

    found = runs()
    networks = [one for run in found for one in run["networks"]]
    lengths = sorted({one["length"] for one in networks})
    figure, axes = blank(3.3, left=0.125, right=0.97, bottom=0.5, top=0.42)
    level(axes, found[0]["baseline"]["exact"], "always answering 1")
    level(axes, found[0]["solved_below"], "solved")
    for cell, look in LOOKS.items():
        mine = [one for one in networks if one["cell"] == cell]
        middle = [
            statistics.median(one["test_error"] for one in mine if one["length"] == length)
            for length in lengths
        ]
        axes.plot(lengths, middle, linewidth=2, markersize=6, label=mine[0]["name"], **look)
        axes.plot(
            [one["length"] for one in mine],
            [one["test_error"] for one in mine],
            linestyle="none", marker=look["marker"], color=look["color"], markersize=4, alpha=0.5,
        )  # fmt: skip
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_ylim(1.5e-3, 0.4)
    axes.set_xticks(lengths)
    axes.set_yticks([0.003, 0.01, 0.03, 0.1, 0.3])
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter(FuncFormatter(lambda tick, _: f"{tick:g}"))
    axes.grid(axis="y", linewidth=0.8)
    axes.set_xlabel("length of the sequences", fontsize=11)
    key(figure)
    return figure


def learning(length: int) -> str:
    found = results(length)
    name = f"learning-{length}"
    return str(lesson_figures.errors(name, length, _at(found, length), found))


def gradients(when: str) -> str:
    return str(lesson_figures.gradients(f"gradient-{when}", LONG, _at(results(LONG), LONG), when))


def _at(found: dict[str, Any], length: int) -> list[dict[str, Any]]:
    return [one for one in found["networks"] if one["length"] == length]
