"""The cells from the inside, and one cell rolled up and unrolled through time."""

from pictures.pen import (
    ACCENT,
    LINE,
    MUTED,
    QUIET,
    SECOND,
    Axes,
    FancyBboxPatch,
    Figure,
    box,
    dot,
    letters,
    operation,
    sheet,
    wire,
)

THICK = 2.6  # of the wire that carries the memory


def unrolled() -> Figure:
    """The same cell twice: feeding itself, and step by step."""
    figure, axes = sheet(4.1)
    box(axes, (1.35, 2.05), "cell")
    wire(axes, (1.35, 0.75), (1.35, 1.6))
    wire(axes, (1.35, 2.5), (1.35, 3.35))
    wire(axes, (1.9, 2.05), (2.35, 2.05), (2.35, 2.95), (0.35, 2.95), (0.35, 2.05), (0.8, 2.05),
         colour=ACCENT, width=THICK)  # fmt: skip
    letters(axes, (1.35, 0.45), "x")
    letters(axes, (1.35, 3.65), "h")
    letters(axes, (3.05, 2.05), "=", size=18, colour=MUTED)
    places = [4.3, 6.0, 7.7]
    for number, x in enumerate(places, 1):
        index = "₁₂₃"[number - 1]
        box(axes, (x, 2.05), "cell")
        wire(axes, (x, 0.75), (x, 1.6))
        wire(axes, (x, 2.5), (x, 3.35))
        letters(axes, (x, 0.45), f"x{index}")
        letters(axes, (x, 3.65), f"h{index}")
        wire(axes, (x - (0.85 if number == 1 else 1.15), 2.05), (x - 0.55, 2.05), colour=ACCENT,
             width=THICK)  # fmt: skip
    wire(axes, (8.25, 2.05), (8.95, 2.05), colour=ACCENT, width=THICK)
    letters(axes, (9.4, 2.05), "…", size=16, colour=MUTED)
    return figure


def simple_rnn() -> Figure:
    """h = tanh(W [h₋₁, x] + b)."""
    figure, axes = sheet(3.9)
    _frame(axes, (1.6, 0.95), (8.4, 3.45))
    wire(axes, (0.9, 2.2), (4.15, 2.2), colour=ACCENT, width=THICK)
    box(axes, (5.0, 2.2), "tanh", "new state", size=(1.7, 1.0), colour=SECOND)
    wire(axes, (5.85, 2.2), (9.1, 2.2), colour=ACCENT, width=THICK)
    wire(axes, (5.0, 0.55), (5.0, 1.7))
    letters(axes, (0.5, 2.2), "h₋₁")
    letters(axes, (9.45, 2.2), "h")
    letters(axes, (5.0, 0.28), "x")
    return figure


