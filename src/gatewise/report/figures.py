"""The page's charts, each drawn about a phone's width, where its letters must stay legible."""

import math
import statistics
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from gatewise.report import svg, words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def intervals(name: str, title: str, rows: list[dict[str, Any]], wording: Callable) -> Markup:
    """Dots with their 95% intervals; the first row is the model, its interval a band through all.

    A row is `{"name", "value", "low", "high"}`; `wording` turns a value into words.
    """
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    with svg.drawing():
        figure, axes = blank(
            0.56 + 0.56 * len(rows), width=4.3, left=0.03, right=0.82, bottom=0.36, top=0.05
        )
        for place, row in enumerate(rows):
            _interval_row(axes, place, row, wording)
        low, high = _reach(rows)
        axes.set_xlim(low, high)
        axes.set_ylim(len(rows) - 0.35, -0.75)
        axes.set_yticks([])
        axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda tick, _: _tick(tick, wording)))
        axes.grid(axis="x", linewidth=0.8)
        told = "; ".join(
            f"{row['name']} {wording(row['value'])}, {words.interval(row, wording)}" for row in rows
        )
        return svg.inline(figure, name, title, f"With 95% intervals: {told}.")


def _interval_row(axes: "Axes", place: int, row: dict[str, Any], wording: Callable) -> None:
    """One line of the chart: the name above its interval and dot, the value beside them."""
    model = place == 0
    colour = svg.ACCENT if model else svg.MUTED
    if model:
        axes.axvspan(row["low"], row["high"], color=svg.ACCENT, alpha=0.13, linewidth=0, zorder=0)
    axes.plot(
        [row["low"], row["high"]], [place, place], color=colour, linewidth=3 if model else 1.8
    )
    axes.plot(
        [row["value"]],
        [place],
        linestyle="none",
        marker="o" if model else "s",
        markersize=9 if model else 7,
        markerfacecolor=colour if model else svg.SURFACE,
        markeredgecolor=colour,
        markeredgewidth=1.8,
    )
    across = axes.get_yaxis_transform()
    weight = "bold" if model else "normal"
    style: dict[str, Any] = {"transform": across, "va": "center", "weight": weight}
    axes.text(0, place - 0.38, row["name"], ha="left", **style)
    axes.text(1.21, place, wording(row["value"]), ha="right", **style)


def _reach(rows: list[dict[str, Any]]) -> tuple[float, float]:
    """The axis: every interval with some air, not below 0, and not above 1 where all are shares."""
    low, high = min(row["low"] for row in rows), max(row["high"] for row in rows)
    air = max(0.06 * (high - low), 0.005)
    most = 1.0 + air / 2 if high <= 1 else math.inf
    return max(0.0, low - air), min(most, high + air)


def _tick(value: float, wording: Callable) -> str:
    if wording is words.percent:
        return f"{100 * value:.4g}%" if value <= 1 else ""
    return f"{value:.4g}"


