"""The native kernel under torch: two operators over the C interface, and their derivatives.

`gatewise::recurrent_forward` and `gatewise::recurrent_backward` are operators of torch's own
kind, so that `torch.compile`, autocast, vmap and the meta device know them. Arrays are passed by
address, and copied only where they are not dense.

Second and higher derivatives run `gatewise.equations`: slower, and equal.
"""

from functools import partial
from pathlib import Path
from typing import Any

import keras
import torch
from torch import Tensor
from torch._C._functorch import TransformType
from torch.autograd import Function, forward_ad

from gatewise import settings
from gatewise.errors import ArgumentError, KernelError
from gatewise.kernels import reference
from gatewise.kernels.contract import CELLS, FILLS, GATES, Inputs, Outputs, Residual, Spec
from gatewise.kernels.native import library, shapes

# What the operators take, by the names of `gw_call`. Those in SMOOTH have gradients.
SMOOTH = ("x", "kernel", "recurrent", "bias", "h0", "c0")
ARRAYS = (*SMOOTH, "mask", "recurrent_dropout")
KEPT = ("hidden", "gates", "cells")
LAST = ("h_last", "c_last")
COTANGENTS = ("d_hidden", "d_h_last", "d_c_last")
CHECKED = {*ARRAYS, *KEPT, *COTANGENTS}
GRADIENTS = tuple(f"d_{name}" for name in SMOOTH)
NOT_GIVEN = {"bias", "c0", "mask", "recurrent_dropout", *COTANGENTS}  # what may be None


def run(spec: Spec, inputs: Inputs) -> Outputs:
    """Take every step; differentiable in x, the weights and the initial states.

    Under forward-mode differentiation, and under the transforms of `torch.func` that
    differentiate, which torch does not let operators take part in, the equations run.

    Raises: Unavailable without the native library; ArgumentError for arrays that do not fit;
    KernelError for what the library refuses.
    """
    arrays = _arrays(inputs)
    # Where no gradient is to come, gates and cells are not kept.
    keep = torch.is_grad_enabled() and any(
        array is not None and array.requires_grad for array in arrays[: len(SMOOTH)]
    )
    if not torch.compiler.is_compiling() and _transformed(arrays, keep):
        return _equations(spec, inputs)
    hidden, _, _, *states = FORWARD(*arrays, *_options(spec), spec.outputs, keep)
    return Outputs(hidden if spec.outputs else None, tuple(states[: len(inputs.states)]), None)


def _transformed(arrays: list[Tensor | None], keep: bool) -> bool:
    """Whether torch differentiates in a way that goes past the operators' own derivatives."""
    if torch._C._are_functorch_transforms_active():
        kinds = [one.key() for one in torch._C._functorch.get_interpreter_stack() or ()]
        return keep or any(kind != TransformType.Vmap for kind in kinds)
    return any(
        array is not None and forward_ad.unpack_dual(array).tangent is not None
        for array in arrays[: len(SMOOTH)]
    )


def record(spec: Spec, inputs: Inputs) -> Outputs:
    """The same with the residual, at no further cost; not differentiable."""
    with torch.no_grad():
        results = FORWARD(*_arrays(inputs), *_options(spec), spec.outputs, True)
    hidden, gates, cells, *states = results
    residual = Residual(gates if gates.numel() else None, cells if cells.numel() else None)
    return Outputs(hidden if spec.outputs else None, tuple(states[: len(inputs.states)]), residual)


def _arrays(inputs: Inputs) -> list[Tensor | None]:
    """`inputs` in the order of ARRAYS."""
    h0, *c0 = inputs.states
    return [*inputs[:4], h0, c0[0] if c0 else None, inputs.mask, inputs.recurrent_dropout]


def _options(spec: Spec) -> tuple[int, int, bool]:
    fill = spec.fill if spec.outputs else "none"  # what nobody sees need not be filled
    return CELLS.index(spec.cell), FILLS.index(fill), spec.reverse


