"""From the files inside a package to plain files that `read` reads.

Each function gets the unpacked members (name in the package → path) and the folder to write to.
"""

import csv
import shutil
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from gatewise.data.vector_text import text_vectors

Members = dict[str, Path]

TREC_COARSE = ("DESC", "ENTY", "ABBR", "HUM", "NUM", "LOC")
TREC_FINE = (
    *("manner", "cremat", "animal", "exp", "ind", "gr", "title", "def", "date", "reason"),
    *("event", "state", "desc", "count", "other", "letter", "religion", "food", "country"),
    *("color", "termeq", "city", "body", "dismed", "mount", "money", "product", "period"),
    *("substance", "sport", "plant", "techmeth", "volsize", "instru", "abb", "speed", "word"),
    *("lang", "perc", "code", "dist", "temp", "symb", "ord", "veh", "weight", "currency"),
)
TREC_TEST = 500
VECTOR_FILES = ("words.txt", "vectors.npy")


def trec(members: Members, folder: Path, fine: bool) -> None:
    """TREC questions; the last 500 are the official test. Fine labels read `ENTY:animal`."""
    with open(_only(members), encoding="utf-8", newline="") as file:
        rows = [
            (_trec_label(record["label-coarse"], record["label-fine"], fine), record["text"])
            for record in csv.DictReader(file)
        ]
    _write_table(folder / "train.csv", rows[:-TREC_TEST])
    _write_table(folder / "test.csv", rows[-TREC_TEST:])


def trec_coarse(members: Members, folder: Path) -> None:
    trec(members, folder, fine=False)


def trec_fine(members: Members, folder: Path) -> None:
    trec(members, folder, fine=True)


def _trec_label(coarse: str, fine: str, with_fine: bool) -> str:
    label = TREC_COARSE[int(coarse)]
    return f"{label}:{TREC_FINE[int(fine)]}" if with_fine else label


def reuters(members: Members, folder: Path) -> None:
    """Orange's .tab files: three lines of header, then `label TAB text`, no quoting."""
    for name, path in members.items():
        lines = path.read_text(encoding="utf-8").split("\n")[3:]
        parts = (line.partition("\t") for line in lines if line)
        rows = [(label, text) for label, _, text in parts]
        _write_table(folder / ("test.csv" if "test" in name else "train.csv"), rows)


def reviews(members: Members, folder: Path) -> None:
    """A review a line, one file a class; a review told twice is written once."""
    rows: dict[tuple[str, str], None] = {}
    for name, path in members.items():
        label = "positive" if Path(name).stem == "pos" else "negative"
        for line in path.read_text(encoding="utf-8").split("\n"):
            if line.strip():
                rows[label, line.strip()] = None
    _write_table(folder / "train.csv", rows)


def names(members: Members, folder: Path) -> None:
    """A name a line, one file a nationality."""
    rows = [
        (Path(name).stem, line.strip())
        for name, path in sorted(members.items())
        if name.endswith(".txt")
        for line in path.read_text(encoding="utf-8").split("\n")
        if line.strip()
    ]
    _write_table(folder / "train.csv", rows)


def ts_files(members: Members, folder: Path) -> None:
    """The archive's own files, as they are."""
    for name, path in members.items():
        shutil.copyfile(path, folder / ("test.ts" if "_TEST" in name else "train.ts"))


def shoulder(members: Members, folder: Path) -> None:
    """A pickled dict of X (series [T, 6]), y, subject. Its package was checked by its hash."""
    data = np.load(_only(members), allow_pickle=True).item()
    series = [np.asarray(one, dtype=np.float32) for one in data["X"]]
    np.savez_compressed(
        folder / "train.npz",
        values=np.concatenate(series),
        lengths=np.array([len(one) for one in series]),
        y=np.array([data["y_labels"][index] for index in data["y"]]),
        subject=np.asarray(data["subject"]),
        channels=np.array(data["X_labels"]),
    )


def glove(members: Members, folder: Path) -> None:
    """Words, one a line, and their vectors `[N, D]`, so that a few are read without the rest."""
    words: list[str] = []
    rows: list[np.ndarray] = []
    for word, vector in text_vectors(_only(members)):
        words.append(word)
        rows.append(vector)
    np.save(folder / VECTOR_FILES[1], np.stack(rows))
    (folder / VECTOR_FILES[0]).write_text("\n".join(words), encoding="utf-8", newline="\n")


def _only(members: Members) -> Path:
    (path,) = members.values()
    return path


def _write_table(path: Path, rows: Iterable[tuple[str, str]]) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("label", "text"))
        writer.writerows(rows)
