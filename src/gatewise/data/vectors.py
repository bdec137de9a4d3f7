"""Word vectors trained by others: GloVe and word2vec text files, read in one pass."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from gatewise.data.convert import VECTOR_FILES
from gatewise.data.datasets import get
from gatewise.data.examples import excerpt
from gatewise.data.fetch import Say
from gatewise.data.opening import existing_file
from gatewise.data.registry import DATASETS, info
from gatewise.data.vector_text import text_vectors
from gatewise.errors import ArgumentError


@dataclass
class Vectors:
    """The vectors found for the wanted words.

    `by_word` maps a word to its vector, float32 `[size]`; `wanted` is how many words were asked
    for.

    >>> some = Vectors({"gate": np.array([1.0, 2.0])}, size=2, wanted=2, source="here")
    >>> some.found, some.array(["gate", "xyzzy"]).tolist()
    (1, [[1.0, 2.0], [0.0, 0.0]])
    """

    by_word: dict[str, np.ndarray]
    size: int
    wanted: int
    source: str

    @property
    def found(self) -> int:
        """How many words have a vector here."""
        return len(self.by_word)

    def array(self, words: Iterable[str]) -> np.ndarray:
        """Float32 `[len(words), size]` in the order of `words`; zeros where there is no vector."""
        nothing = np.zeros(self.size, np.float32)
        return np.array([self.by_word.get(word, nothing) for word in words], np.float32).reshape(
            -1, self.size
        )


def load_vectors(
    source: str | Path, words: Collection[str], say: Say = print, frequent: int = 0
) -> Vectors:
    """The vectors of `words` from a named set or from a file in GloVe or word2vec text format.

    A word without a vector of its own takes that of its lower-case form. Files may end in .gz
    or .bz2; only the lines of wanted words are kept in memory.

    Args:
        source: a name from `catalogue()` with the job `vectors` (fetched if it is not here
            yet), or a path.
        words: the words wanted.
        say: told what takes long.
        frequent: how many words from the beginning of the source, where the most frequent stand,
            are given along with those wanted; default 0.

    Raises:
        DataError: the file is not there, or a line is not a word and its numbers.
        ArgumentError: `source` names a set of another kind, or `words` is empty.

    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "tiny.txt"
    >>> _ = path.write_text("the 0.1 0.2\\ngate 0.3 0.4\\n")
    >>> load_vectors(path, ["Gate", "xyzzy"]).by_word["Gate"].tolist()
    [0.30000001192092896, 0.4000000059604645]
    """
    wanted = set(words)
    if not wanted or isinstance(words, str):
        raise ArgumentError(f"words: expected a list of words, got {excerpt(words) or 'none'}.")
    needed = wanted | {word.lower() for word in wanted}
    folder = _named(source, say)
    if folder is not None:
        table, size = _from_folder(folder, needed, frequent)
    else:
        table, size = _from_file(existing_file(source), needed, frequent)
    found = dict(islice(table.items(), frequent))
    for word in sorted(wanted):
        vector = table.get(word, table.get(word.lower()))
        if vector is not None:
            found[word] = vector
    return Vectors(found, size, len(wanted), str(source))


def _named(source: str | Path, say: Say) -> Path | None:
    """The folder of the set called `source`; None where `source` is a path."""
    name = str(source)
    if isinstance(source, Path) or (name not in DATASETS and _is_path(Path(name))):
        return None
    if info(name).job != "vectors":
        known = ", ".join(entry.name for entry in DATASETS.values() if entry.job == "vectors")
        raise ArgumentError(
            f"{name}: expected word vectors, got a data set to classify. Vectors are: {known}."
        )
    return get(name, say)


def _is_path(path: Path) -> bool:
    return path.exists() or len(path.parts) > 1 or bool(path.suffix)


def _from_folder(
    folder: Path, needed: set[str], frequent: int
) -> tuple[dict[str, np.ndarray], int]:
    words = (folder / VECTOR_FILES[0]).read_text(encoding="utf-8").split("\n")
    vectors = np.load(folder / VECTOR_FILES[1], mmap_mode="r")
    numbered = enumerate(words[: len(vectors)])
    places = [(word, place) for place, word in numbered if place < frequent or word in needed]
    return {word: np.array(vectors[place]) for word, place in places}, vectors.shape[1]


def _from_file(path: Path, needed: set[str], frequent: int) -> tuple[dict[str, np.ndarray], int]:
    table: dict[str, np.ndarray] = {}
    size = 0
    for word, vector in text_vectors(path, needed, frequent):
        size = len(vector)
        table.setdefault(word, vector)
    return table, size or _size(path)


def _size(path: Path) -> int:
    return len(next(text_vectors(path))[1])
