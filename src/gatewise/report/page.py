"""The whole page: results in, one self-contained HTML file out."""

import functools
import re
from importlib import resources
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from gatewise import files
from gatewise.report import view, words

# Lone surrogates cannot be written as UTF-8, and browsers refuse or hide the other controls.
UNPRINTABLE = re.compile("[\ud800-\udfff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def write_report(results: dict[str, Any], path: str | Path) -> None:
    """Write the page for `results` to `path`, whole or not at all."""
    files.write_text(path, render_report(results))


def render_report(results: dict[str, Any]) -> str:
    """The page for `results` as HTML: one document that fetches nothing and runs no script.

    Any part of `results` may be missing; the page leaves that part out or says so.

    >>> page = render_report({"title": "Spam <or> not", "kind": "text"})
    >>> "Spam &lt;or&gt; not" in page
    True
    """
    return render("report.html", view.page(results))


def render(template: str, values: dict[str, Any]) -> str:
    """A template of this package as HTML, without what cannot be written or shown."""
    return UNPRINTABLE.sub("\ufffd", _environment().get_template(template).render(values))


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("gatewise.report"),
        autoescape=True,
        undefined=jinja2.ChainableUndefined,
        finalize=lambda value: words.NOTHING if value is None else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        excerpt=words.excerpt,
        date=words.date,
        number=words.number,
        counted=words.plural,
        percent=words.percent,
        label=words.label,
        score=words.score,
        score_interval=words.score_interval,
        percent_interval=words.percent_interval,
    )
    style = resources.files("gatewise.report").joinpath("templates/report.css")
    environment.globals["style"] = Markup(style.read_text(encoding="utf-8"))
    return environment
