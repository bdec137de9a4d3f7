"""How the arrays of the native library are laid out, and whether those given are."""

from collections.abc import Mapping

from gatewise.errors import ArgumentError
from gatewise.kernels.contract import GATES

# By the names of native/include/gatewise.h, one letter an axis: W is G·U, and P the pair of biases
# of a GRU that resets after the product.
SHAPES = {
    "x": "BTI",
    "kernel": "DIW",
    "recurrent": "DUW",
    "bias": "DW",
    "mask": "BT",
    "h0": "DBU",
    "c0": "DBU",
    "recurrent_dropout": "DGBU",
    "hidden": "BTDU",
    "gates": "DBTW",
    "cells": "DBTU",
    "h_last": "DBU",
    "c_last": "DBU",
}


def layout(name: str, cell: str) -> str:
    """The axes of an array, or of a gradient, a letter each.

    >>> layout("d_bias", "GRU"), layout("h0", "LSTM")
    ('DPW', 'DBU')
    """
    name = name.removeprefix("d_")
    return "DPW" if name == "bias" and cell == "GRU" else SHAPES[name]


def sizes(cell: str, given: Mapping[str, tuple[int, ...]]) -> dict[str, int]:
    """The size of each axis by its letter, from the shapes of `x` and `recurrent`."""
    (B, T, I), (D, U, _) = given["x"], given["recurrent"]
    G = GATES[cell]
    return {"B": B, "T": T, "I": I, "D": D, "U": U, "G": G, "W": G * U, "P": 2}


def check(cell: str, given: Mapping[str, tuple[int, ...]]) -> dict[str, int]:
    """The sizes, once it is sure that all shapes agree: the library reads by address alone.

    Raises: ArgumentError that names the array.

    >>> shapes = {"x": (1, 2, 3), "recurrent": (1, 4, 4), "kernel": (1, 3, 4), "h0": (4, 1)}
    >>> check("SimpleRNN tanh", shapes)
    Traceback (most recent call last):
    gatewise.errors.ArgumentError: h0: expected shape [D, B, U] = (1, 1, 4), got (4, 1). ...
    """
    size = sizes(cell, given)
    for name, shape in given.items():
        axes = layout(name, cell)
        expected = tuple(size[axis] for axis in axes)
        if tuple(shape) != expected:
            raise ArgumentError(
                f"{name}: expected shape [{', '.join(axes)}] = {expected}, got {tuple(shape)}. "
                "Give arrays for the rows and steps of the input and the units of the layer."
            )
    if ("c0" in given) is not (cell == "LSTM"):
        raise ArgumentError(
            f"initial_state: expected (h, c) for an LSTM, (h,) for others; {cell} got "
            f"{1 + ('c0' in given)} state(s)."
        )
    return size
