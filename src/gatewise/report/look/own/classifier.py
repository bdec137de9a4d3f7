"""A classifier: a text or a series, and one answer to all of it."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gatewise.data.tokens import Piece
from gatewise.report import words
from gatewise.report.look.answers import Answers, listed
from gatewise.report.look.inputs import UNITS, Shown, cut_short, series, unknown

PARTS = True


def shown(classifier: Any, one: Any, channels: Sequence[str] | None = None) -> Shown:
    """A text, or a series `[T, I]`."""
    encoder = classifier.encoder
    network = classifier.network_input([one])  # complains about an input of another kind
    if encoder.kind == "series":
        return series(one, encoder.max_length, network, channels)
    pieces, length = encoder.pieces(one), encoder.lengths([one])[0]
    notes = []
    if length > len(pieces):
        notes += cut_short(len(pieces), length, "text", UNITS.get(encoder.tokens, "pieces"))
    if not pieces:
        notes.append("The text is empty: the network reads one unknown token in its place.")
        pieces = [Piece("", "", False)]
    notes += unknown(pieces) if one.strip() else []
    return Shown(words.excerpt(one, 80), network, len(pieces), words=pieces, notes=notes)


def answered(classifier: Any, outputs: np.ndarray, one: Shown) -> Answers:
    """Its labels."""
    return Answers(listed(outputs[0], classifier.labels))
