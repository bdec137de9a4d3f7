"""What the answers of every task share: JSON, and texts that fit on a line."""

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


def on_one_line(text: str, longest: int = 100) -> str:
    """
    >>> on_one_line("a\\n  b"), on_one_line("abcdef", 4)
    ('a b', 'abc…')
    """
    text = " ".join(text.split())
    return text if len(text) <= longest else text[: longest - 1] + "…"