def lstm() -> Figure:
    """The six equations as a circuit."""
    figure, axes = sheet(6.9)
    _frame(axes, (1.0, 0.95), (9.0, 6.35))
    memory, row, inputs = 5.7, 2.9, 1.55
    f, u, candidate, o, end = 2.15, 3.6, 5.2, 6.85, 8.3
    # the memory, all along the top
    wire(axes, (0.75, memory), (f - 0.27, memory), colour=ACCENT, width=THICK, head=False)
    wire(axes, (f + 0.27, memory), (candidate - 0.27, memory), colour=ACCENT, width=THICK,
         head=False)  # fmt: skip
    wire(axes, (candidate + 0.27, memory), (9.35, memory), colour=ACCENT, width=THICK)
    # what all gates see
    wire(axes, (0.75, inputs), (o, inputs), (o, row - 0.5))
    wire(axes, (1.4, 0.6), (1.4, inputs), head=False)
    dot(axes, (1.4, inputs))
    for x in (f, u, candidate):
        dot(axes, (x, inputs))
        wire(axes, (x, inputs), (x, row - 0.5))
    for x, name, what in ((f, "Γf", "forget"), (u, "Γu", "update"), (o, "Γo", "output")):
        box(axes, (x, row), name, what, size=(1.25, 1.0))
    box(axes, (candidate, row), "c̃", "candidate", size=(1.65, 1.0), colour=SECOND)
    # forget, then add what is new
    wire(axes, (f, row + 0.5), (f, memory - 0.27))
    operation(axes, (f, memory), "×")
    product = 4.5
    wire(axes, (u, row + 0.5), (u, product), (candidate - 0.27, product))
    wire(axes, (candidate, row + 0.5), (candidate, product - 0.27), colour=SECOND)
    operation(axes, (candidate, product), "×")
    wire(axes, (candidate, product + 0.27), (candidate, memory - 0.27), colour=SECOND)
    operation(axes, (candidate, memory), "+")
    # show a part of it
    dot(axes, (end, memory), ACCENT)
    wire(axes, (end, memory), (end, 4.85), colour=ACCENT)
    box(axes, (end, 4.5), "tanh", size=(1.1, 0.7), colour=QUIET, bold=False)
    wire(axes, (end, 4.15), (end, row + 0.27))
    wire(axes, (o + 0.625, row), (end - 0.27, row))
    operation(axes, (end, row), "×")
    wire(axes, (end, row - 0.27), (end, inputs), (9.35, inputs))
    letters(axes, (0.4, memory), "c₋₁")
    letters(axes, (9.65, memory), "c")
    letters(axes, (0.4, inputs), "h₋₁")
    letters(axes, (9.65, inputs), "h")
    letters(axes, (1.4, 0.32), "x")
    return figure


def gru() -> Figure:
    """One state, two gates: how much of the old one is kept, and how much the candidate sees."""
    figure, axes = sheet(6.1)
    _frame(axes, (1.0, 0.95), (9.0, 5.55))
    memory, row, inputs = 4.75, 2.75, 1.5
    r, candidate, z = 2.75, 5.0, 7.2
    wire(axes, (0.75, memory), (4.3, memory), colour=ACCENT, width=THICK)
    box(axes, (6.3, memory), "z ⊙ h₋₁ + (1 − z) ⊙ h̃", size=(4.0, 0.8), colour=QUIET, bold=False)
    wire(axes, (8.3, memory), (9.35, memory), colour=ACCENT, width=THICK)
    # what the gates see
    dot(axes, (1.4, memory), ACCENT)
    wire(axes, (1.4, memory), (1.4, inputs), (z, inputs), (z, row - 0.5))
    wire(axes, (1.9, 0.6), (1.9, inputs), head=False)
    dot(axes, (1.9, inputs))
    for x in (r, candidate):
        dot(axes, (x, inputs))
        wire(axes, (x, inputs), (x, row - 0.5))
    box(axes, (r, row), "r", "reset", size=(1.25, 1.0))
    box(axes, (z, row), "z", "update", size=(1.25, 1.0))
    box(axes, (candidate, row), "h̃", "candidate", size=(1.65, 1.0), colour=SECOND)
    # the candidate sees a part of the old state
    reset = 3.85
    dot(axes, (r, memory), ACCENT)
    wire(axes, (r, memory), (r, reset + 0.27), colour=ACCENT)
    wire(axes, (r, row + 0.5), (r, reset - 0.27))
    operation(axes, (r, reset), "×")
    wire(axes, (r + 0.27, reset), (3.75, reset), (3.75, row), (candidate - 0.825, row))
    wire(axes, (candidate, row + 0.5), (candidate, memory - 0.4), colour=SECOND)
    wire(axes, (z, row + 0.5), (z, memory - 0.4))
    letters(axes, (0.4, memory), "h₋₁")
    letters(axes, (9.65, memory), "h")
    letters(axes, (1.9, 0.32), "x")
    return figure


def _frame(axes: Axes, low: tuple[float, float], high: tuple[float, float]) -> None:
    """The cell's outline."""
    axes.add_patch(
        FancyBboxPatch(
            low,
            high[0] - low[0],
            high[1] - low[1],
            boxstyle="round,pad=0,rounding_size=0.3",
            facecolor=LINE,
            edgecolor=LINE,
            alpha=0.35,
            linewidth=0,
            zorder=0,
        )
    )
