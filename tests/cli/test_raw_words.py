"""A free text is split as training's words were, where these are known."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewise.cli.answers import tagger
from gatewise.cli.answers.raw_words import words_of
from gatewise.data.vocabulary import Vocabulary

KNOWN = ["u.s.", "$100", "and/or", "no.", "no", "cafe"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("the U.S. pays", ["the", "U.S.", "pays"]),
        ('("U.S.,', ["(", '"', "U.S.", ","]),
        ("U.S", ["U.S"]),
        ("$100, $101", ["$100", ",", "$", "101"]),
        ("this and/or that.", ["this", "and/or", "that", "."]),
        ("no. No.", ["no", ".", "No", "."]),
        ("cafe\u0301, cafe,", ["cafe\u0301", ",", "cafe", ","]),
        ("......$100", [".", ".", ".", ".", ".", ".", "$", "100"]),
    ],
)
def test_a_known_word_stays_whole(text, words):
    assert words_of(text, KNOWN) == words


@given(st.text("aU.S$10/, ()\u0301", max_size=30))
def test_no_character_but_spaces_is_lost(text):
    known = "".join(words_of(text, KNOWN))
    assert known == "".join(words_of(text))


def test_predict_gives_the_words_that_a_tagger_knows():
    model = SimpleNamespace(words=Vocabulary(KNOWN), tags=())
    numbered, _ = tagger.inputs(model, ("in the U.S.",), None, {"encoding": None})
    assert list(numbered) == [(1, ["in", "the", "U.S."])]
