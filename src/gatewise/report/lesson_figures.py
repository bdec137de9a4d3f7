"""The lesson's charts: an example of the problem, the errors while training, the gradients."""

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from gatewise.report import svg, words
from gatewise.report.figures import blank, key

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Colour, dashes and marker all tell the cells apart.
LOOKS: dict[str, dict[str, Any]] = {
    "lstm": {"color": svg.ACCENT, "linestyle": "-", "marker": "o"},
    "gru": {"color": svg.SECOND, "linestyle": (0, (5, 2)), "marker": "D"},
    "simple_rnn": {"color": svg.INK, "linestyle": (0, (1.5, 1.5)), "marker": "s"},
}
FLOOR = 1e-12  # a gradient below this part of itself is not shown
NOTHING = 1e-300  # what a logarithmic axis takes for 0
ERRORS = (1.5e-3, 0.6)  # the errors' axis, the same at every length


def errors(name: str, length: int, networks: list[dict[str, Any]], found: dict) -> Markup:
    """The error on the validation examples over the training steps, a line for each cell.

    Args:
        name: starts the drawing's ids.
        length: T of the sequences.
        networks: those trained at this length.
        found: the lesson's results, whose `baseline` and `solved_below` are drawn as lines.
    """
    from matplotlib.ticker import FuncFormatter, MaxNLocator, NullLocator

    with svg.drawing():
        figure, axes = blank(3.05, left=0.125, right=0.97, bottom=0.5, top=0.42)
        level(axes, found["baseline"]["exact"], "always answering 1")
        level(axes, found["solved_below"], "solved")
        for one in networks:
            _error_line(axes, one)
        longest = max(one["curve"]["step"][-1] for one in networks)
        axes.set_xlim(0, longest * 1.04)
        axes.set_yscale("log")
        axes.set_ylim(*ERRORS)
        axes.set_yticks([0.003, 0.01, 0.03, 0.1, 0.3])
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter(FuncFormatter(lambda tick, _: f"{tick:g}"))
        axes.xaxis.set_major_locator(MaxNLocator(4, integer=True, steps=[1, 2, 5, 10]))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda tick, _: words.number(tick)))
        axes.grid(axis="y", linewidth=0.8)
        axes.set_xlabel("training steps", fontsize=11)
        key(figure)
        told = "; ".join(
            f"{one['name']} from {words.number(one['curve']['validation'][0], 3)} to "
            f"{words.number(min(one['curve']['validation']), 3)}"
            for one in networks
        )
        title = f"Mean squared error while training at length {length}"
        return svg.inline(figure, name, title, f"{told}.")


def _error_line(axes: "Axes", one: dict[str, Any]) -> None:
    """A cell's line, and at its end the marker: filled where the problem was solved."""
    look = LOOKS[one["cell"]]
    step, error = one["curve"]["step"], one["curve"]["validation"]
    shown = [min(max(value, ERRORS[0]), ERRORS[1]) for value in error]
    axes.plot(step, shown, linewidth=2, color=look["color"], linestyle=look["linestyle"])
    axes.plot(
        step[-1:],
        shown[-1:],
        linestyle="none",
        marker=look["marker"],
        markersize=8,
        markerfacecolor=look["color"] if one["solved"] else svg.SURFACE,
        markeredgecolor=look["color"],
        markeredgewidth=1.8,
        clip_on=False,
        zorder=5,
    )
    # In the key the line and its marker stand together.
    axes.plot(
        [],
        [],
        label=one["name"],
        linewidth=2,
        markersize=6,
        **look,
        markerfacecolor=look["color"] if one["solved"] else svg.SURFACE,
    )


def level(axes: "Axes", value: float, name: str) -> None:
    """A line across at a value, with its name in small letters below its right end."""
    axes.axhline(value, color=svg.MUTED, linewidth=1.4, zorder=1)
    axes.annotate(
        name,
        (1.0, value),
        xycoords=("axes fraction", "data"),
        xytext=(-2, -4),
        textcoords="offset points",
        ha="right",
        va="top",
        color=svg.MUTED,
        fontsize=10.5,
    )


