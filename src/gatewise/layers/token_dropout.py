"""Dropping whole tokens while training."""

import keras
from keras import ops

from gatewise.errors import ArgumentError


@keras.saving.register_keras_serializable(package="gatewise")
class TokenDropout(keras.layers.Layer):
    """While training, puts the unknown token in the place of some of the tokens.

    A model trained so leans less on any one word, and has learned what an unknown word is
    before it meets one. Takes and gives token ids [B, T]; not training, they pass unchanged.

    Args:
        rate: the share of the tokens that are replaced, 0 to 1.
        unknown: the id of the unknown token. Default: 1.
        padding: the id of padding, which is never replaced. Default: 0.
        seed: an integer for the same choices in every run; a saved model starts again from it,
            as Keras's own `Dropout` does. Default: None, a new one each time.

    Raises: ArgumentError for a rate outside 0..1, or where `unknown` is the id of padding.

    >>> ids = ops.array([[5, 6, 0]])
    >>> ops.convert_to_numpy(TokenDropout(rate=1.0)(ids, training=True)).tolist()
    [[1, 1, 0]]
    """

    def __init__(self, rate, unknown=1, padding=0, seed=None, **kwargs):
        super().__init__(**kwargs)
        if not 0 <= rate <= 1:
            raise ArgumentError(
                f"rate: expected a number from 0 to 1, got {rate!r}. "
                "It is the share of tokens replaced while training; 0.1 is usual."
            )
        if unknown == padding:
            raise ArgumentError(
                f"unknown: expected an id other than that of padding, got {unknown!r} for both. "
                "Steps set to padding would be masked."
            )
        self.rate = rate
        self.unknown = unknown
        self.padding = padding
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.supports_masking = True

    def call(self, inputs, training=False):
        if not training or self.rate == 0:
            return inputs
        chance = keras.random.uniform(ops.shape(inputs), seed=self.seed_generator)
        dropped = ops.logical_and(chance < self.rate, inputs != self.padding)
        return ops.where(dropped, ops.full_like(inputs, self.unknown), inputs)

    def get_config(self):
        own = {
            "rate": self.rate,
            "unknown": self.unknown,
            "padding": self.padding,
            "seed": self.seed,
        }
        return {**super().get_config(), **own}
