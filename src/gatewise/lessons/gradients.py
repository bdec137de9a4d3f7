"""How much of the gradient is left, by how many steps it has travelled back."""

import math
from typing import Any

import numpy as np

from gatewise.insight import GradientFollower
from gatewise.lessons.networks import RECURRENT

POINTS = 60  # of a curve that is stored and drawn
PARTS = {"low": 0.1, "median": 0.5, "high": 0.9}  # quantiles over the sequences


def profile(follower: GradientFollower, x: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    """The gradient's norm against the time lag, as a part of its norm at the last step.

    Measured is ∂L/∂c_t of the LSTM and ∂L/∂h_t of the others: the state that carries the memory. A
    sequence's error is a factor of all its gradients, so the part that is left tells of the network
    alone, also where the error is almost 0.

    Args:
        follower: of a network of the lesson, compiled.
        x: [B, T, 2]. y: [B, 1].

    Returns:
        `state` ("c" or "h"), `lag` in steps and, at each lag, `median`, `low` and `high` over the
        sequences (half, 10% and 90% of them lie below), `half_life` in steps (None where the
        gradient does not fade) and `verdict`, a word.
    """
    flow = follower(x, y, batch_size=len(x))[RECURRENT]
    state, norms = ("h", flow.hidden) if flow.cell is None else ("c", flow.cell)
    norms = np.asarray(norms, "float64")[:, ::-1]
    left = norms / np.maximum(norms[:, :1], np.finfo("float64").tiny)  # [B, T], by lag
    lags = np.unique(np.linspace(0, left.shape[1] - 1, POINTS).round().astype(int))
    found = {name: np.quantile(left[:, lags], part, axis=0) for name, part in PARTS.items()}
    half_life = flow.by_lag("hidden" if state == "h" else "cell").half_life
    return {
        "state": state,
        "lag": lags.tolist(),
        **{name: [float(f"{value:.4g}") for value in line] for name, line in found.items()},
        "half_life": half_life if math.isfinite(half_life) else None,
        "verdict": flow.verdict,
    }
