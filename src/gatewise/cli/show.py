"""Results as tables in the terminal."""

import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gatewise.report.measures import MEASURES
from gatewise.report.words import percent_interval

TONES = {"healthy": "green", "vanishing": "yellow", "exploding": "red"}


def show_scores(
    found: dict[str, Any],
    counted: str,
    left_out: dict[str, int],
    notes: list[str],
    measures: Sequence[str] = ("accuracy", "macro_f1"),
    each: str = "examples",
) -> None:
    """The measures that there are, a row for each label and the most confident mistakes; `counted`
    says of how many, and `each` what is labelled."""
    console = Console(highlight=False, soft_wrap=True)
    for note in notes:
        console.print(f"[yellow]note[/yellow] {escape(note)}")
    if left_out:
        counts = ", ".join(f"{number:,} {escape(reason)}" for reason, number in left_out.items())
        console.print(f"Left out: {counts}.")
    scores = found["scores"]
    told = (f"{MEASURES[one].title} {percent(scores[one])}" for one in measures if one in scores)
    console.print("  ".join((counted, *told)))
    table = Table("label", *("precision", "recall", "F1", each), box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    for row in scores["per_class"]:
        rates = (f"{row[name]:.3f}" for name in ("precision", "recall", "f1"))
        table.add_row(escape(row["label"]), *rates, f"{row['support']:,}")
    console.print(table)
    if found["mistakes"]:
        console.print(f"\nMost confident of {found['mistakes_total']:,} mistakes:")
    for mistake in found["mistakes"][:5]:
        shown = mistake.get("text", f"series of {mistake.get('steps')} steps")
        console.print(
            f"  row {mistake['row']}: {escape(mistake['true'])} taken for "
            f"{escape(mistake['predicted'])} ({mistake['probability']:.0%}): {escape(shown[:90])}"
        )


def show_flow(flow: Any, notes: list[str]) -> None:
    """A row for each layer and direction, and what to do about those that are not healthy."""
    from gatewise.insight.remedies import halving, share

    # A layer's name must stay whole: a narrow terminal breaks the lines, not the words.
    wide = 90 + max(map(len, flow))
    console = Console(highlight=False, soft_wrap=True, width=max(Console().width, wide))
    for note in notes:
        console.print(f"[yellow]note[/yellow] {escape(note)}")
    steps = max(layer.finding.steps for layer in flow.values())
    console.print(f"Median size of the loss's gradient at the hidden states, up to {steps:,} steps "
                  "back from the last one,\nand what part of a gradient the layer itself carries "
                  "that far:")  # fmt: skip
    places = ("last step", "1/4 back", "1/2 back", "farthest")
    table = Table(
        "layer", "cell", *places, "halves in", "carried", "verdict", box=None, pad_edge=False
    )
    for column in table.columns[2:8]:
        column.justify = "right"
    for name, layer in flow.items():
        medians, end = layer.by_lag().median, layer.finding.steps
        norms = (f"{medians[lag]:.2g}" for lag in (0, end // 4, end // 2, end))
        table.add_row(
            escape(name), layer.kind, *norms, halving(layer.half_life), share(layer.finding.kept),
            f"[{TONES[layer.verdict]}]{layer.verdict}[/]",
        )  # fmt: skip
    console.print(table)
    for name, layer in flow.items():
        if layer.remedies:
            console.print(f"\n{escape(name)} is {layer.verdict}:")
        for remedy in layer.remedies:
            console.print(f"- {escape(remedy)}")


def program() -> str:
    """The command as the user can call it again: its name, or its path where it is not found."""
    called, here = Path(sys.argv[0]), Path.cwd()
    if shutil.which("gatewise") or called.name != "gatewise":
        return "gatewise"
    return shlex.quote(str(called.relative_to(here) if called.is_relative_to(here) else called))


def percent(score: dict[str, float]) -> str:
    """A score with its interval, where there is one.

    >>> percent({"value": 0.98, "low": 0.97, "high": 0.99})
    '98.0% (95% interval 97.0% to 99.0%)'
    """
    ends = percent_interval(score)
    return f"{score['value']:.1%}" + (f" (95% interval {ends})" if ends else "")
