"""A generator's answers: how well it foresees a text."""

import csv
import json
import shlex
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import click

from gatewise.cli.lines import given_lines
from gatewise.cli.reading import as_in_training, named_or
from gatewise.cli.writing import on_one_line, write_json
from gatewise.data.opening import nearest
from gatewise.data.writing import read_writing
from gatewise.errors import ArgumentError
from gatewise.tasks.preparation import keep_known


def inputs(
    generator: Any, texts: tuple[str, ...], source: str | None, reading: dict[str, Any]
) -> tuple[Iterable[tuple[int, str]], dict[str, int]]:
    """Numbered texts, and how many were left out for which reason."""
    if generator.labels is not None or generator.features is not None:
        raise ArgumentError(
            "This generator writes for a label, so a text alone cannot be scored. Use gatewise "
            "evaluate with a file that has labels, or gatewise generate to write."
        )
    found = given_lines(texts, source, reading["encoding"])
    if found:
        return found
    examples = read_writing(str(source), **_texts(generator, str(source), reading))
    return zip(examples.rows, examples.inputs, strict=True), examples.left_out_counts()


def look_at(
    generator: Any, texts: tuple[str, ...], source: str | None, reading: dict[str, Any]
) -> tuple[Iterable[tuple[int, Any]], None]:
    """Numbered texts to look at; with what each is written for, pairs."""
    found = given_lines(texts, source, reading["encoding"])
    if found is None:
        examples = read_writing(str(source), **_texts(generator, str(source), reading))
        numbered: Any = zip(examples.rows, examples.inputs, strict=True)
    else:
        numbered = found[0]
    if generator.features is not None:
        raise ArgumentError(
            "This generator writes for a vector, which the command line cannot give: use "
            "gatewise.report.write_look(generator, [(text, vector)], path) in Python."
        )
    label = label_of(generator, reading["label"])
    if label is None:
        return numbered, None
    return ((row, (text, label)) for row, text in numbered), None


def label_of(generator: Any, given: str | None) -> Any:
    """The label as training had it: a whole number may stand for one."""
    if generator.labels is None:
        if given is not None:
            raise ArgumentError(
                f"--label: this model was trained without labels, got {given!r}. Leave it out, or "
                "train on a table with a column of labels."
            )
        return None
    named = {str(label): label for label in generator.labels}
    if given in named:
        return named[given]
    shown = ", ".join(list(named)[:8]) + ", …" * (len(named) > 8)
    got = "none. Say which to write for" if given is None else repr(given)
    near = "" if given is None else nearest(given, named)
    raise ArgumentError(f"--label: expected one of training's ({shown}), got {got}.{near}")


def answers(
    generator: Any, numbered: Iterable[tuple[int, str]], given: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """The perplexity and the bits a character of each text, as they come."""
    for row, text in numbered:
        score = generator.score([text])
        yield {
            "row": row,
            "input": text,
            "perplexity": round(score.perplexity, 4),
            "bits_per_character": round(score.bits_per_character, 4),
        }


def _table(answers: Iterable[dict]) -> None:
    for answer in answers:
        click.echo(f"perplexity {answer['perplexity']:.2f}\t{on_one_line(answer['input'])}")


def _csv(answers: Iterable[dict]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["row", "perplexity", "bits_per_character", "input"])
    for answer in answers:
        writer.writerow([answer[name] for name in ("row", "perplexity", "bits_per_character",
                                                   "input")])  # fmt: skip


FORMATS = {"table": _table, "json": write_json, "csv": _csv}


def evaluate(generator: Any, source: str, reading: dict[str, Any], form: str) -> None:
    """Score the generator on texts and print what came out."""
    examples = named_or(source, lambda: read_writing(source, **_texts(generator, source, reading)))
    if generator.labels is not None:
        if examples.labels is None:
            raise ArgumentError(f"{source}: expected labels to write for. Name their column with "
                                "--target.")  # fmt: skip
        examples = keep_known(examples, set(generator.labels))
    score = generator.score(examples.inputs, examples.labels)
    left_out = examples.left_out_counts()
    counts = {"texts": len(examples), "tokens": int(score.tokens.sum())}
    if form == "json":
        more = {**counts, "left_out": left_out}
        click.echo(json.dumps({**score.told(), **more}, indent=1, ensure_ascii=False))
        return
    for name, told in score.told().items():
        words = name.replace("_per_", " a ")
        interval = "no interval: too few parts"
        if "low" in told:
            interval = f"95% interval {told['low']:.3f} to {told['high']:.3f}"
        click.echo(f"{words.replace('_', ' ')} {told['value']:.3f} ({interval})")
    click.echo(f"over {counts['tokens']:,} tokens")
    for reason, count in left_out.items():
        click.echo(f"Left out: {count:,} {reason}.", err=True)
    for note in examples.notes:
        click.echo(f"note: {note}", err=True)


def _texts(generator: Any, source: str, reading: dict[str, Any]) -> dict[str, Any]:
    """How to read a file of texts: as asked, and else as in training."""
    asked = as_in_training(generator, source, reading, "input", "target", "encoding")
    return {**asked, "running": generator.running}


def example(results: dict[str, Any]) -> tuple[str, str]:
    """A command to try next, and what stands after the model."""
    label = next(iter(results["data"].get("labels") or {}), None)
    return "generate", f" --label {shlex.quote(label)}" if label else ""
