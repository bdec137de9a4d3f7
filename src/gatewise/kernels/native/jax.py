"""The native kernel under JAX, and its derivatives."""

from dataclasses import replace
from functools import partial

import jax
from jax.extend.core import Primitive
from jax.interpreters import ad, batching, mlir

from gatewise.errors import KernelError
from gatewise.kernels import reference
from gatewise.kernels.contract import Inputs, Outputs, Residual, Spec
from gatewise.kernels.native.batching.jax import mappable
from gatewise.kernels.native.xla.jax import (
    INPUTS,
    KEPT,
    Array,
    Arrays,
    alike,
    execute,
    reason,
    register,
)

__all__ = ["reason", "record", "run"]


def run(spec: Spec, inputs: Inputs) -> Outputs:
    """`Kernel.run`: works under jit, grad (to any order), vmap, scan, remat and sharded batches.

    Raises: KernelError for forward-mode derivatives (JAX's own TypeError under jacfwd of jit).
    """
    register()
    arrays = alike(_named(inputs))
    arrays = {n: a if n == "mask" else _reverse_only(a) for n, a in arrays.items()}
    try:
        found = _forward(_settled(spec), False, arrays)
    except TypeError as error:
        if "forward-mode" in str(error):  # many directions at once: JAX is the first to refuse
            raise KernelError(FORWARD_MODE) from error
        raise
    return Outputs(found.get("hidden"), _states(found), None)


def record(spec: Spec, inputs: Inputs) -> Outputs:
    """`Kernel.record`: the same with the residual; gradients stop here."""
    register()
    found = jax.lax.stop_gradient(_forward(_settled(spec), True, _named(inputs)))
    hidden = found["hidden"] if spec.outputs else None
    return Outputs(hidden, _states(found), Residual(found.get("gates"), found.get("cells")))


def _settled(spec: Spec) -> Spec:
    return spec if spec.outputs else replace(spec, fill="none")


def _named(inputs: Inputs) -> Arrays:
    x, kernel, recurrent, bias, states, mask, dropout = inputs
    h0, c0 = (*states, None)[:2]
    found = (x, kernel, recurrent, bias, mask, h0, c0, dropout)
    return {name: a for name, a in zip(INPUTS, found, strict=True) if a is not None}


def _inputs(arrays: Arrays) -> Inputs:
    states = tuple(arrays[name] for name in ("h0", "c0") if name in arrays)
    x, kernel, recurrent, bias, mask, _, _, dropout = map(arrays.get, INPUTS)
    return Inputs(x, kernel, recurrent, bias, states, mask, dropout)


def _states(found: Arrays) -> tuple[Array, ...]:
    return tuple(found[name] for name in ("h_last", "c_last") if name in found)


@jax.custom_jvp
def _reverse_only(array: Array) -> Array:
    """The array itself; forward-mode differentiation of it is refused in words of our own.

    JAX would say only that a custom_vjp function cannot be differentiated so.
    """
    return array


def _reverse_only_rule(primals, tangents):
    (primal,), (tangent,) = primals, tangents
    return primal, tangent if isinstance(tangent, ZERO) else TANGENT.bind(tangent)


def _refuse(*_, **__):
    raise KernelError(FORWARD_MODE)


FORWARD_MODE = (
    "native kernel: expected reverse-mode differentiation (jax.grad, jax.vjp, jax.jacrev), got "
    "forward mode (jax.jvp, jax.jacfwd, jax.hessian), which it does not have. Set "
    "GATEWISE_KERNELS=reference to run Keras's own code, which does."
)
ZERO = jax.custom_derivatives.SymbolicZero
_reverse_only.defjvp(_reverse_only_rule, symbolic_zeros=True)
# A tangent on its way: reverse mode turns it around before anything computes it.
TANGENT = Primitive("gatewise_tangent")
TANGENT.def_abstract_eval(lambda tangent: tangent)
TANGENT.def_impl(_refuse)
mlir.register_lowering(TANGENT, _refuse)
ad.deflinear2(TANGENT, lambda cotangent, _: [cotangent])
batching.defvectorized(TANGENT)


