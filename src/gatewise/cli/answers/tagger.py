"""A tagger's answers: a tag for each word."""

import csv
import json
import re
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import click

from gatewise import data
from gatewise.cli.lines import given_lines
from gatewise.cli.reading import named_or
from gatewise.cli.show import show_scores
from gatewise.cli.writing import write_json
from gatewise.errors import ArgumentError
from gatewise.tasks.tagger.results import judge

CHUNK = 512  # sentences answered at a time
# Words with what is inside them (don't, 3.14, well-known), and every other mark alone.
WORDS = re.compile(r"\w+(?:[-'’.,]\w+)*|[^\w\s]")


def inputs(
    tagger: Any, texts: tuple[str, ...], source: str | None, reading: dict[str, Any]
) -> tuple[Iterable[tuple[int, list[str]]], dict[str, int]]:
    """Numbered sentences as words, and how many were left out for which reason."""
    if tagger.words is None:
        raise ArgumentError(
            "This model reads series of measurements, for which the command line has no format "
            "yet: use tag() in Python."
        )
    found = given_lines(texts, source, reading["encoding"])
    if found:
        numbered, left_out = found
        return ((row, WORDS.findall(text)) for row, text in numbered), left_out
    examples = data.read_tagged(str(source), encoding=reading["encoding"], labelled=False)
    return zip(examples.rows, examples.inputs, strict=True), examples.left_out_counts()


def look_at(
    tagger: Any, texts: tuple[str, ...], source: str | None, reading: dict[str, Any]
) -> Iterable[tuple[int, list[str]]]:
    """Numbered sentences to look at."""
    return inputs(tagger, texts, source, reading)[0]


def answers(
    tagger: Any, numbered: Iterable[tuple[int, list[str]]], given: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """The tags of each sentence, as they come."""
    waiting = iter(numbered)
    while chunk := list(islice(waiting, CHUNK)):
        found = tagger.tag([words for _, words in chunk])
        for (row, words), one in zip(chunk, found, strict=True):
            probabilities = [round(p, 6) for p in one.probabilities]
            yield {"row": row, "words": words, "tags": one.tags, "probabilities": probabilities}


def _table(answers: Iterable[dict]) -> None:
    """Words over their tags, in columns."""
    for answer in answers:
        pairs = list(zip(answer["words"], answer["tags"], strict=True))
        widths = [max(len(word), len(tag)) for word, tag in pairs]
        for place in (0, 1):
            cells = (pair[place].ljust(width) for pair, width in zip(pairs, widths, strict=True))
            click.echo("  ".join(cells).rstrip())
        click.echo()


def _conll(answers: Iterable[dict]) -> None:
    """A word and its tag a line, a blank line after each sentence."""
    for answer in answers:
        for word, tag in zip(answer["words"], answer["tags"], strict=True):
            click.echo(f"{word}\t{tag}")
        click.echo()


def _csv(answers: Iterable[dict]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["row", "position", "word", "tag", "probability"])
    for answer in answers:
        columns = zip(answer["words"], answer["tags"], answer["probabilities"], strict=True)
        writer.writerows([answer["row"], i, *cells] for i, cells in enumerate(columns, 1))


FORMATS = {"table": _table, "conll": _conll, "json": write_json, "csv": _csv}


def evaluate(tagger: Any, source: str, reading: dict[str, Any], form: str) -> None:
    """Score the tagger on tagged sentences and print what came out."""
    encoding = reading["encoding"]
    examples = named_or(source, lambda: data.read_tagged(source, encoding=encoding))
    found = judge(tagger, examples)
    left_out = examples.left_out_counts()
    if form == "json":
        more = {"examples": len(examples), "left_out": left_out}
        click.echo(json.dumps({**found["scores"], **more}, indent=1, ensure_ascii=False))
        return
    shown = {"scores": found["scores"], "mistakes": []}
    show_scores(shown, len(examples), left_out, examples.notes, "token_accuracy")


def example(results: dict[str, Any]) -> tuple[str, str]:
    """A command to try next, and what stands after the model."""
    return "predict", ' "A new sentence ."'
