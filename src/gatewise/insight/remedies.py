"""What a layer's gradient flow means and what to do about it, in words."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

VERDICTS = ("healthy", "vanishing", "exploding")  # from best to worst

# Of the gradient at the last step, what is left at the farthest one: docs/gradients.md says why.
VANISHED = 0.01
EXPLODED = 100.0
# A recurrent kernel whose largest singular value lies outside shrinks or stretches by itself.
SHRINKS, STRETCHES = 0.9, 1.1


@dataclass(frozen=True)
class Finding:
    """What is known of a layer's gradient flow, of the transport unless said otherwise."""

    kind: str  # "LSTM", "GRU" or "SimpleRNN"
    steps: int  # the largest usable lag
    medians: np.ndarray  # of lags 0..steps
    half_life: float  # in steps
    finite: bool = True  # whether every norm is a finite number
    fed: bool = False  # whether the loss reaches far steps about as strongly as near ones
    recurrent_norm: float = 1.0  # the largest singular value of the state's recurrent kernel
    clipped: bool = False  # whether the optimizer clips gradients

    @property
    def kept(self) -> float:
        """The part of the gradient at lag 0 that is left at the largest usable lag."""
        return _part(self.medians[-1], self.medians[0])

    @property
    def peak(self) -> float:
        """The largest median, as a multiple of that at lag 0."""
        return _part(self.medians.max(), self.medians[0])


def verdict_of(finding: Finding) -> str:
    """One of VERDICTS: by what is left at the farthest step, and by the largest on the way there.

    >>> verdict_of(Finding("GRU", 2, np.array([1.0, 0.1, 0.001]), 0.2))
    'vanishing'
    """
    if not finding.finite or finding.peak > EXPLODED:
        return "exploding"
    return "vanishing" if finding.kept < VANISHED else "healthy"


def worst(verdicts: Sequence[str]) -> str:
    """The worst of some verdicts."""
    return max(verdicts, key=VERDICTS.index)


def remedies_of(finding: Finding) -> list[str]:
    """What to do, the most promising first; nothing where the layer is healthy."""
    found = {"vanishing": _against_vanishing, "exploding": _against_exploding}
    return found.get(verdict_of(finding), lambda _: [])(finding)


def _against_vanishing(finding: Finding) -> list[str]:
    steps, half_life = finding.steps, finding.half_life
    bias = math.log(max(steps, 2))
    said = []
    if finding.fed:
        said.append(
            "The loss reaches steps far back directly, as it does below pooling: leave the layer "
            f"as it is unless an answer must connect what lies more than {reach(half_life)} apart."
        )
    if finding.kind == "SimpleRNN":
        said.append(
            "Use an LSTM or a GRU: their gates carry the state from step to step, where a simple "
            "RNN multiplies it by the same matrix at every step."
        )
    if finding.kind == "LSTM":
        said.append(
            f"Start the forget gate's bias near {bias:.1f}, the log of {steps} steps (chrono "
            "initialisation, Tallec and Ollivier 2018), so that the cell keeps what it holds; "
            "Keras starts it at 1, which keeps 73% a step."
        )
    if finding.kind == "GRU":
        said.append(
            f"Start the update gate's bias near {bias:.1f}, the log of {steps} steps (chrono "
            "initialisation, Tallec and Ollivier 2018): in Keras's GRU an open update gate keeps "
            "the state; it starts at 0, which keeps half a step."
        )
    if finding.recurrent_norm < SHRINKS and finding.kind == "SimpleRNN":
        said.append(
            "Start the recurrent weights orthogonal (recurrent_initializer='orthogonal'): they "
            f"shrink every gradient to {finding.recurrent_norm:.2g} of it a step or less."
        )
    said.append(
        f"Shorten the way: the gradient reaches back {reach(half_life)} of {steps}, so pool over "
        "the steps instead of reading the last state, read both ways, or feed shorter sequences. "
        "A larger learning rate does not help, since it enlarges near and far alike."
    )
    return said


def _against_exploding(finding: Finding) -> list[str]:
    said = []
    if not finding.clipped:
        said.append(
            "Clip the gradient (clipnorm=1.0 in the optimizer; Pascanu et al. 2013), so that one "
            "batch cannot throw the weights far away."
        )
    if finding.recurrent_norm > STRETCHES:
        said.append(
            "Start the recurrent weights orthogonal (recurrent_initializer='orthogonal') or scale "
            f"them down: their largest singular value is {finding.recurrent_norm:.2g}, where 1 "
            "holds a gradient's size."
        )
    if finding.kind == "SimpleRNN":
        said.append("Use an LSTM or a GRU, whose gates bound what is carried from step to step.")
    said.append(
        "Train with a smaller learning rate, so that the recurrent weights do not grow as far"
        + (" between one clipped step and the next." if finding.clipped else ".")
    )
    # Truncated to a step or less, a layer would learn no more than without recurrence.
    if 1 < (steps := _steps_within(finding)) < finding.steps:
        said.append(
            f"Truncate the sequences: the gradient stays within {EXPLODED:g} times its size over "
            f"the last {steps} of {finding.steps} steps."
        )
    return said


def _steps_within(finding: Finding) -> int:
    """The largest lag up to which the gradient has not exploded."""
    with np.errstate(invalid="ignore"):
        within = finding.medians <= EXPLODED * finding.medians[0]
    return len(within) - 1 if within.all() else int(np.argmin(within)) - 1


def reach(half_life: float) -> str:
    """The steps after which a hundredth is left, in words.

    >>> reach(2.0), reach(0.01), reach(math.inf)
    ('13 steps', '1 step', 'any number of steps')
    """
    if math.isinf(half_life):
        return "any number of steps"
    steps = max(1, round(half_life * -math.log2(VANISHED)))
    return f"{steps:,} step{'s' * (steps != 1)}"


def table(findings: Mapping[str, Finding]) -> str:
    """The layers side by side, and below them what to do about each."""
    head = ("layer", "cell", "gradient halves in", "left at the far end", "verdict")
    rows = [head] + [
        (name, one.kind, halving(one.half_life), left(one), verdict_of(one))
        for name, one in findings.items()
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    for name, one in findings.items():
        if said := remedies_of(one):
            lines += ["", f"{name} is {verdict_of(one)}:", *(f"- {remedy}" for remedy in said)]
    return "\n".join(lines)


def halving(half_life: float) -> str:
    """A half-life in words.

    >>> halving(2.5), halving(math.inf)
    ('2.5 steps', 'does not fade')
    """
    return "does not fade" if math.isinf(half_life) else f"{half_life:,.3g} steps"


def left(finding: Finding) -> str:
    """What is left at the far end, in words.

    >>> left(Finding("GRU", 1, np.array([1.0, 0.25]), 0.5))
    '25% after 1 step'
    """
    steps = f"{finding.steps:,} step{'s' * (finding.steps != 1)}"
    if not math.isfinite(finding.kept):
        return f"no finite number after {steps}"
    return f"{share(finding.kept)} after {steps}"


def share(part: float) -> str:
    """A part or a multiple in words.

    >>> share(0.25), share(1e-9), share(1234.0)
    ('25%', '1e-09', '1,234 times')
    """
    if part > 1.005:
        return f"{part:,.0f} times" if 100 <= part < 1e6 else f"{part:.2g} times"
    return f"{part:.1g}" if part < 1e-4 else f"{100 * part:.3g}%"


def _part(value: float, of: float) -> float:
    """A ratio of norms; of nothing, 0."""
    return float(value / of) if of > 0 or np.isnan(of) else 0.0
