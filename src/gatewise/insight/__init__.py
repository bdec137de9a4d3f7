"""Sight: what a recurrent network's gates do, what it remembers, where its gradient goes."""

from gatewise.insight.attribution import Attribution, Attributor, attribute
from gatewise.insight.jacobian import JacobianProducts, jacobian_products
from gatewise.insight.memory import Memory, memory
from gatewise.insight.recorder import Recorder, record
from gatewise.insight.recording import LayerRecording, Recording

__all__ = [
    "Attribution",
    "Attributor",
    "JacobianProducts",
    "LayerRecording",
    "Memory",
    "Recorder",
    "Recording",
    "attribute",
    "jacobian_products",
    "memory",
    "record",
]
