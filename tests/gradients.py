"""Results and gradients on whichever back end Keras runs on."""

import keras
import numpy as np


def run_and_differentiate(function, arrays, probes):
    """What `function(list of tensors)` gives, and gradients with respect to each of `arrays`.

    The scalar differentiated is the sum of all results, each weighed by its array in `probes`.
    """
    if keras.backend.backend() == "torch":
        return _with_torch(function, arrays, probes)
    import jax

    def loss(tensors):
        results = function(tensors)
        return sum((r * p).sum() for r, p in zip(results, probes, strict=True)), results

    tensors = [jax.numpy.asarray(array) for array in arrays]
    (_, results), found = jax.jit(jax.value_and_grad(loss, has_aux=True))(tensors)
    return [np.asarray(result) for result in results], [np.asarray(g) for g in found]


def _with_torch(function, arrays, probes):
    import torch

    tensors = [torch.tensor(array, requires_grad=True) for array in arrays]
    results = function(tensors)
    loss = sum((r * torch.tensor(p)).sum() for r, p in zip(results, probes, strict=True))
    found = torch.autograd.grad(loss, tensors, allow_unused=True)
    pairs = zip(arrays, found, strict=True)
    gradients = [np.zeros_like(a) if g is None else g.numpy() for a, g in pairs]
    return [result.detach().numpy() for result in results], gradients
