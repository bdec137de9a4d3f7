"""A tagger: words or measurements, and a tag for each."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gatewise.data.tokens import Piece
from gatewise.report import words
from gatewise.report.look.answers import Answers, at_steps
from gatewise.report.look.inputs import Shown, series, unknown

PARTS = False


def shown(tagger: Any, one: Any, channels: Sequence[str] | None = None) -> Shown:
    """A sentence as a list of words, or a series `[T, I]`."""
    network = tagger.network_input([one])  # complains about an input of another kind
    if tagger.words is None:
        return series(one, tagger.scaler.max_length, network, channels)
    pieces = [
        Piece(" " if place else "", word, word.lower() in tagger.words)
        for place, word in enumerate(one)
    ]
    seen = "the network knows them by their characters" if tagger.spelling else "all look the same"
    title = words.excerpt(" ".join(one), 80)
    return Shown(title, network, len(pieces), words=pieces, notes=unknown(pieces, seen))


def answered(tagger: Any, outputs: np.ndarray, one: Shown) -> Answers:
    """The tags, as `tag` gives them, and how probable each is at its step."""
    best, probabilities = tagger.decode(outputs, np.array([one.length]))
    steps = at_steps(probabilities[0], tagger.tags.__getitem__, best[0].tolist())
    return Answers(steps=steps, asked="tag of")
