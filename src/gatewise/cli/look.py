"""`gatewise look`: what a model keeps, forgets and shows of an input, on a page."""

import contextlib
import os
import sys
import webbrowser
from pathlib import Path
from typing import Any

import click

from gatewise.cli.options import reading_options, round_gates_option

MOST_INPUTS = 2


@click.command("look", short_help="See what a model keeps and forgets of an input.")
@click.argument("model", type=click.Path(path_type=Path))
@click.argument("texts", nargs=-1)
@click.option("--file", "source", help="File of inputs, as predict reads it.")
@click.option(
    "--row",
    "rows",
    type=click.IntRange(min=1),
    multiple=True,
    help="Row of --file, as predict numbers them; twice for two inputs. Default the first.",
)
@click.option("--label", help="What a generator's texts are written for, where it has labels.")
@click.option(
    "--steps",
    metavar="FIRST:LAST",
    help="Steps shown, counted from 1; default all, of more than 2,048 the last 2,048.",
)
@round_gates_option
@reading_options(default="as in training if left out", without="target")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The page; default look.html beside the model, or here if it cannot be written there.",
)
@click.option("--open/--no-open", "opened", default=True, help="Open the page in the browser.")
@click.option(
    "--png",
    "pictures",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for static pictures, PNG and SVG.",
)
@click.option(
    "--npz",
    "arrays",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File for the recorded arrays, .npz; of two inputs FILE-1.npz and FILE-2.npz.",
)
def command(
    model: Path,
    texts: tuple[str, ...],
    source: str | None,
    rows: tuple[int, ...],
    label: str | None,
    steps: str | None,
    round_gates: bool,
    out: Path | None,
    opened: bool,
    pictures: Path | None,
    arrays: Path | None,
    **reading: Any,
) -> None:
    """Make a page that shows what MODEL does with one or two TEXTS (or rows of --file): every gate
    of every unit at every step, what the memory holds of each word, and the equations in numbers.

    \b
    gatewise look runs/spam/model.keras "Congratulations, you won a prize"
    gatewise look runs/spam/model.keras "You won" "See you at six" --out both.html
    gatewise look runs/vowels/model.keras --file new.ts --row 3 --png pictures/
    """  # fmt: skip
    # An argument that is no UTF-8 comes with surrogates, which nothing could print.
    texts = tuple(os.fsencode(text).decode("utf-8", "replace") for text in texts)
    _check(texts, source, rows, arrays)
    between = _steps(steps)
    for name, path in (("--out", out), ("--npz", arrays), ("--png", pictures and pictures / "x")):
        _make_folder(name, path)
    from gatewise.cli.inputs import Asked, inputs_to_look_at
    from gatewise.cli.runtime import prepare_keras

    prepare_keras()
    from gatewise import layers
    from gatewise.cli import answers
    from gatewise.report.look import write_look, write_pictures
    from gatewise.tasks.saving import load_any

    loaded = load_any(model)
    page = out or (model.parent if os.access(model.parent, os.W_OK) else Path()) / "look.html"
    task = getattr(loaded, "task", None)
    if label is not None and task != "generator":
        raise click.UsageError("--label: only a generator writes for a label. Leave it out.")
    asked = Asked(texts, source, rows, {**reading, "label": label})
    if round_gates:
        layers.round_gates(loaded)
    if look_page := answers.own(loaded, "look_page"):
        if between or arrays:
            raise click.UsageError(f"--steps and --npz: of a {task} the attention is shown, all "
                                   "of it. Leave them out.")  # fmt: skip
        look_page(loaded, asked, page, pictures)
        if opened:
            show(page)
        return
    inputs, channels = inputs_to_look_at(loaded, model, asked)
    look = write_look(loaded, inputs, page, steps=between, channels=channels)
    _say(look)
    click.echo(f"Page  {page}")
    if pictures is not None:
        write_pictures(look, pictures)
        click.echo(f"Pictures  {pictures}")
    for path, side in zip(_numbered(arrays, len(look.sides)), look.sides, strict=False):
        side.recording.save(path)
        click.echo(f"Arrays  {path}")
    if opened:
        show(page)


def _check(
    texts: tuple[str, ...], source: str | None, rows: tuple[int, ...], arrays: Path | None
) -> None:
    if not texts and not source:
        raise click.UsageError("Nothing to look at: give a text, two texts, or --file FILE.")
    if texts and source:
        raise click.UsageError("Give texts or --file, not both.")
    if rows and not source:
        raise click.UsageError("--row names a row of --file: give the file too.")
    for given, name in ((texts, "texts"), (rows, "rows")):
        if len(given) > MOST_INPUTS:
            raise click.UsageError(f"Give one or two {name}: got {len(given)}. A page holds two.")
    if arrays is not None and arrays.suffix != ".npz":
        raise click.UsageError(f"--npz: expected a name that ends in .npz, got {str(arrays)!r}.")


def _make_folder(name: str, path: Path | None) -> None:
    """The folder that a file goes to, so that nothing is computed in vain."""
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise click.UsageError(
            f"{name}: expected a folder to write to, but {path.parent} is, or lies in, a file."
        ) from None


def _steps(text: str | None) -> tuple[int, int] | None:
    """FIRST:LAST, counted from 1, as the first from 0 and the one after the last."""
    if text is None:
        return None
    first, colon, last = text.partition(":")
    if not colon or not first.isascii() or not (first + last).isdigit() or not first or not last:
        raise click.UsageError(f"--steps: expected FIRST:LAST, for example 1:200, got {text!r}.")
    return int(first) - 1, int(last)


def _say(look: Any) -> None:
    """The answer for each input, and what the page has to say about it."""
    for side in look.sides:
        names = [piece.surface for piece in (side.shown.words or [])[side.start : side.end]]
        told = side.answers.told(names)
        click.echo(f"{told}{told and chr(9)}{' '.join(side.shown.title.split())}")
        for note in side.shown.notes:
            click.echo(f"note: {note}", err=True)
    for note in look.notes:
        click.echo(f"note: {note}", err=True)


def _numbered(path: Path | None, count: int) -> list[Path]:
    """
    >>> [str(one) for one in _numbered(Path("a.npz"), 2)]
    ['a-1.npz', 'a-2.npz']
    """
    if path is None or count == 1:
        return [path] if path else []
    return [path.with_stem(f"{path.stem}-{number}") for number in range(1, count + 1)]


def show(page: Path) -> None:
    """Open a page in the browser, where there is one; without a screen there is none to open."""
    screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if sys.platform.startswith("linux") and not screen and not os.environ.get("BROWSER"):
        return
    with contextlib.suppress(Exception):  # the page is there; who cannot open it reads its path
        webbrowser.open(page.resolve().as_uri())
