"""`gatewise look` for a translator: what the decoder looks at while it writes."""

from pathlib import Path
from typing import Any

import click

from gatewise.cli.answers import translator as answering
from gatewise.errors import ArgumentError
from gatewise.report.attention import write_attention, write_pictures


def draw(
    translator: Any,
    texts: tuple[str, ...],
    source: str | None,
    rows: tuple[int, ...],
    reading: dict[str, Any],
    page: Path,
    pictures: Path | None,
) -> None:
    """Write a page with the attention of one or two sources, and pictures where asked for."""
    found = [
        _looked(translator, text) for text in _sources(translator, texts, source, rows, reading)
    ]
    write_attention(found, page)
    for one in found:
        click.echo(f"{one['answer']}\t{one['source']}")
    click.echo(f"Page  {page}")
    if pictures is not None:
        write_pictures(found, pictures)
        click.echo(f"Pictures  {pictures}")


def _sources(
    translator: Any,
    texts: tuple[str, ...],
    source: str | None,
    rows: tuple[int, ...],
    reading: dict[str, Any],
) -> list[str]:
    numbered, _ = answering.inputs(translator, texts, source, {"target": None, **reading})
    found = dict(numbered)
    if not source:
        return list(found.values())
    for row in rows:
        if row not in found:
            raise ArgumentError(
                f"--row: {source} has no usable row {row}. Its rows go from {min(found)} to "
                f"{max(found)}."
            )
    return [found[row] for row in rows or list(found)[:1]]


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
