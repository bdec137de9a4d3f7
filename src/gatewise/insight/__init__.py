"""Sight: what a recurrent network's gates do, what it remembers, where its gradient goes."""

from gatewise.insight.attribution import Attribution, Attributor, attribute
from gatewise.insight.events import events
from gatewise.insight.flow import GradientFollower, gradient_flow
from gatewise.insight.history import GateHistory, GradientHistory
from gatewise.insight.jacobian import JacobianProducts, jacobian_products
from gatewise.insight.layer_flow import GradientFlow, LayerFlow
from gatewise.insight.memory import Memory, memory
from gatewise.insight.recorder import Recorder, record
from gatewise.insight.recording import LayerRecording, Recording

__all__ = [
    "Attribution",
    "Attributor",
    "GateHistory",
    "GradientFlow",
    "GradientFollower",
    "GradientHistory",
    "JacobianProducts",
    "LayerFlow",
    "LayerRecording",
    "Memory",
    "Recorder",
    "Recording",
    "attribute",
    "events",
    "gradient_flow",
    "jacobian_products",
    "memory",
    "record",
]
