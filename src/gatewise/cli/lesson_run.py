"""What `gatewise lesson` does once its arguments are known to be sound."""

import shlex
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from gatewise.cli.show import program
from gatewise.lessons import LessonFolder, LessonOptions, Watch, vanishing_gradient
from gatewise.lessons.networks import GATES, TITLES
from gatewise.lessons.options import ROUND
from gatewise.report.lesson import write_lesson


class LessonLines(Watch):
    """One line a network, and while it trains a bar with the time left for the whole lesson.

    The bar counts work: a step of a network costs its length times its gates. Where the output is
    no terminal there is no bar, so that a log stays readable.
    """

    def __init__(self, console: Console, options: LessonOptions, done: set[tuple[int, str]]):
        self.console, self.options = console, options
        self.ahead = [one for one in options.plan if one not in done]
        self.past = 0.0  # work done or spared, of the networks before this one
        self.progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TimeElapsedColumn(),
            TextColumn("· at most"),
            TimeRemainingColumn(),
            TextColumn("left"),
            console=console,
            transient=True,
            disable=not console.is_terminal,
            speed_estimate_period=120,
        )
        self.task = self.progress.add_task("starting", total=self._work(self.ahead))
        self.progress.start()

    def begin(self, length: int, cell: str, steps: int) -> None:
        self.length, self.cell, self.steps = length, cell, steps
        self.start = time.monotonic()
        self._show("")

    def step(self, loss: float) -> None:
        self.steps += 1
        self._show(f" · error {loss:.4f}")

    def end(self, trained: dict[str, Any]) -> None:
        self.ahead.remove((self.length, self.cell))
        done = self.progress.tasks[self.task].completed
        self.progress.update(self.task, total=done + self._work(self.ahead))
        self.past = done
        self.console.print(
            f"length {self.length:>4}  {TITLES[self.cell]:<10}  {outcome(trained)}  "
            f"[dim]{time.monotonic() - self.start:.0f} s{self._left()}[/dim]",
            highlight=False,
        )

    def close(self) -> None:
        """Take the bar away, however the lesson ended."""
        self.progress.stop()

    def _show(self, more: str) -> None:
        self.progress.update(
            self.task,
            completed=self.past + self.steps * self.length * GATES[self.cell],
            description=f"length {self.length} · {TITLES[self.cell]} · step {self.steps}{more}",
        )

    def _left(self) -> str:
        return f", {len(self.ahead)} to go" if self.ahead else ""

    def _work(self, networks: list[tuple[int, str]]) -> float:
        steps = self.options.rounds * ROUND
        return sum(steps * length * GATES[cell] for length, cell in networks)


def outcome(trained: dict[str, Any]) -> str:
    """How a network fared.

    >>> outcome({"solved": True, "test_error": 0.004, "curve": {"step": [50, 100]}})
    'solved at step 100, error 0.0040'
    """
    step = trained["curve"]["step"][-1]
    how = f"solved at step {step}" if trained["solved"] else f"not solved in {step} steps"
    return f"{how}, error {trained['test_error']:.4f}"


def run(options: LessonOptions, path: Path, *, resume: bool, overwrite: bool) -> None:
    """Run the lesson, write its page and say what came out and what to do next."""
    console = Console(highlight=False, soft_wrap=True)
    folder = LessonFolder(path)
    if resume and folder.finished:
        write_lesson(folder.read(), folder.report)
        console.print(f"The lesson in {escape(str(path))} is finished.")
        _say_page(console, folder)
        return
    with folder.held():
        if not resume:
            folder.create(overwrite)
            folder.clear()
            folder.options.unlink(missing_ok=True)
        folder.tidy()
        before = folder.read()["networks"] if folder.metrics.exists() else []
        lines = LessonLines(console, options, {(one["length"], one["cell"]) for one in before})
        try:
            found = vanishing_gradient(options, folder, lines)
        finally:
            lines.close()
        write_lesson(found, folder.report)
    _say_page(console, folder)
    if not found["finished"]:
        again = f"gatewise lesson vanishing-gradient --resume --out {shlex.quote(str(path))}"
        console.print(f"To go on: {escape(again)}")
        raise SystemExit(130)


def _say_page(console: Console, folder: LessonFolder) -> None:
    console.print(
        f"\nPage  {escape(str(folder.report))}\n\nNext:\n"
        f"  open {escape(str(folder.report))} in a browser\n"
        f"  {escape(program())} gradients MODEL DATA  does the same for a network of your own"
    )
