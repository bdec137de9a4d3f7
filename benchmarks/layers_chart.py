"""The chart of the layer benchmark: how many times faster a training step is."""

from typing import Any

from drawing import CARD, GRID, INK, MUTED, as_svg, start
from layers_figures import JAX, TORCH, compared
from layers_grid import CELLS, Shape

# Okabe and Ito's colours; each peer has a shape of its own as well, the masked one is open.
SERIES = (
    (JAX, "Keras-JAX", "training", "o", "#0072b2", "Keras on JAX"),
    (JAX, "Keras-JAX", "masked", "o", "#0072b2", "Keras on JAX, masked, a quarter real"),
    (JAX, "Keras-TF", "training", "D", "#cc79a7", "Keras on TensorFlow"),
    (TORCH, "Keras-torch", "training", "s", "#d55e00", "Keras on torch"),
    (TORCH, "torch.nn", "training", "^", "#009e73", "torch.nn"),
)
TICKS = (0.5, 1, 2, 5, 10, 20, 50, 100)


def drawn(grid: dict[str, Any]) -> str:
    """As an SVG: a line for each shape, a panel for each cell, a mark for each peer."""
    pyplot = start()
    shapes = ordered(grid)
    figure, panels = pyplot.subplots(
        1, len(CELLS), figsize=(11, 2.2 + 0.34 * len(shapes)), layout="constrained", sharex=True,
        sharey=True,
    )  # fmt: skip
    figure.set_facecolor(CARD)  # a card of its own on a dark page
    for axes, cell in zip(panels, CELLS, strict=True):
        finish(axes, cell, shapes)
        for series in SERIES:
            draw(axes, grid, cell, shapes, series)
    panels[0].set_ylabel("B, T, I, U", color=MUTED)
    limits(panels[0])
    figure.suptitle(
        "Training step: how many times as long as Gatewise each takes", x=0.01, ha="left",
        weight="bold", fontsize=13,
    )  # fmt: skip
    legend(figure)
    return as_svg(figure)


def ordered(grid: dict[str, Any]) -> list[Shape]:
    """The shapes measured, fewest units first."""
    found = {Shape.read(row["shape"]) for row in grid["rows"]}
    return sorted(found, key=lambda one: (one.U, one.B, one.T), reverse=True)


def draw(axes: Any, grid: dict[str, Any], cell: str, shapes: list[Shape], series: tuple) -> None:
    ours, peer, mode, marker, colour, _ = series
    rows = [one for one in compared(grid, ours, peer, mode) if one["cell"] == cell]
    heights = [shapes.index(Shape.read(one["shape"])) for one in rows]
    axes.plot([one["ratio"] for one in rows], heights, **look(marker, colour, mode))


def look(marker: str, colour: str, mode: str) -> dict[str, Any]:
    masked = mode == "masked"
    return {
        "linestyle": "",
        "marker": marker,
        "markersize": 8,
        "markerfacecolor": CARD if masked else colour,
        "markeredgecolor": colour if masked else CARD,
        "markeredgewidth": 1.8 if masked else 0.8,
        "zorder": 3,
    }


def finish(axes: Any, cell: str, shapes: list[Shape]) -> None:
    axes.set_title(cell, loc="left", fontsize=11, color=INK)
    axes.set_xscale("log")
    axes.axvline(1, color=MUTED, linewidth=1.2, zorder=1)
    axes.set_yticks(range(len(shapes)), [f"{s.B}, {s.T}, {s.I}, {s.U}" for s in shapes])
    axes.set_ylim(-0.6, len(shapes) - 0.4)
    axes.grid(axis="both", color=GRID)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, which="both", labelcolor=INK)
    axes.spines[:].set_visible(False)
    axes.set_xlabel("times (1: as fast as Gatewise)", color=MUTED)


def limits(axes: Any) -> None:
    """Ticks that read as numbers, with 1 always in sight; the panels share them."""
    low, high = axes.get_xlim()
    axes.set_xlim(min(low, 0.8), max(high, 2.5))
    axes.set_xticks(TICKS, [f"{tick:g}×" for tick in TICKS], minor=False)
    axes.minorticks_off()
    low, high = min(low, 0.8), max(high, 2.5)
    axes.set_xlim(low, high)


def legend(figure: Any) -> None:
    from matplotlib.lines import Line2D

    marks = {
        label: Line2D([], [], **look(marker, colour, mode))
        for _, _, mode, marker, colour, label in SERIES
    }
    figure.legend(marks.values(), marks.keys(), loc="outside lower center", ncols=5, frameon=False,
                  fontsize=10, columnspacing=1.2, handletextpad=0.2)  # fmt: skip