@partial(jax.custom_vjp, nondiff_argnums=(0, 1))
def _forward(spec: Spec, keep: bool, arrays: Arrays) -> Arrays:
    """The forward pass; with `keep`, also all that the backward pass reads."""
    wanted = ["h_last", *(["c_last"] if spec.cell == "LSTM" else [])]
    if keep or spec.outputs:
        wanted.append("hidden")
    if keep and spec.gates > 1:
        wanted.append("gates")
    if keep and spec.cell in ("LSTM", "GRU"):
        wanted.append("cells")
    run = mappable(partial(execute, "gatewise_forward", spec, wanted=wanted), spec.cell, ())
    return run(arrays)


def _forward_rule(spec, keep, primals):
    arrays = {name: primal.value for name, primal in primals.items()}
    wanted = {name: () for name, primal in primals.items() if primal.perturbed and name != "mask"}
    found = _forward(spec, keep or bool(wanted), arrays)
    given = found if keep else {n: a for n, a in found.items() if _is_given(spec, n)}
    return given, (arrays, {n: found[n] for n in KEPT if n in found}, wanted)


def _is_given(spec: Spec, name: str) -> bool:
    return name not in KEPT or (name == "hidden" and spec.outputs)


def _backward_rule(spec, keep, saved, cotangents):
    arrays, kept, wanted = saved
    # Those of the residual are zero: nothing that can be differentiated reads it.
    cotangents = {
        name: cotangent
        for name, cotangent in cotangents.items()
        if name not in ("gates", "cells") and not isinstance(cotangent, ZERO)
    }
    if not cotangents or not wanted:
        return (dict.fromkeys(arrays),)
    if "recurrent_dropout" in wanted:  # of no use in training, so the core has no such gradient
        found = _by_equations(spec, tuple(wanted), arrays, cotangents)
    else:
        found = _backward(spec, tuple(wanted), arrays, kept, cotangents)
    return ({name: found.get(name) for name in arrays},)


_forward.defvjp(_forward_rule, _backward_rule, symbolic_zeros=True)


@partial(jax.custom_vjp, nondiff_argnums=(0, 1))
def _backward(
    spec: Spec, wanted: tuple[str, ...], arrays: Arrays, kept: Arrays, cotangents: Arrays
) -> Arrays:
    """The gradients of the arrays in `wanted`, by their names."""
    operands = {**arrays, **kept, **{f"d_{name}": a for name, a in cotangents.items()}}
    results = tuple(f"d_{name}" for name in wanted)
    run = partial(execute, "gatewise_backward", spec, wanted=list(results))
    found = mappable(run, spec.cell, results)(operands)
    return {name: found[f"d_{name}"] for name in wanted}


def _second_rule(spec, wanted, arrays, kept, cotangents):
    return _backward(spec, wanted, arrays, kept, cotangents), (arrays, cotangents)


def _second_backward_rule(spec, wanted, saved, gradients):
    """The derivative of a gradient. `kept` follows from `arrays`, whose share holds it all."""
    arrays, cotangents = saved
    floats = {name: array for name, array in arrays.items() if name != "mask"}
    fixed = {name: array for name, array in arrays.items() if name == "mask"}
    _, pull = jax.vjp(
        lambda floats, cotangents: _by_equations(spec, wanted, {**floats, **fixed}, cotangents),
        floats,
        cotangents,
    )
    of_floats, of_cotangents = pull(gradients)
    return {name: of_floats.get(name) for name in arrays}, None, of_cotangents


_backward.defvjp(_second_rule, _second_backward_rule)


def _by_equations(
    spec: Spec, wanted: tuple[str, ...], arrays: Arrays, cotangents: Arrays
) -> Arrays:
    """What `_backward` gives, from the equations: differentiable again."""

    def given(changed: Arrays) -> Arrays:
        hidden, states, _ = reference.run(spec, _inputs({**arrays, **changed}))
        found = dict(zip(("hidden", "h_last", "c_last"), (hidden, *states), strict=False))
        return {name: found[name] for name in cotangents}

    _, pull = jax.vjp(given, {name: arrays[name] for name in wanted})
    return pull(cotangents)[0]
