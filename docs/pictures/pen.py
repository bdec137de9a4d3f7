"""Boxes, wires and letters that all drawings share, and a picture as a file of its own.

A unit is half an inch, so a drawing ten units wide is 360 wide as SVG, about a phone's width, where
its letters must stay legible.
"""

import re
from collections.abc import Sequence
from importlib import resources
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch, PathPatch, Polygon
from matplotlib.path import Path

from gatewise.report import svg
from gatewise.report.svg import ACCENT, INK, LINE, MUTED, QUIET, SECOND, SURFACE

__all__ = ["ACCENT", "INK", "LINE", "MUTED", "QUIET", "SECOND", "SMALL", "SURFACE", "Axes",
           "FancyBboxPatch", "Figure", "box", "dot", "drawn", "letters", "operation", "settings",
           "sheet", "standalone", "wire"]  # fmt: skip

UNIT = 0.5  # inches
WIDTH = 10.0  # units
CAPTION = 12  # room for the letters above a chart, in units of the SVG
MARGIN = 14  # of the card around a picture, in units of the SVG
SMALL, NORMAL, LARGE = 10.5, 12, 14  # of letters, in points
HEAD = 0.15  # of an arrow, in units
Point = tuple[float, float]


def sheet(height: float, width: float = WIDTH) -> tuple[Figure, Axes]:
    """An empty drawing whose axes are units from its lower left corner."""
    figure = Figure(figsize=(UNIT * width, UNIT * height), facecolor="none")
    axes = figure.add_axes((0, 0, 1, 1), facecolor="none")
    axes.set_xlim(0, width)
    axes.set_ylim(0, height)
    axes.axis("off")
    return figure, axes


def box(
    axes: Axes,
    centre: Point,
    text: str = "",
    below: str = "",
    *,
    size: Point = (1.1, 0.9),
    colour: str = ACCENT,
    strength: float = 0.14,
    bold: bool = True,
) -> None:
    """A rounded box with its letters in it, and smaller ones `below` them."""
    (x, y), (width, height) = centre, size
    for fill in (SURFACE, colour):  # what lies behind must not show through the tint
        axes.add_patch(
            FancyBboxPatch(
                (x - width / 2, y - height / 2),
                width,
                height,
                boxstyle="round,pad=0,rounding_size=0.14",
                facecolor=fill,
                edgecolor=colour,
                linewidth=1.5,
                alpha=None if fill == SURFACE else strength,
                zorder=3,
            )
        )
    axes.add_patch(
        FancyBboxPatch(
            (x - width / 2, y - height / 2),
            width,
            height,
            boxstyle="round,pad=0,rounding_size=0.14",
            facecolor="none",
            edgecolor=colour,
            linewidth=1.5,
            zorder=4,
        )
    )
    letters(axes, (x, y + (0.17 if below else 0)), text, bold=bold)
    if below:
        letters(axes, (x, y - 0.22), below, size=SMALL)


def letters(
    axes: Axes,
    at: Point,
    text: str,
    *,
    size: float = NORMAL,
    colour: str = INK,
    bold: bool = False,
    ha: str = "center",
) -> None:
    """Letters centred on a point, or beginning (`ha="left"`) or ending (`"right"`) there."""
    axes.text(
        *at, text, ha=ha, va="center_baseline", fontsize=size, color=colour, zorder=6,
        weight="bold" if bold else "normal",
    )  # fmt: skip


def operation(axes: Axes, centre: Point, sign: str, colour: str = INK) -> None:
    """A small circle with `×` or `+`."""
    axes.add_patch(
        Circle(centre, 0.27, facecolor=SURFACE, edgecolor=colour, linewidth=1.5, zorder=4)
    )
    x, y = centre
    arm = 0.12
    strokes: Sequence[tuple[Point, Point]] = [((-arm, 0), (arm, 0)), ((0, -arm), (0, arm))]
    if sign == "×":
        part = arm * 0.78
        strokes = [((-part, -part), (part, part)), ((-part, part), (part, -part))]
    for (x0, y0), (x1, y1) in strokes:
        axes.plot([x + x0, x + x1], [y + y0, y + y1], color=colour, linewidth=1.5, zorder=5)


def dot(axes: Axes, at: Point, colour: str = INK) -> None:
    """Where a wire branches."""
    axes.add_patch(Circle(at, 0.075, facecolor=colour, edgecolor="none", zorder=4))


