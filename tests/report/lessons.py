"""Lesson results made up for tests: who solves what, and how the gradients fade, is set by hand."""

from typing import Any

NAMES = {"simple_rnn": "simple RNN", "gru": "GRU", "lstm": "LSTM"}


def network(
    cell: str,
    length: int,
    *,
    error: float,
    fades: float = 0.0,
    interrupted: bool = False,
    steps: int = 200,
) -> dict[str, Any]:
    """Results of one network; its gradient at the first step is 10 to the power of -`fades`."""
    curve = [round(0.17 + (error - 0.17) * n / (steps // 50), 5) for n in range(1, steps // 50 + 1)]
    lags = sorted({round(n * (length - 1) / 20) for n in range(21)})
    line = [10 ** (-fades * lag / max(length - 1, 1)) for lag in lags]
    gradient = {
        "state": "c" if cell == "lstm" else "h",
        "lag": lags,
        "low": [value / 2 for value in line],
        "median": line,
        "high": [2 * value for value in line],
        "half_life": 0.30103 * (length - 1) / fades if fades else None,
        "verdict": "vanishing" if fades > 3 else "healthy",
    }
    return {
        "cell": cell,
        "name": NAMES[cell],
        "length": length,
        "weights": 1_000,
        "budget": 200,
        "interrupted": interrupted,
        "seconds": 12.5,
        "curve": {"step": [50 * n for n in range(1, len(curve) + 1)], "training": curve,
                  "validation": curve},
        "best_step": steps,
        "test_error": error,
        "solved": error < 0.01,
        "gradient": {"start": gradient, "end": gradient},
    }  # fmt: skip


def lesson(*networks: dict[str, Any], finished: bool = True, lengths: tuple = ()) -> dict[str, Any]:
    """The results of a lesson with these networks."""
    lengths = lengths or tuple(sorted({one["length"] for one in networks}))
    return {
        "lesson": "vanishing-gradient",
        "gatewise": "0.1.0",
        "date": "2026-03-04T09:05:00+00:00",
        "options": {
            "lengths": [*lengths],
            "cells": [*dict.fromkeys(one["cell"] for one in networks)] or [*NAMES],
            "seed": 0, "steps": 200, "units": 32, "batch_size": 32, "learning_rate": 0.005,
        },
        "clip": 1.0,
        "solved_below": 0.01,
        "test_sequences": 2_000,
        "baseline": {"exact": 1 / 6, "measured": {str(one): 0.1665 for one in lengths}},
        "finished": finished,
        "networks": [*networks],
    }  # fmt: skip


def classic() -> dict[str, Any]:
    """As the textbooks have it: the gates reach far, the simple cell does not."""
    return lesson(
        network("simple_rnn", 50, error=0.006, fades=1.0),
        network("lstm", 50, error=0.004, fades=0.5),
        network("simple_rnn", 400, error=0.1668, fades=18.0),
        network("lstm", 400, error=0.004, fades=0.6),
    )
