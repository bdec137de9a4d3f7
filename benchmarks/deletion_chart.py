"""The deletion curves as a chart: a panel for each data set, a line for each ranking."""

from typing import Any

from deletion import FRACTIONS, NAMES
from drawing import CARD, GRID, INK, MUTED, as_svg, start

WAY = "removed"
# Okabe and Ito's colours; each line has a dash of its own as well.
LINES: dict[str, tuple[str, Any]] = {
    "inputs": ("#0072b2", "-"),
    "integrated_unknown": ("#d55e00", (0, (5, 2))),
    "integrated": ("#e69f00", (0, (1, 1))),
    "gradient": ("#009e73", (0, (3, 1, 1, 1))),
    "writes": ("#56b4e9", (0, (6, 1, 1, 1))),
    "random": ("#8a8f98", (0, (2, 3))),
}
PICTURE = (
    "![Probability of the predicted class while words are removed, by ranking](images/deletion.svg)"
)


def drawn(result: dict[str, Any]) -> str:
    """Mean probability of the predicted class over the part of the words removed, as an SVG."""
    pyplot = start()
    sets = result["sets"]
    figure, panels = pyplot.subplots(
        1, len(sets), figsize=(4.8 * len(sets), 4.6), layout="constrained", squeeze=False
    )
    figure.set_facecolor(CARD)
    for axes, one in zip(panels[0], sets, strict=True):
        draw(axes, one)
    panels[0][0].set_ylabel("mean probability of the predicted class", color=MUTED)
    handles, _ = panels[0][0].get_legend_handles_labels()
    labels = [NAMES[method].strip("*") for method in LINES]
    figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False)
    return as_svg(figure)


def draw(axes: Any, one: dict[str, Any]) -> None:
    for method, (colour, dash) in LINES.items():
        axes.plot(100 * FRACTIONS, one["ways"][WAY]["curve"][method], color=colour, linestyle=dash,
                  linewidth=3.4 if method == "inputs" else 1.6, label=method,
                  zorder=3 if method == "integrated_unknown" else 2)  # fmt: skip
    axes.set_title(f"{one['data']}, {one['texts']} texts", loc="left", weight="bold", fontsize=12)
    axes.set_xlabel("% of the words removed, by rank", color=MUTED)
    axes.set_ylim(0, 1.02)
    axes.set_xlim(0, 100)
    axes.grid(color=GRID)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, labelcolor=INK)
    axes.spines[:].set_visible(False)
