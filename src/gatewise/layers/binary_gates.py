r"""An LSTM whose forget and update gates are trained towards 0 and 1, and can be rounded to them.

Both gates are Gumbel gates. With a for what the LSTM takes the sigmoid of,

.. math::
    G(a, \tau) &= \sigma\big((a + \ln u - \ln(1 - u)) / \tau\big), \quad u \sim U(0, 1) \\
    \Gamma_u &= G(W_u [h_{-1}, x] + b_u, \tau) \\
    \Gamma_f &= G(W_f [h_{-1}, x] + b_f, \tau)

and all else is as in the LSTM. For a small temperature τ, G is a switch that is 1 with
probability σ(a). The noise, u's part, falls in training only, and on a share of the gates that is
chosen; without it Γ = σ(a / τ), closer to 0 or 1 the smaller τ is, so that rounding changes less.

Source: Z. Li et al., "Towards Binary-Valued Gates for Robust LSTM Training", ICML 2018,
arXiv:1806.02988: the Gumbel-softmax estimator of a binary variable, and the Gumbel-gate LSTM,
there with τ = 0.9. docs/binary-gates.md has the measurements behind other defaults.
"""

from dataclasses import replace
from functools import partial
from typing import Any

import keras
import numpy as np
from keras import ops

from gatewise.equations.sequence import Step
from gatewise.errors import ArgumentError
from gatewise.kernels import Inputs, Request, Spec, reference
from gatewise.layers.exchange import compile_anew
from gatewise.layers.kernel_io import Array, results_of
from gatewise.layers.paths import walk
from gatewise.layers.recurrent import LSTM, activation_name

TEMPERATURE = 0.3
NOISE = 0.0
LEAST = 1e-6  # u lies at least so far from 0 and 1, where its logarithm would be infinite


