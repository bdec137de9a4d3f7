"""`gatewise train`: from a file or a named set to a model, its metrics and a report."""

from itertools import count
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from gatewise.cli.help import SectionedCommand, chooser
from gatewise.cli.model_options import MODEL, TASKS, belongs, model_options, refuse_strange
from gatewise.cli.options import READING, reading_options
from gatewise.cli.suggestion import suggested
from gatewise.errors import ArgumentError

RUN = (
    "data", "test", "holdout", "validation", "epochs", "batch_size", "patience", "class_weight",
    "task",
)  # fmt: skip
NO_DATA = (
    "Missing argument 'DATA'. Name a file or a data set to train on (gatewise data list). What "
    f"goes in and what comes out decide the task:\n\n{chooser()}"
)
AT_LEAST_ONE = click.IntRange(min=1)


@click.command(
    "train", cls=SectionedCommand, short_help="Train a model on a file or a named data set."
)
@click.argument("data", required=False)
@click.option(
    "--task",
    type=click.Choice(TASKS),
    is_eager=True,  # so that --help knows of it
    help="What is learned [as DATA suggests]. --task TASK --help: what that task has.",
)
@reading_options(default="guessed from the names if left out")
@click.option("--test", help="File with test examples, instead of holding some out.")
@click.option(
    "--holdout",
    type=click.FloatRange(0, 0.9),
    default=0.2,
    show_default=True,
    help="Part held out.",
)
@click.option(
    "--validation",
    type=click.FloatRange(0, 0.9),
    default=0.1,
    show_default=True,
    help="Part of the rest on which the best epoch is chosen.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the run [runs/NAME].")
@click.option("--overwrite", is_flag=True, help="Replace the run in the folder.")
@click.option("--resume", is_flag=True, help="Go on with the run in the folder.")
@model_options
@click.option(
    "--epochs", type=AT_LEAST_ONE, help="At most; by default as the size of the data asks."
)
@click.option("--batch-size", type=AT_LEAST_ONE, help="By default 32, fewer for a small set.")
@click.option(
    "--patience",
    type=AT_LEAST_ONE,
    help="Epochs without improvement after which training stops [half of them].",
)
@click.option(
    "--class-weight/--no-class-weight",
    default=None,
    help="Weigh rare labels of a classifier up where they are unbalanced [yes].",
)
@click.pass_context
def command(ctx: click.Context, **given: Any) -> None:
    """Train a model on DATA and write the model, its metrics and a report.

    DATA is a file or the name of a data set (gatewise data list). What is learned is seen from it
    where it is plain, and said.

    \b
    gatewise train messages.csv --input text --target label --out runs/spam
    gatewise train vowels.ts --cell gru
    gatewise train reuters-r8
    gatewise train --task tagger --help
    """  # fmt: skip
    folder_path = _folder(given)
    options = _options(ctx, given, folder_path)
    _check_sources(options["data"], options["test"])

    from gatewise.cli.memory import keep_freed_memory
    from gatewise.cli.runtime import prepare_keras

    keep_freed_memory()
    prepare_keras()
    from gatewise.cli.training import run

    run(options, folder_path, resume=given["resume"], overwrite=given["overwrite"])


def _folder(given: dict[str, Any]) -> Path:
    if given["out"]:
        return given["out"]
    if not given["data"]:
        raise click.UsageError(NO_DATA)
    name = Path(given["data"]).stem.split(".")[0] or "run"
    base = Path("runs") / name
    if given["resume"] or given["overwrite"]:
        return base
    numbered = (base.with_name(f"{name}-{number}") for number in count(2))
    return base if not base.exists() else next(path for path in numbered if not path.exists())


def _options(ctx: click.Context, given: dict[str, Any], folder: Path) -> dict[str, Any]:
    """What the run is to do, as plain data: from the command line, or on --resume from the folder,
    which the command line must not contradict."""
    stored_path = folder / "config.json"
    if not given["resume"] or not stored_path.exists():
        if not given["data"]:
            raise click.UsageError(
                f"--resume: expected a run in {folder}, but there is none."
                if given["resume"] else NO_DATA
            )  # fmt: skip
        return _from_command_line(given)
    import json

    try:
        stored = json.loads(stored_path.read_text(encoding="utf-8"))
        flat = _flat({name: stored[name] for name in (*RUN, "reading", "model")})
        names = {*RUN, "reading", "model", *READING, *belongs(stored["task"])}
        if set(flat) != names or len(stored) != len(RUN) + 2:
            raise ValueError("other options than this version has")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ArgumentError(
            f"--resume: expected the configuration of a run in {stored_path}, but it cannot be "
            f"used ({error}). Train again into a new folder."
        ) from error
    kept = {name: given[name] or stored[name] for name in ("data", "task")}
    asked = _flat(_from_command_line(given | kept))
    for name, value in asked.items():
        explicit = ctx.get_parameter_source(name) == ParameterSource.COMMANDLINE
        if explicit and value != flat.get(name):
            option = "DATA" if name == "data" else "--" + name.replace("_", "-")
            raise ArgumentError(
                f"{option}: the run in {folder} was started with {flat.get(name)!r}, got "
                f"{value!r}. Resume without it, or train into a new folder."
            )
    return stored


def _from_command_line(given: dict[str, Any]) -> dict[str, Any]:
    features = given["features"]
    reading = {name: given[name] for name in READING}
    reading["features"] = [one.strip() for one in features.split(",")] if features else None
    task = given["task"] or _seen(given["data"], reading)
    refuse_strange(task, given, seen=not given["task"])
    return {
        **{name: given[name] for name in RUN},
        "task": task,
        "class_weight": None if given["class_weight"] is False else "auto",
        "reading": reading,
        "model": {name: given[name] for name in MODEL if given[name] is not None},
    }


def _seen(source: str, reading: dict[str, Any]) -> str:
    """The task that the data are plainly for, said aloud; `reading` gets the id that was seen."""
    path = Path(source)
    found = suggested(source, reading)
    if found.seen and (path.is_file() or not (path.exists() or path.suffix)):
        click.echo(found.told(source), err=True)
    reading["id"] = reading["id"] or found.id
    return found.task


def _flat(options: dict[str, Any]) -> dict[str, Any]:
    return {**options, **options["reading"], **options["model"]}


def _check_sources(source: str, test: str | None) -> None:
    """A file that is not there is told at once, before Keras is waited for."""
    from gatewise import data
    from gatewise.data.opening import existing_file, nearest

    if test:
        existing_file(test)
    names = [entry.name for entry in data.catalogue() if entry.job != "vectors"]
    if source in names and not Path(source).exists():
        return
    try:
        existing_file(source)
    except ValueError as error:
        if Path(source).suffix or Path(source).exists():
            raise
        hint = nearest(source, names) or " gatewise data list names the data sets."
        raise type(error)(f"{error}{hint}") from None
