"""The look inside on the report's page."""

import copy

import pytest

from gatewise.report import inside, render_report
from gatewise.report.inside_figures import short

WORDS = [
    {"before": "", "surface": "free", "known": True},
    {"before": " ", "surface": "<zyx>", "known": False},
]
ROW = {"kind": "right", "row": 3, "true": "spam", "predicted": "spam", "probability": 0.9,
       "score": 2.0, "rest": 0.5, "steps": 3, "parts": [2.0, -0.5], "words": WORDS}  # fmt: skip
RESULTS = {
    "kind": "text",
    "inside": {
        "measured": 12,
        "examples": [ROW],
        "spans": [{"layer": "network/forward_lstm", "units": [1.5, 3.0, 40.0]}],
        "flow": [
            {"layer": "network/forward_lstm", "median": [1.0, 0.1, 0.001], "low": [1.0, 0.1, 0.0],
             "high": [1.0, 0.2, 0.01], "half_life": 0.2, "verdict": "vanishing",
             "remedies": ["Use an LSTM.", "Never shown."]}
        ],
    },
}  # fmt: skip


def test_words_are_shaded_by_their_part():
    found = inside.section(RESULTS)["examples"][0]
    assert [(word["part"], word["shade"]) for word in found["words"]] == [(2.0, 1.0), (-0.5, 0.25)]
    assert (found["sum"], found["more"], found["has_unknown"]) == (1.5, 1, True)


def test_the_page_tells_all_of_it():
    page = render_report(RESULTS)
    assert '<span class="for" style="--v:1.000" title="2">free</span>' in page
    assert '<span class="against unknown" style="--v:0.250" title="−0.5">&lt;zyx&gt;</span>' in page
    assert "score 2: 0.5 in silence, 1.5 from 3 tokens; dotted words are unknown" in page
    assert "and 1 more" in page
    assert "forward lstm from 1.5 to 40 steps, median 3" in page
    assert "0.1% left 2 steps back" in page
    assert "vanishing, half of it gone after 0.2 steps. Use an LSTM." in page
    assert "Never shown" not in page
    assert 'href="#inside"' in page


def test_series_are_drawn_with_their_parts():
    results = copy.deepcopy(RESULTS) | {"kind": "series", "data": {"channels": ["x", "y"]}}
    row = results["inside"]["examples"][0]
    del row["words"]
    row["series"] = [[0.0, 1.0], [1.0, 0.0]]
    lines = inside.section(results)["examples"][0]["lines"]
    assert [line["name"] for line in lines] == ["x", "y", "part in the score"]
    assert [line["part"] for line in lines] == [False, False, True]
    assert "What each step did to the answer" in render_report(results)


@pytest.mark.parametrize("part", ["examples", "spans", "flow"])
def test_any_part_may_be_missing(part):
    results = copy.deepcopy(RESULTS)
    results["inside"][part] = []
    assert "A look inside" in render_report(results)


def test_nothing_inside_leaves_the_section_out():
    assert "A look inside" not in render_report({"kind": "text", "inside": None})


def test_names_are_short():
    assert short("lstm") == "lstm"
