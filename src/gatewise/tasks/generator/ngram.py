"""N-gram models with standard smoothing: what a recurrent generator has to beat."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SMOOTHINGS = ("witten-bell", "kneser-ney")


@dataclass(frozen=True)
class _Order:
    """The counts of n-grams of one length. Codes number contexts and n-grams, sorted."""

    grams: np.ndarray
    counts: np.ndarray
    contexts: np.ndarray
    totals: np.ndarray  # tokens seen after each context
    types: np.ndarray  # different tokens seen after it
    discount: float


class NGram:
    """An interpolated n-gram model of token ids.

    With c(h, x) how often token x followed the context h, h' the context less its first token and
    N(h) the number of different tokens that followed it,

    - `"witten-bell"` (Witten and Bell 1991): p(x|h) = (c(h, x) + N(h) p(x|h')) / (c(h) + N(h))
    - `"kneser-ney"` (Kneser and Ney 1995, interpolated as in Chen and Goodman 1999):
      p(x|h) = (max(c(h, x) − D, 0) + D N(h) p(x|h')) / c(h), where the shorter contexts count in
      how many different tokens an n-gram followed, and D = n₁ / (n₁ + 2 n₂) for each length, n₁ and
      n₂ how many n-grams occur once and twice.

    Below single tokens, all of the vocabulary are alike.

    Args:
        order: n, tokens of an n-gram; default 5, so 4 of context.
        vocabulary: how many ids there are; those of `possible` can be foreseen.
        possible: how many ids can come at all; default `vocabulary`.
        smoothing: one of the two; default `"witten-bell"`.

    >>> model = NGram(2, vocabulary=4).fit([np.array([1, 2, 1, 2])], boundary=3)
    >>> p = np.exp([-model.nats(np.array([1, x]), 3)[1] for x in range(4)])
    >>> float(p.sum().round(6)), int(p.argmax())
    (1.0, 2)
    """

    def __init__(
        self,
        order: int = 5,
        *,
        vocabulary: int,
        possible: int | None = None,
        smoothing: str = "witten-bell",
    ):
        # A context is a whole number in base `vocabulary`; 64 bits hold so many digits.
        self.order = min(order, int(62 // np.log2(vocabulary + 1)))
        self.vocabulary, self.possible = vocabulary, possible or vocabulary
        self.smoothing = smoothing
        self._orders: list[_Order] = []

    def fit(self, sequences: Sequence[np.ndarray], boundary: int) -> "NGram":
        """Count sequences of ids `[T]`, each as if `boundary` came before it all along."""
        self._orders = []
        codes = [
            np.concatenate([_codes(_led(one, self.order, boundary), n, self.vocabulary, self.order)
                            for one in sequences])
            for n in range(1, self.order + 1)
        ]  # fmt: skip
        for n in range(1, self.order + 1):
            grams, counts = np.unique(codes[n - 1], return_counts=True)
            if self.smoothing == "kneser-ney" and n < self.order:
                longer = np.unique(codes[n])
                # The gram without its first token: how many different tokens it followed.
                grams, counts = np.unique(longer % self.vocabulary**n, return_counts=True)
            self._orders.append(_order(grams, counts, self.vocabulary))
        return self

    def nats(self, sequence: np.ndarray, boundary: int) -> np.ndarray:
        """−ln p of each id of a sequence, `[T]`, `boundary` before it."""
        led = _led(sequence, self.order, boundary)
        found = np.full(len(sequence), 1.0 / self.possible)
        for n, order in enumerate(self._orders, 1):
            code = _codes(led, n, self.vocabulary, self.order)
            found = self._refined(order, code, found)
        return -np.log(found)

    def _refined(self, order: _Order, code: np.ndarray, shorter: np.ndarray) -> np.ndarray:
        """p(x|h) from p(x|h')."""
        count = _looked_up(order.grams, order.counts, code)
        context = code // self.vocabulary
        total = _looked_up(order.contexts, order.totals, context)
        types = _looked_up(order.contexts, order.types, context)
        if self.smoothing == "witten-bell":
            over, under = count + types * shorter, total + types
        else:
            d = order.discount
            over, under = np.maximum(count - d, 0) + d * types * shorter, total
        return np.where(total > 0, over / np.maximum(under, 1), shorter)


def mixed(nats: np.ndarray, other: np.ndarray, share: float) -> np.ndarray:
    """−ln of the mixture of two models' probabilities, the first with weight `share`."""
    return -np.logaddexp(np.log(share) - nats, np.log1p(-share) - other)


def best_share(nats: np.ndarray, other: np.ndarray, rounds: int = 30) -> float:
    """The weight of the first model under which held-out tokens are likeliest, by
    expectation-maximisation (Jelinek and Mercer 1980).

    >>> round(best_share(np.array([0.1, 3.0]), np.array([3.0, 0.1])), 2)
    0.5
    """
    share = 0.5
    for _ in range(rounds):
        ours = share * np.exp(-nats)
        share = float(np.mean(ours / (ours + (1 - share) * np.exp(-other))))
        share = min(max(share, 1e-4), 1 - 1e-4)
    return share


def _led(sequence: np.ndarray, order: int, boundary: int) -> np.ndarray:
    return np.concatenate([np.full(order - 1, boundary), sequence]).astype("int64")


def _codes(led: np.ndarray, n: int, vocabulary: int, order: int) -> np.ndarray:
    """The n-gram that ends at each token as a number, `[T]`; `led` has `order` − 1 before."""
    length = len(led) - order + 1
    code = np.zeros(length, "int64")
    for place in range(order - n, order):
        code = code * vocabulary + led[place : place + length]
    return code


def _order(grams: np.ndarray, counts: np.ndarray, vocabulary: int) -> _Order:
    contexts, places = np.unique(grams // vocabulary, return_inverse=True)
    totals = np.bincount(places, counts)
    once, twice = int((counts == 1).sum()), int((counts == 2).sum())
    # Where no gram occurs once or twice, half a count is what is left to the unseen.
    discount = once / (once + 2 * twice) if once and twice else 0.5
    return _Order(grams, counts, contexts, totals, np.bincount(places), discount)


def _looked_up(known: np.ndarray, values: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """The value of each code asked for, 0 where it is not known."""
    places = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    return np.where(known[places] == asked, values[places], 0)
