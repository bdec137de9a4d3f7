"""The one derivative that insight takes: of a number with respect to what was added to a network.

Keras has no function for it, so each back end has a module of its own with one class,
`Gradients(network, forward)`, called with a batch `(x, y)`. `forward(x, y, perturb)` runs the
network and gives a scalar and arrays to hand on; wherever it can be moved it asks
`perturb(name, shape, dtype)` for what to add, which is all zeros. The answer is the gradient with
respect to each of those by name, and the arrays handed on, all as NumPy.
"""

import importlib
from collections.abc import Callable
from typing import Any

import keras

from gatewise.errors import ArgumentError
from gatewise.kernels.contract import Array

Perturb = Callable[[str, tuple[int, ...], str], Array]
Forward = Callable[[Any, Any, Perturb], tuple[Array, Any]]

BACKENDS = ("jax", "torch")


def gradients(network: keras.Model, forward: Forward) -> Callable[[Any, Any], tuple[dict, Any]]:
    """The `Gradients` of the back end that Keras runs on.

    Raises: ArgumentError on a back end that has none.
    """
    backend = keras.backend.backend()
    if backend not in BACKENDS:
        raise ArgumentError(
            f"KERAS_BACKEND: expected one of {', '.join(BACKENDS)} to follow gradients, got "
            f"{backend!r}. Save the model, set KERAS_BACKEND=jax and load it again."
        )
    return importlib.import_module(f"{__name__}.{backend}").Gradients(network, forward)
