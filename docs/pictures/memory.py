"""What gates do, what a mask does, and what multiplying many times does: small computed charts."""

import numpy as np

from pictures.pen import (
    ACCENT,
    INK,
    LINE,
    MUTED,
    QUIET,
    SECOND,
    SMALL,
    Axes,
    Figure,
    box,
    letters,
    sheet,
    wire,
)

NUMBERS = [0.3, 0.8, 0.5, 0.2, 0.9, 0.4, 0.6, 0.1, 0.7, 0.5, 0.3, 0.6]
MARKED = [2, 8]


def by_hand() -> Figure:
    """An LSTM of one unit with weights set by hand, recorded while it adds two marked numbers.

    Its update gate opens where the marker is 1, its forget gate keeps everything; what lies in the
    cell is then the sum of the two candidates, tanh of the marked numbers.
    """
    import gatewise as gw

    model = _adder(gw)
    x = np.zeros((1, len(NUMBERS), 2), "float32")
    x[0, :, 0], x[0, MARKED, 1] = NUMBERS, 1
    recording = gw.record(model, x)["adder"]
    gates = {name: np.asarray(getattr(recording, name))[0, :, 0]
             for name in ("update", "forget", "cell")}  # fmt: skip
    figure = Figure(figsize=(5, 3.7), facecolor="none")
    rows = figure.subplots(4, 1, sharex=True, height_ratios=[1.25, 0.8, 0.8, 1.4])
    figure.subplots_adjust(left=0.215, right=0.97, top=0.97, bottom=0.115, hspace=0.35)
    steps = np.arange(1, len(NUMBERS) + 1)
    colours = [ACCENT if step - 1 in MARKED else LINE for step in steps]
    rows[0].bar(steps, NUMBERS, width=0.6, color=colours)
    for step in MARKED:
        rows[0].text(step + 1, NUMBERS[step] + 0.06, f"{NUMBERS[step]:.1f}", ha="center",
                     fontsize=SMALL, weight="bold")  # fmt: skip
    _stairs(rows[1], steps, gates["update"], SECOND)
    _stairs(rows[2], steps, gates["forget"], SECOND)
    _stairs(rows[3], steps, gates["cell"], ACCENT)
    rows[3].text(steps[-1] + 0.45, gates["cell"][-1] - 0.12, f"{gates['cell'][-1]:.2f}",
                 ha="right", va="top", fontsize=SMALL, weight="bold", color=ACCENT)  # fmt: skip
    for axes, name, top in zip(
        rows, ["input, two\nmarked", "update Γu", "forget Γf", "cell c"], [1.2, 1.1, 1.1, 1.35],
        strict=True,
    ):  # fmt: skip
        axes.set_ylim(0, top)
        axes.set_yticks([0, 1])
        axes.set_facecolor("none")
        axes.set_ylabel(name, rotation=0, ha="right", va="center", labelpad=14, fontsize=11)
        axes.grid(axis="y", linewidth=0.8)
        axes.tick_params(length=0)
    rows[3].set_xticks(steps[::1])
    rows[3].set_xlabel("step", fontsize=11)
    return figure


def _adder(gw):
    """A model whose LSTM of one unit adds what is marked."""
    import keras

    layer = gw.layers.LSTM(1, name="adder")
    model = keras.Sequential([keras.Input((None, 2)), layer])
    # columns: update, forget, candidate, output; rows: the number, its marker
    kernel = np.array([[0.0, 0.0, 1.0, 0.0], [24.0, 0.0, 0.0, 0.0]], "float32")
    bias = np.array([-12.0, 12.0, 0.0, 12.0], "float32")
    layer.set_weights([kernel, np.zeros((1, 4), "float32"), bias])
    return model


def _stairs(axes: Axes, steps: np.ndarray, values: np.ndarray, colour: str) -> None:
    """A value held at each step; a gate's area filled."""
    edges = np.arange(len(steps) + 1) + 0.5
    axes.stairs(values, edges, color=colour, linewidth=2)
    axes.stairs(values, edges, color=colour, alpha=0.15, fill=True)


def powers() -> Figure:
    """What is left after multiplying by the same number again and again."""
    from matplotlib.ticker import FuncFormatter, NullLocator

    from gatewise.report.figures import blank
    from gatewise.report.lesson_figures import power

    figure, axes = blank(2.9, left=0.15, right=0.78, bottom=0.5, top=0.12)
    steps = np.arange(101)
    looks = {1.1: (SECOND, (0, (5, 2))), 1.0: (INK, "-"), 0.9: (ACCENT, "-"), 0.8: (QUIET, "-")}
    for factor, (colour, dashes) in looks.items():
        line = factor**steps
        axes.plot(steps, line, color=colour, linestyle=dashes, linewidth=2.2)
        axes.annotate(f"× {factor}", (100, line[-1]), xytext=(8, 0), textcoords="offset points",
                      va="center", color=colour, fontsize=12, weight="bold")  # fmt: skip
    axes.set_yscale("log")
    axes.set_xlim(0, 100)
    axes.set_ylim(1e-11, 1e6)
    axes.set_yticks([1e-10, 1e-5, 1, 1e5])
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda tick, _: power(tick)))
    axes.grid(axis="y", linewidth=0.8)
    axes.set_xlabel("times multiplied", fontsize=11)
    return figure


def mask() -> Figure:
    """Three texts of different lengths in one batch, filled up with padding."""
    figure, axes = sheet(4.6)
    texts = [["you", "won", "a", "prize"], ["see", "you"], ["call", "me", "now"]]
    for number, words in enumerate(texts):
        y = 3.5 - 1.1 * number
        for place in range(4):
            real = place < len(words)
            text = words[place] if real else "0"
            colour, strength = (ACCENT, 0.14) if real else (LINE, 0.3)
            box(axes, (1.25 + 1.5 * place, y), text, size=(1.3, 0.75), colour=colour,
                strength=strength, bold=False)  # fmt: skip
        wire(axes, (6.55, y), (7.35, y))
        letters(axes, (7.5, y), f"h after step {len(words)}", size=11, ha="left")
    letters(axes, (0.6, 4.25), "step 1", size=SMALL, colour=MUTED, ha="left")
    for place in range(1, 4):
        letters(axes, (1.25 + 1.5 * place, 4.25), f"{place + 1}", size=SMALL, colour=MUTED)
    letters(axes, (0.6, 0.45), "0 is padding: the mask says so, and the state stays as it was.",
            size=11, colour=MUTED, ha="left")  # fmt: skip
    return figure
