"""What the score means beside simpler answers, in one sentence.

A difference counts where its own 95% interval holds no 0, if the results have one (`saved`), else
where the two 95% intervals do not touch. Model and baselines answer the same test examples, so the
latter asks for more than a paired test would: it errs towards "not clear".
"""

from dataclasses import dataclass
from typing import Any

from gatewise.report import measures, words
from gatewise.report.measures import Measure

_PHRASES = {
    "majority answer": "always giving the majority answer",
    "bag of words": "a bag of words",
    "summary statistics": "a classifier on summary statistics",
}


@dataclass(frozen=True)
class Verdict:
    """The top of the page. `tone` is better, unclear, worse or untested."""

    tone: str
    headline: str
    measure: str
    interval: str
    badge: str
    sentences: list[str]


def judge(results: dict[str, Any]) -> Verdict:
    """The verdict on `results["test"]`."""
    measure = measures.of(results)[0]
    measured = (results.get("test") or {}).get(measure.key) or {}
    value = words.finite(measured.get("value"))
    if value is None:
        return _untested(results)
    groups: dict[str, list[dict[str, Any]]] = {"better": [], "unclear": [], "worse": []}
    for baseline in results.get("baselines") or []:
        standing = paired(baseline.get("saved") or {}) or compare(
            measured, baseline.get(measure.key) or {}, measure.higher
        )
        if standing:
            groups[standing].append(baseline)
    sentences = [
        *_worse(measure, groups["worse"]),
        *(_unclear(measure, measured, baseline) for baseline in groups["unclear"]),
        *_better(measure, groups["better"]),
    ]
    if judged_on(results) == "validation":
        sentences.append(
            "No test examples were held out. The same validation examples chose the best epoch, "
            "so these figures flatter the model."
        )
    tone, badge = _badge(groups)
    return Verdict(
        tone,
        measure.wording(value),
        measure.phrase.format(held=_held_out(results)),
        measure.interval(measured),
        badge,
        sentences,
    )


def compare(model: dict[str, Any], baseline: dict[str, Any], higher: bool = True) -> str | None:
    """Where the model stands by its interval, not clear where either has none; None where the
    baseline has no value.

    >>> compare({"low": 0.9, "high": 0.95}, {"low": 0.7, "high": 0.8})
    'better'
    >>> compare({"value": 0.9}, {"value": 0.75}), compare({"value": 0.9}, {})
    ('unclear', None)
    """
    low, high = words.bounds(model)
    other_low, other_high = words.bounds(baseline)
    if low is None or high is None or other_low is None or other_high is None:
        return None if words.finite(baseline.get("value")) is None else "unclear"
    if low <= other_high and other_low <= high:
        return "unclear"
    return "better" if (low > other_high) == higher else "worse"


def paired(saved: dict[str, Any]) -> str | None:
    """Where the model stands by what it saves, example by example, or None where that is not known.

    >>> paired({"low": 0.01, "high": 0.05}), paired({"low": -0.01, "high": 0.05}), paired({})
    ('better', 'unclear', None)
    """
    low, high = words.bounds(saved)
    if low is None or high is None:
        return None
    return "better" if low > 0 else "worse" if high < 0 else "unclear"


def judged_on(results: dict[str, Any]) -> str:
    """`test`, or `validation` where no test examples were held out and those had to serve.

    >>> judged_on({"data": {"test": 0, "validation": 447}})
    'validation'
    """
    data = results.get("data") or {}
    return "validation" if data.get("test") == 0 and data.get("validation") else "test"


def _held_out(results: dict[str, Any]) -> str:
    noun, many = words.nouns(results.get("kind"))
    data = results.get("data") or {}
    if judged_on(results) == "validation":
        return words.plural(data["validation"], f"validation {noun}", f"validation {many}")
    count = data.get("test")
    return (
        words.plural(count, f"held-out {noun}", f"held-out {many}")
        if count
        else (f"the held-out {many}")
    )


def _badge(groups: dict[str, list[dict[str, Any]]]) -> tuple[str, str]:
    if groups["worse"]:
        return "worse", f"Worse than {_names(groups['worse'])}"
    if groups["unclear"]:
        return "unclear", f"Not clearly better than {_names(groups['unclear'], 'or')}"
    count = len(groups["better"])
    if not count:
        return "unclear", "Nothing to compare with"
    return "better", {1: "Better than the baseline", 2: "Better than both baselines"}.get(
        count, f"Better than all {count} baselines"
    )


def _names(baselines: list[dict[str, Any]], last: str = "and") -> str:
    phrases = [_phrase(baseline) for baseline in baselines]
    # A name with a comma in it would not be told from two.
    return (
        words.listed(phrases, last)
        if not any("," in one for one in phrases)
        else ("; ".join(phrases))
    )


def _phrase(baseline: dict[str, Any]) -> str:
    name = str(baseline.get("name", "the baseline"))
    return _PHRASES.get(name, name)


def _with_score(measure: Measure, baseline: dict[str, Any]) -> str:
    return f"{_phrase(baseline)} ({measure.wording(baseline[measure.key].get('value'))})"


def _better(measure: Measure, baselines: list[dict[str, Any]]) -> list[str]:
    if not baselines:
        return []
    beaten = words.listed([_with_score(measure, baseline) for baseline in baselines], "and than")
    why = (
        "part by part, the 95% interval of what it saves holds no 0"
        if any(paired(baseline.get("saved") or {}) for baseline in baselines)
        else "the 95% intervals do not touch"
    )
    return [f"Clearly better than {beaten}: {why}."]


def _unclear(measure: Measure, model: dict[str, Any], baseline: dict[str, Any]) -> str:
    value, other = (words.finite(one.get("value")) for one in (model, baseline[measure.key]))
    told = _with_score(measure, baseline)
    if value is None or other is None or value == other:
        return f"Level with {told}."
    side = "Ahead of" if (value > other) == measure.higher else "Behind"
    if None not in words.bounds(baseline.get("saved")):
        why = "the 95% interval of the difference holds 0"
    elif None in (*words.bounds(model), *words.bounds(baseline[measure.key])):
        why = "there are too few for a 95% interval"
    else:
        why = "the 95% intervals overlap"
    return f"{side} {told}, but not clearly: {why}, so the difference may be chance."


def _worse(measure: Measure, baselines: list[dict[str, Any]]) -> list[str]:
    if not baselines:
        return []
    ahead = words.listed([_with_score(measure, baseline) for baseline in baselines], "and than")
    return [f"Clearly worse than {ahead}. On this data the simpler answer is the better choice."]


def _untested(results: dict[str, Any]) -> Verdict:
    history = (results.get("training") or {}).get("history") or []
    reached = [words.finite(epoch.get("val_accuracy")) for epoch in history]
    best = max((value for value in reached if value is not None), default=None)
    sentences = ["No held-out score was computed, so this page cannot say how good the model is."]
    if best is not None:
        sentences.append(
            f"On the validation examples it reached {words.percent(best)}. That flatters it: the "
            "same examples chose the best epoch."
        )
    return Verdict("untested", "Not tested", "", "", "No held-out score", sentences)
