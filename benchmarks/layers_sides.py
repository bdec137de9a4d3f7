"""The contenders of the layer benchmark, each as a call that runs a case once.

Every contender has the same weights and the same input, in the layout that it likes best, made
before the clock starts. A framework is imported by the process that measures it, and by no other.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from layers_grid import Case, arrays

KERAS = {"jax": "Keras-JAX", "torch": "Keras-torch", "tensorflow": "Keras-TF"}
GATEWISE = {"jax": "Gatewise-JAX", "torch": "Gatewise-torch"}


@dataclass
class Side:
    """One contender with one case."""

    name: str
    call: Callable[[], Any]  # runs the case once and waits until it is done
    read: Callable[[Any], np.ndarray] | None  # what to compare; None where it may differ
    path: Callable[[], str]  # what ran, in words
    compiled: bool = False  # the first call compiles


def sides(case: Case, backend: str) -> list[Side]:
    """All that this back end's process can measure."""
    data = arrays(case)
    found = [keras_side(case, backend, data, ours=False)]
    if backend in GATEWISE:
        found.append(keras_side(case, backend, data, ours=True))
    if backend == "torch":
        found.append(torch_side(case, data))
    if case.mode == "forward" and installed("onnxruntime", "onnx") and backend in GATEWISE:
        found.append(onnx_side(case, data))
    return found


def keras_side(case: Case, backend: str, data: dict[str, Any], ours: bool) -> Side:
    """A Keras layer, stock or ours."""
    layer = keras_layer(case, data, ours)
    make = {"jax": jax_call, "torch": keras_torch_call, "tensorflow": tensorflow_call}[backend]
    path = native_path(layer, case.mode) if ours else lambda: f"keras.layers.{case.cell}"
    name = (GATEWISE if ours else KERAS)[backend]
    return Side(name, make(layer, case, data), to_numpy, path, compiled=backend != "torch")


def keras_layer(case: Case, data: dict[str, Any], ours: bool) -> Any:
    import keras

    if ours:
        import gatewise.layers as layers
    else:
        layers = keras.layers
    layer = getattr(layers, case.cell)(case.shape.U, return_sequences=True, name="layer")
    layer.build(data["x"].shape)
    layer.set_weights([data["kernel"], data["recurrent_kernel"], data["bias"]])
    return layer


def jax_call(layer: Any, case: Case, data: dict[str, Any]) -> Callable[[], Any]:
    import jax

    run, given = jax_run(layer, case, data)
    return lambda: jax.block_until_ready(run(*given))


def jax_run(layer: Any, case: Case, data: dict[str, Any]) -> tuple[Any, tuple]:
    """What JAX compiles for a case, and what it is given."""
    import jax

    weights = [one.value for one in layer.trainable_variables]
    others = [one.value for one in layer.non_trainable_variables]
    x = jax.numpy.asarray(data["x"])
    mask = jax.numpy.asarray(data["mask"]) if case.mode == "masked" else None

    def outputs(weights: Any, x: Any, mask: Any) -> Any:
        return layer.stateless_call(weights, others, x, mask=mask)[0]

    def total(weights: Any, x: Any, mask: Any) -> Any:
        return outputs(weights, x, mask).sum()

    run = jax.jit(outputs if case.mode == "forward" else jax.grad(total, argnums=(1, 0)))
    return run, (weights, x, mask)


def keras_torch_call(layer: Any, case: Case, data: dict[str, Any]) -> Callable[[], Any]:
    import torch

    x = torch.from_numpy(data["x"])
    mask = torch.from_numpy(data["mask"]) if case.mode == "masked" else None
    weights = [one.value for one in layer.trainable_variables]
    return torch_call(lambda x: layer(x, mask=mask), x, weights, case)


def torch_call(run: Any, x: Any, weights: list[Any], case: Case) -> Callable[[], Any]:
    """`run(x)`, or the gradient of the sum of what it gives, as eager torch does it."""
    import torch

    def forward() -> Any:
        with torch.no_grad():
            return run(x)

    def training() -> Any:
        return torch.autograd.grad(run(x).sum(), [x, *weights])

    x.requires_grad_(case.mode != "forward")
    return forward if case.mode == "forward" else training


