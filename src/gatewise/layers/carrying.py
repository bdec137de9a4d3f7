"""Layers by which a network goes on from a state: what it begins with, and what it is told."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="gatewise")
class FirstState(keras.layers.Layer):
    """The state that a recurrent layer begins with: the one carried over, or a fresh one.

    Called with `[state, fresh]` or `[state, fresh, first]`: `state` `[B, U]` is what was carried,
    `fresh` `[B]` is 1 where a sequence begins and else 0, `first` `[B, U]` is what a sequence begins
    with, zeros where it is not given.

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
