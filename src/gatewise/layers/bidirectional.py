"""`Bidirectional`: Keras's wrapper, with both directions in one call where a kernel can."""

from dataclasses import replace
from typing import Any

import keras
from keras import ops

from gatewise.kernels import Choice, Inputs, Kernel, Outputs, Spec
from gatewise.kernels.select import explain
from gatewise.layers.kernel_io import drops, inputs_of, results_of, spec_of
from gatewise.layers.recurrent import DROP_INS, activation_name

Array = Any  # a tensor of whichever back end Keras runs on


@keras.saving.register_keras_serializable(package="gatewise")
class Bidirectional(keras.layers.Bidirectional):
    """Drop-in for `keras.layers.Bidirectional`: same arguments, weights and numbers.

    Around a layer of `gatewise.layers` that has a kernel, both directions run in one call of it,
    side by side on the cores. Where they cannot, each layer runs by itself as in Keras, on the
    path that it has; `gatewise.layers.explain` gives the reason.

    >>> from gatewise.layers import LSTM
    >>> tuple(Bidirectional(LSTM(4, return_sequences=True))(ops.ones((2, 3, 5))).shape)
    (2, 3, 8)
    """

    def call(self, sequences, initial_state=None, mask=None, training=None):
        kernel = self.kernel_choice().kernel
        if kernel is None or not self._fits(sequences, initial_state, training):
            return super().call(sequences, initial_state, mask=mask, training=training)
        return self._run_together(kernel, sequences, initial_state, mask, training)

    def kernel_choice(self) -> Choice:
        """The kernel that runs both directions in one call, or None, and why in words."""
        if reason := self._why_apart():
            return Choice(None, f"one direction after the other: {reason}")
        reason = "both directions in one call"
        if self._drops_inputs():
            reason += ", in training one after the other: dropout gives each its own input"
        return Choice(explain(self.forward_layer.kernel_request()).kernel, reason)

    def _why_apart(self) -> str | None:
        """Why the two directions cannot share a call, or None where they can."""
        parts = self.forward_layer, self.backward_layer
        if not all(getattr(part, "drop_in", True) for part in parts):
            return f"a {type(parts[0]).__name__} runs by itself"
        if not all(type(part) in DROP_INS.values() for part in parts):
            return "its layers are not those of gatewise.layers"  # a subclass may do otherwise
        choices = [explain(part.kernel_request()) for part in parts]
        if any(choice.kernel is None for choice in choices):
            return "its layers have no kernel"
        if self.stateful:
            return "it is stateful"
        if self.forward_layer.go_backwards:
            return "its first layer is the one that goes backwards"
        if any(part.activity_regularizer is not None for part in parts):
            return "its layers have an activity regularizer"
        if len({part.compute_dtype for part in (self, *parts)}) > 1:
            return "it and its layers compute in different types"
        forward, backward = map(_traits, parts)
        return None if forward == backward else "its layers differ in more than direction"

    def _drops_inputs(self) -> bool:
        parts = self.forward_layer, self.backward_layer
        return any(drops(part, part.dropout) for part in parts)

    def _fits(self, sequences, initial_state, training) -> bool:
        """Whether what this call was given can go through one call of the kernel."""
        if self.forward_layer.kernel_for(sequences) is None:
            return False  # shapes alone, nothing to compute, or so small that Keras is faster
        if training and self._drops_inputs():
            return False
        count = 2 * len(self.forward_layer.state_size)
        return initial_state is None or (
            isinstance(initial_state, list | tuple) and len(initial_state) == count
        )

    def _run_together(self, kernel: Kernel, sequences, initial_state, mask, training):
        parts = self.forward_layer, self.backward_layer
        spec = _spec(self.forward_layer)
        half = len(initial_state) // 2 if initial_state is not None else 0
        given = (initial_state[:half], initial_state[half:]) if half else (None, None)
        inputs = [
            _inputs(part, sequences, state, mask, training)
            for part, state in zip(parts, given, strict=True)
        ]
        outputs = kernel.run(spec, _stacked(*inputs))
        directions = [
            results_of(replace(spec, reverse=d == 1), inputs[d], _direction(outputs, d))
            for d in range(2)
        ]
        states = [self._cast(state) for _, _, part in directions for state in part]
        merged = self._merged(outputs.hidden, [last for last, _, _ in directions])
        if not self.return_state:
            return merged
        return (*merged, *states) if self.merge_mode is None else (merged, *states)

    def _merged(self, hidden: Array | None, last: list[Array]):
        """Both directions' outputs as `merge_mode` has it; `hidden` [B, T, 2, U]."""
        if hidden is not None and self.merge_mode == "concat":
            return self._cast(ops.reshape(hidden, (*hidden.shape[:2], -1)))
        if hidden is not None:
            last = [hidden[:, :, 0], hidden[:, :, 1]]
        one, other = map(self._cast, last)
        if self.merge_mode == "concat":
            return ops.concatenate([one, other], axis=-1)
        if self.merge_mode == "mul":
            return one * other
        if self.merge_mode is None:
            return one, other
        return one + other if self.merge_mode == "sum" else (one + other) / 2

    def _cast(self, array: Array) -> Array:
        return ops.cast(array, self.compute_dtype)


def _traits(layer) -> tuple[object, ...]:
    """What both layers must have in common for one call."""
    drops_states = drops(layer, layer.recurrent_dropout)
    return replace(_spec(layer), reverse=False), layer.units, layer.use_bias, drops_states


def _spec(layer) -> Spec:
    return spec_of(layer, activation_name(layer.activation))


def _inputs(layer, sequences, states, mask, training) -> Inputs:
    """What Keras's `RNN.call` and our `inner_loop` do before the time loop, for one direction."""
    cell = layer.cell
    states = layer.get_initial_state(ops.shape(sequences)[0]) if states is None else states
    states = [ops.convert_to_tensor(state, dtype=cell.compute_dtype) for state in states]
    # Drawn whether used or not, input first, as Keras does, so that the generator goes on alike.
    cell.get_dropout_mask(sequences[:, 0, :])
    cell.get_recurrent_dropout_mask(states[0])
    inputs = inputs_of(layer, sequences, states, mask, training)
    cell.reset_dropout_mask()
    cell.reset_recurrent_dropout_mask()
    return inputs


def _stacked(forward: Inputs, backward: Inputs) -> Inputs:
    """Two directions in one; x and the mask are the same for both."""

    def both(one, other):
        return None if one is None else ops.concatenate([one, other], axis=0)

    return forward._replace(
        kernel=both(forward.kernel, backward.kernel),
        recurrent_kernel=both(forward.recurrent_kernel, backward.recurrent_kernel),
        bias=both(forward.bias, backward.bias),
        states=tuple(map(both, forward.states, backward.states)),
        recurrent_dropout=both(forward.recurrent_dropout, backward.recurrent_dropout),
    )


def _direction(outputs: Outputs, d: int) -> Outputs:
    """One direction's last states, as from a call of its own; `hidden` is merged elsewhere."""
    return Outputs(None, tuple(state[d : d + 1] for state in outputs.states), None)