def wire(
    axes: Axes,
    *points: Point,
    colour: str = INK,
    width: float = 1.5,
    head: bool = True,
    dashed: bool = False,
) -> None:
    """A line through points with rounded corners, and an arrow's head at its end."""
    stops = [*points]
    if head:
        stops[-1] = _towards(points[-1], points[-2], HEAD * 0.9)
        _head(axes, points[-2], points[-1], colour)
    codes, vertices = [Path.MOVETO], [stops[0]]
    for before, corner, after in zip(stops, stops[1:], stops[2:], strict=False):
        vertices += [_towards(corner, before, 0.18), corner, _towards(corner, after, 0.18)]
        codes += [Path.LINETO, Path.CURVE3, Path.CURVE3]
    axes.add_patch(
        PathPatch(
            Path([*vertices, stops[-1]], [*codes, Path.LINETO]),
            facecolor="none",
            edgecolor=colour,
            linewidth=width,
            zorder=2,
            linestyle=(0, (2, 2)) if dashed else "-",
            capstyle="butt",
            joinstyle="round",
        )
    )


def _towards(start: Point, end: Point, distance: float) -> Point:
    """The point at `distance` from `start` on the way to `end`, at most half of the way."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = (dx * dx + dy * dy) ** 0.5
    part = min(distance / length, 0.5)
    return start[0] + part * dx, start[1] + part * dy


def _head(axes: Axes, start: Point, tip: Point, colour: str) -> None:
    dx, dy = tip[0] - start[0], tip[1] - start[1]
    length = (dx * dx + dy * dy) ** 0.5
    dx, dy = dx / length * HEAD, dy / length * HEAD
    back = (tip[0] - 1.35 * dx, tip[1] - 1.35 * dy)
    side = 0.62
    corners = [tip, (back[0] - side * dy, back[1] + side * dx),
               (back[0] + side * dy, back[1] - side * dx)]  # fmt: skip
    axes.add_patch(Polygon(corners, closed=True, facecolor=colour, edgecolor="none", zorder=5))


def drawn(figure: Figure, name: str, title: str, description: str, caption: str = "") -> str:
    """A figure as a file of its own."""
    return standalone(str(svg.inline(figure, name, title, description)), caption)


def standalone(inline: str, caption: str = "") -> str:
    """An SVG for an HTML page as a file: on a card of its own, in the page's colours, with a
    caption above where the page has one beside it.

    The card makes it legible on any page, and where the reader's system is set to dark both it and
    the drawing are dark.
    """
    found = re.match(r'<svg class="chart" viewBox="0 0 ([\d.]+) ([\d.]+)"(.*?)>', inline)
    assert found is not None
    top = MARGIN + (CAPTION if caption else 0)
    width, height = float(found[1]) + 2 * MARGIN, float(found[2]) + MARGIN + top
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width * 4 / 3:g}" '
        f'height="{height * 4 / 3:g}" viewBox="{-MARGIN} {-top} {width:g} {height:g}"{found[3]}>'
    )
    card = (
        f'<rect x="{0.5 - MARGIN}" y="{0.5 - top}" width="{width - 1:g}" '
        f'height="{height - 1:g}" rx="8" fill="var(--surface)" stroke="var(--line)"/>'
    )
    if caption:
        card += (
            f'<text x="4" y="2" font-size="13" font-weight="600" fill="var(--ink)">{caption}</text>'
        )
    title_end = inline.index("</desc>") + len("</desc>")
    body = inline[title_end:]
    return (
        f"{head}{inline[found.end() : title_end]}<style>{_style()}</style>\n{card}\n{body}\n"
        f"<!-- drawn with matplotlib {matplotlib.__version__} -->\n"
    )


def _style() -> str:
    """The page's colours, light and dark, and its letters."""
    css = resources.files("gatewise.report").joinpath("templates/report.css").read_text("utf-8")
    light, dark = (
        re.sub(r"\s+", " ", " ".join(re.findall(r"--\w+: #\w+;", rules)))
        for rules in re.findall(r":root \{(.*?)\}", css, re.DOTALL)[:2]
    )
    family = re.search(r"--sans: (.*?);", css)
    assert family is not None
    return (
        f"svg{{{light}}}@media(prefers-color-scheme:dark){{svg{{{dark}}}}}"
        f"text{{font-family:{family[1]}}}"
    )


def settings() -> Any:
    """The style in which all pictures are drawn, as a context."""
    return svg.drawing()
