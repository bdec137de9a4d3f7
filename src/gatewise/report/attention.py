"""Attention drawn: which of the source each written token looked at."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from gatewise import files
from gatewise.report import svg
from gatewise.report.look.colours import CHANNELS
from gatewise.report.page import render

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INCHES = 4.6  # width of a figure, about a phone's
CELL = 0.26  # inches of a row
ABOVE = {False: 0.4, True: 1.2}  # and of the letters above, short ones and slanted ones
PICTURE = CHANNELS["light"][0]  # a picture has no page to take its colour from
MOST_READ = 60  # tokens of a source that are drawn


def heat_map(name: str, told: dict[str, Any]) -> Markup:
    """One source and what was written for it, for a page.

    Args:
        name: starts each id of the drawing.
        told: `read` `[S]`, `written` `[T]` and `weights` `[T, S]`.
    """
    with svg.drawing():
        title = f"Attention while writing {' '.join(told['written'][:-1])}"
        return svg.inline(_figure(told), name, title, _words(told))


def _figure(told: dict[str, Any], colour: str = svg.ACCENT) -> "Figure":
    from matplotlib.colors import to_rgba
    from matplotlib.figure import Figure

    read, written = told["read"][:MOST_READ], told["written"]
    long = max(map(len, read)) > 2
    height = CELL * len(written) + ABOVE[long]
    figure = Figure(figsize=(INCHES, height), facecolor="none")
    axes = figure.add_axes((0.16, 0.02, 0.82, 0.98 - ABOVE[long] / height), facecolor="none")
    for row, weights in enumerate(told["weights"]):
        shades = [to_rgba(colour, weight) for weight in weights[:MOST_READ]]
        places = range(len(shades))
        axes.barh(row, [1.0] * len(shades), left=places, height=1.0, color=shades, linewidth=0)
    axes.set_xlim(0, len(read))
    axes.set_ylim(len(written) - 0.5, -0.5)
    axes.xaxis.tick_top()
    axes.set_xticks([place + 0.5 for place in range(len(read))], read,
                    rotation=60 if long else 0, ha="left" if long else "center")  # fmt: skip
    axes.set_yticks(range(len(written)), written)
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    return figure


def _words(told: dict[str, Any]) -> str:
    most = (max(range(len(row)), key=row.__getitem__) for row in told["weights"])
    pairs = zip(told["written"], most, strict=True)
    looked = ", ".join(f"{token} at {told['read'][place]}" for token, place in pairs)
    return f"Each written token and the one read that it looked at most: {looked}."


def write_attention(found: list[dict[str, Any]], path: str | Path) -> None:
    """A page with one heat map for each source, whole or not at all.

    Args:
        found: for each source `source`, `answer`, `probability`, `read`, `written`, `weights`.
        path: of the page.
    """
    drawn = [one | {"figure": heat_map(f"attention-{n}", one)} for n, one in enumerate(found, 1)]
    files.write_text(path, render("attention.html", {"drawn": drawn}))


def write_pictures(found: list[dict[str, Any]], folder: str | Path) -> None:
    """The same as PNG files, `attention-1.png` and on."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for number, one in enumerate(found, 1):
        with svg.drawing(), files.whole_file(folder / f"attention-{number}.png") as part:
            _figure(one, PICTURE).savefig(part, format="png", dpi=150, facecolor="white")
