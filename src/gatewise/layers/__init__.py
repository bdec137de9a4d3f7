"""Keras layers: drop-in recurrent layers, and small ones for sequences."""

from gatewise.layers.attention import BahdanauDecoder, LuongAttention
from gatewise.layers.bidirectional import Bidirectional
from gatewise.layers.binary_gates import BinaryGateLSTM, round_gates
from gatewise.layers.carrying import BesideEachStep, CarriedStates, FirstState
from gatewise.layers.crf import CRF
from gatewise.layers.exchange import accelerate, restore
from gatewise.layers.paths import explain, explain_model, find_recurrent
from gatewise.layers.pooling import MaxOverTime
from gatewise.layers.quantiles import OrderedQuantiles
from gatewise.layers.recurrent import GRU, LSTM, SimpleRNN, current_device
from gatewise.layers.token_dropout import TokenDropout

__all__ = [
    "CRF",
    "GRU",
    "LSTM",
    "BahdanauDecoder",
    "BesideEachStep",
    "Bidirectional",
    "BinaryGateLSTM",
    "CarriedStates",
    "FirstState",
    "LuongAttention",
    "MaxOverTime",
    "OrderedQuantiles",
    "SimpleRNN",
    "TokenDropout",
    "accelerate",
    "current_device",
    "explain",
    "explain_model",
    "find_recurrent",
    "restore",
    "round_gates",
]
