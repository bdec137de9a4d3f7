"""The equations of the recurrent cells, once, in `keras.ops`."""

from gatewise.equations.gates import Gates, GRUGates, LSTMGates, SimpleRNNGates, stacked
from gatewise.equations.gru import gru_step
from gatewise.equations.lstm import lstm_step
from gatewise.equations.sequence import Sequence, run_sequence
from gatewise.equations.simple_rnn import simple_rnn_step

__all__ = [
    "GRUGates",
    "Gates",
    "LSTMGates",
    "Sequence",
    "SimpleRNNGates",
    "gru_step",
    "lstm_step",
    "run_sequence",
    "simple_rnn_step",
    "stacked",
]
