"""What goes in and what comes out: a drawing of each architecture, with an example."""

from collections.abc import Sequence
from itertools import pairwise

from pictures.pen import (
    ACCENT,
    MUTED,
    QUIET,
    SECOND,
    SMALL,
    Axes,
    Figure,
    box,
    letters,
    sheet,
    wire,
)

IN, CELL, OUT = 0.85, 2.35, 3.85  # the heights of the three rows
HEIGHT = 4.75
CAPTION = 4.5


def one_to_one() -> Figure:
    figure, axes = sheet(HEIGHT)
    _column(axes, 5.0, "one input", "one answer", width=2.2, cell="layer")
    letters(axes, (8.0, CELL), "no time steps", size=SMALL, colour=MUTED)
    return figure


def one_to_many() -> Figure:
    """Each step's output is the next step's input."""
    figure, axes = sheet(HEIGHT)
    places = [1.6, 3.85, 6.1, 8.35]
    outputs = ["L", "u", "i", "s"]
    _chain(axes, places)
    for place, output in zip(places, outputs, strict=True):
        _output(axes, place, output)
    _input(axes, places[0], "Spanish")
    for before, after in pairwise(places):
        middle = (before + after) / 2
        wire(axes, (before + 0.55, OUT), (middle, OUT), (middle, IN), (after, IN), (after, 1.9),
             colour=SECOND, dashed=True)  # fmt: skip
    return figure


def many_to_one() -> Figure:
    figure, axes = sheet(HEIGHT)
    places = [1.6, 3.85, 6.1, 8.35]
    _chain(axes, places)
    for place, word in zip(places, ["you", "won", "a", "prize"], strict=True):
        _input(axes, place, word)
    _output(axes, places[-1], "spam")
    return figure


def many_to_many_aligned() -> Figure:
    figure, axes = sheet(HEIGHT)
    places = [1.6, 3.85, 6.1, 8.35]
    _chain(axes, places)
    words = {"the": "DET", "dog": "NOUN", "barks": "VERB", "loudly": "ADV"}
    for place, (word, tag) in zip(places, words.items(), strict=True):
        _column(axes, place, word, tag)
    return figure


def many_to_many_unaligned() -> Figure:
    """An encoder reads all, then a decoder writes."""
    figure, axes = sheet(HEIGHT + 0.45)
    encoder, decoder = [1.0, 2.6, 4.2], [6.0, 7.6, 9.2]
    _chain(axes, encoder, width=1.0)
    _chain(axes, decoder, width=1.0, colour=SECOND)
    wire(axes, (encoder[-1] + 0.5, CELL), (decoder[0] - 0.5, CELL), colour=ACCENT, width=2.6)
    for place, word in zip(encoder, ["where", "are", "you"], strict=True):
        _input(axes, place, word, width=1.2)
    outputs = ["dónde", "estás", "⟨end⟩"]
    for place, word in zip(decoder, outputs, strict=True):
        _output(axes, place, word, width=1.25)
    _input(axes, decoder[0], "⟨start⟩", width=1.35)
    for before, after in pairwise(decoder):
        middle = (before + after) / 2
        wire(axes, (before + 0.62, OUT), (middle, OUT), (middle, IN), (after, IN), (after, 1.9),
             colour=SECOND, dashed=True)  # fmt: skip
    letters(axes, (2.6, CAPTION + 0.35), "the encoder reads", size=SMALL, colour=MUTED)
    letters(axes, (7.6, CAPTION + 0.35), "the decoder writes", size=SMALL, colour=MUTED)
    return figure


def many_to_next() -> Figure:
    """All of the past goes in; after its last step all of the future comes out."""
    figure, axes = sheet(HEIGHT)
    places = [1.0, 2.6, 4.2, 5.8]
    _chain(axes, places, width=1.0)
    for place, month in zip(places, ["March", "April", "May", "June"], strict=True):
        _input(axes, place, month, width=1.3)
    for place, month in zip([5.8, 7.4, 9.0], ["July", "August", "Sept."], strict=True):
        box(axes, (place, OUT), month, size=(1.35, 0.7), colour=SECOND, bold=False)
        wire(axes, (places[-1], CELL + 0.45), (place, OUT - 0.35))
    letters(axes, (7.4, CAPTION), "all at once", size=SMALL, colour=MUTED)
    return figure


def _chain(axes: Axes, places: Sequence[float], width: float = 1.1, colour: str = ACCENT) -> None:
    """Cells in a row, each handing its state to the next."""
    for place in places:
        box(axes, (place, CELL), "cell", size=(width, 0.9), colour=colour)
    for before, after in pairwise(places):
        wire(axes, (before + width / 2, CELL), (after - width / 2, CELL), colour=colour, width=2.6)


def _column(
    axes: Axes, place: float, given: str, answer: str, width: float = 1.5, cell: str = ""
) -> None:
    if cell:
        box(axes, (place, CELL), cell)
    _input(axes, place, given, width)
    _output(axes, place, answer, width)


def _input(axes: Axes, place: float, text: str, width: float = 1.5) -> None:
    box(axes, (place, IN), text, size=(width, 0.7), colour=QUIET, bold=False)
    wire(axes, (place, IN + 0.35), (place, CELL - 0.45))


def _output(axes: Axes, place: float, text: str, width: float = 1.5) -> None:
    box(axes, (place, OUT), text, size=(width, 0.7), colour=SECOND, bold=False)
    wire(axes, (place, CELL + 0.45), (place, OUT - 0.35))
