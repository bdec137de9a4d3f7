"""Recurrent modules of torch as Keras models, and back, with equal outputs.

torch lays its weights out as [G·U, I] with the LSTM's gates in Keras's order (i, f, g, o) and the
GRU's as r, z, n where Keras has z, r, h̃. torch's GRU resets after the product with R_h, which is
Keras's default. torch has a bias for the input and one for the state: the LSTM and the simple
cell only ever see their sum, which is Keras's one bias; the GRU of Keras has both.
"""

import importlib
from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops

from gatewise.errors import ArgumentError
from gatewise.layers.bidirectional import Bidirectional
from gatewise.layers.recurrent import DROP_INS

KINDS = {"LSTM": "LSTM", "GRU": "GRU", "RNN": "SimpleRNN"}  # torch's name: Keras's


class Chain(NamedTuple):
    """Recurrent layers in a row that one module of torch can stand for."""

    kind: str  # a key of DROP_INS
    layers: list[list[keras.layers.Layer]]  # by direction
    dropout: float  # between two of them


def from_torch(module: Any, return_state: bool = False) -> keras.Model:
    """A Keras model of Gatewise's layers that computes what a recurrent module of torch does.

    Layers that lie on each other, both directions, missing biases, `nonlinearity` and the dropout
    between layers are taken over. Works on every back end of Keras; torch itself is needed only
    to have made the module.

    Args:
        module: a `torch.nn.LSTM`, `GRU` or `RNN`, on any device; it is left as it is.
        return_state: give the last states too. Default: False.

    Returns: a model from [B, T, I] to torch's `output`, [B, T, D·U], D directions; with
        `return_state` to a list of it and torch's `h_n` (and `c_n`), batch first as Keras has it:
        [B, layers·D, U]. The batch comes first whatever the module's `batch_first`. A mask is
        followed and, as by any functional model, not handed on. The dtype is Keras's setting.
    Raises: ArgumentError for another module, or one with `proj_size`.

    >>> import torch
    >>> model = from_torch(torch.nn.GRU(3, 4, num_layers=2, bidirectional=True))
    >>> tuple(model(ops.ones((1, 5, 3))).shape)
    (1, 5, 8)
    """
    kind = _kind(module)
    if getattr(module, "proj_size", 0):
        raise ArgumentError(
            f"module: expected proj_size=0, got {module.proj_size}. Keras's LSTM has no "
            "projection: train one without it, or keep this module in torch."
        )
    arrays = {name: _array(tensor) for name, tensor in module.state_dict().items()}
    inputs = keras.Input((None, module.input_size))
    hidden, states = inputs, []
    for index in range(module.num_layers):
        if index and module.dropout:
            hidden = keras.layers.Dropout(module.dropout)(hidden)
        layer = _layer(kind, module)
        hidden, *last = layer(hidden)
        layer.set_weights(_to_keras(kind, arrays, index, 2 if module.bidirectional else 1))
        states += last
    if not return_state:
        return keras.Model(inputs, hidden)
    each = 2 if kind == "LSTM" else 1  # h and c take turns
    stacked = [ops.stack(states[first::each], axis=1) for first in range(each)]
    return keras.Model(inputs, [hidden, *stacked])


def to_torch(model: keras.layers.Layer) -> Any:
    """A `torch.nn.LSTM`, `GRU` or `RNN` that computes what Keras's recurrent layers do.

    Args:
        model: an LSTM, GRU or SimpleRNN, Gatewise's or Keras's; a `Bidirectional` of one; or a
            built Sequential or functional model of such layers in a row, alike in kind, units,
            bias and directions, with equal `Dropout` between them or none.

    Returns: a module with `batch_first=True`, weights copied, on the processor, in training mode
        as torch makes it (`.eval()` for none of the dropout). It gives the hidden states of
        every step and the last states, whatever `return_sequences` and `return_state` say.
        Keras's one bias becomes `bias_ih`, and `bias_hh` is zero; trained further, torch moves
        both. torch has no masks: give it sequences of one length, or packed ones.
    Raises: ArgumentError where torch has no counterpart: other activations, `reset_after=False`,
        `go_backwards` outside a `Bidirectional`, `dropout` inside a layer, `recurrent_dropout`,
        `stateful`, a `merge_mode` other than "concat", other layers. ImportError without torch.

    >>> layers = [keras.Input((None, 3)), DROP_INS["LSTM"](4, return_sequences=True)]
    >>> to_torch(keras.Sequential(layers))
    LSTM(3, 4, batch_first=True)
    """
    chain = _read(model)
    first = chain.layers[0][0]
    kind = {keras_name: name for name, keras_name in KINDS.items()}[chain.kind]
    arguments = {
        "input_size": first.cell.kernel.shape[0],
        "hidden_size": first.units,
        "num_layers": len(chain.layers),
        "bias": first.use_bias,
        "batch_first": True,
        "dropout": chain.dropout,
        "bidirectional": len(chain.layers[0]) == 2,
    }
    if kind == "RNN":
        arguments["nonlinearity"] = keras.activations.serialize(first.activation)
    try:
        # By name: layers know no framework, and torch need not be there for anything else.
        torch_modules = importlib.import_module("gatewise.kernels.torch")
    except ImportError as error:
        raise ImportError("to_torch needs torch: pip install torch") from error
    return torch_modules.recurrent_module(kind, arguments, _to_torch(chain))


