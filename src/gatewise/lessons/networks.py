"""The three networks of the lesson, which differ in their cell alone."""

from typing import Any

import keras
import numpy as np

from gatewise import layers
from gatewise.errors import ArgumentError
from gatewise.lessons.adding import CHANNELS

CELLS = {"simple_rnn": layers.SimpleRNN, "gru": layers.GRU, "lstm": layers.LSTM}
TITLES = {"simple_rnn": "simple RNN", "gru": "GRU", "lstm": "LSTM"}
GATES = {"simple_rnn": 1, "gru": 3, "lstm": 4}  # G: what a step costs, in products of one size
RECURRENT = "recurrent"  # the name of the recurrent layer


@keras.saving.register_keras_serializable(package="gatewise")
class ChronoBias(keras.initializers.Initializer):
    """Gate biases with which a new cell forgets over 1 to `longest` steps, each unit at its pace.

    A gate that stays at σ(b) keeps a memory for about 1 + e^b steps. Here b = log t with t uniform
    from 1 to `longest` - 1; the LSTM's update gate starts with -b, and the GRU's needs no such
    bias, since what it does not keep it writes.

    Source: C. Tallec and Y. Ollivier, "Can recurrent neural networks warp time?", ICLR 2018,
    arXiv:1804.11188, equation 16.

    Args:
        cell: `"lstm"` or `"gru"`, in Keras's order of the gates: i, f, c, o and z, r, h.
        longest: the longest time in steps that something may have to be remembered; 3 or more.
        seed: of the times drawn. Default: 0.

    Example:
        >>> lstm = layers.LSTM(5, unit_forget_bias=False, bias_initializer=ChronoBias("lstm", 50))
        >>> lstm.build((None, 50, 2))
        >>> update, forget, *_ = keras.ops.split(lstm.cell.bias, 4)
        >>> bool(keras.ops.all(forget >= 0)), bool(keras.ops.all(update == -forget))
        (True, True)
    """

    def __init__(self, cell: str, longest: int, seed: int = 0):
        if cell not in ("lstm", "gru"):
            raise ArgumentError(
                f"cell: expected 'lstm' or 'gru', whose gates have biases, got {cell!r}."
            )
        self.cell, self.longest, self.seed = cell, longest, seed

    def __call__(self, shape, dtype=None):
        units = shape[-1] // GATES[self.cell]
        times = np.random.default_rng(self.seed).uniform(1, max(self.longest - 1, 2), units)
        bias, b = np.zeros(shape), np.log(times)
        if self.cell == "lstm":
            bias[:units], bias[units : 2 * units] = -b, b
        else:  # [2, 3U] with reset_after: the input's bias and the hidden state's
            bias[0, :units] = b
        return keras.ops.convert_to_tensor(bias, dtype=dtype)

    def get_config(self) -> dict:
        return {"cell": self.cell, "longest": self.longest, "seed": self.seed}


def network(cell: str, length: int, units: int = 32, seed: int = 0) -> keras.Model:
    """A recurrent layer that reads the sequence, and one linear unit that answers.

    All start as Keras starts them (Glorot weights, an orthogonal recurrent matrix), but for the
    gates' biases: `ChronoBias` for the length asked for. The simple RNN has no gate to set.

    Args:
        cell: `"simple_rnn"`, `"gru"` or `"lstm"`.
        length: T, steps of the sequences it is to learn.
        units: U. Default: 32.
        seed: of the initial weights. Default: 0.

    Returns: a model from [B, T, 2] to [B, 1], not compiled; T may be any length.

    Example:
        >>> network("gru", length=100, units=4).output_shape
        (None, 1)
    """
    options: dict[str, Any] = {}
    if cell != "simple_rnn":
        options["bias_initializer"] = ChronoBias(cell, length, seed)
    if cell == "lstm":
        options["unit_forget_bias"] = False  # the bias is ChronoBias's alone
    return keras.Sequential(
        [
            keras.Input((None, CHANNELS)),
            CELLS[cell](
                units,
                kernel_initializer=keras.initializers.GlorotUniform(seed),
                recurrent_initializer=keras.initializers.Orthogonal(seed=seed),
                name=RECURRENT,
                **options,
            ),
            keras.layers.Dense(1, kernel_initializer=keras.initializers.GlorotUniform(seed)),
        ],
        name=f"{cell}_{length}",
    )
