"""A generator: the tokens of a text, and at each step which one is likely to come next."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import keras
import numpy as np

from gatewise.data.tokens import Piece
from gatewise.errors import ArgumentError
from gatewise.padding import PADDING_ID
from gatewise.report import words
from gatewise.report.look.answers import SIGNS, Answers, at_steps
from gatewise.report.look.inputs import UNITS, Shown, cut_short, unknown
from gatewise.tasks.generator.scoring import log_softmax

PARTS = False
START, END = "(start)", "(end)"


def shown(generator: Any, one: Any, channels: Sequence[str] | None = None) -> Shown:
    """A text that is read from its beginning; with what it is written for, a pair of the text and
    the label or vector."""
    text, condition = one if isinstance(one, tuple) else (one, None)
    _check(generator, text, condition)
    # An empty text is read as one unknown token, which is cut off again below.
    network = generator.network_input([text or " "], None if condition is None else [condition])
    encoder = generator.encoder
    pieces, there = encoder.pieces(text), encoder.lengths([text])[0]
    notes = unknown(pieces)
    if there > len(pieces):
        notes += cut_short(len(pieces), there, "text", UNITS.get(encoder.tokens, "pieces"))
    pieces = [Piece("", START, True), *pieces]
    # Beyond what is read there is nothing but padding, which no mask hides.
    network = {**network, "tokens": network["tokens"][:, : len(pieces)]}
    title = words.excerpt(text, 80) or "an empty text"
    if isinstance(condition, str | int):
        title = f"{title} (for {condition})"
    return Shown(title, network, len(pieces), words=pieces, notes=notes)


def answered(generator: Any, outputs: dict[str, Any], one: Shown) -> Answers:
    """The likeliest next token at each step, and after the last one."""
    scores = keras.ops.convert_to_numpy(outputs["logits"])[0].astype("float64")
    never = [PADDING_ID] + [generator.encoder.boundary] * generator.running
    scores[:, never] = -np.inf  # never written, so never likely
    came = one.network["tokens"][0, 1:].tolist()
    steps = at_steps(np.exp(log_softmax(scores)), partial(_token, generator.encoder), came=came)
    return Answers(steps[-1], steps, asked="next after")


def _token(encoder: Any, id: int) -> str:
    """A token so that it can be seen: white space by a sign, of a part of a character its bytes."""
    if id == encoder.boundary:
        return END
    text = encoder.text([id]) or encoder.decode([id])[0]
    return SIGNS.get(text, text)


def _check(generator: Any, text: Any, condition: Any) -> None:
    if not isinstance(text, str):
        raise ArgumentError(f"inputs: expected a text, got {type(text).__name__}.")
    conditioned = generator.labels is not None or generator.features is not None
    if conditioned == (condition is not None):
        return
    asked = "label" if generator.labels is not None else "vector"
    raise ArgumentError(
        f"inputs: expected a pair of a text and the {asked} that it is written for, as in "
        "training, got a text alone." if conditioned else
        f"inputs: expected a text alone, since this generator writes for no label, got "
        f"{condition!r} beside it."
    )  # fmt: skip
