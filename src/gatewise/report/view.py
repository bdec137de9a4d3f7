"""Results as the template needs them: what to show, in which order. It computes no statistics."""

import math
from typing import Any

from gatewise.report import facts, figures, inside, measures, own, sparkline, verdict, words

EXCERPT, FULL_TEXT = 280, 20_000
SHOWN_AT_ONCE, CHANNELS = 8, 6
MANY_CLASSES, CONFUSIONS = 6, 10
LEFT_OUT_ROWS = 100


def page(results: dict[str, Any]) -> dict[str, Any]:
    """Everything the template reads, by name."""
    test = results.get("test") or {}
    measured, drawn = measures.of(results), charts(results)
    return {
        "results": results,
        "noun": words.nouns(results.get("kind"))[1],
        "measures": measured,
        "intervals": any(measure.key in drawn for measure in measured),
        "judged": verdict.judged_on(results),
        "verdict": verdict.judge(results),
        "notes": facts.notes(results),
        "facts": {
            "Data": facts.data(results),
            "Model": facts.model(results),
            "Training": facts.training(results),
        },
        "reproduce": facts.reproduce(results),
        "scores": scores(results),
        "charts": drawn,
        "per_class": per_class(test),
        "confusion": confusion(test.get("confusion")),
        "mistakes": mistakes(results),
        "own": own.sections(results),
        "inside": inside.section(results),
        "history": history(results),
        "labels": labels(results),
        "lengths": lengths(results),
        "left_out": left_out(results),
    }


def scores(results: dict[str, Any]) -> list[dict[str, Any]]:
    """The model first, then the baselines, each with its measured figures."""
    test = results.get("test")
    if not test:
        return []
    return [{"name": "This model", **test}, *(results.get("baselines") or [])]


def charts(results: dict[str, Any]) -> dict[str, Any]:
    training = results.get("training") or {}
    drawn: dict[str, Any] = {}
    judged = verdict.judged_on(results)
    for measure in measures.of(results):
        rows = _interval_rows(results, measure.key)
        if rows:
            title = f"{measure.title} on the {judged} examples"
            drawn[measure.key] = figures.intervals(
                f"chart-{measure.key}", title, rows, measure.wording
            )
    if training.get("history"):
        drawn["loss"] = figures.curves("curve-loss", "Loss by epoch", training, "loss")
        drawn["learning"] = figures.curves(
            "curve-accuracy", "Accuracy by epoch", training, "accuracy"
        )
    return drawn


def _interval_rows(results: dict[str, Any], measure: str) -> list[dict[str, Any]]:
    """Those of the model and its baselines that have a value and an interval."""
    rows = []
    for one in scores(results):
        measured = one.get(measure) or {}
        ends = [words.finite(measured.get(end)) for end in ("value", "low", "high")]
        if None in ends:
            continue
        name = words.excerpt(one["name"], 34)
        rows.append({"name": name, **dict(zip(("value", "low", "high"), ends, strict=True))})
    return rows if rows and rows[0]["name"] == "This model" else []


def per_class(test: dict[str, Any]) -> list[dict[str, Any]]:
    """The weakest class first: that is where one looks."""
    return sorted(test.get("per_class") or [], key=lambda row: words.finite(row.get("f1")) or 0.0)


def confusion(told: dict[str, Any] | None) -> dict[str, Any] | None:
    """The matrix with each cell's share of its row, and the largest confusions."""
    if not told or not told.get("labels"):
        return None
    names, rows, mixed = told["labels"], [], []
    for true, counts in enumerate(told["counts"]):
        total = sum(counts)
        cells = []
        for predicted, count in enumerate(counts):
            share = count / total if total else 0.0
            right = predicted == true
            # The root keeps a rare confusion visible beside a class that is mostly right.
            shade = share if right else math.sqrt(share)
            cells.append({"count": count, "shade": shade, "right": right})
            if count and not right:
                mixed.append((count, share, names[true], names[predicted], total))
        rows.append({"label": names[true], "cells": cells})
    mixed.sort(key=lambda one: (-one[0], -one[1]))
    many = len(names) > MANY_CLASSES
    return {"labels": names, "rows": rows, "many": many, "top": mixed[:CONFUSIONS] if many else []}


