"""What goes into a network, as its page shows it: a text's words, or a series' channels."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np

from gatewise.data.tokens import Piece
from gatewise.errors import ArgumentError
from gatewise.report import words


@dataclass(frozen=True)
class Shown:
    """One input: as the network takes it, and as a person reads it."""

    title: str
    network: Any  # what `gatewise.record` is given: a batch of this one
    length: int  # T, the steps the network takes
    words: list[Piece] | None = None  # [T] of a text
    series: np.ndarray | None = None  # [T, I] of measurements, as they were given
    channels: list[str] = field(default_factory=list)  # [I]
    notes: list[str] = field(default_factory=list)

    def name(self, step: int) -> str:
        """What stands at a step in time: its word, or its number from 1."""
        return self.words[step].surface or "(nothing)" if self.words else str(step + 1)


def shown(model: Any, one: Any, channels: Sequence[str] | None = None) -> Shown:
    """One input of a task, or of any Keras model, where it is an array `[T]` or `[T, I]`.

    Raises: ArgumentError for a text that a model without a vocabulary cannot read.
    """
    encoder = getattr(model, "encoder", None)
    if encoder is None:
        return _encoded(model, one, channels)
    model.network_input([one])  # complains about an input of another kind
    return _text(encoder, one) if encoder.kind == "text" else _series(encoder, one, channels)


def _text(encoder: Any, text: str) -> Shown:
    pieces, length = encoder.pieces(text), encoder.lengths([text])[0]
    notes = []
    if length > len(pieces):
        notes.append(
            f"The network reads the first {words.number(len(pieces))} of the text's "
            f"{words.number(length)} {_unit(encoder.tokens)}: its max_length."
        )
    if not pieces:
        notes.append("The text is empty: the network reads one unknown token in its place.")
        pieces = [Piece("", "", False)]
    unknown = sum(not piece.known for piece in pieces)
    if unknown and text.strip():
        notes.append(
            f"{words.plural(unknown, 'token')} of {words.number(len(pieces))} not in the "
            "vocabulary: the network sees the same in each (dotted)."
        )
    return Shown(words.excerpt(text, 80), [text], len(pieces), words=pieces, notes=notes)


def _unit(tokens: str) -> str:
    return {"word": "words", "character": "characters"}.get(tokens, "pieces")


def _series(encoder: Any, one: Any, channels: Sequence[str] | None) -> Shown:
    values = np.asarray(one, "float64")
    values = values[:, None] if values.ndim == 1 else values
    notes = []
    if len(values) > encoder.max_length:
        notes.append(
            f"The network reads the first {words.number(encoder.max_length)} of the series' "
            f"{words.number(len(values))} steps: its max_length."
        )
        values = values[: encoder.max_length]
    return _measured(values, [one], channels, notes)


def _encoded(model: Any, one: Any, channels: Sequence[str] | None) -> Shown:
    """A row for a Keras model that has no encoder: token ids `[T]`, or measurements `[T, I]`."""
    if isinstance(one, str):
        raise ArgumentError(
            f"model {getattr(model, 'name', '')!r}: a plain Keras model has no vocabulary, so it "
            "cannot read a text. Give its encoded input instead, an array [T] of token ids or "
            "[T, I] of measurements (--file x.npz), or a model that gatewise train made."
        )
    array = np.asarray(one)
    expected = _expected(model)
    if expected is not None and expected.ndim == 2 and array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim not in (1, 2) or not len(array) or array.dtype.kind not in "biuf":
        raise ArgumentError(
            "inputs: expected numbers, [T] token ids or [T, I] measurements, of at least one "
            f"step, got {list(array.shape)} of {array.dtype}."
        )
    _check(expected, array)
    batch = array[None].astype(expected.dtype if expected is not None else array.dtype)
    if array.ndim == 1 and np.all(array == array.astype("int64")):
        pieces = [Piece(" " if place else "", str(int(id)), True) for place, id in enumerate(array)]
        return Shown("token ids", batch, len(array), words=pieces)
    return _measured(array.reshape(len(array), -1).astype("float64"), batch, channels, [])


def _expected(model: Any) -> Any:
    """The shape and type of a model's one input, where it says them."""
    inputs = keras.tree.flatten(getattr(model, "inputs", None) or [])
    if len(inputs) > 1:
        raise ArgumentError(
            f"model {model.name!r}: expected a model of one input, got one of {len(inputs)}. "
            "gatewise.record(model, x) records it."
        )
    return inputs[0] if inputs else None


def _check(expected: Any, array: np.ndarray) -> None:
    if expected is None:
        return
    fits = len(expected.shape) == array.ndim + 1 and all(
        size in (None, given) for size, given in zip(expected.shape[1:], array.shape, strict=True)
    )
    if not fits:
        sizes = ["any" if size is None else size for size in expected.shape[1:]]
        raise ArgumentError(
            f"inputs: the model takes rows of shape {sizes}, got {list(array.shape)}."
        )


def _measured(
    values: np.ndarray, network: Any, channels: Sequence[str] | None, notes: list[str]
) -> Shown:
    T, I = values.shape
    names = list(channels or []) or [f"channel {number + 1}" for number in range(I)]
    title = f"series of {words.plural(T, 'step')}"
    return Shown(title, network, T, series=values, channels=names, notes=notes)
