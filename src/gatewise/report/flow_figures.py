"""The charts of the gradient flow: norms by lag on a logarithmic scale."""

import math
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from gatewise.insight.lags import ByLag
from gatewise.insight.layer_flow import LayerFlow
from gatewise.insight.remedies import EXPLODED, VANISHED, halving, share
from gatewise.report import svg, words
from gatewise.report.figures import blank, key

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# What lies further below the largest value is cut off: it would flatten the rest of the curve.
DECADES = 12


def transport(name: str, layer: LayerFlow) -> Markup:
    """What the layer carries back of a gradient that starts at its last states."""
    lags = layer.by_lag("transport")
    title = f"{layer.name}: what it carries back"
    told = (
        f"{share(layer.finding.kept)} of the gradient is left {layer.finding.steps} steps back; "
        f"half-life: {halving(layer.half_life)}."
    )
    with svg.drawing():
        figure, axes = blank(3.3, left=0.155, right=0.97, bottom=0.5, top=0.42)
        start = lags.median[0] if lags.median[0] > 0 else 1.0
        _band(axes, lags, svg.ACCENT, "median", scale=1 / start)
        for limit in (VANISHED, EXPLODED):
            axes.axhline(limit, color=svg.INK, linewidth=1.2, linestyle=(0, (1, 1.5)))
        if lags.usable < len(lags.lag) - 1:
            axes.axvline(lags.usable, color=svg.MUTED, linewidth=1.2, linestyle=(0, (1, 2)),
                         label="a quarter are as long")  # fmt: skip
        _scale(axes, lags, include=(VANISHED / 3, EXPLODED * 3), scale=1 / start)
        key(figure)
        return svg.inline(figure, name, title, told)


def loss(name: str, layer: LayerFlow) -> Markup:
    """The loss's gradient at the hidden states, and at an LSTM's cells."""
    lags = {"hidden state": layer.by_lag()}
    if layer.cell is not None:
        lags["cell state"] = layer.by_lag("cell")
    told = "; ".join(
        f"{state}: median norm {words.number(float(one.median[0]), 3)} at the last step, "
        f"{words.number(float(one.median[one.usable]), 3)} {one.usable} steps back"
        for state, one in lags.items()
    )
    with svg.drawing():
        figure, axes = blank(3.3, left=0.155, right=0.97, bottom=0.5, top=0.42)
        for state, one in lags.items():
            _band(axes, one, svg.ACCENT if state == "hidden state" else svg.SECOND, state)
        _scale(axes, *lags.values())
        key(figure)
        return svg.inline(figure, name, f"{layer.name}: the loss's gradient", f"{told}.")


def _band(axes: "Axes", lags: ByLag, colour: str, label: str, scale: float = 1.0) -> None:
    """The median, and a band from the tenth to the ninetieth hundredth of the rows."""
    first = colour == svg.ACCENT
    low, high = (_drawable(lags.quantiles[q] * scale) for q in (0.1, 0.9))
    axes.fill_between(lags.lag, low, high, color=colour, alpha=0.15, linewidth=0)
    axes.plot(
        lags.lag,
        _drawable(lags.median * scale),
        color=colour,
        label=label,
        linewidth=2,
        linestyle="-" if first else (0, (5, 2)),
        marker=("o" if first else "D") if len(lags.lag) <= 25 else None,
        markersize=4,
    )


def _drawable(values: np.ndarray) -> np.ndarray:
    """Without what a logarithmic scale has no place for."""
    return np.where(np.isfinite(values) & (values > 0), values, math.nan)


def _scale(axes: "Axes", *lags: ByLag, include: tuple[float, ...] = (), scale: float = 1.0) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

    drawn = [_drawable(one.quantiles[q] * scale) for one in lags for q in (0.1, 0.5, 0.9)]
    shown = np.concatenate([*drawn, np.array(include)])
    shown = shown[np.isfinite(shown)]
    axes.set_yscale("log")
    if len(shown):
        high = float(shown.max())
        axes.set_ylim(max(float(shown.min()), high * 10.0**-DECADES) / 1.5, high * 1.5)
    longest = max(len(one.lag) for one in lags)
    axes.set_xlim(-0.02 * longest, max(1, longest - 1) + 0.02 * longest)
    axes.xaxis.set_major_locator(MaxNLocator(7, integer=True, min_n_ticks=1))
    axes.yaxis.set_major_locator(LogLocator(numticks=7))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda tick, _: power(tick)))
    axes.grid(axis="y", linewidth=0.8)
    axes.set_xlabel("steps back from the last one", fontsize=11)


def power(value: float) -> str:
    """A power of ten as it is read.

    >>> power(0.01), power(1.0), power(1e-7)
    ('0.01', '1', '10⁻⁷')
    """
    if 1e-3 <= value <= 1e4:
        return f"{value:g}"
    exponent = str(round(math.log10(value)))
    return "10" + exponent.translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
