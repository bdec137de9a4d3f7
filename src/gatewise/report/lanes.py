"""A stretch of a series with its labels: channels as lines, and a lane for each label."""

import itertools
import math
from typing import Any

from markupsafe import Markup

from gatewise.report import svg, words

LANE, CHANNEL = 0.24, 0.42  # inches of height
LABEL = 15  # characters of a label beside its lane


def lanes(name: str, told: dict[str, Any]) -> Markup:
    """One stretch of a run's `strips`.

    In the lane of its label stands what is right as a wide band, and what was found as a line on
    it; the mistakes are marked at the foot.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    labels = sorted({*told["true"], *told["found"]} - {""})
    channels = told["channels"]
    heights = [CHANNEL] * len(channels) + [LANE * (len(labels) + 1)]
    total = sum(heights) + 0.45
    with svg.drawing():
        figure = Figure(figsize=(5.0, total), facecolor="none")
        top, steps = 1 - 0.05 / total, range(told["begin"], told["begin"] + len(told["true"]))
        for place, height in enumerate(heights):
            top -= height / total
            axes = figure.add_axes((0.27, top, 0.7, height / total), facecolor="none")
            axes.set_xlim(steps.start, steps.stop)
            axes.set_xticks([])
            axes.spines["bottom"].set_visible(False)
            if place < len(channels):
                _channel(axes, steps, channels[place])
        _labels(axes, steps.start, labels, told)
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        axes.set_xlabel("step", fontsize=11)
        return svg.inline(figure, name, f"Labels of series {told['series']}", _words(told))


def _channel(axes: Any, steps: range, channel: dict[str, Any]) -> None:
    axes.plot(steps, channel["values"], color=svg.MUTED, linewidth=0.9)
    axes.set_yticks([])
    axes.margins(y=0.12)
    shown = words.excerpt(channel["name"], LABEL)
    axes.text(-0.02, 0.5, shown, transform=axes.transAxes, ha="right", va="center", fontsize=11,
              color=svg.MUTED)  # fmt: skip


def _labels(axes: Any, start: int, labels: list[str], told: dict[str, Any]) -> None:
    places = {label: place for place, label in enumerate(labels)}
    foot = len(labels)
    for begin, end, label in runs(told["true"]):
        if label:
            axes.barh(places[label], end - begin, left=start + begin, height=0.8, color=svg.QUIET,
                      alpha=0.35, linewidth=0)  # fmt: skip
    for begin, end, label in runs(told["found"]):
        axes.barh(places[label], end - begin, left=start + begin, height=0.3, color=svg.ACCENT,
                  linewidth=0)  # fmt: skip
    wrong = [bool(one) and one != other
             for one, other in zip(told["true"], told["found"], strict=True)]  # fmt: skip
    for begin, end, missed in runs(wrong):
        if missed:
            axes.barh(foot, end - begin, left=start + begin, height=0.5, color=svg.SECOND,
                      linewidth=0)  # fmt: skip
    axes.set_ylim(foot + 0.6, -0.7)
    axes.set_yticks(range(foot + 1), [*(words.excerpt(one, LABEL) for one in labels), "mistakes"])
    axes.grid(axis="y", linewidth=0.6)


def runs(values: list[Any]) -> list[tuple[int, int, Any]]:
    """Where each run of equal values begins and ends.

    >>> runs(["a", "a", "b"])
    [(0, 2, 'a'), (2, 3, 'b')]
    """
    found, at = [], 0
    for value, group in itertools.groupby(values):
        end = at + len(list(group))
        found.append((at, end, value))
        at = end
    return found


def _words(told: dict[str, Any]) -> str:
    known = sum(map(bool, told["true"]))
    wrong = sum(
        bool(one) and one != other for one, other in zip(told["true"], told["found"], strict=True)
    )
    share = words.percent(1 - wrong / known) if known else words.percent(math.nan)
    return f"{known} labelled steps, {wrong} of them mistaken ({share} right)."
