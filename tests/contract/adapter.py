"""A case run by the native kernel of the back end that Keras runs on, which differentiates it."""

import importlib

import keras
import numpy as np

from gatewise.kernels.contract import Inputs, Spec

from .cases import Case


def kernel():
    """`gatewise.kernels.native.jax` or `.torch`."""
    return importlib.import_module(f"gatewise.kernels.native.{keras.backend.backend()}")


def run_adapter(case: Case) -> dict[str, np.ndarray]:
    """The results that `oracle.expected` names, the residual from `record`."""
    spec = Spec(case.cell, case.reverse, case.fill, case.outputs)
    variables = [case.x, case.kernel, case.recurrent, *case.states]
    variables += [] if case.bias is None else [case.bias]
    count = len(case.states)

    def inputs(tensors):
        bias = tensors[3 + count] if case.bias is not None else None
        states = tuple(tensors[3 : 3 + count])
        mask, dropout = _tensor(case.mask), _tensor(case.dropout)
        return Inputs(*tensors[:3], bias, states, mask, dropout)

    def function(tensors):
        outputs = kernel().run(spec, inputs(tensors))
        assert outputs.residual is None
        assert (outputs.hidden is not None) is case.outputs
        return [*([outputs.hidden] if case.outputs else []), *outputs.states]

    probes = [np.where(case.filled(), case.probes[0], 0)] if case.outputs else []
    results, gradients = _pulled(function, variables, [*probes, *case.probes[1:]])
    states = results[-count:]
    found = {"hidden": results[0]} if case.outputs else {}
    found |= dict(zip("hc", states, strict=False))
    names = ["x", "kernel", "recurrent", *"hc"[:count], "bias"]
    found |= {"d_" + name: array for name, array in zip(names, gradients, strict=False)}

    recorded = kernel().record(spec, inputs([_tensor(array) for array in variables]))
    for name, array in zip("hc", recorded.states, strict=False):
        found[name + " (recorded)"] = _numpy(array)
    for name, array in zip(("gates", "cells"), recorded.residual, strict=True):
        found |= {} if array is None else {name: _numpy(array)}
    return found


def _tensor(array):
    return None if array is None else keras.ops.convert_to_tensor(array)


def _numpy(tensor):
    return keras.ops.convert_to_numpy(tensor)


def _pulled(function, arrays, probes):
    """`function` of the arrays, and `probes` brought back to each of them."""
    probes = [_tensor(probe) for probe in probes]
    if keras.backend.backend() == "torch":
        import torch

        tensors = [torch.tensor(array, requires_grad=True) for array in arrays]
        results = function(tensors)
        found = torch.autograd.grad(results, tensors, probes, materialize_grads=True)
    else:
        import jax

        results, pull = jax.vjp(function, [_tensor(array) for array in arrays])
        (found,) = pull(probes)
    return [_numpy(result) for result in results], [_numpy(gradient) for gradient in found]
