"""What only a tagger's report has: sentences with mistakes, or series with their labels."""

from typing import Any

from gatewise.report import lanes, words
from gatewise.report.own import Section


def sections(results: dict[str, Any]) -> list[Section]:
    """Stretches of series, or sentences with mistakes, where there are some."""
    if results.get("strips"):
        return [_strips(results["strips"])]
    shown = results.get("sentences") or []
    if not shown:
        return []
    values = {"sentences": [_sentence(one) for one in shown]}
    return [Section("sentences", "Sentences", "own/sentences.html", values)]


def _strips(shown: list[dict[str, Any]]) -> Section:
    drawn = [
        {
            "figure": lanes.lanes(f"strip-{place}", one),
            "title": f"series {one['series']}",
            "caption": f"{words.percent(one['accuracy'])} of its steps right; rows "
            f"{one['rows'][0]} to {one['rows'][1]}",
        }
        for place, one in enumerate(shown, 1)
    ]
    return Section("strips", "Labels along time", "own/strips.html", {"drawn": drawn})


def _sentence(told: dict[str, Any]) -> dict[str, Any]:
    words = [one | {"right": one["true"] == one["predicted"]} for one in told["words"]]
    return told | {"words": words, "mistakes": sum(not one["right"] for one in words)}
