"""vmap of a native call: one larger call, or one call after the other.

Where the weights are the same for all elements and only results with a batch axis are wanted, the
mapped axis joins the batch: one call. Weights that differ (ensembles), and a gradient of the
weights for each element (per-example gradients), which is no sum over the batch that the kernel
could give, take one call after the other: docs/decisions/vmap.md.
"""

from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp

from gatewise.kernels.native.shapes import layout
from gatewise.kernels.native.xla.jax import Arrays

Run = Callable[[Arrays], Arrays]


def mappable(run: Run, cell: str, wanted: tuple[str, ...]) -> Run:
    """`run`, which takes arrays by name and gives those in `wanted`, with a rule for vmap.

    In `wanted` those that have a batch axis need not be named.
    """
    call = jax.custom_batching.custom_vmap(run)
    call.def_vmap(partial(_rule, run, cell, wanted))
    return call


def _rule(
    run: Run,
    cell: str,
    wanted: tuple[str, ...],
    size: int,
    are_mapped: list[dict[str, bool]],
    arrays: Arrays,
) -> tuple[Arrays, dict[str, bool]]:
    mapped = {name for name, is_mapped in are_mapped[0].items() if is_mapped}
    again = mappable(run, cell, wanted)  # vmap of vmap
    if all("B" in layout(name, cell) for name in (*mapped, *wanted)):
        found = _as_one(again, cell, size, mapped, arrays)
    else:
        fixed = {name: array for name, array in arrays.items() if name not in mapped}
        found = jax.lax.map(
            lambda some: again({**fixed, **some}), {name: arrays[name] for name in mapped}
        )
    return found, dict.fromkeys(found, True)


def _as_one(run: Run, cell: str, size: int, mapped: set[str], arrays: Arrays) -> Arrays:
    """One call, with all elements' rows in the batch."""

    def joined(name: str, array):
        place = layout(name, cell).find("B")
        if place < 0:
            return array
        if name not in mapped:
            array = jnp.broadcast_to(array, (size, *array.shape))
        array = jnp.moveaxis(array, 0, place)
        return array.reshape(*array.shape[:place], -1, *array.shape[place + 2 :])

    def apart(name: str, array):
        place = layout(name, cell).find("B")
        split = array.reshape(*array.shape[:place], size, -1, *array.shape[place + 1 :])
        return jnp.moveaxis(split, place, 0)

    found = run({name: joined(name, array) for name, array in arrays.items()})
    return {name: apart(name, array) for name, array in found.items()}
