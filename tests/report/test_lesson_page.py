"""The lesson's page says what the numbers say, whatever they are."""

import json

import pytest

from gatewise.report import lesson_words
from gatewise.report.lesson import render_lesson, write_lesson
from gatewise.report.lesson_figures import share

from .lessons import classic, lesson, network
from .test_page import Page

EXPLAINED = "That is the vanishing gradient"


def words(results):
    return Page(render_lesson(results)).words


def stopped():
    return lesson(
        network("gru", 50, error=0.12, interrupted=True), finished=False, lengths=(50, 100)
    )


@pytest.mark.parametrize(
    "results",
    [classic(), stopped(), lesson(finished=False, lengths=(50,))],
    ids=["classic", "stopped", "nothing yet"],
)
def test_is_one_well_formed_file_that_fetches_nothing(results):
    html = render_lesson(results)
    page = Page(html)
    assert page.open == []
    assert "default-src 'none'" in html
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    for tag, attrs in page.elements:
        assert tag not in {"script", "link", "img", "iframe"}
        assert (attrs.get("href") or "#").startswith("#")
        for target in (attrs.get("aria-labelledby") or "").split():
            assert target in ids
    assert len(page.all("caption")) == len(page.all("table"))


def test_shows_errors_and_gradients_of_every_length():
    page = Page(render_lesson(classic()))
    names = [svg["aria-labelledby"] for svg in page.all("svg") if svg.get("class") == "chart"]
    for name in ("errors-50", "errors-400", "gradient-start-50", "gradient-end-400"):
        assert any(name in (ids or "") for ids in names)
    assert "0.1668" in page.words
    assert "1/6 = 0.1667" in page.words


def test_the_textbook_outcome_is_explained_by_the_gradient():
    said = words(classic())
    assert "LSTM solved 50 and 400" in said
    assert "simple RNN solved 50, not 400" in said
    assert "At length 400 the simple RNN, its budget spent after 200 steps, is no better" in said
    assert "(errors: 0.1668 against 0.1665)" in said
    assert EXPLAINED in said
    assert "at length 400 at most" in said
    assert "at length 50 at most" not in said  # both solved it: nothing to explain


def test_who_fails_is_said_also_where_it_is_the_lstm():
    failed = network("lstm", 50, error=0.09, fades=0.5)
    said = words(lesson(failed, network("simple_rnn", 50, error=0.003, fades=4)))
    assert "At length 50 the LSTM, its budget spent after 200 steps, is better than" in said
    assert "The simple RNN solved length 50" in said
    assert EXPLAINED not in said
    left = share(lesson_words.left_halfway(failed))
    assert f"does not explain who failed: halfway back up to {left} of it is left" in said


def test_nobody_and_everybody():
    nobody = words(lesson(network("gru", 50, error=0.3), network("lstm", 50, error=0.166)))
    assert "worse than always answering 1" in nobody
    assert "says nothing about which cell reaches further" in nobody
    assert EXPLAINED not in nobody
    everybody = words(lesson(network("gru", 50, error=0.003), network("lstm", 50, error=0.003)))
    assert "do not tell the cells apart" in everybody
    assert EXPLAINED not in everybody


def test_a_stopped_lesson_says_what_is_missing():
    said = words(stopped())
    assert "Stopped: what came out so far" in said
    assert "At length 50 the GRU, when it was stopped after 200 steps" in said
    assert "The lesson was stopped; 1 network was not trained." in said
    assert "Stopped before a network was trained." in render_lesson(
        lesson(finished=False, lengths=(50,))
    )


def test_growing_and_vanished_gradients_are_drawn_and_worded():
    said = words(lesson(
        network("gru", 50, error=0.2, fades=-4), network("lstm", 50, error=0.2, fades=60)
    ))  # fmt: skip
    assert "GRU 10,000 times as much" in said
    assert "LSTM less than 10⁻¹²" in said


def test_results_read_back_from_json_give_the_same_page(tmp_path):
    write_lesson(json.loads(json.dumps(classic())), tmp_path / "lesson.html")
    assert (tmp_path / "lesson.html").read_text(encoding="utf-8") == render_lesson(classic())


def test_the_explanation_compares_what_is_left_halfway():
    found = classic()["networks"][2]
    assert lesson_words.left_halfway(found) == pytest.approx(1e-9, rel=0.2)
