"""What the charts share: the colours of the page, and an SVG that is equal for equal results."""

import io
import re
from typing import Any

INK, MUTED, GRID, CARD = "#1f2328", "#59636e", "#e4e7eb", "#ffffff"


def start() -> Any:
    """matplotlib's pyplot, set up for the charts here."""
    import matplotlib

    matplotlib.use("svg")
    # Equal results give an equal file.
    matplotlib.rcParams |= {"svg.hashsalt": "gatewise", "font.size": 11, "text.color": INK}
    matplotlib.rcParams["figure.constrained_layout.w_pad"] = 0.15
    matplotlib.rcParams["figure.constrained_layout.h_pad"] = 0.15
    from matplotlib import pyplot

    return pyplot


def as_svg(figure: Any) -> str:
    """The figure as text; it is closed."""
    from matplotlib import pyplot

    text = io.StringIO()
    figure.savefig(text, format="svg", facecolor=CARD, metadata={"Date": None, "Creator": None})
    pyplot.close(figure)
    return re.sub(r"[ \t]+\n", "\n", text.getvalue())
