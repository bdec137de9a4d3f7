"""Scores of a tagger: by seqeval's own examples, and tags that training never saw."""

from types import SimpleNamespace

import numpy as np
import pytest
from seqeval.metrics import f1_score

from gatewise.tasks.tagger.results import scores, span_f1, unseen

TRUE = [["O", "B-X", "I-X", "O"], ["B-Y", "O"]]


def test_span_f1_is_seqevals_and_a_half_found_span_is_none():
    tagger = SimpleNamespace(tags=("B-X", "B-Y", "I-X", "O"))
    given = [["O", "B-X", "O", "O"], ["B-Y", "O"]]
    found = scores(tagger, TRUE, given)
    assert found["span_f1"]["value"] == f1_score(TRUE, given) == pytest.approx(0.5)
    assert found["token_accuracy"]["value"] == pytest.approx(5 / 6)


def test_a_tag_never_seen_counts_as_a_mistake():
    tagger = SimpleNamespace(tags=("A", "B"))
    found = scores(tagger, [["A", "C"]], [["A", "B"]])
    assert found["token_accuracy"]["value"] == 0.5
    assert "span_f1" not in found


def test_the_interval_of_span_f1_is_that_of_sentences_drawn_again():
    rng = np.random.default_rng(0)
    true = [rng.choice(["O", "B-X", "B-Y"], rng.integers(3, 9)).tolist() for _ in range(300)]
    given = [[tag if rng.random() < 0.8 else "O" for tag in tags] for tags in true]
    found = span_f1(true, given)
    drawn = []
    for _ in range(60):
        rows = rng.integers(300, size=300)
        drawn.append(f1_score([true[i] for i in rows], [given[i] for i in rows]))
    assert found["high"] - found["low"] == pytest.approx(2 * 1.96 * np.std(drawn), rel=0.35)
    assert found["low"] < found["value"] < found["high"]


def test_without_a_span_there_is_nothing_to_doubt():
    assert span_f1([["O"]] * 9, [["O"]] * 9) == {"value": 0.0}


@pytest.mark.parametrize(("given", "value"), [(["B-X", "O"], 1.0), (["O", "O"], 0.0)])
def test_a_perfect_or_empty_span_f1_is_not_beyond_doubt(given, value):
    found = span_f1([["B-X", "O"]] * 20, [given] * 20)
    assert found["value"] == value
    assert found["high"] - found["low"] > 0.1
    assert span_f1([["B-X", "O"]] * 4, [given] * 4) == {"value": value}


@pytest.mark.filterwarnings("error")
def test_tags_that_mark_no_span_bring_no_warning_of_seqeval():
    assert span_f1([["NOUN", "B-X"]], [["O", "B-X"]])["value"] == pytest.approx(2 / 3)


def test_tags_that_training_never_saw_are_told():
    tagger = SimpleNamespace(tags=("A", "B"))
    examples = SimpleNamespace(answers=[["A", "C"], ["C", "D"]], source="x.conll")
    assert unseen(tagger, examples) == [
        "3 words of x.conll carry tags that training never saw (C, D): they count as mistakes."
    ]
    examples.answers = [["A", "B"]]
    assert unseen(tagger, examples) == []
