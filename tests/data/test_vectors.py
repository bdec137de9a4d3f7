"""Word vectors in GloVe and word2vec text format."""

import gzip

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from gatewise.data import load_vectors
from gatewise.errors import ArgumentError, DataError


@pytest.fixture
def write(tmp_path):
    def _write(content, name="vectors.txt"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return _write


words = st.text(st.characters(codec="utf-8", exclude_characters="\0 \n\r"), min_size=1)


@given(st.data(), st.lists(words, min_size=1, unique=True), st.booleans())
def test_vectors_read_back(tmp_path_factory, data, names, counted):
    shape = (len(names), data.draw(st.integers(2, 5)))
    table = data.draw(arrays.arrays(np.float32, shape, elements=st.floats(-9, 9, width=32)))
    lines = [f"{len(names)} {shape[1]}"] if counted else []
    lines += [
        " ".join([name, *map(repr, row.tolist())]) for name, row in zip(names, table, strict=True)
    ]
    path = tmp_path_factory.mktemp("vectors") / "vectors.txt"
    path.write_bytes("\n".join(lines).encode())
    found = load_vectors(path, names)
    assert (found.found, found.size) == shape
    np.testing.assert_array_equal(found.array(names), table)


def test_only_wanted_words_and_their_lower_case(write):
    path = write("the 1 2\nThe 3 4\nparis 5 6\n\n")
    found = load_vectors(path, ["The", "Paris", "xyzzy"])
    assert found.by_word["The"].tolist() == [3, 4]
    assert found.by_word["Paris"].tolist() == [5, 6]
    assert (found.found, found.wanted) == (2, 3)
    assert found.array(["xyzzy", "The"]).tolist() == [[0, 0], [3, 4]]


def test_no_wanted_word_is_there(write):
    found = load_vectors(write("the 1 2\n"), ["xyzzy"])
    assert (found.found, found.size) == (0, 2)
    assert found.array(["xyzzy"]).shape == (1, 2)


def test_compressed_and_words_with_blanks(write):
    path = write(gzip.compress(b"the 1 2\n. . . 3 4\n"), "vectors.txt.gz")
    assert load_vectors(path, [". . ."]).by_word[". . ."].tolist() == [3, 4]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("the 1 2\ngate 1\n", "line 2: expected a word and 2 numbers as on the lines before"),
        ("the 1 2\ngate 1 x\n", "line 2: expected a word and 2 numbers, got gate 1 x"),
        ("the 1 2\ngate 1 nan\n", "line 2: expected finite numbers"),
        ("the\n", "line 1: expected a word and numbers"),
        (b"3 2\0\0\n", "binary"),
    ],
)
def test_broken_files(write, content, message):
    with pytest.raises(DataError, match=message):
        load_vectors(write(content), ["gate", "the"])


def test_a_missing_file_and_an_unknown_name(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        load_vectors(tmp_path / "none.txt", ["a"])
    with pytest.raises(ArgumentError, match="Did you mean 'glove-6b-50d'"):
        load_vectors("glove-6b-5d", ["a"])


@pytest.mark.parametrize("words", [[], "word"])
def test_words_must_be_several(tmp_path, words):
    with pytest.raises(ArgumentError, match="words: expected a list"):
        load_vectors(tmp_path / "vectors.txt", words)
