"""The charts of the look inside."""

import math
import statistics
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from gatewise.insight.remedies import VANISHED, share
from gatewise.report import svg, words
from gatewise.report.figures import blank, key
from gatewise.report.flow_figures import power

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = (svg.ACCENT, svg.SECOND, svg.QUIET, svg.INK)
DASHES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)))


def spans(name: str, title: str, layers: list[dict[str, Any]]) -> Markup | None:
    """Each layer's memory spans, a unit after the other, the shortest first, on a log scale."""
    if not layers:
        return None
    from matplotlib.ticker import LogLocator

    with svg.drawing():
        figure, axes = blank(3.05, left=0.125, right=0.97, bottom=0.5, top=0.42)
        for place, layer in enumerate(layers):
            axes.plot(
                range(1, len(layer["units"]) + 1),
                layer["units"],
                label=short(layer["layer"]),
                color=COLOURS[place % 4],
                linestyle=DASHES[place % 4],
                linewidth=2,
            )
        _logarithmic(axes)
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 3, 5), numticks=8))
        axes.set_xlabel("units, the most forgetful first", fontsize=11)
        key(figure)
        return svg.inline(figure, name, title, f"{'; '.join(map(_told, layers))}.")


def flow(name: str, title: str, layers: list[dict[str, Any]]) -> Markup | None:
    """What each layer carries back of a gradient, by steps back, on a log scale: the medians."""
    drawn = [layer for layer in layers if (layer.get("median") or [0])[0] > 0]
    if not drawn:
        return None
    with svg.drawing():
        figure, axes = blank(3.05, left=0.155, right=0.97, bottom=0.5, top=0.42)
        for place, layer in enumerate(drawn):
            medians = [value / layer["median"][0] or math.nan for value in layer["median"]]
            axes.plot(
                medians,
                label=short(layer["layer"]),
                color=COLOURS[place % 4],
                linestyle=DASHES[place % 4],
                linewidth=2,
            )
        axes.axhline(VANISHED, color=svg.INK, linewidth=1.2, linestyle=(0, (1, 1.5)))
        _logarithmic(axes)
        axes.set_xlabel("steps back from the last one", fontsize=11)
        key(figure)
        told = "; ".join(
            f"{short(layer['layer'])}: {share(layer['median'][-1] / layer['median'][0])} left "
            f"{len(layer['median']) - 1} steps back"
            for layer in drawn
        )
        return svg.inline(figure, name, title, f"{told}.")


def _logarithmic(axes: "Axes") -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(numticks=7))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda tick, _: power(tick)))
    axes.grid(axis="y", linewidth=0.8)


def _told(layer: dict[str, Any]) -> str:
    least, middle, most = (
        words.number(value, 2)
        for value in (layer["units"][0], statistics.median(layer["units"]), layer["units"][-1])
    )
    return f"{short(layer['layer'])} from {least} to {most} steps, median {middle}"


def short(path: str) -> str:
    """The last part of a layer's path, which names its direction.

    >>> short("network/bidirectional_lstm_1/forward_lstm_1")
    'forward lstm 1'
    """
    return words.excerpt(path.rpartition("/")[2].replace("_", " "), 30)
