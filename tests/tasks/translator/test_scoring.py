"""Error rates against a plain edit distance; BLEU says how it was computed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewise.tasks.translator.scoring import error_rates, sentence_scores

tokens = st.lists(st.sampled_from("ABC"), min_size=1, max_size=6)


def distance(one, other):
    """Levenshtein's, by its recursion."""
    if not one or not other:
        return len(one) + len(other)
    return min(
        distance(one[1:], other) + 1,
        distance(one, other[1:]) + 1,
        distance(one[1:], other[1:]) + (one[0] != other[0]),
    )


@given(tokens, tokens, tokens)
def test_the_nearest_right_answer_counts(answer, first, second):
    found = error_rates([" ".join(answer)], [[" ".join(first), " ".join(second)]])
    rates = [distance(answer, one) / len(one) for one in (first, second)]
    assert found["token_error_rate"]["value"] == pytest.approx(min(rates))
    assert found["word_error_rate"]["value"] == float(answer not in (first, second))


def test_rates_are_of_all_tokens():
    found = error_rates(["A B", "A"], [["A C"], ["A B C D"]])
    assert found["token_error_rate"]["value"] == pytest.approx(4 / 6)
    assert found["token_error_rate"]["low"] <= 4 / 6 <= found["token_error_rate"]["high"]


def test_bleu_and_chrf_have_intervals_and_signatures():
    answers = ["the cat sat on the mat", "it rains a lot today", "no"]
    right = [["the cat sat on a mat"], ["it rains a lot today", "today it rains a lot"], ["yes"]]
    found = sentence_scores(answers, right)
    for name in ("bleu", "chrf"):
        assert found[name]["low"] <= found[name]["value"] <= found[name]["high"]
        assert "version:" in found[name]["signature"]
    assert "nrefs:var" in found["bleu"]["signature"]
