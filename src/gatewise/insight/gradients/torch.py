"""Gradients under torch: autograd on what the forward pass asked for."""

from typing import Any

import keras
import numpy as np
import torch
from keras import ops

from gatewise.insight.gradients import Forward

# Keras's dropout under torch draws from torch's global generator.
random_kept = torch.random.fork_rng


class Gradients:
    """See `gatewise.insight.gradients`."""

    def __init__(self, network: keras.Model, forward: Forward):
        self._forward = forward

    def __call__(self, x: Any, y: Any) -> tuple[dict[str, np.ndarray], Any]:
        moves: dict[str, torch.Tensor] = {}

        def perturb(name, shape, dtype):
            moves[name] = ops.zeros(shape, dtype).requires_grad_()
            return moves[name]

        with torch.enable_grad():
            value, more = self._forward(x, y, perturb)
            # A layer that the value does not depend on has no gradient at all: zeros.
            found = torch.autograd.grad(
                value, list(moves.values()), allow_unused=True, materialize_grads=True
            )
        arrays = {name: ops.convert_to_numpy(one) for name, one in zip(moves, found, strict=True)}
        return arrays, keras.tree.map_structure(ops.convert_to_numpy, more)
