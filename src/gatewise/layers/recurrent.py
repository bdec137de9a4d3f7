"""`LSTM`, `GRU` and `SimpleRNN`: Keras's layers with one method overridden.

Arguments, weights, configuration and numbers are those of `keras.layers`; saved files pass both
ways. `Bidirectional`, `stateful`, `return_state` and mixed precision come along, since all of
them lie outside `inner_loop`.
"""

import contextlib
from dataclasses import replace

import keras

from gatewise.equations.sequence import Step
from gatewise.kernels import Inputs, Kernel, Request, Spec
from gatewise.kernels.cells import ACTIVATIONS as KERNEL_ACTIVATIONS
from gatewise.kernels.select import prepare, select
from gatewise.layers.kernel_io import Array, equation_of, inputs_of, results_of, spec_of

# What a kernel may have to know about a layer, all of them and those that have more.
OPTIONS = (
    "units",
    "use_bias",
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
CELLS = (keras.layers.LSTMCell, keras.layers.GRUCell, keras.layers.SimpleRNNCell)


class Seam:
    """Runs a kernel where Keras would start its time loop, if there is one for the layer."""

    name: str
    kernel_options: tuple[str, ...] = (*OPTIONS, "use_cudnn")
    kernel_activations: tuple[str, ...] = ACTIVATIONS
    drop_in = True  # whether it computes what the Keras layer that it derives from does

    def __new__(cls, *args, **kwargs):
        # Not in `build`, which Keras binds to the object, so that `restore` could not take it
        # back; nor in `__init__`, whose arguments Keras reads.
        prepare(keras.backend.backend())
        return super().__new__(cls, *args, **kwargs)

    def inner_loop(self, sequences, initial_state, mask, training=False):
        kernel = self.kernel_for(sequences, training)
        if kernel is None:
            return super().inner_loop(sequences, initial_state, mask, training=training)  # type: ignore[misc]
        spec, inputs = self.kernel_arguments(sequences, initial_state, mask, training)
        return results_of(spec, inputs, kernel.run(spec, inputs))

    def kernel_for(self, sequences, training=False) -> Kernel | None:
        """The kernel that runs this input, or None where Keras's own code does.

        Raises: KernelError where GATEWISE_KERNELS=native insists on one and there is none.
        """
        request = self.kernel_request(device_of(sequences), training)
        request = replace(request, options={**request.options, "rows": sequences.shape[0]})
        # Shapes alone, or nothing to compute: Keras's own code, and no complaint.
        if request.device == "meta" or 0 in sequences.shape:
            return None
        return select(request).kernel

    def kernel_arguments(self, sequences, initial_state, mask, training) -> tuple[Spec, Inputs]:
        """What the kernel is given in place of Keras's `inner_loop`."""
        spec = spec_of(self, activation_name(self.activation))  # type: ignore[attr-defined]
        return spec, inputs_of(self, sequences, initial_state, mask, training)

    def equation(self, sequences) -> tuple[Step, Array]:
        """The layer as `gatewise.equations` has it, without dropout: its step with the weights
        filled in, and the input's share `x·W + b` [B, T, G·U] of `sequences` [B, T, I]."""
        return equation_of(self, sequences)

    def kernel_request(self, device: str | None = None, training: bool = False) -> Request:
        """What decides which kernel this layer gets, on `device` or where Keras computes, in
        training or else."""
        options = {name: getattr(self, name) for name in self.kernel_options}
        for name in self.kernel_activations:
            options[name] = activation_name(getattr(self, name))
        cell = type(self.cell)  # type: ignore[attr-defined]
        options["cell_class"] = None if cell in CELLS else cell.__name__
        options["quantization"] = self.dtype_policy.quantization_mode  # type: ignore[attr-defined]
        return Request(
            self.name,
            cell_name(self),
            keras.backend.backend(),
            device or current_device(),
            options,
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

    kernel_options = (*Seam.kernel_options, "reset_after")


@keras.saving.register_keras_serializable(package="gatewise")
class SimpleRNN(Seam, keras.layers.SimpleRNN):
    """Drop-in for `keras.layers.SimpleRNN`: same arguments, weights and numbers.

    >>> from keras import ops
    >>> tuple(SimpleRNN(4)(ops.ones((2, 3, 5))).shape)
    (2, 4)
    """

    kernel_options = OPTIONS
    kernel_activations = ("activation",)


DROP_INS = {"LSTM": LSTM, "GRU": GRU, "SimpleRNN": SimpleRNN}  # by the name Keras has for each


def cell_name(layer) -> str:
    """Which of the three a drop-in, or a subclass of one, is."""
    return next(name for name, kind in DROP_INS.items() if isinstance(layer, kind))


def current_device() -> str:
    """The kind of device Keras computes on here: `cpu`, `gpu` or `tpu`.

    torch has no list of devices in Keras, so there a tensor is asked where it was put.
    """
    if keras.backend.backend() == "torch":
        return device_of(keras.ops.zeros(()))
    return keras.distribution.list_devices()[0].split(":")[0].lower()


def device_of(array) -> str:
    """The kind of device `array` lies on, or `meta` for a shape alone, as torch has it.

    JAX's tracers lie nowhere, so outside torch it is the one that Keras computes on.
    """
    if keras.backend.backend() == "torch":
        return {"cuda": "gpu"}.get(array.device.type, array.device.type)
    return current_device()


def activation_name(function) -> str:
    """The name of one of Keras's activations; of another function one that no kernel has.

    >>> activation_name(keras.activations.tanh), activation_name(keras.activations.softsign)
    ('tanh', 'softsign')
    >>> activation_name(lambda x: x)
    'lambda of your own'
    """
    with contextlib.suppress(TypeError):  # a callable object need not be hashable
        if function in KERNEL_ACTIVATIONS:
            return KERNEL_ACTIVATIONS[function]
    name = getattr(function, "__name__", type(function).__name__)
    if name == "<lambda>":  # of which Keras would give the code
        return "lambda of your own"
    with contextlib.suppress(TypeError, ValueError, AttributeError):  # not known to Keras
        name = str(keras.activations.serialize(function))
    return f"{name} of your own" if name in KERNEL_ACTIVATIONS.values() else name
