"""The loss that quantiles are learned by."""

from collections.abc import Sequence

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="gatewise")
class QuantileLoss(keras.losses.Loss):
    """Pinball loss, max(q (y − ŷ), (q − 1)(y − ŷ)), of each member of an ensemble.

    The truth is `[B, H]`, NaN where it is missing (those steps count nothing), the forecast
    `[B, M, H, Q]`. Members are added up, not averaged, so that each learns as it would alone.

    Args:
        quantiles: Q shares between 0 and 1.

    >>> loss = QuantileLoss([0.1, 0.5, 0.9])
    >>> float(loss(ops.array([[1.0, float("nan")]]), ops.zeros((1, 1, 2, 3))))
    0.5
    """

    def __init__(self, quantiles: Sequence[float], name: str = "quantile_loss", **options):
        super().__init__(name=name, **options)
        self.quantiles = [float(one) for one in quantiles]

    def call(self, y_true, y_pred):
        known = ops.logical_not(ops.isnan(y_true))
        # Before the subtraction: NaN times 0 would be NaN in the gradient.
        truth = ops.where(known, y_true, ops.zeros_like(y_true))[:, None, :, None]
        weight = ops.cast(known, y_pred.dtype)[:, None, :, None]
        shares = ops.convert_to_tensor(self.quantiles, y_pred.dtype)
        error = (truth - y_pred) * weight
        loss = ops.mean(ops.maximum(shares * error, (shares - 1) * error), axis=-1)  # [B, M, H]
        steps = ops.maximum(ops.sum(weight[..., 0], axis=-1), 1.0)
        return ops.sum(ops.sum(loss, axis=-1) / steps, axis=-1)

    def get_config(self):
        return {**super().get_config(), "quantiles": self.quantiles}
