"""The adding problem: which two of many numbers were marked, and what is their sum?

Source: S. Hochreiter and J. Schmidhuber, "Long Short-Term Memory", Neural Computation 9(8), 1997,
section 5.4. This is the simpler form that later work uses, for instance M. Arjovsky, A. Shah and
Y. Bengio, "Unitary Evolution Recurrent Neural Networks", ICML 2016, section 5.2: numbers from 0 to
1, one length, a marker in each half, the plain sum as the answer.
"""

import numpy as np

from gatewise.errors import ArgumentError

CHANNELS = 2  # the number and its marker
SHORTEST = 2  # steps; a marker needs a half of its own

# What always answering 1 costs: the variance of the sum of two independent uniform numbers,
# 2 · 1/12. Arjovsky et al. print it as 0.167. The 0.1767 of S. Bai, J. Z. Kolter and V. Koltun,
# arXiv:1803.01271 (section 4.1 and its code), which others repeat, belongs to no form of the
# problem that they state; their own data generator gives 1/6.
BASELINE = 1 / 6


def adding_problem(
    count: int, length: int, seed: int | tuple[int, ...] = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Fresh examples of the adding problem.

    Args:
        count: B, number of sequences, 1 or more.
        length: T, steps of each, 2 or more.
        seed: equal seeds give equal examples; a tuple keeps several streams apart. Default: 0.

    Returns:
        `(x, y)`, float32: `x` [B, T, 2] holds at each step a number from 0 to 1 and a marker, which
        is 1 at one step of each half and else 0; `y` [B, 1] is the sum of the two marked numbers.

    Raises:
        ArgumentError: `count` or `length` is too small.

    Example:
        >>> x, y = adding_problem(3, 8)
        >>> x.shape, y.shape, x[..., 1].sum(axis=1).tolist()
        ((3, 8, 2), (3, 1), [2.0, 2.0, 2.0])
        >>> bool(np.allclose((x[..., 0] * x[..., 1]).sum(axis=1, keepdims=True), y))
        True
    """
    if count < 1:
        raise ArgumentError(f"count: expected 1 or more sequences, got {count}.")
    if length < SHORTEST:
        raise ArgumentError(
            f"length: expected {SHORTEST} steps or more, one to mark in each half, got {length}."
        )
    random = np.random.default_rng(seed)
    numbers = random.random((count, length), "float32")
    rows, half = np.arange(count), length // 2
    markers = np.zeros_like(numbers)
    markers[rows, random.integers(0, half, count)] = 1
    markers[rows, random.integers(half, length, count)] = 1
    answers = (numbers * markers).sum(axis=1, keepdims=True)
    return np.stack([numbers, markers], axis=-1), answers


def baseline(answers: np.ndarray) -> float:
    """The mean squared error of always answering 1, measured on these answers [B, 1].

    >>> _, answers = adding_problem(50_000, 2)
    >>> abs(baseline(answers) - BASELINE) < 0.003
    True
    """
    return float(np.mean((np.asarray(answers, "float64") - 1) ** 2))
