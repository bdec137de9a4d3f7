"""Static pictures of what the page shows: every array of a layer as a heat map, PNG and SVG."""

import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gatewise import files
from gatewise.errors import ArgumentError
from gatewise.insight.memory import memory
from gatewise.report import words
from gatewise.report.look.colours import CHANNELS, colour_map
from gatewise.report.look.payload import ARRAYS, limits, rankings, titles
from gatewise.report.look.view import Look, Side

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, MUTED, LINE, ACCENT = "#1b1f24", "#586069", "#dcdeda", "#0b5cad"
FORMATS = ("png", "svg")
WIDTH, MAP_HEIGHT, INPUT_HEIGHT = 10.0, 1.7, 1.3  # inches
NAMED = 48  # steps at most that have their words written below
STYLE = {
    "svg.hashsalt": "gatewise", "svg.fonttype": "none", "font.size": 10, "text.color": INK,
    "text.parse_math": False, "axes.edgecolor": LINE, "axes.titlesize": 10, "axes.titlelocation":
    "left", "axes.labelcolor": MUTED, "xtick.color": MUTED, "ytick.color": MUTED,
    "figure.constrained_layout.use": True,
}  # fmt: skip


def write_pictures(look: Look, folder: str | Path) -> list[Path]:
    """Draw what a page shows as PNG and SVG, a picture for each input and layer.

    Args:
        look: what `write_look` or `see` gave.
        folder: made where it is not there; files of the same names are replaced.

    Returns: the files written.

    Raises: ArgumentError where `folder` is a file.

    >>> import keras, tempfile
    >>> from gatewise.report.look import see
    >>> model = keras.Sequential([keras.Input((None, 3)), keras.layers.GRU(4, name="gru")])
    >>> found = write_pictures(see(model, [np.ones((5, 3))]), tempfile.mkdtemp())
    >>> [path.name for path in found]
    ['input-1-gru.png', 'input-1-gru.svg']
    """
    import matplotlib.style

    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise ArgumentError(f"folder: expected a folder for the pictures, got the file {folder}.")
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    with matplotlib.style.context(["default", STYLE]), warnings.catch_warnings():
        # A text may be in letters that matplotlib's font lacks: boxes stand for them.
        warnings.filterwarnings("ignore", "Glyph", UserWarning)
        for number, side in enumerate(look.sides, 1):
            for name in side.layers:
                figure = _figure(look, side, name)
                stem = f"input-{number}-{re.sub(r'[^A-Za-z0-9_.]+', '-', name)}"
                found += [_save(figure, folder / f"{stem}.{form}") for form in FORMATS]
    return found


def _save(figure: "Figure", path: Path) -> Path:
    metadata: dict[str, Any] = {"Date": None} if path.suffix == ".svg" else {}
    with files.whole_file(path) as part:
        figure.savefig(part, format=path.suffix[1:], dpi=150, metadata=metadata, facecolor="white")
    return path


def _figure(look: Look, side: Side, name: str) -> "Figure":
    from matplotlib.figure import Figure

    layer = side.layers[name]
    arrays = ARRAYS[layer.kind]
    ranks = rankings(look, name)
    sort = next(iter(ranks))
    order = np.argsort(-np.asarray(ranks[sort]), kind="stable")
    heights = [INPUT_HEIGHT] + [MAP_HEIGHT] * len(arrays)
    figure = Figure(figsize=(WIDTH, sum(heights) + 0.8))
    axes = figure.subplots(len(heights), 1, sharex=True, height_ratios=heights)
    figure.suptitle(_title(side, titles(look)[name]), x=0.01, ha="left", fontsize=12)
    _input(axes[0], side, name)
    for place, (array, (symbol, told, _)) in zip(axes[1:], arrays.items(), strict=True):
        _map(place, layer.arrays[array][0][:, order].T, limits(look, name, array))
        place.set_title(f"{symbol}  {told}", color=INK)
    by = {"span": "memory span", "activity": "activity"}[sort]
    axes[1].set_ylabel(f"units by {by}")
    _steps(axes[-1], side)
    return figure


def _title(side: Side, layer: str) -> str:
    answer = side.answers.whole[0] if side.answers.whole else None
    told = ""
    if answer is not None:
        value = words.percent(answer.value) if answer.probability else words.number(answer.value)
        told = f": {words.excerpt(answer.name, 30)}, {value}"
    return f"{words.excerpt(side.shown.title, 60)}{told}    layer {layer}"


def _input(axes: "Axes", side: Side, name: str) -> None:
    """A series' channels, or for a text what the memory holds of each word at the end."""
    axes.spines[["top", "right"]].set_visible(False)
    T = side.end - side.start
    if side.shown.series is not None:
        values = side.shown.series[side.start : side.end]
        for channel in range(values.shape[1]):
            colour = CHANNELS["light"][channel % len(CHANNELS["light"])]
            axes.plot(np.arange(T), values[:, channel], color=colour, linewidth=1.1)
        axes.set_title("the series", color=INK)
        return
    if side.layers[name].kind == "SimpleRNN":
        axes.set_visible(False)
        return
    axes.bar(np.arange(T), 100 * memory(side.layers[name]).share[0], color=ACCENT, width=0.8)
    axes.set_title("share of the memory after the last step (%)", color=INK)


def _map(axes: "Axes", values: np.ndarray, ends: tuple[float, float]) -> None:
    """One array [U, T] with its colour bar."""
    image = axes.imshow(
        values, cmap=colour_map(ends[0] < 0), vmin=ends[0], vmax=ends[1], aspect="auto",
        interpolation="nearest",
    )  # fmt: skip
    axes.set_yticks([])
    bar = axes.figure.colorbar(image, ax=axes, pad=0.01, aspect=12)
    bar.outline.set_visible(False)


def _steps(axes: "Axes", side: Side) -> None:
    T = side.end - side.start
    axes.set_xlim(-0.5, T - 0.5)
    if side.shown.words is not None and T <= NAMED:
        axes.set_xticks(range(T), _step_names(side), rotation=60, ha="right")
        return
    axes.set_xlabel(f"step, from {side.start + 1}" if side.start else "step")
    places = [place for place in axes.get_xticks() if 0 <= place < T]
    axes.set_xticks(places, [f"{side.start + place + 1:,.0f}" for place in places])


def _step_names(side: Side) -> list[str]:
    """Each step's word, and its answer where it has one of its own."""
    shown = [words.excerpt(piece.surface, 14) for piece in side.shown.words or []]
    names = shown[side.start : side.end]
    if not side.answers.steps:
        return names
    return [
        f"{name or '␣'} → {words.excerpt(step[0].name, 14)}"
        for name, step in zip(names, side.answers.steps, strict=True)
    ]
