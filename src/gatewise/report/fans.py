"""Fan charts: a series' past, the quantiles of what comes, and what came."""

import datetime
import math
from typing import Any

from markupsafe import Markup

from gatewise.report import figures, svg, words


def fan(name: str, told: dict[str, Any]) -> Markup:
    """One forecast of a run's `forecasts`.

    The wide band is the 80% interval, the narrow one holds one half, the line is the median; what
    came is drawn on top.
    """
    from matplotlib.ticker import MaxNLocator

    times = [_time(one, told["dated"]) for one in told["times"]]
    target = [math.nan if value is None else value for value in told["target"]]
    origin = told["origin"]
    quantiles = list(zip(*told["quantiles"], strict=True))
    ahead = times[origin : origin + len(quantiles[0])]
    low, quarter, median, three, high = (line[: len(ahead)] for line in quantiles)
    with svg.drawing():
        figure, axes = figures.blank(2.6, left=0.13, right=0.97, bottom=0.42, top=0.42)
        axes.fill_between(ahead, low, high, color=svg.ACCENT, alpha=0.16, linewidth=0, label="80%")
        axes.fill_between(
            ahead, quarter, three, color=svg.ACCENT, alpha=0.28, linewidth=0, label="50%"
        )
        axes.plot(times, target, color=svg.INK, linewidth=1.4, label="measured")
        axes.plot(ahead, median, color=svg.ACCENT, linewidth=2.2, linestyle="--", label="median")
        axes.axvline(ahead[0], color=svg.MUTED, linewidth=1, linestyle=(0, (1, 2)))
        axes.yaxis.set_major_locator(MaxNLocator(5))
        _dates(axes, told["dated"])
        axes.grid(axis="y", linewidth=0.8)
        axes.margins(x=0.01)
        figures.key(figure, columns=4)
        title = f"Forecast of series {told['series']}"
        return svg.inline(figure, name, title, _words(told, median))


def _time(text: str, dated: bool) -> Any:
    return datetime.datetime.fromisoformat(text) if dated else int(text)


def _dates(axes, dated: bool) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
    from matplotlib.ticker import MaxNLocator

    if not dated:
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        return
    locator = AutoDateLocator(minticks=3, maxticks=6)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))


def _words(told: dict[str, Any], median: tuple[float, ...]) -> str:
    first, last = (words.number(value) for value in (median[0], median[-1]))
    return (
        f"The median goes from {first} to {last} in {len(median)} steps; sMAPE "
        f"{words.number(told['smape'], 3)}."
    )
