"""Between a layer and a kernel: what Keras hands to `inner_loop` as a kernel takes it, and back."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import keras
from keras import ops

from gatewise.equations import Gates, gru_step, lstm_step, simple_rnn_step
from gatewise.equations.sequence import Step
from gatewise.errors import ArgumentError
from gatewise.kernels import Inputs, Outputs, Spec
from gatewise.kernels.cells import cell_of

Array = Any  # a tensor of whichever back end Keras runs on


def spec_of(layer, activation: str) -> Spec:
    """What a kernel must know of `layer` before it runs; `activation` by name.

    >>> spec_of(keras.layers.SimpleRNN(4, activation="relu"), "relu").cell
    'SimpleRNN relu'
    """
    cell = cell_of(layer, activation)
    return Spec(cell, layer.go_backwards, fill_of(layer), layer.return_sequences)


def fill_of(layer) -> str:
    """What Keras's loop gives as the output of a masked step; see `contract.FILLS`."""
    under_jax = keras.backend.backend() == "jax"
    if layer.zero_output_for_mask and not (under_jax and layer.unroll):
        return "zero"
    # Before the first real step JAX's scan gives the initial state; the other loops give zeros.
    return "hold" if under_jax and not layer.unroll else "hold_zero"


def inputs_of(layer, sequences, initial_state, mask, training) -> Inputs:
    """The arguments of `inner_loop` and the layer's weights, in float32, for one direction.

    Dropout is applied to the input here. Where Keras has an input mask for each gate, the kernel
    sees the input once for each gate side by side, and weights of zero between strangers.
    """
    cell = layer.cell
    x, kernel, recurrent_kernel = (
        as_float(array) for array in (sequences, cell.kernel, cell.recurrent_kernel)
    )
    if training and drops(layer, cell.dropout):
        dropout = cell.get_dropout_mask(sequences[:, 0, :])
        if isinstance(dropout, list):
            x = ops.concatenate([dropped(x, one) for one in dropout], axis=-1)
            kernel = block_diagonal(ops.split(kernel, len(dropout), axis=1))
        else:
            x = dropped(x, dropout)
    states = initial_state if keras.tree.is_nested(initial_state) else [initial_state]
    if len(states) != (count := 2 if isinstance(layer, keras.layers.LSTM) else 1):
        raise ArgumentError(
            f"initial_state of layer {layer.name!r}: expected {count} "
            f"({'h and c' if count == 2 else 'h'}), got {len(states)}."
        )
    if keras.backend.backend() == "torch" and layer.stateful:
        # The layer will overwrite its states, which the backward pass still has to read.
        states = [ops.copy(state) for state in states]
    return Inputs(
        x,
        one_direction(kernel),
        one_direction(recurrent_kernel),
        None if cell.bias is None else one_direction(as_float(cell.bias)),
        tuple(one_direction(as_float(state)) for state in states),
        mask_of(mask, sequences.shape[0]),
        recurrent_dropout_of(layer, states[0], training),
    )


def mask_of(mask, rows: int) -> Array | None:
    """A mask as [B, T], true where a step is real; as in Keras, one row may stand for all."""
    if mask is not None and keras.tree.is_nested(mask):
        mask = mask[0]
    if mask is None:
        return None
    mask = ops.cast(mask, "bool")
    mask = mask if len(mask.shape) == 2 else ops.any(mask, axis=-1)
    return ops.broadcast_to(mask, (rows, mask.shape[1])) if mask.shape[0] == 1 != rows else mask


def recurrent_dropout_of(layer, state, training) -> Array | None:
    """The masks of the hidden state, [1, G, B, U], or None where nothing is dropped."""
    if not (training and drops(layer, layer.cell.recurrent_dropout)):
        return None
    masks = layer.cell.get_recurrent_dropout_mask(state)
    masks = masks if isinstance(masks, list) else [masks]
    return one_direction(as_float(ops.stack(masks)))


def drops(layer, rate: float) -> bool:
    """Whether Keras's cell applies dropout at this rate: only its simple cell does at 1."""
    return rate > 0 and (rate < 1 or isinstance(layer, keras.layers.SimpleRNN))


def dropped(x: Array, mask: Array) -> Array:
    """[B, T, I] times [B, I]."""
    return x * ops.expand_dims(as_float(mask), 1)


def block_diagonal(blocks: Sequence[Array]) -> Array:
    """Kernels [I, U] of G gates as one [G·I, G·U], each gate with an input of its own.

    >>> ops.convert_to_numpy(block_diagonal([ops.ones((1, 1)), 2 * ops.ones((1, 1))])).tolist()
    [[1.0, 0.0], [0.0, 2.0]]
    """
    rows = [
        [block if row is block else ops.zeros_like(block) for block in blocks] for row in blocks
    ]
    return ops.concatenate([ops.concatenate(row, axis=1) for row in rows], axis=0)


def as_float(array) -> Array:
    """In float32, in which kernels compute; of a variable, what the layer's policy makes of it."""
    array = ops.convert_to_tensor(array)
    # Asked first, since a cast to the same type costs microseconds too where nothing is traced.
    same = keras.backend.standardize_dtype(array.dtype) == "float32"
    return array if same else ops.cast(array, "float32")


def one_direction(array: Array) -> Array:
    """With the axis of directions in front, of length 1."""
    return array[None]


def results_of(spec: Spec, inputs: Inputs, outputs: Outputs):
    """What `inner_loop` gives back: the last output, all outputs, and the states."""
    states = [state[0] for state in outputs.states]
    if outputs.hidden is not None:
        hidden = outputs.hidden[:, :, 0]
        return hidden[:, -1], hidden, states
    last = _last_output(spec, inputs.mask, states[0])
    return last, ops.expand_dims(last, 1), states


def _last_output(spec: Spec, mask: Array | None, state: Array) -> Array:
    """The output of the last step taken, which is the last state except where masks say 0."""
    if mask is None or spec.fill == "hold":
        return state
    if spec.fill == "zero":
        real = mask[:, 0] if spec.reverse else mask[:, -1]
    else:
        real = ops.any(mask, axis=1)
    return ops.where(ops.expand_dims(real, -1), state, ops.zeros_like(state))


def equation_of(layer, sequences) -> tuple[Step, Array]:
    """A layer's step with its weights filled in, and the input's share of every step.

    >>> layer = keras.layers.SimpleRNN(4)
    >>> layer.build((1, 2, 3))
    >>> step, projected = equation_of(layer, ops.ones((1, 2, 3)))
    >>> tuple(projected.shape)
    (1, 2, 4)
    """
    cell = layer.cell
    dtype = sequences.dtype
    kernel, recurrent_kernel = (ops.cast(w, dtype) for w in (cell.kernel, cell.recurrent_kernel))
    bias: Array = 0 if cell.bias is None else ops.cast(cell.bias, dtype)
    options: dict[str, Any] = {"activation": cell.activation}
    step: Callable[..., Gates] = simple_rnn_step
    if isinstance(layer, keras.layers.LSTM):
        step, options["recurrent_activation"] = lstm_step, cell.recurrent_activation
    if isinstance(layer, keras.layers.GRU):
        step, options["recurrent_activation"] = gru_step, cell.recurrent_activation
        options["reset_after"] = cell.reset_after
        if cell.reset_after and cell.bias is not None:
            bias, options["recurrent_bias"] = bias[0], bias[1]
    projected = ops.matmul(sequences, kernel) + bias
    return partial(step, recurrent_kernel=recurrent_kernel, **options), projected
