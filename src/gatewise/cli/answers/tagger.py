"""A tagger's answers: a tag for each word, or a label for each step of a series."""

import csv
import itertools
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

import click

from gatewise import data
from gatewise.cli.answers import raw_words, steps
from gatewise.cli.lines import given_lines
from gatewise.cli.reading import named_or
from gatewise.cli.show import show_scores
from gatewise.cli.writing import write_json
from gatewise.errors import ArgumentError
from gatewise.tasks.tagger import step_results
from gatewise.tasks.tagger.results import judge, unseen

Writer = Callable[[Iterable[dict]], None]
CHUNK = 512  # sentences answered at a time


def inputs(
    tagger: Any, texts: tuple[str, ...], source: str | None, reading: dict[str, Any]
) -> tuple[Iterable[tuple[int, Any]], dict[str, int]]:
    """Numbered sentences as words, or all series at once; and how many were left out for which
    reason."""
    if tagger.words is None:
        if texts:
            source = None
        examples = steps.read(tagger, source, reading, labelled=False)
        for note in examples.notes:
            click.echo(f"note: {note}", err=True)
        return [(0, examples)], examples.left_out_counts()
    _no_columns(reading)
    slashed = source is not None and raw_words.slashed(source, tagger.tags, reading["encoding"])
    if slashed:
        click.echo(f"note: {source}: read as words with their tags (word/TAG)", err=True)
    found = None if slashed else given_lines(texts, source, reading["encoding"])
    if found:
        numbered, left_out = found
        return raw_words.numbered_words(numbered, tagger.words), left_out
    examples = data.read_tagged(str(source), encoding=reading["encoding"], labelled=False)
    return zip(examples.rows, examples.inputs, strict=True), examples.left_out_counts()


def _no_columns(reading: dict[str, Any]) -> None:
    """Raise an `ArgumentError` at an option that names columns: sentences have none."""
    for name, value in reading.items():
        if value is not None and name != "encoding":
            raise ArgumentError(
                f"--{name}: expected with a model that reads tables, got it with a tagger of "
                "words. Leave it out."
            )


def look_at(
    tagger: Any, texts: tuple[str, ...], source: str | None, reading: dict[str, Any]
) -> tuple[Iterable[tuple[int, Any]], list[str] | None]:
    """Numbered sentences to look at; or series, each by the number of its first row, and the
    names of their channels."""
    if tagger.words is not None:
        return inputs(tagger, texts, source, reading)[0], None
    examples = steps.read(tagger, None if texts else source, reading, labelled=False)
    return zip(examples.rows, examples.inputs, strict=True), examples.channels


def answers(
    tagger: Any, numbered: Iterable[tuple[int, Any]], given: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """The tags of each sentence, or the label of each step, as they come."""
    if tagger.words is None:
        for _, examples in numbered:
            yield from steps.answers(tagger, examples)
        return
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


def _either(words: Writer, series: Writer) -> Writer:
    """A writer of words with their tags or of steps with their labels, whichever come."""

    def write(answers: Iterable[dict]) -> None:
        waiting = iter(answers)
        first = next(waiting, None)
        writer = words if first is None or "words" in first else series
        writer(itertools.chain([] if first is None else [first], waiting))

    return write


def _no_conll(answers: Iterable[dict]) -> None:
    raise ArgumentError("--format: expected table, json or csv for series, got conll.")


MEASURES = ("token_accuracy", "step_accuracy", "span_f1", "macro_f1")
FORMATS = {
    "table": _either(_table, steps.table),
    "conll": _either(_conll, _no_conll),
    "json": write_json,
    "csv": _either(_csv, steps.write_csv),
}


def evaluate(tagger: Any, source: str, reading: dict[str, Any], form: str) -> None:
    """Score the tagger on tagged sentences or labelled series and print what came out."""
    if tagger.words is None:
        whole, each = "series", "steps"
        examples = steps.read(tagger, source, reading, labelled=True)
        examples.notes = [*examples.notes, *step_results.unseen(tagger, examples)]
        found = step_results.judge(tagger, examples)
    else:
        whole, each = "sentences", "words"
        _no_columns(reading)
        encoding = reading["encoding"]
        examples = named_or(source, lambda: data.read_tagged(source, encoding=encoding))
        if examples.kind != "sentences":
            raise ArgumentError(
                f"{source}: expected sentences whose words carry tags, as this model was trained "
                f"on, got {examples.kind}. `gatewise data list` names other sets."
            )
        examples.notes = [*examples.notes, *unseen(tagger, examples)]
        found = judge(tagger, examples)
    left_out = examples.left_out_counts()
    counts = {
        whole: len(examples),
        each: sum(row["support"] for row in found["scores"]["per_class"]),
    }
    if form == "json":
        more = {**counts, "left_out": left_out}
        click.echo(json.dumps({**found["scores"], **more}, indent=1, ensure_ascii=False))
        return
    counted = ", ".join(f"{count:,} {what}" for what, count in counts.items())
    shown = {"scores": found["scores"], "mistakes": []}
    show_scores(shown, counted, left_out, examples.notes, MEASURES, each)


def example(results: dict[str, Any]) -> tuple[str, str]:
    """A command to try next, and what stands after the model."""
    if results["kind"] == "steps":
        return "predict", " --file new_series.csv --format csv"
    return "predict", ' "A new sentence ."'
