r"""A network whose states can be moved a little at every step: what its gradients are taken of.

To every hidden state, and to every cell state before the hidden state is computed from it, a
perturbation is added that is zero,

.. math::
    c_t = \Gamma_u \odot \tilde c + \Gamma_f \odot c_{t-1} + \varepsilon^c_t \qquad
    h_t = \Gamma_o \odot \tanh(c_t) + \varepsilon^h_t ,

so the derivative with respect to it is the total derivative with respect to the state: through all
later steps, and through all layers above.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from gatewise.equations import Gates, LSTMGates, run_sequence
from gatewise.equations.gates import STATES
from gatewise.equations.sequence import Step
from gatewise.insight.gradients import Perturb
from gatewise.insight.recorded import layer_kind
from gatewise.insight.steps import KINDS
from gatewise.insight.taps import tapped
from gatewise.kernels.contract import Array
from gatewise.kernels.reference import filled
from gatewise.layers.kernel_io import fill_of, mask_of

Loss = Callable[[Any, Any], Array]  # (targets, outputs): one number for a batch


class Perturbed:
    """A network's forward pass with perturbations, and the number that comes of it.

    Args:
        network: a Keras model.
        layers: its recurrent layers by path, as `taps.readable` gives them.
        loss: of the targets and the outputs; None for a number that reads each layer's last states
            only, a sum of them with random signs, and nothing of the layers above it.
    """

    def __init__(self, network: keras.Model, layers: dict[str, Any], loss: Loss | None):
        self.network = network
        self.layers = layers
        self.loss = loss
        self.places: list[str] = []  # in the order in which they ran

    def __call__(self, x: Any, y: Any, perturb: Perturb) -> tuple[Array, dict[str, Array]]:
        """The number, and by place the mask [B, T] of its real steps."""
        masks: dict[str, Array] = {}
        probes: list[Array] = []

        def tap(path, layer, sequences, states, mask):
            name, count = path, 2
            while name in masks:  # a layer that the model uses in several places
                name, count = f"{path}#{count}", count + 1
            mask = mask_of(mask, sequences.shape[0])
            masks[name] = ops.ones(sequences.shape[:2], "bool") if mask is None else mask
            if layer.stateful:
                # The layer will overwrite its states, which the backward pass still has to read.
                states = [ops.copy(state) for state in states]
            if self.loss is None:
                sequences, *states = map(ops.stop_gradient, (sequences, *states))
            moved = _run(layer, sequences, states, mask, lambda *like: perturb(name, *like))
            probes.append(_probe(moved[2]))
            return moved

        with tapped(self.network, self.layers, tap):
            outputs = self.network(x, training=False)
        self.places = list(masks)
        value = sum(probes) if self.loss is None else self.loss(y, outputs)
        return value, masks


def _run(layer: Any, sequences: Array, states: list[Array], mask: Array | None, perturb: Callable):
    """What `inner_loop` gives, from the layer's own equation with its states moved."""
    step, projected = layer.equation(sequences)
    count = len(STATES[KINDS[layer_kind(layer)]])
    shape = (*projected.shape[:2], count * layer.units)
    moves = perturb(shape, keras.backend.standardize_dtype(projected.dtype))
    found = run_sequence(
        _moved(step, layer, projected.shape[-1]),
        ops.concatenate([projected, moves], axis=-1),
        tuple(ops.cast(state, projected.dtype) for state in states),
        mask,
        layer.go_backwards,
    )
    outputs = found.outputs
    if mask is not None:
        outputs = filled(
            fill_of(layer), outputs, ops.flip(mask, axis=1) if layer.go_backwards else mask
        )
    return outputs[:, -1], outputs, list(found.states)


def _moved(step: Step, layer: Any, width: int) -> Step:
    """A step that takes what is added to its states beside its input, [B, G·U + S·U]."""

    def moved(now: Array, states: tuple[Array, ...]) -> Gates:
        projected, moves = now[:, :width], now[:, width:]
        gates = step(projected, states)
        if not isinstance(gates, LSTMGates):
            return gates._replace(hidden=gates.hidden + moves)
        move_h, move_c = ops.split(moves, 2, axis=-1)
        c = gates.cell + move_c
        return gates._replace(cell=c, hidden=gates.output * layer.cell.activation(c) + move_h)

    return moved


def _probe(states: list[Array]) -> Array:
    """The last states [B, U] of all rows, added up with signs that are the same in every run.

    The signs weigh each unit alike, and are divided by √U so that the gradient starts at norm 1.
    """
    U = states[0].shape[-1]
    signs = np.random.default_rng(0).choice([-1.0, 1.0], U) / np.sqrt(U)
    return sum(ops.sum(state * ops.cast(signs, state.dtype)) for state in states)
