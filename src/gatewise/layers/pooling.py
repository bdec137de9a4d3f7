"""Pooling over time."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="gatewise")
class MaxOverTime(keras.layers.Layer):
    """The largest value of each feature over the real steps of a sequence.

    `keras.layers.GlobalMaxPooling1D` ignores masks, so padding can win there. A row without a
    real step gives zeros. [B, T, U] in, [B, U] out; the mask [B, T] is optional.
    For the mean, `keras.layers.GlobalAveragePooling1D` respects masks as it is.

    Raises: ValueError, from Keras, for an input that has not three dimensions.

    >>> steps = ops.array([[[1.0], [-2.0], [9.0]]])
    >>> float(MaxOverTime()(steps, mask=ops.array([[True, True, False]]))[0, 0])
    1.0
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.input_spec = keras.layers.InputSpec(ndim=3)

    def call(self, inputs, mask=None):
        if mask is None:
            return ops.max(inputs, axis=1)
        real = ops.expand_dims(ops.cast(mask, "bool"), -1)  # [B, T, 1]
        largest = ops.max(ops.where(real, inputs, float("-inf")), axis=1)
        return ops.where(ops.any(real, axis=1), largest, ops.zeros_like(largest))

    def compute_mask(self, inputs, mask=None):
        return None  # there are no steps left to mask

    def compute_output_shape(self, input_shape):
        return (input_shape[0], input_shape[2])
