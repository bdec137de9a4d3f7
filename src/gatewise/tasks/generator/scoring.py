"""How well texts are foreseen: perplexity and bits a character, with how sure one can be of them.

With p(x_t | x_<t) the probability that the model gives to token t after those before it:

- **perplexity** (a token) = exp(−1/N Σ ln p(x_t | x_<t)), N the number of tokens foreseen. Where
  texts are sequences, the end of each is a token to be foreseen as well.
- **bits a character** = −1/C Σ log₂ p(x_t | x_<t), C the number of characters, the end of each
  sequence counted as one. Where tokens are characters it is the binary logarithm of the
  perplexity. Characters are those of the text as it is read. It compares models of characters and
  of byte pairs, which read all of a text; words are read with one space between, and an unknown
  word, which costs one token whatever its letters, counts as one character, so figures of words
  compare only with those of the same vocabulary.

A token that the vocabulary lacks is foreseen as "unknown", for the models beside this one too.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from gatewise.tasks.evaluation import Z, ratio, with_interval


@dataclass(frozen=True)
class Score:
    """What a model made of some texts, part by part.

    `nats` `[N]` is −Σ ln p of each part, `tokens` `[N]` how many tokens it has and `characters`
    `[N]` how many characters. The parts are sequences, or chunks of a running text.

    >>> score = Score(np.log([4.0, 4.0]), np.array([1, 1]), np.array([1, 1]))
    >>> round(score.perplexity, 6), round(score.bits_per_character, 6)
    (4.0, 2.0)
    """

    nats: np.ndarray
    tokens: np.ndarray
    characters: np.ndarray

    @property
    def perplexity(self) -> float:
        return float(np.exp(self.nats.sum() / self.tokens.sum()))

    @property
    def bits_per_character(self) -> float:
        return float(self.nats.sum() / np.log(2) / self.characters.sum())

    def told(self) -> dict[str, Any]:
        """Both figures with their 95% intervals, as plain data; of fewer than five parts the
        figures alone."""
        per_token, spread = ratio(self.nats, self.tokens)
        low, high = np.exp([per_token - Z * spread, per_token + Z * spread])
        bits, reach = ratio(self.nats / np.log(2), self.characters)
        parts = len(self.nats)
        return {
            "perplexity": with_interval(self.perplexity, float(low), float(high), parts),
            "bits_per_character": with_interval(bits, bits - Z * reach, bits + Z * reach, parts),
        }

    def saved(self, other: "Score") -> dict[str, float]:
        """Bits a character that `other` needs more for the same parts, with the 95% interval of
        the paired difference: what makes a part hard for both is no part of it. Of fewer than five
        parts there is no interval.

        >>> ones = np.ones(5)
        >>> worse = Score(np.log([4.0, 16.0, 4.0, 4.0, 4.0]), ones, ones)
        >>> found = Score(np.log([2.0, 8.0, 2.0, 2.0, 2.0]), ones, ones).saved(worse)
        >>> round(found["low"], 6), round(found["value"], 6), round(found["high"], 6)
        (1.0, 1.0, 1.0)
        """
        bits, spread = ratio((other.nats - self.nats) / np.log(2), self.characters)
        return with_interval(bits, bits - Z * spread, bits + Z * spread, len(self.nats))


def log_softmax(scores: np.ndarray) -> np.ndarray:
    """Natural logarithms of the probabilities, over the last axis."""
    scores = scores - scores.max(axis=-1, keepdims=True)
    return scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True))
