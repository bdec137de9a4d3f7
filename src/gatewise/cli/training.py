"""What `gatewise train` does once its arguments are known to be sound."""

import json
import shlex
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from gatewise.cli import answers
from gatewise.cli.options import refuse_both
from gatewise.cli.progress import EpochLines
from gatewise.cli.show import program
from gatewise.report import measures, words, write_report
from gatewise.report.measures import Measure
from gatewise.tasks.job import train
from gatewise.tasks.options import RunOptions
from gatewise.tasks.run_folder import RunFolder

FEW_LABELS = 6  # whose F1 still fit on a line


def run(options: dict[str, Any], path: Path, *, resume: bool, overwrite: bool) -> None:
    """Train, write the report and say what came out and what to do next."""
    refuse_both(resume, overwrite)
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
            if folder.finished:
                console.print("Stopped after the training: only the report is not written yet.")
            elif not folder.checkpoint.exists():
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
    counts = found["data"]["left_out"]["counts"]
    if counts:
        parts = ", ".join(f"{count:,} {escape(reason)}" for reason, count in counts.items())
        console.print(f"Left out: {parts} (listed in the report).")
    if scores:
        chief, *others = measures.of(found)
        console.print(f"\n{_headline(found, chief)}{''.join(_more(scores, one) for one in others)}")
        classes = scores.get("per_class") or []
        if 0 < len(classes) <= FEW_LABELS:
            each = (f"{escape(row['label'])} {row['f1']:.3f}" for row in classes)
            console.print(f"  F1 of {', '.join(each)}")
        for baseline in found["baselines"] or []:
            measured = baseline.get(chief.key) or {}
            told = f"{chief.wording(measured.get('value'))}{_between(chief, measured)}"
            console.print(f"  {escape(baseline['name'])}: {told}")
    console.print(
        f"\nModel   {escape(str(folder.model))}\nReport  {escape(str(folder.report))}\n\n"
        "Next:\n"
        f"  open {escape(str(folder.report))} in a browser\n"
        f"  {_example(found, folder)}"
    )


def _headline(found: dict[str, Any], measure: Measure) -> str:
    number = found["data"]["test"] or found["data"]["validation"]
    measured = found["test"][measure.key]
    held = f"{number:,} {words.nouns(found['kind'])[number != 1]}"
    told = f"[bold]{measure.wording(measured['value'])}[/bold] {measure.phrase.format(held=held)}"
    return told + _between(measure, measured)


def _more(scores: dict[str, Any], measure: Measure) -> str:
    measured = scores.get(measure.key)
    if not measured:
        return ""
    told = measure.wording(measured.get("value"))
    return f"; {measure.title} {told}{_between(measure, measured)}"


def _between(measure: Measure, measured: dict[str, Any]) -> str:
    interval = measure.interval(measured)
    return f" (95% interval {interval})" if interval else ""


def _example(found: dict[str, Any], folder: RunFolder) -> str:
    command, tail = answers.of(found["task"]).example(found)
    return escape(f"{program()} {command} {shlex.quote(str(folder.model))}{tail}")


def _how_to_go_on(console: Console, path: Path) -> None:
    console.print(f"To go on: gatewise train --resume --out {escape(shlex.quote(str(path)))}")