def torch_side(case: Case, data: dict[str, Any]) -> Side:
    """torch.nn, time first; with a mask it gets packed sequences, packing included."""
    import torch

    kind = {"SimpleRNN": "RNN"}.get(case.cell, case.cell)
    layer = getattr(torch.nn, kind)(case.shape.I, case.shape.U)
    with torch.no_grad():
        for one, value in zip(layer.parameters(), torch_weights(case.cell, data), strict=True):
            one.copy_(torch.from_numpy(value))
    x = torch.from_numpy(np.ascontiguousarray(data["x"].swapaxes(0, 1)))
    lengths = torch.from_numpy(data["mask"].sum(1))

    def packed(x: Any) -> Any:
        pack = torch.nn.utils.rnn.pack_padded_sequence(x, lengths, enforce_sorted=False)
        return layer(pack)[0].data

    run = packed if case.mode == "masked" else lambda x: layer(x)[0]
    # Its outputs at padded steps do not count, Keras's do: other gradients with a mask.
    read = None if case.mode == "masked" else lambda found: to_numpy(found).swapaxes(0, 1)
    call = torch_call(run, x, list(layer.parameters()), case)
    return Side("torch.nn", call, read, lambda: f"torch.nn.{kind}")


def torch_weights(cell: str, data: dict[str, Any]) -> list[np.ndarray]:
    """Keras's weights as torch.nn has them: transposed, r z n, one bias for each product."""
    order = {"GRU": (1, 0, 2)}.get(cell)
    bias = data["bias"] if cell == "GRU" else np.stack([data["bias"], 0 * data["bias"]])
    columns = [data["kernel"], data["recurrent_kernel"], bias]
    kernel, recurrent, both = (ordered(one, order) for one in columns)
    return [kernel.T, recurrent.T, *both]


def ordered(array: np.ndarray, order: tuple[int, ...] | None) -> np.ndarray:
    """The gates along the last axis in another order."""
    if order is None:
        return array
    parts = np.split(array, len(order), axis=-1)
    return np.concatenate([parts[one] for one in order], axis=-1)


def tensorflow_call(layer: Any, case: Case, data: dict[str, Any]) -> Callable[[], Any]:
    import tensorflow as tf

    x = tf.constant(data["x"])
    mask = tf.constant(data["mask"]) if case.mode == "masked" else None

    @tf.function
    def forward() -> Any:
        return layer(x, mask=mask)

    @tf.function
    def training() -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            total = tf.reduce_sum(layer(x, mask=mask))
        return tape.gradient(total, [x, *layer.trainable_weights_values])

    layer.trainable_weights_values = [one.value for one in layer.trainable_variables]
    run = forward if case.mode == "forward" else training

    def call() -> Any:
        found = run()
        to_numpy(found)[..., 0]  # waits
        return found

    return call


def onnx_side(case: Case, data: dict[str, Any]) -> Side:
    import layers_onnx

    run = layers_onnx.session(case.cell, data).run
    x = np.ascontiguousarray(data["x"].swapaxes(0, 1))  # time first, as it likes it best
    return Side(
        "ONNX Runtime",
        lambda: run(["Y"], {"X": x})[0],
        lambda found: found[:, 0].swapaxes(0, 1),
        lambda: "onnxruntime, CPU",
    )


def to_numpy(found: Any) -> np.ndarray:
    """The outputs, or the gradient of the input, which stands first."""
    first = found[0] if isinstance(found, (tuple, list)) else found
    return np.asarray(first.detach() if hasattr(first, "detach") else first)


def native_path(layer: Any, mode: str) -> Callable[[], str]:
    """Names what has run since now: the native kernel, by its own counter, or why it did not."""
    passes = "forward" if mode == "forward" else "backward"
    before = native_count(passes)

    def path() -> str:
        if native_count(passes) > before:
            from gatewise.kernels.native import library

            return f"native, {library.load().isa()}"
        from gatewise.layers import explain

        return f"stock: {explain(layer).reason}"

    return path


def native_count(passes: str) -> int:
    """Calls of the native kernel so far; 0 where there is no library."""
    try:
        from gatewise.kernels.native import library
    except ImportError:
        return 0
    return 0 if library.reason() else library.load().counts()[passes]


def installed(*names: str) -> bool:
    from importlib.util import find_spec

    return all(find_spec(name) for name in names)


def limit_threads(backend: str, threads: int) -> None:
    """Hold this process to so many threads and processors, before a framework starts its own."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    if backend == "torch":
        import torch

        torch.set_num_threads(threads)
    if backend == "tensorflow":
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
