"""Which task a file is for, where nobody said so."""

from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

SETS = {"tagging": "tagger", "steps": "tagger", "generation": "generator",
        "forecast": "forecaster", "pairs": "translator"}  # fmt: skip
LINES = 50  # of a text that are looked at


class Suggestion(NamedTuple):
    """A task, and in words what it was seen from."""

    task: str
    seen: str

    def told(self, source: str) -> str:
        """What the user reads before anything else.

        >>> Suggestion("tagger", "sentences whose words carry tags").told("news.conllu")
        'news.conllu: sentences whose words carry tags, so a tagger is trained (--task tagger).'
        """
        name = Path(source).name
        return f"{name}: {self.seen}, so a {self.task} is trained (--task {self.task})."


def suggested(source: str, reading: dict[str, Any]) -> Suggestion:
    """The task that a file or a named data set is plainly for; a classifier where nothing else is
    plain.

    >>> suggested("messages.csv", {}).task
    'classifier'
    >>> suggested("news.conllu", {}).task, suggested("brown", {}).task
    ('tagger', 'tagger')
    >>> suggested("novel.txt", {}).task, suggested("folk-tunes", {}).task
    ('generator', 'generator')
    >>> suggested("m3-monthly", {}).task, suggested("cmudict", {}).task
    ('forecaster', 'translator')
    """
    from gatewise.data import catalogue  # not before it is known that there is work to do
    from gatewise.data.opening import form
    from gatewise.data.tables import TABLES

    path = Path(source)
    jobs = {entry.name: entry.job for entry in catalogue()}
    if not path.exists() and source in jobs:
        return Suggestion(SETS.get(jobs[source], "classifier"), f"a set for {jobs[source]}")
    if form(path) not in TABLES:
        return _not_a_table(path, reading)
    if path.is_file():
        return _table(path, reading)
    return Suggestion("classifier", "a label for each row")


def _not_a_table(path: Path, reading: dict[str, Any]) -> Suggestion:
    from gatewise.data.opening import form
    from gatewise.data.tagged import OWN

    target = reading.get("target")
    if form(path) in OWN:
        return Suggestion("tagger", "sentences whose words carry tags")
    if target and Path(target).is_file():
        return Suggestion("translator", f"two files, {Path(target).name} line by line its targets")
    if form(path) == ".txt":
        if _slashed(path, reading.get("encoding")):
            return Suggestion("tagger", "words with their tags (word/TAG)")
        return Suggestion("generator", "a text")
    return Suggestion("classifier", "series with a label each")


def _table(path: Path, reading: dict[str, Any]) -> Suggestion:
    """What a table's columns say, read as far as is needed."""
    from gatewise.data.pairs import named_as_pairs
    from gatewise.data.step_labels import labels_vary
    from gatewise.data.tables import column_names
    from gatewise.errors import DataError

    plain = Suggestion("classifier", "a label for each row")
    if reading.get("input"):
        return plain
    try:
        columns = column_names(path, reading.get("encoding"))
    except DataError:  # told when it is read
        return plain
    names = {name.strip().lower() for name in columns}
    if names & {"words", "tokens"} and "tags" in names:
        return Suggestion("tagger", "words with their tags")
    if {"ds", "y"} <= names:
        return Suggestion("forecaster", "values y at dates ds")
    if labels_vary(path, reading):
        return Suggestion("tagger", "a label for every step of a series")
    if not reading.get("target") and named_as_pairs(columns):
        return Suggestion("translator", "pairs of a source and a target")
    return plain


def _slashed(path: Path, encoding: str | None) -> bool:
    """Whether nearly every word of a text's first lines is `word/TAG`, a tag of capitals."""
    from gatewise.data.opening import text_lines

    if not path.is_file():
        return False
    with text_lines(path, encoding, "replace") as lines:
        tokens = [token.rpartition("/") for line in islice(lines, LINES) for token in line.split()]
    tagged = sum(bool(word) and tag == tag.upper() for word, _, tag in tokens)
    return bool(tokens) and tagged >= 0.95 * len(tokens)