def gradients(name: str, length: int, networks: list[dict[str, Any]], when: str) -> Markup:
    """What is left of the gradient by how many steps it has travelled back, a line for each cell.

    Args:
        name: starts the drawing's ids.
        length: T of the sequences.
        networks: those trained at this length.
        when: `"start"` or `"end"` of training.
    """
    from matplotlib.ticker import FuncFormatter, MaxNLocator, NullLocator

    with svg.drawing():
        figure, axes = blank(3.05, left=0.155, right=0.97, bottom=0.5, top=0.42)
        top = 1.0
        for one in networks:
            top = max(top, _gradient_line(axes, one, when))
        axes.set_xlim(0, length - 1)
        axes.set_yscale("log")
        axes.set_ylim(FLOOR, 4 * top)
        axes.set_yticks([10.0**power for power in range(-12, 16, 3) if 10.0**power < 4 * top])
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter(FuncFormatter(lambda tick, _: power(tick)))
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        axes.grid(axis="y", linewidth=0.8)
        axes.set_xlabel("steps back in time", fontsize=11)
        key(figure)
        moment = "before" if when == "start" else "after"
        told = "; ".join(
            f"{one['name']} {share(one['gradient'][when]['median'][-1])} left" for one in networks
        )
        title = f"Gradient against time lag {moment} training at length {length}"
        return svg.inline(figure, name, title, f"At the first step: {told}.")


def _gradient_line(axes: "Axes", one: dict[str, Any], when: str) -> float:
    """A cell's line with a band from 10% to 90% of the sequences; its largest value."""
    found, look = one["gradient"][when], LOOKS[one["cell"]]
    low, middle, high = (
        [max(value, NOTHING) for value in found[part]] for part in ("low", "median", "high")
    )
    axes.fill_between(found["lag"], low, high, color=look["color"], alpha=0.13, linewidth=0)
    places = [round(len(middle) * part) for part in (0.2, 0.5, 0.8)]
    axes.plot(
        found["lag"],
        middle,
        label=one["name"],
        linewidth=2,
        markersize=6,
        markevery=places,
        **look,
    )
    return max(high)


def example(name: str, numbers: list[float], marked: list[int]) -> Markup:
    """One sequence of the adding problem: a bar for each number, the two marked ones filled.

    Args:
        name: starts the drawing's ids.
        numbers: one at each step, 0 to 1.
        marked: the two marked steps.
    """
    with svg.drawing():
        figure, axes = blank(1.75, left=0.02, right=0.98, bottom=0.36, top=0.32)
        steps = range(len(numbers))
        axes.bar(steps, numbers, width=0.62, color=svg.LINE)
        axes.bar(marked, [numbers[step] for step in marked], width=0.62, color=svg.ACCENT)
        for step in marked:
            axes.text(step, numbers[step] + 0.05, f"{numbers[step]:.2f}", ha="center",
                      weight="bold", fontsize=11)  # fmt: skip
        axes.set_ylim(0, 1.05)
        axes.set_yticks([])
        axes.set_xlim(-0.6, len(numbers) - 0.4)
        axes.set_xticks([*marked, len(numbers) - 1], [*["marked"] * len(marked), "the end"])
        total = sum(numbers[step] for step in marked)
        told = f"{len(numbers)} numbers from 0 to 1, two of them marked; their sum is {total:.2f}."
        return svg.inline(figure, name, "A sequence of the adding problem", told)


def power(value: float) -> str:
    """A power of ten as one writes it.

    >>> power(1e-12), power(1.0), power(1000.0)
    ('10⁻¹²', '1', '10³')
    """
    exponent = f"{value:e}".partition("e")[2]
    raised = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return "1" if value == 1 else f"10{raised}"


def share(value: float) -> str:
    """A part of the gradient in words.

    >>> share(0.31), share(0.0042), share(3.2e-9), share(0.0), share(1.2), share(12_441.0)
    ('31%', '0.42%', '3 × 10⁻⁹', 'less than 10⁻¹²', '120%', '12,000 times as much')
    """
    if value < FLOOR:
        return f"less than {power(FLOOR)}"
    if value < 1e-4:
        digit, exponent = f"{value:.0e}".split("e")
        return f"{digit} × {power(float('1e' + exponent))}"
    if value >= 2:
        return f"{words.number(float(f'{value:.2g}'))} times as much"
    return f"{100 * value:.2g}%" if value < 0.995 else f"{100 * value:.0f}%"
