"""A Keras model that is no task: encoded input, and whatever comes out."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from gatewise.data.tokens import Piece
from gatewise.errors import ArgumentError
from gatewise.report.look.answers import MOST_CLASSES, Answers, at_steps, listed
from gatewise.report.look.inputs import Shown, measured

PARTS = True


def shown(model: Any, one: Any, channels: Sequence[str] | None = None) -> Shown:
    """A row of encoded input: token ids `[T]`, or measurements `[T, I]`."""
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
    return measured(array.reshape(len(array), -1).astype("float64"), batch, channels)


def answered(model: Any, outputs: Any, one: Shown) -> Answers:
    """A vector of outputs, or probabilities at each step; nothing of what is neither."""
    if not isinstance(outputs, np.ndarray) or outputs.shape[-1] > MOST_CLASSES:
        return Answers()
    if outputs.ndim == 2:
        return Answers(listed(outputs[0]))
    if outputs.ndim == 3 and outputs.shape[1] == one.length and _sums_to_one(outputs):
        return Answers(steps=at_steps(outputs[0], "class {}".format), asked="class of")
    return Answers()


def _sums_to_one(outputs: np.ndarray) -> bool:
    return bool((outputs >= 0).all() and (np.abs(outputs.sum(-1) - 1) < 1e-3).all())


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
