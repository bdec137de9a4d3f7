"""The page: what was seen in, one self-contained HTML file out."""

import base64
import functools
import hashlib
import json
import re
from collections.abc import Sequence
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from gatewise import files
from gatewise.report import words
from gatewise.report.look.answers import SIGNS
from gatewise.report.look.payload import payload
from gatewise.report.look.view import Look, see
from gatewise.report.page import UNPRINTABLE

# In the order in which they need each other; all are one script on the page.
SCRIPTS = ("base", "data", "memory", "words", "answers", "series", "heatmap", "equations",
           "events", "chart", "network", "unrolled", "side", "main")  # fmt: skip


def write_look(
    model: Any,
    inputs: Sequence[Any],
    path: str | Path,
    *,
    steps: tuple[int, int] | None = None,
    channels: Sequence[str] | None = None,
) -> Look:
    """Write a page that shows what a model does with one or two inputs, gate by gate.

    The page is one HTML file that fetches nothing: the words or the series along time, a heat map
    of every gate, the chosen unit's equations with their numbers, the network drawn.

    Args:
        model: a task such as `Classifier`, or any Keras model with LSTM, GRU or SimpleRNN layers.
        inputs: one or two; of a task raw ones: texts, series `[T, I]`, for a tagger lists of words,
            for a generator with labels pairs of a text and a label; else arrays `[T]` or `[T, I]`.
        path: the file to write, whole or not at all.
        steps: the first step to show, from 0, and the one after the last; default all, of an input
            of more than 2,048 steps the last 2,048.
        channels: names of a series' channels.

    Returns: what the page shows; `write_pictures` draws the same.

    Raises: ArgumentError for no input or more than two, for an input the model cannot take, and as
        `gatewise.record` does.

    >>> import keras, numpy, pathlib, tempfile
    >>> model = keras.Sequential([keras.Input((None, 3)), keras.layers.GRU(4, name="gru")])
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "look.html"
    >>> _ = write_look(model, [numpy.ones((5, 3))], path)
    >>> path.read_text(encoding="utf-8").startswith("<!doctype html>")
    True
    """
    look = see(model, inputs, steps=steps, channels=channels)
    files.write_text(path, render_look(look))
    return look


def render_look(look: Look) -> str:
    """The page as HTML: one document that fetches nothing and runs its own script only."""
    script = _script()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    page = _environment().get_template("look/page.html").render(
        look=look,
        data=embedded(payload(look)),
        script=Markup(script),
        script_hash=digest,
        style=Markup(_style()),
        version=version("gatewise"),
    )  # fmt: skip
    return UNPRINTABLE.sub("\ufffd", page)


def visible(surface: str) -> str:
    """A token that stands apart from its neighbours, so that white space must be seen.

    >>> visible(" "), visible("a b"), visible("")
    ('␣', 'a b', '(empty)')
    """
    return SIGNS.get(surface, surface) or "(empty)"


def embedded(value: Any) -> Markup:
    """JSON that stands in a script element, where nothing in it can end the element.

    >>> str(embedded(["</script>"]))
    '["\\\\u003c/script>"]'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Markup(UNPRINTABLE.sub("\ufffd", text).replace("<", "\\u003c"))


@functools.cache
def _script() -> str:
    parts = "\n".join(_template(f"look/{name}.js") for name in SCRIPTS)
    return f'"use strict";\n(() => {{\n{parts}}})();\n'


@functools.cache
def _style() -> str:
    shared = _template("report.css")
    return f"{shared}\n{themes(shared)}\n{_template('look/look.css')}"


def themes(shared: str) -> str:
    """Rules by which the page's switch chooses one of the report's two themes.

    The report follows the reader's system alone, so its colours are taken from there: they stand
    once.
    """
    light, dark = (block for block in re.findall(r":root \{(.*?)\}", shared, re.DOTALL)[:2])
    light = re.sub(r"color-scheme:[^;]*;", "", light)
    return "\n".join(
        f':root[data-theme="{name}"] {{ color-scheme: {name}; {block} }}'
        for name, block in {"light": light, "dark": dark}.items()
    )


def _template(name: str) -> str:
    folder = resources.files("gatewise.report").joinpath("templates")
    return folder.joinpath(name).read_text(encoding="utf-8")


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("gatewise.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        excerpt=words.excerpt, number=words.number, percent=words.percent, label=words.label,
        visible=visible,
    )  # fmt: skip
    return environment
