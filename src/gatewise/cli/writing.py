"""Answers as JSON, the same way for every task."""

import json
from collections.abc import Iterable
from typing import Any

import click


def write_json(answers: Iterable[dict[str, Any]]) -> None:
    """A JSON array with an answer a line, written as they come."""
    separator = "[\n"
    for answer in answers:
        click.echo(separator + json.dumps(answer, ensure_ascii=False), nl=False)
        separator = ",\n"
    click.echo("\n]" if separator != "[\n" else "[]")