# --- The operators, on arrays that are there -------------------------------------------------


def _forward(*arguments: Any) -> tuple[Tensor, ...]:
    """arguments: ARRAYS, cell, fill, reverse, outputs, keep -> KEPT, LAST."""
    *arrays, cell, fill, reverse, _, _ = arguments
    results = _room_for_outputs(*arguments)
    named = dict(zip((*ARRAYS, *KEPT, *LAST), (*arrays, *results), strict=True))
    _call("gw_forward", (cell, fill, reverse), named)
    return results


def _backward(*arguments: Any) -> tuple[Tensor, ...]:
    """arguments: ARRAYS, KEPT, COTANGENTS, cell, fill, reverse, wanted -> GRADIENTS."""
    *arrays, cell, fill, reverse, _ = arguments
    results = _room_for_gradients(*arguments)
    names = (*ARRAYS, *KEPT, *COTANGENTS, *GRADIENTS)
    _call("gw_backward", (cell, fill, reverse), dict(zip(names, (*arrays, *results), strict=True)))
    return results


def _room_for_outputs(*arguments: Any) -> tuple[Tensor, ...]:
    """Uninitialized arrays for what `_forward` gives; empty ones for what is not wanted."""
    x, _, recurrent, _, _, c0, _, _, cell, _, _, outputs, keep = arguments
    (B, T, _), (D, U, width) = x.shape, recurrent.shape
    name = CELLS[cell]
    shapes = (
        (outputs or keep, (B, T, D, U)),
        (keep and GATES[name] > 1, (D, B, T, width)),
        (keep and name in ("LSTM", "GRU"), (D, B, T, U)),
        (True, (D, B, U)),
        (c0 is not None, (D, B, U)),
    )
    return tuple(x.new_empty(shape if wanted else 0) for wanted, shape in shapes)


def _room_for_gradients(*arguments: Any) -> tuple[Tensor, ...]:
    """The same for `_backward`: `wanted` says which."""
    x, *_, wanted = arguments
    return tuple(
        x.new_empty(array.shape if asked and array is not None else 0)
        for array, asked in zip(arguments[: len(SMOOTH)], wanted, strict=True)
    )


def _call(function: str, options: tuple[int, int, bool], arrays: dict[str, Any]) -> None:
    sizes = _check(arrays, CELLS[options[0]])
    # Held until the call is over: `contiguous` may have made a copy.
    dense = {name: array.contiguous() for name, array in arrays.items() if array is not None}
    opened = library.load()
    addresses = {name: array.data_ptr() for name, array in dense.items()}
    call = library.Call(*options, threads(), *sizes, **addresses)
    opened.check(getattr(opened.lib, function)(call))


def threads() -> int:
    """How many a call may use: torch's own setting, which GATEWISE_THREADS can lower."""
    return min(torch.get_num_threads(), settings.threads() or settings.MOST_THREADS)


def borrow_threads() -> bool:
    """Run on torch's own threads, where they are of a kind that can be borrowed.

    They spin for a while after every operation of torch, and would take half a processor from
    threads of the library's own.
    """
    folder = Path(torch.__file__).parent
    places = [*(folder / "lib").glob("libgomp*"), *folder.parent.glob("torch.libs/libgomp*")]
    return any(library.load().borrow_openmp(place) for place in places)


def _check(arrays: dict[str, Any], cell: str) -> tuple[int, ...]:
    """D, B, T, I, U, once it is sure that shapes and types are what the library reads."""
    given = {
        name: array
        for name, array in arrays.items()
        if name in CHECKED and array is not None and not (name in KEPT and array.numel() == 0)
    }
    sizes = shapes.check(cell, {name: array.shape for name, array in given.items()})
    for name, array in given.items():
        dtype = torch.bool if name == "mask" else torch.float32
        if array.dtype is not dtype:
            raise ArgumentError(
                f"{name}: expected {dtype}, got {array.dtype}. Cast it; gatewise.layers does so "
                "by itself."
            )
    return tuple(sizes[axis] for axis in "DBTIU")


