"""Taking rows of a table that was computed for a whole batch."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="gatewise")
class TakeRows(keras.layers.Layer):
    """Puts row `places[b, t]` of a table at step t of example b.

    What depends on a word alone, its spelling for instance, is computed once for each distinct
    word of a batch and taken from there: table [W, F] and places [B, T] in, [B, T, F] out.

    >>> table = ops.array([[0.0], [1.0], [2.0]])
    >>> ops.convert_to_numpy(TakeRows()(table, ops.array([[2, 1, 2]])))[0, :, 0].tolist()
    [2.0, 1.0, 2.0]
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, table, places):
        return ops.take(table, places, axis=0)

    def compute_mask(self, table, mask=None):
        return None  # the table's rows are not the steps

    def compute_output_shape(self, table_shape, places_shape):
        return (*places_shape, table_shape[-1])
