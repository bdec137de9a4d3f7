"""The charts of the look inside."""

import statistics
from typing import Any

from markupsafe import Markup

from gatewise.report import svg, words
from gatewise.report.figures import blank, key

COLOURS = (svg.ACCENT, svg.SECOND, svg.QUIET, svg.INK)
DASHES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)))


def spans(name: str, title: str, layers: list[dict[str, Any]]) -> Markup | None:
    """Each layer's memory spans, a unit after the other, the shortest first, on a log scale."""
    if not layers:
        return None
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
        axes.set_yscale("log")
        axes.grid(axis="y", linewidth=0.8)
        axes.set_xlabel("units, the most forgetful first", fontsize=11)
        key(figure)
        return svg.inline(figure, name, title, f"{'; '.join(map(_told, layers))}.")


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
