"""What only a tagger's report has: sentences with mistakes."""

from typing import Any

from gatewise.report.own import Section


def sections(results: dict[str, Any]) -> list[Section]:
    """Sentences with mistakes, where there are some."""
    shown = results.get("sentences") or []
    if not shown:
        return []
    values = {"sentences": [_sentence(one) for one in shown]}
    return [Section("sentences", "Sentences", "own/sentences.html", values)]


def _sentence(told: dict[str, Any]) -> dict[str, Any]:
    words = [one | {"right": one["true"] == one["predicted"]} for one in told["words"]]
    return told | {"words": words, "mistakes": sum(not one["right"] for one in words)}
