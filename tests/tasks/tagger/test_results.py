"""Scores of a tagger: by seqeval's own examples, and tags that training never saw."""

from types import SimpleNamespace

import pytest
from seqeval.metrics import f1_score

from gatewise.tasks.tagger.results import scores

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
