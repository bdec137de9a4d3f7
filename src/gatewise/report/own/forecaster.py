"""A forecaster's own section: drawn forecasts, and how they were judged."""

from typing import Any

from gatewise.report import fans, words
from gatewise.report.own import Section


def sections(results: dict[str, Any]) -> list[Section]:
    """Forecasts beside what came, from the best to the worst."""
    shown = results.get("forecasts") or []
    if not shown:
        return []
    drawn = [
        {
            "figure": fans.fan(f"fan-{place}", one),
            "title": one["series"],
            "caption": f"sMAPE {words.number(one['smape'], 3)}",
        }
        for place, one in enumerate(shown, 1)
    ]
    told = results["test"]
    return [
        Section(
            "forecasts",
            "Forecasts",
            "own/forecasts.html",
            {
                "drawn": drawn,
                "windows": told.get("windows"),
                "horizon": results["model"]["horizon"],
                "mae": [
                    (one.get("name", "This model"), one.get("mae"))
                    for one in (told, *(results.get("baselines") or []))
                ],
            },
        )
    ]
