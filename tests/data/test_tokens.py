"""Texts become token ids, and back, in every unit."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewise.data.examples import whole_characters
from gatewise.data.tokens import UNITS, TextEncoder
from gatewise.errors import ArgumentError
from gatewise.padding import PADDING_ID, UNKNOWN_ID

TEXTS = ["Win a PRIZE now!", "call 0800 now", "don't", "naïve café", "我来到北京", "now or never"]


def ids(encoder, text):
    return encoder.encode([text])[0].tolist()


def test_words_are_lower_case_runs_and_digits_and_marks_stand_alone():
    encoder = TextEncoder().adapt(TEXTS)
    assert encoder.decode(ids(encoder, "NOW, call 08!")) == ["now", "[UNK]", "call", "0", "8", "!"]
    assert encoder.decode(ids(encoder, "北京")) == ["北", "京"]
    assert encoder.decode(ids(encoder, "don't")) == ["don", "'", "t"]
    assert encoder.decode(ids(encoder, "naive")) == ["[UNK]"]  # accents count


def test_frequent_tokens_come_first_after_padding_and_unknown():
    encoder = TextEncoder(vocabulary_size=4).adapt(["a b a c a b"])
    assert encoder.vocabulary == ["[PAD]", "[UNK]", "a", "b"]
    assert encoder.size == 4
    assert ids(encoder, "c b a") == [UNKNOWN_ID, 3, 2]


@pytest.mark.parametrize("tokens", UNITS)
def test_a_text_that_names_a_special_token_holds_none(tokens):
    for encoder in (ADAPTED[tokens], TextEncoder.from_config(ADAPTED[tokens].get_config())):
        assert PADDING_ID not in ids(encoder, "a[PAD] [PAD]b")
        assert len(ids(encoder, "[UNK]")) > 1


def test_rare_tokens_are_read_as_unknown():
    encoder = TextEncoder(min_frequency=2).adapt(["a b a"])
    assert ids(encoder, "a b") == [2, UNKNOWN_ID]


def test_case_and_each_character_count_for_characters():
    encoder = TextEncoder("character").adapt(["aAb\n"])
    assert encoder.decode(ids(encoder, "bA\n?")) == ["b", "A", "\n", "[UNK]"]
    lower = TextEncoder("character", lowercase=True).adapt(["aAb"])
    assert ids(lower, "A") == ids(lower, "a")


def test_byte_pairs_join_what_stands_together_often():
    encoder = TextEncoder("bpe", vocabulary_size=12).adapt(["lower lowest low"] * 3)
    assert "low" in encoder.decode(ids(encoder, "lowly"))


@pytest.mark.parametrize("tokens", UNITS)
def test_long_texts_are_cut_and_their_lengths_told(tokens):
    encoder = TextEncoder(tokens, max_length=3).adapt(["a b c d e f g"])
    full = TextEncoder(tokens).adapt(["a b c d e f g"])
    for text in ("a b", "a b c", "a b c d e f g a", ""):
        assert ids(encoder, text) == ids(full, text)[:3]
        assert encoder.lengths([text]) == [len(ids(full, text)) if text else 0]


def test_a_text_of_a_million_words_is_cut():
    encoder = TextEncoder().adapt(["a b"])
    (found,) = encoder.encode(["a b " * 500_000])
    assert len(found) == 512


@pytest.mark.parametrize("tokens", UNITS)
@given(text=st.text())
def test_any_text_has_a_step_and_only_known_ids(tokens, text):
    encoder = ADAPTED[tokens]
    (found,) = encoder.encode([text])
    assert found.dtype == np.int32
    assert 1 <= len(found) <= encoder.max_length
    assert found.min() >= UNKNOWN_ID
    assert found.max() < encoder.size


@pytest.mark.parametrize("tokens", UNITS)
@given(text=st.text())
def test_pieces_are_the_text_and_stand_for_the_ids(tokens, text):
    encoder = ADAPTED[tokens]
    pieces, (found,) = encoder.pieces(text), encoder.encode([text])
    assert [piece.known for piece in pieces] == [id != UNKNOWN_ID for id in found][: len(pieces)]
    assert len(pieces) == len(found) or (not pieces and found.tolist() == [UNKNOWN_ID])
    written = "".join(piece.before + piece.surface for piece in pieces)
    assert whole_characters(text).startswith(written)


def test_pieces_keep_their_case_and_what_is_between_them():
    pieces = ADAPTED["word"].pieces(" NOW,  Caf\u00e9 x")
    assert pieces[0] == (" ", "NOW", True)
    assert pieces[1][:2] == ("", ",")
    assert pieces[2] == ("  ", "Café", True)
    assert pieces[3] == (" ", "x", False)
    assert ADAPTED["word"].pieces("") == []


def test_pieces_end_where_the_text_is_cut():
    encoder = TextEncoder(max_length=2).adapt(["a b c"])
    assert [piece.surface for piece in encoder.pieces("a b c")] == ["a", "b"]


ADAPTED = {tokens: TextEncoder(tokens, vocabulary_size=40).adapt(TEXTS) for tokens in UNITS}


def test_halves_of_surrogate_pairs_are_read_as_something_unknown():
    encoder = TextEncoder().adapt(["ok \ud83d", "ok \ud83d\ude00"])
    assert encoder.decode(ids(encoder, "ok \ud83d\ude00")) == ["ok", "😀"]
    assert ids(encoder, "ok \udc00")[0] == ids(encoder, "ok")[0]


def test_arrays_of_strings_are_texts():
    one, other = TextEncoder().adapt(np.array(TEXTS)), TextEncoder().adapt(TEXTS)
    assert one.vocabulary == other.vocabulary
    np.testing.assert_array_equal(one.encode(np.array(TEXTS))[4], other.encode(TEXTS)[4])


@pytest.mark.parametrize("tokens", UNITS)
def test_the_configuration_is_plain_and_gives_an_equal_encoder(tokens):
    encoder = ADAPTED[tokens]
    again = TextEncoder.from_config(json.loads(json.dumps(encoder.get_config())))
    assert again.get_config() == encoder.get_config()
    assert [one.tolist() for one in again.encode(TEXTS)] == [
        one.tolist() for one in encoder.encode(TEXTS)
    ]


@pytest.mark.parametrize("tokens", UNITS)
def test_the_order_of_ids_is_the_same_each_time(tokens):
    texts = [f"{a}{b} {b}{a}" for a in "abcdefgh" for b in "ijklmnop"]
    found = {tuple(TextEncoder(tokens, 60).adapt(texts).vocabulary) for _ in range(3)}
    assert len(found) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tokens": "sentence"}, "tokens: expected one of word, character, bpe"),
        ({"vocabulary_size": 0}, "vocabulary_size: expected a whole number above 0, got 0"),
        ({"max_length": "long"}, "max_length: expected a whole number above 0, got 'long'"),
        ({"min_frequency": 0}, "min_frequency: expected"),
    ],
)
def test_arguments_out_of_range(options, message):
    with pytest.raises(ArgumentError, match=message):
        TextEncoder(**options)


def test_nothing_can_be_encoded_before_adapt():
    with pytest.raises(ArgumentError, match=r"call adapt\(texts\) first"):
        TextEncoder().encode(["a"])
    assert not TextEncoder().adapted
