"""The XLA custom calls of the native library: how they are laid out, split and registered.

Arrays go by the names of native/include/gatewise.h in dictionaries that leave out what is absent.
`gatewise.kernels.native.shapes` says how they are laid out.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, partial
from inspect import signature
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

from gatewise.kernels.contract import CELLS, FILLS, Array, Spec
from gatewise.kernels.native import library, shapes

Arrays = dict[str, Array]

INPUTS = ("x", "kernel", "recurrent", "bias", "mask", "h0", "c0", "recurrent_dropout")
GIVEN = ("hidden", "gates", "cells", "h_last", "c_last")
KEPT = ("hidden", "gates", "cells")  # by the forward pass for the backward pass
# By target, in the order of the handlers in native/xla.cc: operands, then results.
ORDER = {
    "gatewise_forward": (INPUTS, GIVEN),
    "gatewise_backward": (
        (*INPUTS, *KEPT, "d_hidden", "d_h_last", "d_c_last"),
        ("d_x", "d_kernel", "d_recurrent", "d_bias", "d_h0", "d_c0"),
    ),
}


@dataclass(frozen=True)
class Plan:
    """One custom call: which arrays it takes and gives, by name."""

    target: str
    spec: Spec
    operands: tuple[str, ...]
    results: tuple[str, ...]

    def layout(self, name: str) -> str:
        """The axes of an array, or of a gradient, a letter each."""
        return shapes.layout(name, self.spec.cell)

    def shapes(self, arrays: Arrays) -> dict[str, tuple[int, ...]]:
        """The shape of each result."""
        sizes = shapes.sizes(self.spec.cell, {n: arrays[n].shape for n in ("x", "recurrent")})
        return {name: tuple(sizes[axis] for axis in self.layout(name)) for name in self.results}


def execute(target: str, spec: Spec, arrays: Arrays, wanted: list[str]) -> Arrays:
    """Run `target` on `arrays`, which may hold more than it takes, for the results in `wanted`."""
    operands, results = ORDER[target]
    plan = Plan(
        target,
        spec,
        tuple(name for name in operands if name in arrays),
        tuple(name for name in results if name in wanted),
    )
    function = _sharded(plan) if _devices() > 1 else partial(_custom_call, plan)
    given = [arrays[name] for name in plan.operands]
    shapes.check(spec.cell, {n: a.shape for n, a in zip(plan.operands, given, strict=True)})
    return alike(dict(zip(plan.results, function(*given), strict=True)), given)


def alike(arrays: Arrays, others: Iterable[Array] = ()) -> Arrays:
    """`arrays`, inside a shard_map all marked as different on each device, if any of them is.

    Elsewhere nothing changes. The custom calls know no such marks, and a gradient must bear that
    of its array; where a mark is put here, JAX sums the gradient over the devices by itself.
    """
    axes = frozenset().union(*map(_varying, (*arrays.values(), *others)))
    return {name: _vary(array, axes - _varying(array)) for name, array in arrays.items()}


def _varying(array: Array) -> frozenset[str]:
    """The axes of a mesh along which it is marked as different."""
    kind = getattr(array, "aval", None)
    marks = getattr(kind, "manual_axis_type", None)
    return getattr(kind, "vma", frozenset()) if marks is None else marks.varying  # vma: JAX < 0.10


def _vary(array: Array, axes: frozenset[str]) -> Array:
    if not axes:
        return array
    if hasattr(jax.lax, "pcast"):
        return jax.lax.pcast(array, tuple(axes), to="varying")
    return jax.lax.pvary(array, tuple(axes))  # type: ignore[attr-defined]


def _custom_call(plan: Plan, *given: Array) -> tuple[Array, ...]:
    arrays = dict(zip(plan.operands, given, strict=True))
    operands, results = ORDER[plan.target]
    wanted = plan.shapes(arrays)
    call = jax.ffi.ffi_call(
        plan.target,
        [jax.ShapeDtypeStruct(wanted.get(name, (0,)), jnp.float32) for name in results],
        vmap_method="sequential",
    )
    found = call(
        *(arrays[name] if name in arrays else _absent(name) for name in operands),
        cell=np.int32(CELLS.index(plan.spec.cell)),
        fill=np.int32(FILLS.index(plan.spec.fill)),
        reverse=np.int32(plan.spec.reverse),
        threads=np.int32(_threads()),
    )
    return tuple(array for name, array in zip(results, found, strict=True) if name in wanted)


def _absent(name: str) -> Array:
    return jnp.zeros(0, bool if name == "mask" else jnp.float32)


def _devices() -> int:
    return len(jax.devices("cpu"))


def _threads() -> int:
    """At most this many a call; 0 for all, where no other device computes at the same time."""
    devices = _devices()
    return 0 if devices == 1 else max(1, library.load().threads() // devices)


# ---- sharding ----------------------------------------------------------------------------------


@cache
def _sharded(plan: Plan):
    """The custom call, split along the batch where its operands are."""
    from jax.experimental.custom_partitioning import custom_partitioning

    call = custom_partitioning(partial(_custom_call, plan))
    axes = {name: plan.layout(name).lower() for name in (*plan.operands, *plan.results)}
    sides = (", ".join(" ".join(axes[n]) for n in names) for names in (plan.operands, plan.results))
    options = {}
    if "need_replication_factors" in signature(call.def_partition).parameters:  # not in JAX 0.6
        # Their order must be that of their first appearance.
        whole = tuple(dict.fromkeys("".join(axes.values()).replace("b", "")))
        options["need_replication_factors"] = whole
    call.def_partition(
        partition=partial(_partition, plan),
        infer_sharding_from_operands=partial(_infer, plan),
        sharding_rule=" -> ".join(sides),
        **options,
    )
    return call


def _partition(plan: Plan, mesh, operands, results):
    axes = _batch_axes(plan, mesh, operands)
    place = partial(_place, plan, mesh, axes)

    def lowered(*given):
        found = _custom_call(plan, *given)
        if axes is None:
            return found
        # What has no batch axis is a gradient of weights: a sum over the batch.
        return tuple(
            array if "B" in plan.layout(name) else jax.lax.psum(array, axes)
            for name, array in zip(plan.results, found, strict=True)
        )

    return mesh, lowered, tuple(map(place, plan.results)), tuple(map(place, plan.operands))


def _infer(plan: Plan, mesh, operands, results):
    axes = _batch_axes(plan, mesh, operands)
    return tuple(_place(plan, mesh, axes, name) for name in plan.results)


def _place(plan: Plan, mesh, axes, name: str):
    spec = (axes if letter == "B" else None for letter in plan.layout(name))
    return jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec(*spec))


def _batch_axes(plan: Plan, mesh, operands):
    """The axes of the mesh along which the batch lies, or None; shares must be equal in size."""
    for name, operand in zip(plan.operands, operands, strict=True):
        where = plan.layout(name).find("B")
        spec = operand.sharding.spec if operand.sharding is not None else ()
        if 0 <= where < len(spec) and spec[where] is not None:
            axes = spec[where] if isinstance(spec[where], tuple) else (spec[where],)
            shares = int(np.prod([mesh.shape[axis] for axis in axes]))
            return axes if operand.shape[where] % shares == 0 else None
    return None


# ---- registration ------------------------------------------------------------------------------


@cache
def reason() -> str | None:
    """Why the installed JAX cannot run the library, or None where it can.

    A handler built for a newer interface than JAX's own would not be refused at once: it would
    leave JAX without its CPU, whatever it then computes.
    """
    try:
        from jax import ffi
    except ImportError:
        return f"JAX {jax.__version__} has no jax.ffi: update it to run native kernels"
    built = _built_version()
    if built is None:
        return "the native library was built without its part for JAX: install Gatewise again"
    found = _header_version(Path(ffi.include_dir()))
    if found is None:
        return f"JAX {jax.__version__} does not say which version of XLA's interface it speaks"
    if found[0] != built[0] or found[1] < built[1]:
        return (
            f"JAX {jax.__version__} speaks version {found[0]}.{found[1]} of XLA's interface, the "
            f"native library {built[0]}.{built[1]}: update JAX, or install Gatewise again"
        )
    return None


def _built_version() -> tuple[int, int] | None:
    version = getattr(library.load().lib, "gw_xla_api_version", None)
    return None if version is None else (version(0), version(1))


def _header_version(folder: Path) -> tuple[int, int] | None:
    header = folder / "xla" / "ffi" / "api" / "c_api.h"
    if not header.exists():
        return None
    found = [
        re.search(rf"#define XLA_FFI_API_{part} (\d+)", header.read_text())
        for part in ("MAJOR", "MINOR")
    ]
    return None if None in found else (int(found[0][1]), int(found[1][1]))  # type: ignore[index]


@cache
def register() -> None:
    """Give the handlers to JAX, once.

    Raises: Unavailable with the reason where they must not be.
    """
    if (why := reason()) is not None:
        raise library.Unavailable(why)
    lib = library.load().lib
    for target in ORDER:
        handler = getattr(lib, target.replace("gatewise_", "gw_xla_"))
        jax.ffi.register_ffi_target(target, jax.ffi.pycapsule(handler), platform="cpu")
