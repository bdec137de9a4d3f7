"""Numbers, dates and labels as the page words them. Nothing known is `–`, never an error."""

import datetime
import math
import numbers
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup, escape

NOTHING = "–"

# What one input of a task is called, and several, by the kind of the inputs.
NOUNS = {
    "text": ("text", "texts"),
    "series": ("series", "series"),
    "sentences": ("sentence", "sentences"),
    "pairs": ("pair", "pairs"),
    "steps": ("series", "series"),
    "forecast": ("series", "series"),
}


def finite(value: Any) -> float | None:
    """`value` as a float, or None where it is missing, not a number or infinite."""
    if not isinstance(value, numbers.Real) or not math.isfinite(value):
        return None
    return float(value)


def percent(value: Any, digits: int = 1) -> str:
    """A share as a percentage that says 0% or 100% only where that is exact.

    >>> percent(0.98712), percent(0.9999), percent(1), percent(None)
    ('98.7%', '99.99%', '100%', '–')
    """
    share = finite(value)
    if share is None:
        return NOTHING
    if share in (0.0, 1.0):
        return f"{share:.0%}"
    while digits < 6 and f"{share:.{digits}%}" in (f"{0:.{digits}%}", f"{1:.{digits}%}"):
        digits += 1
    return f"{share:.{digits}%}"


def score(value: Any) -> str:
    """A figure between 0 and 1 with three decimals.

    >>> score(0.98765), score(1.0), score(0.99996), score(float("nan"))
    ('0.988', '1.000', '>0.999', '–')
    """
    number = finite(value)
    if number is None:
        return NOTHING
    if number in (0.0, 1.0):
        return f"{number:.3f}"
    text = f"{number:.3f}"
    return {"1.000": ">0.999", "0.000": "<0.001"}.get(text, text)


def percent_interval(measured: Any) -> str:
    """The 95% interval of a measured share, or nothing where there is none."""
    return interval(measured, percent)


def score_interval(measured: Any) -> str:
    """The 95% interval of a measured score, or nothing where there is none."""
    return interval(measured, score)


def interval(measured: Any, wording: Any) -> str:
    low, high = bounds(measured)
    return "" if low is None or high is None else f"{wording(low)} to {wording(high)}"


def bounds(measured: Any) -> tuple[float | None, float | None]:
    """The two ends of a `{"value", "low", "high"}`."""
    if not isinstance(measured, dict):
        return None, None
    return finite(measured.get("low")), finite(measured.get("high"))


def number(value: Any, digits: int = 4) -> str:
    """A count with thousands apart, a measurement with a few digits.

    >>> number(12345), number(-0.00012346), number(3.0), number(None)
    ('12,345', '−0.0001235', '3', '–')
    """
    amount = finite(value)
    if amount is None:
        return NOTHING
    text = f"{amount:,.0f}" if amount == int(amount) else f"{amount:,.{digits}g}"
    return text.replace("-", "−") if amount < 0 else text


def plural(count: int, noun: str, many: str | None = None) -> str:
    """
    >>> plural(1, "class", "classes"), plural(1034, "text")
    ('1 class', '1,034 texts')
    """
    return f"{number(count)} {noun if count == 1 else many or noun + 's'}"


def nouns(kind: Any) -> tuple[str, str]:
    """
    >>> nouns("sentences"), nouns(None)
    (('sentence', 'sentences'), ('text', 'texts'))
    """
    return NOUNS.get(kind, NOUNS["text"])


def listed(items: Sequence[str], last: str = "and") -> str:
    """
    >>> listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])
    ('a', 'a and b', 'a, b and c')
    """
    *first, end = items
    return f"{', '.join(first)} {last} {end}" if first else end


def duration(seconds: Any) -> str:
    """
    >>> duration(4.21), duration(75), duration(7384), duration(None)
    ('4.2 s', '1 min 15 s', '2 h 3 min', '–')
    """
    amount = finite(seconds)
    if amount is None:
        return NOTHING
    if amount < 59.95:
        return f"{amount:.1f} s"
    minutes, rest = divmod(round(amount), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60:,} h {minutes % 60} min"


def date(iso: Any) -> str:
    """
    >>> date("2025-03-04T09:05:00"), date("yesterday")
    ('4 March 2025, 09:05', 'yesterday')
    """
    try:
        moment = datetime.datetime.fromisoformat(str(iso))
    except ValueError:
        return str(iso)
    return f"{moment.day} {moment:%B %Y, %H:%M}"


def excerpt(text: Any, length: int) -> str:
    """The start of `text`, cut between words where there is a gap near the end.

    >>> excerpt("one two three", 9), excerpt("onetwothree", 9), excerpt("short", 9)
    ('one two…', 'onetwothr…', 'short')
    """
    text = str(text)
    if len(text) <= length:
        return text
    start, gap, _ = text[: length + 1].rpartition(" ")
    return (start if gap and len(start) > length // 2 else text[:length]).rstrip() + "…"


def label(text: Any, length: int = 40) -> Markup:
    """A label set apart from the writing direction around it; the full text on hovering.

    >>> label("<b>"), label("")
    (Markup('<bdi>&lt;b&gt;</bdi>'), Markup('<i class="blank">(empty)</i>'))
    """
    text = str(text)
    if not text.strip():
        return Markup('<i class="blank">(%s)</i>') % ("blank" if text else "empty")
    short = excerpt(text, length)
    if short == text:
        return Markup("<bdi>%s</bdi>") % text
    full = excerpt(text, 1000)
    return Markup('<bdi title="%s">%s</bdi>') % (escape(full), short)
