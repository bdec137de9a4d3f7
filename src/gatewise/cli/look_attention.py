"""`gatewise look` for a translator: what the decoder looks at while it writes."""

from pathlib import Path
from typing import Any

import click

from gatewise.cli.answers import translator as answering
from gatewise.cli.inputs import Asked, rows_of, typed
from gatewise.report.attention import write_attention, write_pictures


def draw(
    translator: Any,
    asked: Asked,
    page: Path,
    pictures: Path | None,
) -> None:
    """Write a page with the attention of one or two sources, and pictures where asked for."""
    found = [_looked(translator, text) for text in _sources(translator, asked)]
    write_attention(found, page)
    for one in found:
        click.echo(f"{one['answer']}\t{one['source']}")
    click.echo(f"Page  {page}")
    if pictures is not None:
        write_pictures(found, pictures)
        click.echo(f"Pictures  {pictures}")


def _sources(translator: Any, asked: Asked) -> list[str]:
    reading = {**asked.reading, "target": None}
    found = dict(answering.inputs(translator, asked.texts, asked.source, reading)[0])
    given = list(found.values())
    if asked.texts:
        return typed(asked.texts, given)
    return rows_of(Path(str(asked.source)), list(found), given, asked.rows)


def _looked(translator: Any, text: str) -> dict[str, Any]:
    answer = translator.translate([text])[0]
    seen = translator.align(text, answer.text)
    return {
        "source": text,
        "answer": answer.text,
        "probability": answer.probability,
        "read": seen.read,
        "written": seen.written,
        "weights": seen.weights.tolist(),
    }
