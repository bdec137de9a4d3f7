"""Layers by which a network goes on from a state: what it begins with, and what it is told."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="gatewise")
class FirstState(keras.layers.Layer):
    """The state that a recurrent layer begins with: the one carried over, or a fresh one.

    Called with `[state, fresh]` or `[state, fresh, first]`: `state` `[B, U]` is what was carried,
    `fresh` `[B]` is 1 where a sequence begins and else 0, `first` `[B, U]` is what a sequence
    begins with, zeros where it is not given.

    >>> state = FirstState()([ops.ones((2, 3)), ops.convert_to_tensor([0.0, 1.0])])
    >>> [float(row[0]) for row in state]
    [1.0, 0.0]
    """

    def call(self, inputs: list[Any]) -> Any:
        state, fresh, *first = inputs
        begins = ops.expand_dims(fresh, -1) > 0
        start = first[0] if first else ops.zeros_like(state)
        return ops.where(begins, ops.cast(start, state.dtype), state)

    def compute_output_shape(self, input_shape: list[Any]) -> Any:
        return input_shape[0]


@keras.saving.register_keras_serializable(package="gatewise")
class BesideEachStep(keras.layers.Layer):
    """Puts a vector beside every step of a sequence: `[B, T, I]` and `[B, C]` to `[B, T, I + C]`.

    >>> tuple(BesideEachStep()([ops.zeros((2, 5, 3)), ops.ones((2, 4))]).shape)
    (2, 5, 7)
    """

    def call(self, inputs: list[Any]) -> Any:
        sequence, vector = inputs
        steps = ops.shape(sequence)[1]
        repeated = ops.repeat(ops.expand_dims(vector, 1), steps, axis=1)
        return ops.concatenate([sequence, repeated], axis=-1)

    def compute_output_shape(self, input_shape: list[Any]) -> Any:
        sequence, vector = input_shape
        return (*sequence[:-1], sequence[-1] + vector[-1])


@keras.saving.register_keras_serializable(package="gatewise")
class CarriedStates(keras.layers.Layer):
    """Keeps states `[B, U]` from one batch to the next, for chunks of a long text in training.

    Args:
        rows: B, rows of each batch.
        widths: U of each state.

    >>> carried = CarriedStates(2, [3])
    >>> carried.keep([ops.ones((2, 3))])
    >>> float(ops.sum(carried.states[0]))
    6.0
    """

    def __init__(self, rows: int, widths: list[int], **options: Any):
        super().__init__(trainable=False, **options)
        self.rows, self.widths = rows, list(widths)
        self._kept = [
            self.add_weight(
                shape=(rows, width), initializer="zeros", trainable=False, name=f"state_{place + 1}"
            )
            for place, width in enumerate(self.widths)
        ]
        self.built = True

    @property
    def states(self) -> list[Any]:
        """The states last kept, zeros at first."""
        return [ops.convert_to_tensor(one) for one in self._kept]

    def keep(self, states: list[Any]) -> None:
        """Keep states for the next batch; no gradient goes through them."""
        for own, new in zip(self._kept, states, strict=True):
            own.assign(ops.cast(ops.stop_gradient(new), own.dtype))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "rows": self.rows, "widths": self.widths}
