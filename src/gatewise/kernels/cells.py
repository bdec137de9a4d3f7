"""Which of the kernels' cells a Keras layer is."""

import keras
from keras import ops

# By function, since one of the user's own may have the same name.
ACTIVATIONS = {
    function: name
    for name in ("tanh", "sigmoid", "relu")
    for function in (getattr(keras.activations, name), getattr(ops, name))
}


def cell_of(layer: keras.layers.RNN, activation: str) -> str:
    """One of `contract.CELLS`; the activation by name, as ACTIVATIONS has it.

    >>> cell_of(keras.layers.SimpleRNN(4, activation="relu"), "relu")
    'SimpleRNN relu'
    """
    if isinstance(layer, keras.layers.GRU):
        return "GRU" if layer.reset_after else "GRU reset before"
    return f"SimpleRNN {activation}" if isinstance(layer, keras.layers.SimpleRNN) else "LSTM"
