"""Options that several commands share: how a file is read."""

from collections.abc import Callable
from typing import Any

import click

READING = {
    "input": "Column with the text, or a translator's source; {default}.",
    "target": "Column with the label, a forecaster's value or a translator's target; {default}, "
    "but for a generator's. Of a translator's file of lines: the file of the targets.",
    "id": "Of series, a row a step: the column that tells the series apart.",
    "time": "Likewise: the column that orders the steps, a forecaster's dates.",
    "features": "Likewise: the measured columns, comma-separated.",
    "encoding": "Of the file, if it is not UTF-8.",
}


round_gates_option = click.option(
    "--round-gates", is_flag=True, help="Round the gates of a binary_gate_lstm to 0 or 1."
)


def refuse_both(resume: bool, overwrite: bool) -> None:
    """Going on with what is in a folder and replacing it contradict each other."""
    if resume and overwrite:
        raise click.UsageError(
            "--resume goes on with what is in the folder and --overwrite replaces it: give one."
        )


def reading_options(default: str, without: str = "") -> Callable[[Any], Any]:
    """Add the options of `READING` to a command, but for the one named `without`.

    Args:
        default: what holds for a column that is not named.
    """

    def add(command: Any) -> Any:
        for name, text in reversed(READING.items()):
            if name != without:
                command = click.option(f"--{name}", help=text.format(default=default))(command)
        return command

    return add
