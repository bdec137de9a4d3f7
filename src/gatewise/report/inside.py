"""A look inside the network as the template needs it."""

from typing import Any

from gatewise.report import inside_figures as figures
from gatewise.report import sparkline


def section(results: dict[str, Any]) -> dict[str, Any] | None:
    """What the section shows, or None where the results have no look inside."""
    told = results.get("inside")
    if not told:
        return None
    text = results.get("kind") != "series"
    names = (results.get("data") or {}).get("channels") or []
    flow = told.get("flow") or []
    return {
        "step": "word" if text else "step",
        "unit": "token" if text else "step",
        "examples": [_example(row, names) for row in told.get("examples") or []],
        "spans": figures.spans("chart-spans", "How long a unit remembers", told.get("spans") or []),
        "flow": figures.flow("chart-flow", "How far back the gradient reaches", flow),
        "verdicts": flow,
        "measured": told.get("measured"),
    }


def _example(row: dict[str, Any], names: list[str]) -> dict[str, Any]:
    parts = row.get("parts") or []
    shown = row | {"sum": row["score"] - row["rest"]}
    if row.get("words") is None:
        return shown | {"lines": _lines(row, parts, names)}
    largest = max(map(abs, parts), default=0.0) or 1.0
    words = [
        word | {"part": part, "shade": abs(part) / largest}
        for word, part in zip(row["words"], parts, strict=False)
    ]
    return shown | {
        "words": words,
        "more": row["steps"] - len(words),
        "has_unknown": not all(word["known"] for word in words),
    }


def _lines(row: dict[str, Any], parts: list[float], names: list[str]) -> list[dict[str, Any]]:
    """A small line for each channel, and one for each step's part."""
    channels = [list(values) for values in zip(*row.get("series") or [], strict=True)]
    titles = [
        names[place] if place < len(names) else f"channel {place + 1}"
        for place in range(len(channels))
    ]
    lines = []
    for name, values in [*zip(titles, channels, strict=True), ("part in the score", parts)]:
        low, high = sparkline.extent(values)
        drawn = {"name": name, "path": sparkline.path(values), "low": low, "high": high}
        lines.append(drawn | {"part": values is parts})
    return lines
