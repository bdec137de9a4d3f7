"""What `gatewise train` does once its arguments are known to be sound."""

import json
import shlex
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from gatewise.cli.progress import EpochLines
from gatewise.cli.show import percent, program
from gatewise.report import write_report
from gatewise.tasks.job import train
from gatewise.tasks.options import RunOptions
from gatewise.tasks.run_folder import RunFolder

FEW_LABELS = 6  # whose F1 still fit on a line


def run(options: dict[str, Any], path: Path, *, resume: bool, overwrite: bool) -> None:
    """Train, write the report and say what came out and what to do next."""
    console = Console(highlight=False, soft_wrap=True)
    folder = RunFolder(path)
    wanted = RunOptions(**options)
    resume = resume and folder.options.exists()
    if resume and folder.finished:
        if not folder.report.exists():
            write_report(json.loads(folder.metrics.read_text(encoding="utf-8")), folder.report)
        console.print(
            f"The run in {escape(str(path))} is finished; its report is "
            f"{escape(str(folder.report))}."
        )
        return
    with folder.held():
        if not resume:
            folder.create(overwrite)
        try:
            found = _train(wanted, folder, resume, console)
            write_report(found, folder.report)
        except KeyboardInterrupt:
            if not folder.options.exists():
                raise
            if not folder.checkpoint.exists():
                console.print("Stopped before the first epoch ended: no weights to keep yet.")
            _how_to_go_on(console, path)
            raise SystemExit(130) from None
    _say_results(console, found, folder)
    if found["training"]["stopped"] == "interrupted":
        _how_to_go_on(console, path)
        raise SystemExit(130)


def _train(
    options: RunOptions, folder: RunFolder, resume: bool, console: Console
) -> dict[str, Any]:
    lines = EpochLines(console)
    try:
        return train(
            options,
            folder,
            resume=resume,
            callbacks=[lines],
            say=lambda text: console.print(escape(text)),
        )
    finally:
        lines.close()


def _say_results(console: Console, found: dict[str, Any], folder: RunFolder) -> None:
    scores = found["test"]
    for note in found["notes"]:
        console.print(f"[yellow]note[/yellow] {escape(note)}")
    counts = found["data"]["left_out"]["counts"]
    if counts:
        parts = ", ".join(f"{count:,} {escape(reason)}" for reason, count in counts.items())
        console.print(f"Left out: {parts} (listed in the report).")
    if scores:
        number = found["data"]["test"] or found["data"]["validation"]
        console.print(f"\n[bold]{percent(scores['accuracy'])}[/bold] of {number:,} right; "
                      f"macro F1 {percent(scores['macro_f1'])}")  # fmt: skip
        if len(scores["per_class"]) <= FEW_LABELS:
            each = (f"{escape(row['label'])} {row['f1']:.3f}" for row in scores["per_class"])
            console.print(f"  F1 of {', '.join(each)}")
        for baseline in found["baselines"]:
            console.print(f"  {escape(baseline['name'])}: {percent(baseline['accuracy'])}")
    console.print(
        f"\nModel   {escape(str(folder.model))}\nReport  {escape(str(folder.report))}\n\n"
        "Next:\n"
        f"  open {escape(str(folder.report))} in a browser\n"
        f"  {_example(found, folder)}"
    )


def _example(found: dict[str, Any], folder: RunFolder) -> str:
    tail = '"a new text"' if found["kind"] == "text" else "--file new_series.ts"
    return escape(f"{program()} predict {shlex.quote(str(folder.model))} {tail}")


def _how_to_go_on(console: Console, path: Path) -> None:
    console.print(f"To go on: gatewise train --resume --out {escape(shlex.quote(str(path)))}")
