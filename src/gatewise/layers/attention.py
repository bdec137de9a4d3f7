"""Attention of a decoder to what an encoder has read.

Shapes: B sequences, T steps written, S steps read, U units of the decoder, M width of the memory.
"""

from typing import Any

import keras
from keras import ops

from gatewise.errors import ArgumentError

CELLS = {"lstm": keras.layers.LSTMCell, "gru": keras.layers.GRUCell}


def attend(scores: Any, memory: Any, real: Any) -> tuple[Any, Any]:
    """The weights of each read step, which padding has none of, and the mean they make.

    Args:
        scores: `[B, T, S]`, higher for what matters more.
        memory: `[B, S, M]`.
        real: bool `[B, S]`, False where the source is padding.

    Returns:
        Contexts `[B, T, M]` and weights `[B, T, S]`, each row of which sums to 1.

    >>> context, weights = attend(ops.zeros((1, 1, 3)), ops.ones((1, 3, 2)),
    ...                           ops.array([[True, True, False]]))
    >>> [float(one) for one in weights[0, 0]]
    [0.5, 0.5, 0.0]
    """
    low = ops.cast(-1e9 if scores.dtype != "float16" else -6e4, scores.dtype)
    weights = _softmax(ops.where(ops.expand_dims(real, 1), scores, low))
    return ops.matmul(weights, memory), weights


def _softmax(scores: Any) -> Any:
    """Softmax over the read steps. One alone has all the weight, whatever its score: Keras warns
    of a softmax over one."""
    if scores.shape[-1] != 1:
        return ops.softmax(scores, axis=-1)
    return ops.exp(scores - scores)  # 1, whose gradient is zero rather than missing


@keras.saving.register_keras_serializable(package="gatewise")
class LuongAttention(keras.layers.Layer):
    r"""Attention after the recurrent layer (Luong, Pham and Manning, "Effective Approaches to
    Attention-based Neural Machine Translation", 2015, section 3.1, the score "general").

        score(h_t, m_s) = h_tᵀ (W m_s)        a_t = softmax over s        context_t = Σ a_ts m_s

    The keys `W m_s` do not depend on the step, so they are an input: whoever writes step by step
    computes them once. As no step waits for the context of the one before, the recurrent layer
    in front runs over the whole sequence in one call.

    Called with the decoder's outputs `[B, T, U]`, the memory `[B, S, M]`, its keys `[B, S, U]`
    and which of it is real, bool `[B, S]`; gives contexts `[B, T, M]` and weights `[B, T, S]`.

    >>> seen = LuongAttention()([ops.ones((1, 2, 4)), ops.ones((1, 3, 6)), ops.ones((1, 3, 4)),
    ...                          ops.ones((1, 3), "bool")])
    >>> [tuple(one.shape) for one in seen]
    [(1, 2, 6), (1, 2, 3)]
    """

    def __init__(self, **options: Any):
        super().__init__(**options)
        self.supports_masking = True  # `real` says what a mask would

    def call(self, inputs: list[Any]) -> tuple[Any, Any]:
        outputs, memory, keys, real = inputs
        return attend(ops.matmul(outputs, ops.transpose(keys, (0, 2, 1))), memory, real)

    def compute_output_shape(self, input_shape: list[Any]) -> tuple[Any, Any]:
        outputs, memory, _, _ = input_shape
        return (*outputs[:2], memory[-1]), (*outputs[:2], memory[1])

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return None


@keras.saving.register_keras_serializable(package="gatewise")
class BahdanauDecoder(keras.layers.Layer):
    r"""A recurrent layer that attends before each step (Bahdanau, Cho and Bengio, "Neural Machine
    Translation by Jointly Learning to Align and Translate", 2015, section 3.1).

        score(h_t₋₁, m_s) = vᵀ tanh(V h_t₋₁ + W m_s)        a_t = softmax over s
        context_t = Σ a_ts m_s                              h_t = cell([x_t, context_t], h_t₋₁)

    Each step waits for the context that the one before makes, so it runs as a loop over the
    steps: slower than `LuongAttention`.

    Called with inputs `[B, T, I]`, the memory `[B, S, M]`, its keys `W m_s` `[B, S, U]`, which of
    it is real, bool `[B, S]`, and the first states `[B, U]`; gives hidden states `[B, T, U]`,
    contexts `[B, T, M]`, weights `[B, T, S]` and the last states.

    Args:
        units: U.
        cell: `"lstm"` or `"gru"`; default `"lstm"`.
        seed: seed of the initial weights; default 0.

    Raises:
        ArgumentError: `cell` is neither of the two.
    """

    def __init__(self, units: int, cell: str = "lstm", seed: int = 0, **options: Any):
        super().__init__(**options)
        if cell not in CELLS:
            raise ArgumentError(f"cell: Bahdanau attention has lstm or gru, got {cell!r}.")
        self.supports_masking = True  # `real` says what a mask would
        self.units, self.cell_name, self.seed = units, cell, seed
        glorot = keras.initializers.GlorotUniform
        self.cell = CELLS[cell](
            units,
            kernel_initializer=glorot(seed=seed),
            recurrent_initializer=keras.initializers.Orthogonal(seed=seed + 1),
        )
        self.query = keras.layers.Dense(
            units, use_bias=False, kernel_initializer=glorot(seed=seed + 2)
        )
        self.energy = keras.layers.Dense(
            1, use_bias=False, kernel_initializer=glorot(seed=seed + 3)
        )

    def build(self, input_shape: list[Any]) -> None:
        inputs, memory, *_ = input_shape
        self.cell.build((None, inputs[-1] + memory[-1]))
        self.query.build((None, self.units))
        self.energy.build((None, None, self.units))
        self.built = True

    def call(self, inputs: list[Any]) -> tuple[Any, ...]:
        sequence, memory, keys, real, *states = inputs

        def step(states: list[Any], x: Any) -> tuple[list[Any], tuple[Any, Any, Any]]:
            asked = ops.expand_dims(self.query(states[0]), 1)  # [B, 1, U]
            scores = ops.squeeze(self.energy(ops.tanh(asked + keys)), -1)  # [B, S]
            context, weights = attend(ops.expand_dims(scores, 1), memory, real)
            context, weights = context[:, 0], weights[:, 0]
            hidden, states = self.cell(ops.concatenate([x, context], -1), states)
            return list(states), (hidden, context, weights)

        states, seen = ops.scan(step, states, ops.transpose(sequence, (1, 0, 2)))
        hidden, context, weights = (ops.transpose(one, (1, 0, 2)) for one in seen)
        return hidden, context, weights, *states

    def compute_output_shape(self, input_shape: list[Any]) -> tuple[Any, ...]:
        sequence, memory, _, _, *states = input_shape
        steps = tuple(sequence[:2])
        wide = [(*steps, width) for width in (self.units, memory[-1], memory[1])]
        return (*wide, *(tuple(state) for state in states))

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return None

    def get_config(self) -> dict[str, Any]:
        own = {"units": self.units, "cell": self.cell_name, "seed": self.seed}
        return super().get_config() | own
