"""Named sets to learn to write from."""

import gzip
import json
import re
from pathlib import Path

from gatewise.data.convert import Members
from gatewise.data.fetch import Package

MUSIC21 = Package(
    manager="pip",
    name="music21",
    version="10.5.1",
    file="music21-10.5.1-py3-none-any.whl",
    sha256="dc3309498c4c95cebdf8d4f20c868deb6b63bce1d929cad4f51a7ccc982987b1",
    megabytes=20,
)


def folk_tunes(members: Members, folder: Path) -> None:
    """A tune a row, without its number (`X:`), which only says where it stood in its file."""
    with open(folder / "train.jsonl", "w", encoding="utf-8", newline="\n") as file:
        for name, path in sorted(members.items()):
            if not name.endswith(".abc"):
                continue
            tunes = re.split(r"^X:.*\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
            for tune in tunes[1:]:
                lines = [line.rstrip() for line in tune.split("\n")]
                text = "\n".join(line for line in lines if line)
                file.write(json.dumps({"text": text}, ensure_ascii=False) + "\n")


def wikitext(members: Members, folder: Path) -> None:
    """The articles as they are, rare words included: a vocabulary of words that occur three times
    is that of WikiText-2 with its `<unk>`."""
    for name, path in members.items():
        with gzip.open(path, "rt", encoding="utf-8", newline="\n") as file:
            part = "test" if "test" in name else "train"
            (folder / f"{part}.txt").write_text(file.read(), encoding="utf-8", newline="\n")