def _kind(module: Any) -> str:
    for base in type(module).__mro__:
        if base.__module__ == "torch.nn.modules.rnn" and base.__name__ in KINDS:
            return KINDS[base.__name__]
    raise ArgumentError(
        f"module: expected a torch.nn.LSTM, GRU or RNN, got {type(module).__name__}. "
        "Give the recurrent modules of a larger one, each by itself."
    )


def _layer(kind: str, module: Any) -> keras.layers.Layer:
    options = {"use_bias": module.bias, "return_sequences": True, "return_state": True}
    if kind == "SimpleRNN":
        options["activation"] = module.nonlinearity
    layer = DROP_INS[kind](module.hidden_size, **options)
    return Bidirectional(layer) if module.bidirectional else layer


def _array(tensor: Any) -> np.ndarray:
    return tensor.detach().cpu().double().numpy()  # NumPy knows no bfloat16


def _suffixes(index: int, directions: int) -> list[str]:
    """How torch ends the names of a layer's parameters, by direction."""
    return [f"_l{index}", f"_l{index}_reverse"][:directions]


def _to_keras(kind: str, arrays: dict, index: int, directions: int) -> list[np.ndarray]:
    """A layer's weights in the order of Keras's `set_weights`."""
    weights = []
    for suffix in _suffixes(index, directions):
        weights += [_gates(kind, arrays[f"weight_{name}{suffix}"]).T for name in ("ih", "hh")]
        if f"bias_ih{suffix}" in arrays:
            biases = [_gates(kind, arrays[f"bias_{name}{suffix}"]) for name in ("ih", "hh")]
            weights.append(np.stack(biases) if kind == "GRU" else biases[0] + biases[1])
    return weights


def _to_torch(chain: Chain) -> dict[str, np.ndarray]:
    """The parameters by torch's names."""
    arrays = {}
    for index, layers in enumerate(chain.layers):
        for layer, suffix in zip(layers, _suffixes(index, len(layers)), strict=True):
            kernel, recurrent, *bias = (_plain(weight) for weight in layer.cell.trainable_weights)
            arrays[f"weight_ih{suffix}"] = _gates(chain.kind, kernel.T)
            arrays[f"weight_hh{suffix}"] = _gates(chain.kind, recurrent.T)
            if bias:
                both = bias[0] if chain.kind == "GRU" else (bias[0], np.zeros_like(bias[0]))
                for name, one in zip(("ih", "hh"), both, strict=True):
                    arrays[f"bias_{name}{suffix}"] = _gates(chain.kind, one)
    return arrays


def _gates(kind: str, array: np.ndarray) -> np.ndarray:
    """[G·U, ...] in the other library's order of gates; the GRU's first two change places."""
    if kind != "GRU":
        return array
    first, second, candidate = np.split(array, 3)
    return np.concatenate([second, first, candidate])


def _plain(weight: Any) -> np.ndarray:
    array = ops.convert_to_numpy(weight)
    return array if array.dtype == np.float64 else array.astype(np.float32)


