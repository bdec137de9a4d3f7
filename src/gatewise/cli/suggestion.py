"""Which task a file is for, where nobody said so."""

import shlex
from pathlib import Path
from typing import Any, NamedTuple

from gatewise.errors import DataError

SERIES = (".ts", ".npz")
LONGEST_TAG = 15


class Suggestion(NamedTuple):
    """A task, and in words what it was seen from; nothing is seen in what cannot be read."""

    task: str
    seen: str = ""
    id: str | None = None  # the column that tells series apart, where only its values say so

    def told(self, source: str) -> str:
        """What the user reads before anything else.

        >>> Suggestion("tagger", "sentences whose words carry tags").told("news.conllu")
        'news.conllu: sentences whose words carry tags, so a tagger is trained (--task tagger).'
        """
        options = f"--task {self.task}" + (f" --id {shlex.quote(self.id)}" if self.id else "")
        return f"{Path(source).name}: {self.seen}, so a {self.task} is trained ({options})."


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
    # Not before it is known that there is work to do.
    from gatewise.data.opening import form
    from gatewise.data.registry import JOBS, catalogue
    from gatewise.data.tables import TABLES

    path = Path(source)
    jobs = {entry.name: entry.job for entry in catalogue()}
    if not path.exists() and source in jobs:
        return Suggestion(*JOBS.get(jobs[source], ("classifier", "")))
    if form(path) not in TABLES:
        return _not_a_table(path, reading)
    return _table(path, reading) if path.is_file() else Suggestion("classifier")


def _not_a_table(path: Path, reading: dict[str, Any]) -> Suggestion:
    from gatewise.data.opening import form
    from gatewise.data.tagged import OWN

    target = reading.get("target")
    if form(path) in OWN:
        return Suggestion("tagger", "sentences whose words carry tags")
    # Without a table there is no column to name; a file that is not there is told when it is read.
    lines = form(path) not in (".txt", *SERIES)
    if target and (Path(target).is_file() or (lines and Path(target).suffix)):
        return Suggestion("translator", f"two files, {Path(target).name} line by line its targets")
    if form(path) == ".txt":
        if _slashed(path, reading.get("encoding")):
            return Suggestion("tagger", "words with their tags (word/TAG)")
        return Suggestion("generator", "a text")
    return Suggestion("classifier", "series with a label each" if form(path) in SERIES else "")


def _table(path: Path, reading: dict[str, Any]) -> Suggestion:
    """What a table's columns say, read as far as is needed."""
    from gatewise.data.columns import choose
    from gatewise.data.pair_names import named_as_pairs
    from gatewise.data.pairs import seen_as_pairs
    from gatewise.data.series_table import dates_and_numbers
    from gatewise.data.step_labels import labels_vary
    from gatewise.data.tables import column_names
    from gatewise.data.tagged import TAG_KEYS, WORD_KEYS

    each = "series with a label each" if reading.get("id") else "a label for each row"
    plain = Suggestion("classifier", each)
    if reading.get("input"):
        return plain
    try:
        columns = column_names(path, reading.get("encoding"))
    except DataError:  # told when it is read
        return Suggestion("classifier")
    names = {name.strip().lower() for name in columns}
    tags = set(TAG_KEYS) - {"labels"}  # which may be those of whole texts
    if names & set(WORD_KEYS) and names & tags and not reading.get("target"):
        _refuse_other_than_lines(path)
        return Suggestion("tagger", "words with their tags")
    if {"ds", "y"} <= names:
        return Suggestion("forecaster", "values y at dates ds")
    if varying := labels_vary(path, reading):
        apart = f", told apart by {varying.id!r}" if varying.id else ""
        return Suggestion("tagger", f"a label for every step of a series{apart}", varying.id)
    if dates_and_numbers(path, reading):
        return Suggestion("forecaster", "dates with numbers")
    encoding, target = reading.get("encoding"), reading.get("target")
    labels = {"label", "labels", "class"} & names
    if not target and not labels and (named_as_pairs(columns) or seen_as_pairs(path, encoding)):
        return Suggestion("translator", "pairs of a source and a target")
    if not reading.get("id"):
        try:
            choose(path, columns, None, target)
        except DataError:  # asks for the columns, or names the tasks that there are
            return Suggestion("classifier")
    return plain


def _refuse_other_than_lines(path: Path) -> None:
    """Words and tags are lists, which stand in JSON lines alone."""
    from gatewise.data.opening import form
    from gatewise.data.tagged import READERS

    if form(path) not in READERS:
        raise DataError(
            f"{path}: expected words with their tags as JSON lines (.jsonl), got "
            f'{form(path)}. Write an object a line, {{"words": ["a", "dog"], "tags": ["DET", '
            '"NOUN"]}, or name a column of texts with --input and one of labels with --target.'
        )


def _slashed(path: Path, encoding: str | None) -> bool:
    """Whether nearly every word of a text's first lines is `word/TAG`: the tags are short, and
    either they repeat or all are capitals."""
    from gatewise.data.tagged import slashed_tokens

    if not path.is_file():
        return False
    tokens = slashed_tokens(path, encoding)
    tags = [tag for word, tag in tokens if word and _is_tag(tag)]
    few = 2 * len(set(tags)) <= len(tags) or all(tag == tag.upper() for tag in tags)
    return bool(tags) and few and len(tags) >= 0.95 * len(tokens)


def _is_tag(text: str) -> bool:
    """A short text with a letter, or the mark that is a punctuation's own tag.

    >>> _is_tag("nn"), _is_tag("."), _is_tag("2"), _is_tag("extraordinarily-long")
    (True, True, False, False)
    """
    letters = any(map(str.isalpha, text)) or not any(map(str.isdigit, text))
    return 0 < len(text) <= LONGEST_TAG and letters