# --- Their derivatives -----------------------------------------------------------------------


class _Forward(Function):
    @staticmethod
    def forward(*arguments):
        with torch._C._AutoDispatchBelowAutograd():
            return FORWARD(*arguments)

    @staticmethod
    def setup_context(ctx, inputs, output):
        *arrays, cell, fill, reverse, outputs, keep = inputs
        hidden, gates, cells, _, c_last = output
        ctx.save_for_backward(*arrays, *((hidden, gates, cells) if keep else ()))
        ctx.options = (cell, fill, reverse)
        unseen = [] if outputs else [hidden]
        absent = [c_last] if CELLS[cell] != "LSTM" else []
        ctx.mark_non_differentiable(gates, cells, *unseen, *absent)
        ctx.set_materialize_grads(False)

    @staticmethod
    def backward(ctx, d_hidden, _gates, _cells, d_h_last, d_c_last):
        wanted = ctx.needs_input_grad[: len(SMOOTH)]
        saved = ctx.saved_tensors  # asked for once: checkpointing recomputes them, and only once
        arrays, kept = saved[: len(ARRAYS)], saved[len(ARRAYS) :]
        if not kept:  # computed again, where the forward pass was told not to keep it
            kept = FORWARD(*arrays, *ctx.options, True, True)[: len(KEPT)]
        cotangents = (d_hidden, d_h_last, d_c_last)
        found = BACKWARD(*arrays, *kept, *cotangents, *ctx.options, list(wanted))
        gradients = [array if asked else None for array, asked in zip(found, wanted, strict=True)]
        return (*gradients, *[None] * 7)


class _Backward(Function):
    @staticmethod
    def forward(*arguments):
        with torch._C._AutoDispatchBelowAutograd():
            return BACKWARD(*arguments)

    @staticmethod
    def setup_context(ctx, inputs, output):
        *tensors, cell, fill, reverse, wanted = inputs
        unwanted = [array for array, asked in zip(output, wanted, strict=True) if not asked]
        ctx.mark_non_differentiable(*unwanted)
        cotangents = tensors[len(ARRAYS) + len(KEPT) :]
        ctx.save_for_backward(*tensors[: len(ARRAYS)], *cotangents)
        # Where nothing is filled, gradients are not read: as where zeros are.
        ctx.spec = Spec(CELLS[cell], reverse, FILLS[fill].replace("none", "zero"))
        ctx.set_materialize_grads(False)

    @staticmethod
    def backward(ctx, *gradients):
        saved = ctx.saved_tensors
        found = _differentiate_again(
            ctx.spec, saved[: len(ARRAYS)], saved[len(ARRAYS) :], gradients
        )
        smooth, cotangents = found[: len(SMOOTH)], found[len(SMOOTH) :]
        # What was kept depends on the same arrays: its share is in theirs.
        return (*smooth, None, None, *[None] * len(KEPT), *cotangents, *[None] * 4)


def _differentiate_again(spec, arrays, cotangents, gradients) -> list[Tensor | None]:
    """Gradients of SMOOTH and COTANGENTS, from the `gradients` of the first derivatives."""
    onwards = torch.is_grad_enabled()  # whether a further derivative may follow
    with torch.enable_grad():
        # Views of their own: one array may have been computed from another.
        given = [_view(array) for array in (*arrays[: len(SMOOTH)], *cotangents)]
        (x, kernel, recurrent, bias, h0, c0), cotangents = given[:6], given[6:]
        states = (h0,) if c0 is None else (h0, c0)
        inputs = Inputs(x, kernel, recurrent, bias, states, *arrays[len(SMOOTH) :])
        outputs = _equations(spec, inputs)
        results = (outputs.hidden, *outputs.states)
        first = _gradients(results, given[:6], cotangents[: len(results)], True)
        return _gradients(first, given, gradients, onwards)


