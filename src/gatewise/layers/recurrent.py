"""`LSTM`, `GRU` and `SimpleRNN`: Keras's layers with one method overridden.

Arguments, weights, configuration and numbers are those of `keras.layers`; saved files pass both
ways. `Bidirectional`, `stateful`, `return_state` and mixed precision come along, since all of
them lie outside `inner_loop`.
"""

import keras

from gatewise.kernels import Request
from gatewise.kernels.select import select

# What a kernel may have to know about a layer; a cell has those that apply to it.
OPTIONS = (
    "units",
    "use_bias",
    "reset_after",
    "dropout",
    "recurrent_dropout",
    "unroll",
    "stateful",
    "go_backwards",
    "return_sequences",
    "zero_output_for_mask",
    "compute_dtype",
)
ACTIVATIONS = ("activation", "recurrent_activation")


class Seam:
    """Asks for a kernel where Keras would start its time loop."""

    name: str

    def inner_loop(self, sequences, initial_state, mask, training=False):
        select(self.kernel_request())  # an error where GATEWISE_KERNELS=native finds no kernel
        return super().inner_loop(sequences, initial_state, mask, training=training)  # type: ignore[misc]

    def kernel_request(self) -> Request:
        """What decides which kernel this layer gets."""
        options = {name: getattr(self, name) for name in OPTIONS if hasattr(self, name)}
        for name in ACTIVATIONS:
            if hasattr(self, name):
                options[name] = keras.activations.serialize(getattr(self, name))
        return Request(
            self.name, cell_name(self), keras.backend.backend(), current_device(), options
        )


@keras.saving.register_keras_serializable(package="gatewise")
class LSTM(Seam, keras.layers.LSTM):
    """Drop-in for `keras.layers.LSTM`: same arguments, weights and numbers.

    >>> from keras import ops
    >>> tuple(LSTM(4, return_sequences=True)(ops.ones((2, 3, 5))).shape)
    (2, 3, 4)
    """


@keras.saving.register_keras_serializable(package="gatewise")
class GRU(Seam, keras.layers.GRU):
    """Drop-in for `keras.layers.GRU`: same arguments, weights and numbers.

    >>> from keras import ops
    >>> tuple(GRU(4)(ops.ones((2, 3, 5))).shape)
    (2, 4)
    """


@keras.saving.register_keras_serializable(package="gatewise")
class SimpleRNN(Seam, keras.layers.SimpleRNN):
    """Drop-in for `keras.layers.SimpleRNN`: same arguments, weights and numbers.

    >>> from keras import ops
    >>> tuple(SimpleRNN(4)(ops.ones((2, 3, 5))).shape)
    (2, 4)
    """


DROP_INS = {"LSTM": LSTM, "GRU": GRU, "SimpleRNN": SimpleRNN}  # by the name Keras has for each


def cell_name(layer) -> str:
    """Which of the three a drop-in, or a subclass of one, is."""
    return next(name for name, kind in DROP_INS.items() if isinstance(layer, kind))


def current_device() -> str:
    """The kind of device Keras computes on here: `cpu`, `gpu` or `tpu`.

    torch has no list of devices in Keras, so there a tensor is asked where it was put.
    """
    if keras.backend.backend() == "torch":
        kind = keras.ops.zeros(()).device.type
        return {"cuda": "gpu"}.get(kind, kind)
    return keras.distribution.list_devices()[0].split(":")[0].lower()
