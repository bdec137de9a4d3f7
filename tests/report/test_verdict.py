"""The sentence at the top says no more than the intervals allow."""

from typing import Any

import pytest

from gatewise.report import verdict


def measured(value: float, reach: float = 0.01) -> dict[str, float]:
    return {"value": value, "low": value - reach, "high": value + reach}


def results(model: float, *baselines: tuple[str, float]) -> dict[str, Any]:
    return {
        "kind": "text",
        "data": {"test": 1034},
        "test": {"accuracy": measured(model)},
        "baselines": [{"name": name, "accuracy": measured(value)} for name, value in baselines],
    }


@pytest.mark.parametrize(
    ("model", "tone", "badge", "said"),
    [
        (0.98, "better", "Better than both baselines", "Clearly better than always giving"),
        (0.91, "unclear", "Not clearly better than a bag of words", "Ahead of a bag of words"),
        (0.90, "unclear", "Not clearly better than a bag of words", "Level with a bag of words"),
        (0.89, "unclear", "Not clearly better than a bag of words", "Behind a bag of words"),
        (0.85, "worse", "Worse than a bag of words", "Clearly worse than a bag of words (90.0%)"),
    ],
)
def test_wording_follows_the_intervals(model: float, tone: str, badge: str, said: str) -> None:
    found = verdict.judge(results(model, ("majority answer", 0.5), ("bag of words", 0.9)))
    assert (found.tone, found.badge) == (tone, badge)
    assert found.sentences[0].startswith(said)


def test_bad_news_comes_first_and_good_news_is_kept() -> None:
    found = verdict.judge(results(0.6, ("majority answer", 0.3), ("bag of words", 0.9)))
    assert found.sentences[0].startswith("Clearly worse than a bag of words")
    assert found.sentences[1].startswith("Clearly better than always giving the majority answer")


def test_headline_counts_what_was_held_out() -> None:
    found = verdict.judge(results(0.987, ("majority answer", 0.5)))
    assert (found.headline, found.measure) == ("98.7%", "of 1,034 held-out texts right")
    assert found.badge == "Better than the baseline"


def test_scores_on_the_validation_examples_are_called_that() -> None:
    one = results(0.987, ("majority answer", 0.5))
    one["data"] = {"test": 0, "validation": 447}
    found = verdict.judge(one)
    assert found.measure == "of 447 validation texts right"
    assert "flatter" in found.sentences[-1]


def test_without_baselines_nothing_is_claimed() -> None:
    found = verdict.judge(results(0.987))
    assert (found.tone, found.badge, found.sentences) == ("unclear", "Nothing to compare with", [])


def test_without_an_interval_no_lead_is_clear() -> None:
    one = results(0.9, ("bag of words", 0.5))
    one["test"]["accuracy"] = {"value": 0.9}
    found = verdict.judge(one)
    assert (found.headline, found.tone) == ("90.0%", "unclear")
    assert found.badge == "Not clearly better than a bag of words"
    assert found.sentences == [
        "Ahead of a bag of words (50.0%), but not clearly: there are too few for a 95% interval, "
        "so the difference may be chance."
    ]


def test_validation_stands_in_for_no_test_only_with_a_warning() -> None:
    found = verdict.judge({"test": None, "training": {"history": [{"val_accuracy": 0.931}]}})
    assert found.tone == "untested"
    assert "93.1%" in found.sentences[1]
    assert "flatters" in found.sentences[1]


def test_less_is_better_where_the_measure_says_so():
    low, high = {"low": 2.0, "high": 2.1}, {"low": 3.0, "high": 3.2}
    assert verdict.compare(low, high, higher=False) == "better"
    assert verdict.compare(high, low, higher=False) == "worse"


def test_the_chief_measure_heads_the_page():
    results = {
        "kind": "sentences",
        "measures": ["token_accuracy"],
        "test": {"token_accuracy": {"value": 0.97, "low": 0.96, "high": 0.98}},
        "baselines": [
            {
                "name": "most frequent tag",
                "token_accuracy": {"value": 0.9, "low": 0.89, "high": 0.91},
            }
        ],
        "data": {"test": 300},
    }
    found = verdict.judge(results)
    assert found.tone == "better"
    assert found.measure == "of the tokens of 300 held-out sentences right"


@pytest.mark.parametrize(
    ("saved", "tone", "said"),
    [
        (0.03, "better", "Clearly better than a 5-gram (6.3): part by part, the 95% interval"),
        (0.01, "unclear", "Ahead of a 5-gram (6.3), but not clearly: the 95% interval of the"),
        (-0.03, "worse", "Clearly worse than a 5-gram (6.3)."),
    ],
)
def test_a_paired_difference_decides_where_there_is_one(saved: float, tone: str, said: str) -> None:
    baseline = {
        "name": "a 5-gram",
        "perplexity": measured(6.3, 1.0),
        "saved": measured(saved, 0.02),
    }
    found = verdict.judge(
        {"measures": ["perplexity"], "test": {"perplexity": measured(6.1, 1.0)},
         "baselines": [baseline], "data": {"test": 40}}
    )  # fmt: skip
    assert found.tone == tone
    assert found.sentences[0].startswith(said)
