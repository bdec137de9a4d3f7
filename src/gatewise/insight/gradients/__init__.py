"""The one derivative that insight takes: of a number with respect to what was added to a network.

Keras has no function for it, so each back end has a module of its own with `random_kept()`, which
leaves the framework's own random numbers as they are, and one class,
`Gradients(network, forward)`, called with a batch `(x, y)`. `forward(x, y, perturb)` runs the
network and gives a scalar and arrays to hand on; wherever it can be moved it asks
`perturb(name, shape, dtype)` for what to add, which is all zeros. The answer is the gradient with
respect to each of those by name, and the arrays handed on, all as NumPy.
"""

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
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
    module = _module()
    if module is None:
        raise ArgumentError(
            f"KERAS_BACKEND: expected one of {', '.join(BACKENDS)} to follow gradients, got "
            f"{keras.backend.backend()!r}. Save the model, set KERAS_BACKEND=jax and load it again."
        )
    return module.Gradients(network, forward)


@contextmanager
def undrawn(model: keras.layers.Layer) -> Iterator[None]:
    """While it lasts, whatever random numbers are drawn, the ones that follow stay the same.

    Dropout draws its masks in inference too, so that a look at a model in the midst of `fit` would
    change how it trains on.
    """
    seeds = [one for one in model.non_trainable_variables if "int" in str(one.dtype)]
    before = [keras.ops.copy(seed) for seed in seeds]
    module = _module()
    try:
        with module.random_kept() if module else nullcontext():
            yield
    finally:
        for seed, value in zip(seeds, before, strict=True):
            seed.assign(value)


def _module() -> Any:
    """That of the back end Keras runs on, or None where there is none."""
    backend = keras.backend.backend()
    return importlib.import_module(f"{__name__}.{backend}") if backend in BACKENDS else None
