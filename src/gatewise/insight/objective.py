"""The loss that gradients are followed of: of each row by itself, added up."""

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from gatewise.errors import ArgumentError
from gatewise.insight.perturbed import Loss
from gatewise.kernels.contract import Array


def row_losses(model: keras.Model, loss: Any = None) -> Loss:
    """The sum of the rows' losses, from the model's own loss or another.

    Keras averages over all steps of all rows; here a row's loss is the mean over its own real
    steps, so that no row's gradient depends on the rows beside it.

    Args:
        model: a Keras model, or a task.
        loss: a Keras loss, its name, a function of targets and outputs, or a list or mapping of
            them for a model of several outputs; default that which the model was compiled with,
            else the task's usual one.

    Raises: ArgumentError where there is no loss, or one that Keras does not know.

    >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    >>> float(row_losses(model, "mse")(ops.zeros((3, 1)), 2 * ops.ones((3, 1))))
    12.0
    """
    loss = loss if loss is not None else getattr(model, "loss", None)
    loss = loss if loss is not None else getattr(model, "default_loss", None)
    if loss is None:
        raise ArgumentError(
            "loss: expected a model that is compiled with a loss, or loss=, got neither. Give "
            'one, such as loss="mse", or at="last" to follow the last states without a loss.'
        )
    names = list(getattr(getattr(model, "network", model), "output_names", None) or [])
    weights = (model.get_compile_config() or {}).get("loss_weights") if _uses(model, loss) else None
    functions = keras.tree.map_structure(_function, loss)

    def total(y: Any, outputs: Any) -> Array:
        flat = keras.tree.flatten(outputs)
        order = sorted(outputs) if isinstance(outputs, dict) else names
        targets = _for_each("y", y, flat, order)
        chosen = _for_each("loss", functions, flat, order)
        scales = _for_each("loss_weights", weights, flat, order)
        return sum(
            _by_row(function, target, output) * (1.0 if scale is None else scale)
            for function, target, output, scale in zip(chosen, targets, flat, scales, strict=True)
            if function is not None
        )

    return total


def _uses(model: keras.Model, loss: Any) -> bool:
    return loss is getattr(model, "loss", None) and hasattr(model, "get_compile_config")


def _function(loss: Any) -> Callable[[Any, Any], Array]:
    """A loss that does not yet reduce over rows or steps."""
    try:
        found = keras.losses.get(loss)
    except (ValueError, TypeError):
        raise ArgumentError(f"loss: expected a Keras loss or its name, got {loss!r}.") from None
    if isinstance(found, keras.losses.Loss):
        return found.call
    return lambda y, output: found(_like(y, output), output)


def _like(y: Array, output: Array) -> Array:
    """Targets [B] beside outputs [B, 1] as [B, 1], and the other way about, as Keras does it."""
    if len(output.shape) == len(y.shape) + 1 and output.shape[-1] == 1:
        return ops.expand_dims(y, -1)
    if len(y.shape) == len(output.shape) + 1 and y.shape[-1] == 1:
        return ops.squeeze(y, -1)
    return y


def _for_each(name: str, values: Any, outputs: list[Array], order: list[str]) -> list[Any]:
    """One value for each output, from a mapping by name, a list, or one for all."""
    if isinstance(values, dict):
        if not set(values) <= set(order):
            raise ArgumentError(f"{name}: expected names among {order}, got {list(values)}.")
        return [values.get(one) for one in order]
    listed = isinstance(values, list | tuple)
    found = list(values) if listed else [values] * (1 if name == "y" else len(outputs))
    if len(found) != len(outputs):
        raise ArgumentError(
            f"{name}: expected one for each of the model's {len(outputs)} outputs, got "
            f"{len(found)}."
        )
    return found


def _by_row(function: Callable[[Any, Any], Array], y: Any, output: Array) -> Array:
    """The sum over rows of the mean over a row's real steps."""
    values = function(ops.convert_to_tensor(y), output)
    if len(values.shape) == 0:  # a loss that has taken its mean over the rows
        return values * output.shape[0]
    if len(values.shape) == 1:
        return ops.sum(values)
    values = ops.reshape(values, (*values.shape[:2], -1))
    real = ops.cast(_RealSteps(reduction=None)(ops.ones(values.shape[:2]), output), values.dtype)
    weights = real / ops.maximum(ops.sum(real, axis=1, keepdims=True), 1)
    return ops.sum(values * ops.expand_dims(weights, -1)) / values.shape[2]


class _RealSteps(keras.losses.Loss):
    """Ones [B, T], of which Keras makes zeros where the output is masked: the mask of an output is
    nowhere else to be had."""

    def call(self, ones: Array, output: Array) -> Array:
        return ones