def mistakes(results: dict[str, Any]) -> dict[str, Any]:
    """The mistakes shown at once and those behind a click."""
    rows = [_mistake(row, results) for row in results.get("mistakes") or []]
    total = results.get("mistakes_total")
    return {
        "first": rows[:SHOWN_AT_ONCE],
        "more": rows[SHOWN_AT_ONCE:],
        "shown": len(rows),
        "total": len(rows) if total is None else total,
    }


def _mistake(row: dict[str, Any], results: dict[str, Any]) -> dict[str, Any]:
    if row.get("series") is not None:
        names = (results.get("data") or {}).get("channels") or []
        return sparklines(row["series"], names) | row  # its `steps` count those not drawn, too
    text = str(row.get("text") or "")
    short = words.excerpt(text, EXCERPT)
    return row | {
        "excerpt": short,
        "full": words.excerpt(text, FULL_TEXT) if short != text else None,
        "length": len(text),
    }


def sparklines(series: list[list[Any]], names: list[str]) -> dict[str, Any]:
    """Up to six channels of a `[T, I]` series as small lines."""
    channels = list(zip(*series, strict=True))
    lines = []
    for place, values in enumerate(channels[:CHANNELS]):
        low, high = sparkline.extent(values)
        name = names[place] if place < len(names) else f"channel {place + 1}"
        lines.append({"name": name, "path": sparkline.path(values), "low": low, "high": high})
    return {"lines": lines, "channels": max(len(channels), len(names)), "steps": len(series)}


def history(results: dict[str, Any]) -> dict[str, Any]:
    """The epochs as a table of those columns that hold anything."""
    epochs = (results.get("training") or {}).get("history") or []
    columns = {
        "loss": "Loss",
        "accuracy": "Accuracy",
        "val_loss": "Validation loss",
        "val_accuracy": "Validation accuracy",
        "learning_rate": "Learning rate",
        "seconds": "Seconds",
    }
    shown = {
        key: title
        for key, title in columns.items()
        if any(words.finite(epoch.get(key)) is not None for epoch in epochs)
    }
    return {"columns": shown, "epochs": epochs}


def labels(results: dict[str, Any]) -> dict[str, Any]:
    """Each label's count in each set, its share of the set, and its weight in training."""
    told = (results.get("data") or {}).get("labels") or {}
    sets = [
        part for part in ("train", "validation", "test") if any(c.get(part) for c in told.values())
    ]
    totals = {part: sum(counts.get(part) or 0 for counts in told.values()) for part in sets}
    weights = (results.get("training") or {}).get("class_weights") or {}
    rows = [
        {
            "label": name,
            "weight": weights.get(name),
            "cells": [
                (counts.get(part) or 0, (counts.get(part) or 0) / totals[part]) for part in sets
            ],
        }
        for name, counts in told.items()
    ]
    largest = max((share for row in rows for _, share in row["cells"]), default=1.0)
    return {"sets": sets, "rows": rows, "weighted": bool(weights), "largest": largest}


def lengths(results: dict[str, Any]) -> dict[str, Any] | None:
    """The length distribution: a chart, or a number where all have one length."""
    told = (results.get("data") or {}).get("lengths")
    if not told or not told.get("values"):
        return None
    everything = [length for values in told["values"].values() for length in values or []]
    if not everything:
        return None
    bins = figures.edges(everything, told.get("limit"))
    return {
        "beyond": bins[-1] if max(everything) > bins[-1] else None,
        "chart": figures.lengths("chart-lengths", f"Lengths in {told.get('unit')}", told),
        "shortest": min(everything),
        "longest": max(everything),
        "unit": told.get("unit") or "steps",
        "limit": told.get("limit"),
        "truncated": told.get("truncated") or 0,
    }


def left_out(results: dict[str, Any]) -> dict[str, Any] | None:
    """Counts by reason and the first rows, or None where nothing is known."""
    told = (results.get("data") or {}).get("left_out")
    if told is None:
        return None
    counts = told.get("counts") or {}
    rows = told.get("rows") or []
    return {
        "total": sum(counts.values()),
        "counts": sorted(counts.items(), key=lambda one: -one[1]),
        "rows": rows[:LEFT_OUT_ROWS],
    }