@keras.saving.register_keras_serializable(package="gatewise")
class BinaryGateLSTM(LSTM):
    """An LSTM whose forget and update gates learn to be 0 or 1.

    A low temperature makes both gates steep, and in training noise may fall on them, drawn for each
    step, row and unit. With `round_gates` both are exactly 0 or 1: a cell keeps what it has or
    forgets it, and writes or does not. Weights have the shapes of `keras.layers.LSTM`'s. Training
    and unrounded inference run in the native kernel where the LSTM would.

    Args:
        units: U.
        temperature: τ, above 0; the smaller, the harder the gates. Default: 0.3.
        noise: the share of gate values on which noise falls in training, 0 to 1. Default: 0.
            The paper's equations have 1, with a temperature of 0.9.
        round_gates: round both gates, one half to 1, wherever nothing is trained. Default: False.
            It may be set on the layer at any time; `round_gates(model)` does that for all layers
            of a model, and has Keras compile its functions anew.
        options: as of `keras.layers.LSTM`, of which `seed` also seeds the noise; but the gates are
            sigmoids, and cuDNN, which knows no others, is not used.

    Raises: ArgumentError for a temperature of 0 or below, a share of noise out of range, and for
        another `recurrent_activation`.

    >>> layer = BinaryGateLSTM(4, round_gates=True, return_sequences=True)
    >>> tuple(layer(ops.ones((2, 3, 5))).shape)
    (2, 3, 4)
    """

    drop_in = False

    def __init__(
        self,
        units: int,
        *,
        temperature: float = TEMPERATURE,
        noise: float = NOISE,
        round_gates: bool = False,
        **options: Any,
    ):
        if not isinstance(temperature, int | float) or not temperature > 0:
            raise ArgumentError(
                f"temperature: expected a number above 0, got {temperature!r}. 0.3 is the "
                "default; the smaller it is, the harder the gates, and the harder to train."
            )
        if not isinstance(noise, int | float) or not 0 <= noise <= 1:
            raise ArgumentError(
                f"noise: expected a share from 0 to 1, got {noise!r}. It is the share of gate "
                "values on which noise falls in training."
            )
        super().__init__(units, **{**options, "use_cudnn": False})
        if activation_name(self.recurrent_activation) != "sigmoid":
            raise ArgumentError(
                f"recurrent_activation: expected 'sigmoid', got "
                f"{options['recurrent_activation']!r}. Binary gates are sigmoids."
            )
        self.temperature = float(temperature)
        self.noise = float(noise)
        self.round_gates = bool(round_gates)

    def inner_loop(self, sequences, initial_state, mask, training=False):
        spec, inputs = self.kernel_arguments(sequences, initial_state, mask, training)
        if (kernel := self.kernel_for(sequences, training)) is not None:
            return results_of(spec, inputs, kernel.run(spec, inputs))
        rounded = self.round_gates and not training
        outputs = reference.run(spec, inputs, activation=self.activation, round_gates=rounded)
        return results_of(spec, inputs, outputs)

    def kernel_arguments(self, sequences, initial_state, mask, training) -> tuple[Spec, Inputs]:
        """Those of an LSTM that computes the same.

        σ((a + noise) / τ) is a sigmoid of weights divided by τ, with the noise, where there is any,
        as 2U further features, each of which goes into one gate of one unit.
        """
        spec, inputs = super().kernel_arguments(sequences, initial_state, mask, training)
        x, kernel = inputs.x, self._tempered(inputs.kernel)
        if training and self.noise:
            noise = ops.cast(self.gate_noise(x), x.dtype)
            x = ops.concatenate([x, noise], axis=-1)
            into_gates = ops.eye(2 * self.units, 4 * self.units, dtype=x.dtype)[None]
            kernel = ops.concatenate([kernel, self._tempered(into_gates)], axis=1)
        return spec, inputs._replace(
            x=x,
            kernel=kernel,
            recurrent_kernel=self._tempered(inputs.recurrent_kernel),
            bias=None if inputs.bias is None else self._tempered(inputs.bias),
        )

    def gate_noise(self, x: Array) -> Array:
        """ln u − ln(1 − u) for each step of `x` [B, T, I]: [B, T, 2U], of Γu and then of Γf; zero
        where none falls."""
        shape = (*ops.shape(x)[:2], 2 * self.units)
        drawn = keras.random.uniform(shape, dtype="float32", seed=self.cell.seed_generator)
        # Of the values below the share of noise, one draw tells that they are, and gives a u too.
        u = ops.clip(drawn / self.noise, LEAST, 1 - LEAST)
        return ops.where(drawn < self.noise, ops.log(u) - ops.log1p(-u), ops.zeros_like(u))

    def equation(self, sequences) -> tuple[Step, Array]:
        """As of the LSTM, of inference: without noise, and rounded where the layer rounds."""
        dtype = keras.backend.result_type(sequences.dtype, "float32")  # as kernels compute it
        step, projected = super().equation(ops.cast(sequences, dtype))
        recurrent_kernel = self._tempered(ops.cast(self.cell.recurrent_kernel, dtype))
        options = {"recurrent_kernel": recurrent_kernel, "round_gates": self.round_gates}
        return partial(step, **options), self._tempered(projected)

    def kernel_request(self, device: str | None = None, training: bool = False) -> Request:
        request = super().kernel_request(device, training)
        rounded = self.round_gates and not training
        return replace(
            request,
            options={**request.options, "round_gates": rounded},
            otherwise="equations",
        )

    def get_config(self) -> dict[str, Any]:
        own = {
            "temperature": self.temperature,
            "noise": self.noise,
            "round_gates": self.round_gates,
        }
        return {**super().get_config(), **own}

    def _tempered(self, array: Array) -> Array:
        """[..., 4U] in Keras's order i, f, c, o, with the first two, Γu and Γf, divided by τ."""
        scale = np.repeat([1 / self.temperature, 1.0], 2 * self.units)
        return array * ops.convert_to_tensor(scale, dtype=array.dtype)


def round_gates(model: keras.layers.Layer, rounded: bool = True) -> keras.layers.Layer:
    """Have every `BinaryGateLSTM` of a model round its gates to 0 or 1, or no longer do so.

    What Keras has compiled for `fit`, `evaluate` and `predict` is compiled anew, and so is a
    `Recorder`; a function that you traced yourself keeps the gates that it was made with. A saved
    `Classifier` does not keep the setting.

    Args:
        model: a Keras model or layer, or a task such as `Classifier`. It is changed and given back.
        rounded: default True.

    Raises: ArgumentError where the model has no such layer.

    >>> model = keras.Sequential([keras.Input((None, 3)), BinaryGateLSTM(4)])
    >>> round_gates(model).layers[0].round_gates
    True
    """
    layers = [model, *(layer for _, layer in walk(model))]
    binary = [layer for layer in layers if isinstance(layer, BinaryGateLSTM)]
    if not binary:
        raise ArgumentError(
            f"model {model.name!r}: expected a BinaryGateLSTM, whose gates can be rounded, but it "
            "has none. Train with cell='binary_gate_lstm' (--cell binary_gate_lstm)."
        )
    for layer in binary:
        layer.round_gates = rounded
    compile_anew(layers)
    return model
