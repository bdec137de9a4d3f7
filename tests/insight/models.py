"""Models to look into."""

import keras
import numpy as np

import gatewise as gw

SOURCES = {"ours": gw.layers, "stock": keras.layers}


def inputs(B=3, T=6, I=2, seed=0):
    return np.random.default_rng(seed).normal(size=(B, T, I)).astype("float32")


def masked(x, mask):
    """`x` with zeros where `mask` is false, which keras.layers.Masking takes for padding."""
    return np.where(mask[:, :, None], x, 0.0).astype("float32")


def one_layer(kind, source="ours", units=4, features=2, **options):
    """A model of one recurrent layer named "layer", whose zeros are masked; drawn weights."""
    options = {"return_sequences": True, **options}
    layer = getattr(SOURCES[source], kind)(units, name="layer", **options)
    model = keras.Sequential([keras.Input((None, features)), keras.layers.Masking(0.0), layer])
    draw(model)
    return model


def draw(model, scale=0.8, seed=1):
    """Weights that make every gate differ."""
    rng = np.random.default_rng(seed)
    for one in model.trainable_variables:
        one.assign(scale * rng.normal(size=one.shape))


def stack(source="ours"):
    """A bidirectional LSTM below a GRU below a simple RNN."""
    layers = SOURCES[source]
    model = keras.Sequential(
        [
            keras.Input((None, 2)),
            keras.layers.Masking(0.0),
            layers.Bidirectional(layers.LSTM(3, return_sequences=True, name="lstm"), name="both"),
            layers.GRU(4, return_sequences=True, name="gru"),
            layers.SimpleRNN(2, name="rnn"),
        ]
    )
    draw(model)
    return model