def curves(name: str, title: str, training: dict[str, Any], measure: str) -> Markup | None:
    """Training and validation of one measure (`loss` or `accuracy`) over the epochs."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    history = training["history"]
    epochs = [epoch["epoch"] for epoch in history]
    lines = {
        part: [words.finite(epoch.get(key)) for epoch in history]
        for part, key in {"training": measure, "validation": f"val_{measure}"}.items()
    }
    lines = {part: line for part, line in lines.items() if any(v is not None for v in line)}
    if not lines:
        return None
    with svg.drawing():
        figure, axes = blank(3.05, left=0.125, right=0.97, bottom=0.5, top=0.42)
        for part, line in lines.items():
            _curve(axes, part, epochs, line)
        _mark_best(axes, training.get("best_epoch"), epochs, lines)
        axes.set_xlim(epochs[0] - 0.5, epochs[-1] + 0.5)
        axes.margins(y=0.08)
        axes.xaxis.set_major_locator(MaxNLocator(8, integer=True, min_n_ticks=1))
        axes.yaxis.set_major_locator(MaxNLocator(5))
        if measure == "accuracy":
            _keep_to_shares(axes)
            axes.yaxis.set_major_formatter(
                FuncFormatter(lambda tick, _: _tick(tick, words.percent))
            )
        axes.grid(axis="y", linewidth=0.8)
        axes.set_xlabel("epoch", fontsize=11)
        key(figure)
        return svg.inline(figure, name, title, _told(measure, epochs, lines))


def _keep_to_shares(axes: "Axes") -> None:
    """End the axis just below 0 and just above 1, where a line along the edge is still whole."""
    low, high = axes.get_ylim()
    air = 0.03 * (high - low)
    axes.set_ylim(max(low, -air), min(high, 1 + air))


def _curve(axes: "Axes", part: str, epochs: list[int], line: Sequence[float | None]) -> None:
    """Colour, dashes and marker all tell the two lines apart."""
    first = part == "training"
    few = len(epochs) <= 25
    axes.plot(
        epochs,
        [math.nan if value is None else value for value in line],
        label=part,
        color=svg.ACCENT if first else svg.SECOND,
        linestyle="-" if first else (0, (5, 2)),
        linewidth=2,
        marker=("o" if first else "D") if few else None,
        markersize=4 if few else 0,
    )


def _mark_best(axes: "Axes", best: Any, epochs: list[int], lines: dict[str, list]) -> None:
    """A line at the epoch whose weights were kept, and a ring on the validation curve there."""
    if best not in epochs:
        return
    axes.axvline(best, color=svg.MUTED, linewidth=1.2, linestyle=(0, (1, 2)), zorder=1)
    place = epochs.index(best)
    part = "validation" if "validation" in lines else "training"
    value = lines[part][place]
    if value is not None:
        axes.plot(
            [best],
            [value],
            marker="o",
            markersize=11,
            markerfacecolor="none",
            markeredgecolor=svg.INK,
            markeredgewidth=1.6,
            linestyle="none",
            label=f"kept epoch: {best}",
        )


def _told(measure: str, epochs: list[int], lines: dict[str, list[float | None]]) -> str:
    """The chart in words."""
    wording = words.percent if measure == "accuracy" else words.number
    parts = [
        f"{part} from {wording(line[0])} at epoch {epochs[0]} to {wording(line[-1])} "
        f"at epoch {epochs[-1]}"
        for part, line in lines.items()
    ]
    return f"{measure.capitalize()}: {'; '.join(parts)}."


def lengths(name: str, title: str, told: dict[str, Any]) -> Markup | None:
    """How long the texts or series are, as shares of the training and the test examples."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    sets = {part: values for part in ("train", "test") if (values := told["values"].get(part))}
    everything = [length for values in sets.values() for length in values]
    if not everything or min(everything) == max(everything):
        return None
    limit = told.get("limit") if told.get("truncated") else None
    bins = edges(everything, limit)
    with svg.drawing():
        figure, axes = blank(2.7, left=0.115, right=0.97, bottom=0.5, top=0.42)
        for part, values in sets.items():
            _histogram(axes, part, [min(value, bins[-1]) for value in values], bins)
        if limit:
            axes.axvline(
                limit,
                color=svg.INK,
                linewidth=1.6,
                linestyle=(0, (1, 1.5)),
                label=f"cut at {limit}",
            )
        axes.set_xlim(bins[0], bins[-1])
        axes.xaxis.set_major_locator(MaxNLocator(7, integer=True))
        axes.yaxis.set_major_locator(MaxNLocator(4))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda tick, _: f"{tick:.3g}%"))
        axes.grid(axis="y", linewidth=0.8)
        unit = told.get("unit") or "steps"
        axes.set_xlabel(unit, fontsize=11)
        key(figure)
        described = f"From {min(everything)} to {max(everything)} {unit}; the median is "
        described += f"{statistics.median_low(everything)}."
        return svg.inline(figure, name, title, described)


def edges(everything: list[int], limit: int | None) -> list[int]:
    """Bins of whole numbers. The longest hundredth shares the last one, or it would be all tail."""
    everything = sorted(everything)
    long = everything[min(int(0.99 * len(everything)), len(everything) - 1)]
    start, end = everything[0], max(long, limit or 0, everything[0] + 1) + 1
    width = max(1, math.ceil((end - start) / 30))
    return list(range(start, end + width, width))


def _histogram(axes: "Axes", part: str, values: list[int], edges: list[int]) -> None:
    weights = [100 / len(values)] * len(values)
    if part == "train":
        axes.hist(values, edges, weights=weights, color=svg.ACCENT, alpha=0.35, label="training")
    else:
        axes.hist(
            values,
            edges,
            weights=weights,
            histtype="step",
            edgecolor=svg.SECOND,
            linewidth=1.8,
            label="test",
        )


def blank(
    height: float, *, left: float, right: float, bottom: float, top: float, width: float = 5.0
) -> tuple["Figure", "Axes"]:
    """A figure with one pair of axes; left and right are shares, the rest inches.

    One inch is 72 units of the SVG's view box, so a figure of 5 inches is 360 units wide.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), facecolor="none")
    axes = figure.add_axes(
        (left, bottom / height, right - left, (height - bottom - top) / height), facecolor="none"
    )
    return figure, axes


def key(figure: "Figure", columns: int = 3) -> None:
    """The lines' names above the axes, where they cover nothing."""
    figure.axes[0].legend(
        loc="lower left",
        bbox_to_anchor=(-0.02, 1.0),
        ncols=columns,
        borderpad=0,
        borderaxespad=0.4,
        columnspacing=1.4,
        handlelength=2.0,
        handletextpad=0.5,
    )
