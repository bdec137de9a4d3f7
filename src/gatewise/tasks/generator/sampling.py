"""Which token comes next: drawn from the model's scores, as warm and as wide as one likes."""

from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

import numpy as np

from gatewise.errors import ArgumentError


def whole_number(value: Any) -> bool:
    """Whether a value is a whole number, of Python or NumPy.

    >>> whole_number(np.int64(2)), whole_number(2.0), whole_number(True)
    (True, False, False)
    """
    return isinstance(value, Integral) and not isinstance(value, bool)


@dataclass(frozen=True)
class Sampling:
    """How a token is drawn.

    Args:
        temperature: divides the scores: below 1 the likely become likelier, above 1 all become more
            alike, 0 takes the likeliest; default 1, the model's own probabilities.
        top_k: only the k likeliest tokens are drawn (Fan et al. 2018); default all.
        top_p: only the fewest tokens that together have probability p are drawn, the nucleus
            (Holtzman et al. 2020, arXiv:1904.09751); default 1, all.

    Raises:
        ArgumentError: an argument is out of its range.
    """

    temperature: float = 1.0
    top_k: int | None = None
    top_p: float = 1.0

    def __post_init__(self) -> None:
        for name in ("temperature", "top_p"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, Real):
                raise ArgumentError(f"{name}: expected a number, got {value!r}.")
        if not 0 <= self.temperature < float("inf"):
            raise ArgumentError(
                f"temperature: expected a number from 0, got {self.temperature!r}. 1 draws as the "
                "model says, 0 takes the likeliest token."
            )
        if self.top_k is not None and not (whole_number(self.top_k) and self.top_k >= 1):
            raise ArgumentError(f"top_k: expected a whole number above 0, got {self.top_k!r}.")
        if not 0 < self.top_p <= 1:
            raise ArgumentError(f"top_p: expected a part above 0, up to 1, got {self.top_p!r}.")

    def probabilities(self, scores: np.ndarray) -> np.ndarray:
        """The probability `[V]` of each token, from its score (a logit); `-inf` bars a token.

        >>> Sampling(top_k=1).probabilities(np.array([0.0, 2.0, 1.0])).tolist()
        [0.0, 1.0, 0.0]
        """
        scores = np.asarray(scores, "float64")
        if self.temperature == 0:
            return np.eye(len(scores))[scores.argmax()]
        # The largest becomes 0 before it is divided: no temperature makes it overflow.
        weights = np.exp((scores - scores.max()) / self.temperature)
        order = np.argsort(-scores, kind="stable")
        kept = order[: self.top_k]
        share = np.cumsum(weights[kept]) / weights[kept].sum()
        kept = kept[: int(np.searchsorted(share, self.top_p)) + 1]
        found = np.zeros_like(weights)
        found[kept] = weights[kept] / weights[kept].sum()
        return found

    def draw(self, scores: np.ndarray, rng: np.random.Generator) -> int:
        """A token drawn from the scores `[V]`."""
        share = np.cumsum(self.probabilities(scores))
        return int(np.searchsorted(share, rng.random() * share[-1], side="right"))
