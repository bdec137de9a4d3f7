"""The lesson's page: results in, one self-contained HTML file out."""

from pathlib import Path
from typing import Any

from gatewise import files
from gatewise.report import lesson_figures as figures
from gatewise.report import lesson_words, words
from gatewise.report.page import render

# A short sequence to show, fixed so that equal results give an equal page.
NUMBERS = [0.42, 0.71, 0.15, 0.93, 0.28, 0.64, 0.37, 0.85, 0.11, 0.52, 0.77, 0.33, 0.96, 0.24,
           0.58, 0.19, 0.68, 0.45, 0.81, 0.30, 0.61, 0.90, 0.22, 0.49]  # fmt: skip
MARKED = [5, 18]


def write_lesson(results: dict[str, Any], path: str | Path) -> None:
    """Write the page for the results of `gatewise.lessons.vanishing_gradient`, whole or not at
    all."""
    files.write_text(path, render_lesson(results))


def render_lesson(results: dict[str, Any]) -> str:
    """The page as HTML: one document that fetches nothing and runs no script.

    Args:
        results: of `gatewise.lessons.vanishing_gradient`, or what was read back from its
            `lesson.json`; those of a lesson that was stopped too.
    """
    networks = results["networks"]
    lengths = lesson_words.by_length(networks)
    values = {
        "results": results,
        "headline": lesson_words.headline(results),
        "outcomes": lesson_words.outcomes(networks),
        "account": lesson_words.account(results),
        "tone": _tone(results),
        "example": figures.example("example", NUMBERS, MARKED),
        "total": sum(NUMBERS[step] for step in MARKED),
        "table": _table(results),
        "errors": {
            length: figures.errors(f"errors-{length}", length, ones, results)
            for length, ones in lengths.items()
        },
        "gradients": {
            length: [
                figures.gradients(f"gradient-{when}-{length}", length, ones, when)
                for when in ("start", "end")
            ]
            for length, ones in lengths.items()
        },
        "longest": max(lengths, default=None),
        "fading": _fading(networks),
        "facts": _facts(results),
        "command": command(results["options"]),
    }
    return render("lesson.html", values)


def _tone(results: dict[str, Any]) -> str:
    """How the verdict is coloured: by whether some network solved each length."""
    solved = {one["length"] for one in results["networks"] if one["solved"]}
    if not results["finished"]:
        return "untested"
    if not solved:
        return "worse"
    return "better" if solved == set(results["options"]["lengths"]) else "unclear"


def _table(results: dict[str, Any]) -> dict[str, Any]:
    """A row for each cell, a column for each length."""
    lengths = sorted(results["options"]["lengths"])
    rows = {}
    for name, ones in lesson_words.by_cell(results["networks"]).items():
        trained = {one["length"]: one for one in ones}
        rows[name] = [trained.get(length) for length in lengths]
    measured = results["baseline"]["measured"]
    return {"lengths": lengths, "rows": rows, "baseline": [measured[str(one)] for one in lengths]}


def _fading(networks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is left of each network's gradient, in words."""
    return [
        {
            "name": one["name"],
            "length": one["length"],
            **{
                when: {
                    "left": figures.share(one["gradient"][when]["median"][-1]),
                    "half_life": one["gradient"][when]["half_life"],
                    "verdict": one["gradient"][when]["verdict"],
                }
                for when in ("start", "end")
            },
        }
        for one in networks
    ]


def _facts(results: dict[str, Any]) -> list[tuple[str, str]]:
    options, networks = results["options"], results["networks"]
    seconds = sum(one["seconds"] for one in networks)
    sizes = {one["name"]: one["weights"] for one in networks}
    return [
        ("Networks", f"{options['units']} units, one linear answer"),
        ("Weights", ", ".join(f"{name} {words.number(size)}" for name, size in sizes.items())),
        ("Budget", f"{words.number(options['steps'])} training steps each, fewer once solved"),
        ("Batch", f"{options['batch_size']} fresh sequences in each step"),
        ("Optimiser", f"Adam, learning rate {options['learning_rate']:g}, gradient norm clipped at "
                      f"{results['clip']:g}"),
        ("Seed", str(options["seed"])),
        ("Time", words.duration(seconds)),
        ("Made", words.date(results["date"])),
    ]  # fmt: skip


def command(options: dict[str, Any]) -> str:
    """The command that makes these results.

    >>> command({"lengths": [50, 100], "cells": ["gru"], "seed": 1, "steps": 500})
    'gatewise lesson vanishing-gradient --lengths 50,100 --cells gru --seed 1 --steps 500'
    """
    lengths, cells = ",".join(map(str, options["lengths"])), ",".join(options["cells"])
    return (
        f"gatewise lesson vanishing-gradient --lengths {lengths} --cells {cells} "
        f"--seed {options['seed']} --steps {options['steps']}"
    )