def _read(model: keras.layers.Layer) -> Chain:
    if not isinstance(model, keras.layers.Layer):
        raise ArgumentError(
            f"model: expected a recurrent layer, or a model of such layers, got "
            f"{type(model).__name__}. Give the layer or model itself."
        )
    if not model.built:
        raise ArgumentError(
            f"model: expected a built one, got {model.name!r} without weights. "
            "Call it once on a batch, or give the model a keras.Input."
        )
    row = _in_a_row(model) if isinstance(model, keras.Model) else [model]
    rates = _dropout_rates(row)
    layers = [_directions(layer) for layer in row if not isinstance(layer, keras.layers.Dropout)]
    flat = [layer for each in layers for layer in each]
    kinds = [_check(layer) for layer in flat]
    alike = {
        (kind, layer.units, layer.use_bias, str(keras.activations.serialize(layer.activation)))
        for kind, layer in zip(kinds, flat, strict=True)
    }
    if len(alike) > 1 or len({len(each) for each in layers}) > 1:
        raise ArgumentError(
            f"model: expected layers alike in kind, units, bias, activation and directions, since "
            f"one module of torch holds them all; got {model.name!r}, whose differ. "
            "Convert its layers one by one."
        )
    return Chain(kinds[0], layers, rates[0] if rates else 0.0)


def _in_a_row(model: keras.Model) -> list[keras.layers.Layer]:
    """The model's layers, each of which takes what the one before it gives, and no more."""
    row = [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
    try:
        before = [*model.inputs, *(_sequence(layer.output) for layer in row[:-1])]
        fits = all(layer.input is given for layer, given in zip(row, before, strict=True))
        fits = fits and model.outputs[0] is _sequence(row[-1].output)
    except (AttributeError, IndexError, TypeError, ValueError):  # branched, shared, subclassed
        fits = False
    if not fits:
        raise ArgumentError(
            f"model: expected a Sequential or functional model of recurrent layers in a row, got "
            f"{model.name!r}, which is not. Convert its recurrent layers one by one."
        )
    return row


def _sequence(output: Any) -> Any:
    """The hidden states, where the last states come with them."""
    return output[0] if isinstance(output, (list, tuple)) else output


def _dropout_rates(row: list[keras.layers.Layer]) -> list[float]:
    """The rates of the Dropout layers: one between any two recurrent layers, or none."""
    places = [index for index, layer in enumerate(row) if isinstance(layer, keras.layers.Dropout)]
    rates = [row[index].rate for index in places]
    between = len(row) % 2 == 1 and places == list(range(1, len(row), 2))
    if places and not (between and len(set(rates)) == 1):
        raise ArgumentError(
            "model: expected Dropout of one rate between any two recurrent layers, or none at "
            f"all, got {', '.join(type(layer).__name__ for layer in row)} with rates {rates}. "
            "Convert the layers one by one."
        )
    return rates


def _directions(layer: keras.layers.Layer) -> list[keras.layers.Layer]:
    if not isinstance(layer, keras.layers.Bidirectional):
        if getattr(layer, "go_backwards", False):
            raise _no_counterpart(layer, "go_backwards=True outside a Bidirectional")
        return [layer]
    if layer.merge_mode != "concat":
        raise _no_counterpart(layer, f"merge_mode={layer.merge_mode!r}")
    forward, backward = layer.forward_layer, layer.backward_layer
    if forward.go_backwards or not backward.go_backwards:
        raise _no_counterpart(layer, "a forward layer that goes backwards")
    return [forward, backward]


def _no_counterpart(layer: keras.layers.Layer, option: str) -> ArgumentError:
    return ArgumentError(
        f"model: expected layers that torch has too, got {layer.name!r} with {option}, for which "
        "it has no counterpart. Build the layer without it and set its weights, or stay in Keras."
    )


def _check(layer: keras.layers.Layer) -> str:
    """Which of the three cells it is; an error for what torch has not got."""
    kind = next((name for name in DROP_INS if isinstance(layer, getattr(keras.layers, name))), None)
    if kind is None:
        raise ArgumentError(
            f"model: expected LSTM, GRU, SimpleRNN, a Bidirectional of one, and Dropout, got "
            f"{type(layer).__name__} {layer.name!r}. Convert the recurrent layers by themselves."
        )
    if not getattr(layer, "drop_in", True):
        raise _no_counterpart(layer, f"the equations of {type(layer).__name__}")
    fixed: dict[str, tuple[str, ...]] = {"activation": ("tanh", "relu")}
    if kind != "SimpleRNN":
        fixed = {"activation": ("tanh",), "recurrent_activation": ("sigmoid",)}
    for name, possible in fixed.items():
        if (found := keras.activations.serialize(getattr(layer, name))) not in possible:
            raise _no_counterpart(layer, f"{name}={found!r}")
    if kind == "GRU" and not layer.reset_after:
        raise _no_counterpart(layer, "reset_after=False")
    for name in ("dropout", "recurrent_dropout", "stateful"):
        if getattr(layer, name):
            raise _no_counterpart(layer, f"{name}={getattr(layer, name)!r}")
    return kind
