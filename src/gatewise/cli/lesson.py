"""`gatewise lesson`: classic experiments, run live."""

from itertools import count
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from gatewise.cli.options import refuse_both
from gatewise.errors import ArgumentError
from gatewise.lessons.options import LessonOptions

LESSONS = ("vanishing-gradient",)
DEFAULTS = LessonOptions()
DEFAULT_LENGTHS = ",".join(map(str, DEFAULTS.lengths))
QUICK = {"lengths": (50, 100), "steps": 1_000}


class Lessons(click.Group):
    """The lessons by name; a name that is none is answered with the nearest one."""

    def resolve_command(self, ctx, args):
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            from gatewise.data.opening import nearest

            hint = nearest(args[0], LESSONS)
            raise click.UsageError(
                f"NAME: expected a lesson ({', '.join(LESSONS)}), got {args[0]!r}.{hint}", ctx
            ) from None


class Numbers(click.ParamType):
    """Whole numbers, comma-separated."""

    name = "numbers"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[int, ...]:
        if isinstance(value, tuple):
            return value
        try:
            return tuple(int(part) for part in value.split(","))
        except ValueError:
            self.fail(f"expected whole numbers such as 50,100, got {value!r}.", param, ctx)


class Names(click.ParamType):
    """Names, comma-separated."""

    name = "names"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, ...]:
        return value if isinstance(value, tuple) else tuple(value.replace(" ", "").split(","))


@click.group("lesson", cls=Lessons, short_help="Run a classic experiment live.")
def command() -> None:
    """Classic experiments, run live, each ending in a page that explains what was found."""


@command.command("vanishing-gradient", short_help="Why a simple RNN forgets and an LSTM does not.")
@click.option(
    "--lengths",
    type=Numbers(),
    default=DEFAULT_LENGTHS,
    show_default=True,
    help="Steps of the sequences, comma-separated.",
)
@click.option(
    "--cells",
    type=Names(),
    default=",".join(DEFAULTS.cells),
    show_default=True,
    help="Cells to compare, comma-separated.",
)
@click.option(
    "--steps",
    type=click.IntRange(min=1),
    default=DEFAULTS.steps,
    show_default=True,
    help="Budget: training steps of each network at most.",
)
@click.option("--quick", is_flag=True, help="Lengths 50 and 100, at most 1,000 steps.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="Folder [runs/vanishing-gradient].")
@click.option("--resume", is_flag=True, help="Go on with the lesson in the folder.")
@click.option("--overwrite", is_flag=True, help="Replace the lesson in the folder.")
@click.pass_context
def vanishing_gradient(ctx: click.Context, **given: Any) -> None:
    """Train a simple RNN, a GRU and an LSTM to add two of many numbers.

    The longer the sequences, the further the error has to travel back. Ends in a page with the
    learning curves, the gradients and an account of what happened. Ctrl-C keeps what is there and
    makes the page of it.

    \b
    gatewise lesson vanishing-gradient
    gatewise lesson vanishing-gradient --quick
    gatewise lesson vanishing-gradient --lengths 100,800 --cells lstm --steps 8000
    """  # fmt: skip
    refuse_both(given["resume"], given["overwrite"])
    if given["quick"]:
        for name, value in QUICK.items():
            if ctx.get_parameter_source(name) == ParameterSource.DEFAULT:
                given[name] = value
    folder = _folder(given)
    names = ("lengths", "cells", "steps", "seed")
    asked = {name: given[name] for name in names}
    options = _on_the_command_line(asked)
    if given["resume"]:
        stored = folder / "config.json"
        if not stored.exists():
            raise click.UsageError(f"--resume: expected a lesson in {folder}, but there is none.")
        options = LessonOptions.read(stored)
        explicit = [
            name for name in names if ctx.get_parameter_source(name) == ParameterSource.COMMANDLINE
        ]
        _check_unchanged(options, {name: asked[name] for name in explicit}, folder)
    from gatewise.cli.runtime import prepare_keras

    prepare_keras()
    from gatewise.cli.lesson_run import run

    run(options, folder, resume=given["resume"], overwrite=given["overwrite"])


def _folder(given: dict[str, Any]) -> Path:
    if given["out"]:
        return given["out"]
    base = Path("runs") / "vanishing-gradient"
    if given["resume"] or given["overwrite"]:
        return base
    numbered = (base.with_name(f"{base.name}-{number}") for number in count(2))
    return base if not base.exists() else next(path for path in numbered if not path.exists())


def _on_the_command_line(asked: dict[str, Any]) -> LessonOptions:
    """The options, a mistake in them named as it was typed."""
    try:
        return LessonOptions(**asked)
    except ArgumentError as error:
        raise ArgumentError(f"--{error}") from None


def _check_unchanged(stored: LessonOptions, asked: dict[str, Any], folder: Path) -> None:
    for name, value in asked.items():
        was = getattr(stored, name)
        if was != value:
            raise ArgumentError(
                f"--{name}: the lesson in {folder} was begun with {was!r}, got {value!r}. Resume "
                "without it, or begin in a new folder."
            )
