"""Gradients under JAX: one compiled function for all batches of a shape."""

from contextlib import nullcontext
from typing import Any

import jax
import keras
import numpy as np
from jax import numpy as jnp

from gatewise.insight.gradients import Forward

random_kept = nullcontext  # JAX has no random numbers but those of Keras's seeds


class Gradients:
    """See `gatewise.insight.gradients`."""

    def __init__(self, network: keras.Model, forward: Forward):
        self._network = network
        self._forward = forward
        self._compiled = jax.jit(self._run)

    def __call__(self, x: Any, y: Any) -> tuple[dict[str, np.ndarray], Any]:
        # Weights are arguments, or the ones compiled in would be used for ever.
        values = [variable.value for variable in self._network.variables]
        return jax.tree.map(np.asarray, self._compiled(values, x, y))

    def _run(self, values: list[Any], x: Any, y: Any):
        pairs = list(zip(self._network.variables, values, strict=True))

        def forward(perturb):
            # In a scope, so that what a layer assigns stays in it.
            with keras.StatelessScope(state_mapping=pairs):
                return self._forward(x, y, perturb)

        zeros = self._zeros(forward)
        return jax.grad(lambda moves: forward(lambda name, *_: moves[name]), has_aux=True)(zeros)

    def _zeros(self, forward) -> dict[str, jax.Array]:
        """What there is to add, found by a run on shapes alone."""
        asked = {}

        def ask(name, shape, dtype):
            asked[name] = shape, dtype
            return jnp.zeros(shape, dtype)

        jax.eval_shape(lambda: forward(ask))
        return {name: jnp.zeros(shape, dtype) for name, (shape, dtype) in asked.items()}
