"""Measures over the steps that have a tag."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="gatewise")
class TokenAccuracy(keras.metrics.Mean):
    """The part of the steps that are tagged rightly; steps with target -1 do not count."""

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        y_true = ops.cast(y_true, "int32")
        right = ops.equal(y_true, ops.cast(ops.argmax(y_pred, axis=-1), "int32"))
        counted = ops.cast(y_true >= 0, "float32")
        if sample_weight is not None:
            counted = counted * ops.cast(sample_weight, "float32")
        return super().update_state(ops.cast(right, "float32"), counted)
