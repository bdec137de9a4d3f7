"""Keras layers: drop-in recurrent layers, and small ones for sequences."""

from gatewise.layers.exchange import from_keras, to_keras
from gatewise.layers.paths import explain, find_recurrent
from gatewise.layers.pooling import MaxOverTime
from gatewise.layers.recurrent import GRU, LSTM, SimpleRNN, current_device
from gatewise.layers.token_dropout import TokenDropout

__all__ = [
    "GRU",
    "LSTM",
    "MaxOverTime",
    "SimpleRNN",
    "TokenDropout",
    "current_device",
    "explain",
    "find_recurrent",
    "from_keras",
    "to_keras",
]
