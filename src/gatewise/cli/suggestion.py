"""Which task a file is for, where nobody said so."""

from pathlib import Path
from typing import Any


def suggested(source: str, reading: dict[str, Any]) -> str:
    """The task that a file or a named data set is plainly for; a classifier where nothing else is
    plain.

    >>> suggested("messages.csv", {})
    'classifier'
    >>> suggested("news.conllu", {}), suggested("brown", {})
    ('tagger', 'tagger')
    >>> suggested("novel.txt", {}), suggested("folk-tunes", {})
    ('generator', 'generator')
    >>> suggested("m3-monthly", {}), suggested("cmudict", {})
    ('forecaster', 'translator')
    """
    from gatewise.data import catalogue  # not before it is known that there is work to do
    from gatewise.data.opening import form
    from gatewise.data.tagged import OWN

    path = Path(source)
    jobs = {entry.name: entry.job for entry in catalogue()}
    named = {"tagging": "tagger", "steps": "tagger", "generation": "generator",
             "forecast": "forecaster", "pairs": "translator"}  # fmt: skip
    if not path.exists() and jobs.get(source) in named:
        return named[jobs[source]]
    if form(path) == ".txt":
        return "generator"
    if form(path) in OWN or _labels_steps(path, reading):
        return "tagger"
    return "translator" if _holds_pairs(path, reading) else "classifier"


def _labels_steps(path: Path, reading: dict[str, Any]) -> bool:
    """Whether a table is plainly one of series with a label for every step."""
    from gatewise.data.opening import form
    from gatewise.data.step_labels import labels_vary
    from gatewise.data.tables import TABLES

    if form(path) not in TABLES or not path.is_file() or reading.get("input"):
        return False
    return labels_vary(path, reading)


def _holds_pairs(path: Path, reading: dict[str, Any]) -> bool:
    """Whether a table is plainly one of pairs."""
    from gatewise.data.opening import form
    from gatewise.data.pairs import named_as_pairs
    from gatewise.data.tables import TABLES

    if form(path) not in TABLES or not path.is_file() or reading.get("target"):
        return False
    return named_as_pairs(path, reading.get("encoding"))