def _equations(spec: Spec, inputs: Inputs) -> Outputs:
    if keras.backend.backend() != "torch":
        raise KernelError(
            "derivatives beyond the native kernel's own run gatewise.equations, which needs "
            f"Keras on torch; Keras runs on {keras.backend.backend()}. Set KERAS_BACKEND=torch."
        )
    with keras.device("cpu"):
        return reference.run(spec, inputs)


def _view(array: Tensor | None) -> Tensor | None:
    if array is None:
        return None
    return array.view_as(array) if array.requires_grad else array.detach().requires_grad_()


def _gradients(results, arrays, cotangents, onwards: bool) -> list[Tensor | None]:
    """`torch.autograd.grad`, where any array of them may be None."""
    pairs = [
        (result, cotangent)
        for result, cotangent in zip(results, cotangents, strict=True)
        if result is not None and cotangent is not None and result.requires_grad
    ]
    if not pairs:
        return [None] * len(arrays)
    results, cotangents = zip(*pairs, strict=True)
    given = [array for array in arrays if array is not None]
    found = iter(
        torch.autograd.grad(results, given, cotangents, create_graph=onwards, allow_unused=True)
    )
    return [None if array is None else next(found) for array in arrays]


# --- What torch is told of the two operators -------------------------------------------------


def _define(name: str, schema: str, eager, room, function: type[Function]):
    """An operator of the library `gatewise`.

    The autograd kernel is our own: that of `torch.library.register_autograd` adds some 60 µs to
    a call, this one 10.
    """
    LIBRARY.define(name + schema)
    operator = getattr(torch.ops.gatewise, name).default

    def differentiable(*arguments):
        if torch.is_grad_enabled() and any(
            isinstance(array, Tensor) and array.requires_grad for array in arguments
        ):
            return function.apply(*arguments)
        with torch._C._AutoDispatchBelowAutograd():
            return operator(*arguments)

    LIBRARY.impl(name, eager, "CPU")
    LIBRARY.impl(name, differentiable, "Autograd")
    torch.library.register_fake(f"gatewise::{name}", room, lib=LIBRARY)
    if hasattr(torch.library, "register_autocast"):  # from torch 2.7 on
        torch.library.register_autocast(f"gatewise::{name}", "cpu", torch.float32, lib=LIBRARY)
    torch.library.register_vmap(f"gatewise::{name}", partial(_one_by_one, operator), lib=LIBRARY)
    return operator


def _one_by_one(operator, info, in_dims, *arguments):
    """vmap: one call for each."""
    calls = [
        operator(
            *(
                array.select(dim, index) if isinstance(dim, int) else array
                for array, dim in zip(arguments, in_dims, strict=True)
            )
        )
        for index in range(info.batch_size)
    ]
    results = tuple(torch.stack(each) for each in zip(*calls, strict=True))
    return results, (0,) * len(results)


def _tensors(*names: str) -> str:
    return ", ".join(f"Tensor{'?' if name in NOT_GIVEN else ''} {name}" for name in names)


LIBRARY = torch.library.Library("gatewise", "FRAGMENT")
OPTIONS = "int cell, int fill, bool reverse"
FORWARD = _define(
    "recurrent_forward",
    f"({_tensors(*ARRAYS)}, {OPTIONS}, bool outputs, bool keep) -> ({', '.join(['Tensor'] * 5)})",
    _forward,
    _room_for_outputs,
    _Forward,
)
BACKWARD = _define(
    "recurrent_backward",
    f"({_tensors(*ARRAYS, *KEPT, *COTANGENTS)}, {OPTIONS}, bool[] wanted)"
    f" -> ({', '.join(['Tensor'] * 6)})",
    _backward,
    _room_for_gradients,
    _Backward,
)
