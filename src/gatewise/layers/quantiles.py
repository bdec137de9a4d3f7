"""Quantiles that cannot cross."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="gatewise")
class OrderedQuantiles(keras.layers.Layer):
    """Turns any numbers into ascending quantiles: the middle one is free, the others are steps away
    from it.

        q_m = r_m,   q_{m+k} = q_m + Σ softplus(r_{m+1} … r_{m+k}),   and so downwards

    [..., Q] in, [..., Q] ascending out, with m = Q // 2.

    >>> quantiles = OrderedQuantiles()(ops.array([[3.0, -1.0, 2.0]]))[0]
    >>> bool(quantiles[0] < quantiles[1] < quantiles[2]), float(quantiles[1])
    (True, -1.0)
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, inputs):
        middle = inputs.shape[-1] // 2
        centre = inputs[..., middle : middle + 1]
        steps = ops.softplus(inputs)
        above = centre + ops.cumsum(steps[..., middle + 1 :], axis=-1)
        # From the middle downwards: the sum of a step and all those between it and the middle.
        below = ops.flip(ops.cumsum(ops.flip(steps[..., :middle], axis=-1), axis=-1), axis=-1)
        return ops.concatenate([centre - below, centre, above], axis=-1)

    def compute_output_shape(self, input_shape):
        return input_shape
