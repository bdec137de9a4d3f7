"""Sight: what a recurrent network's gates do, what it remembers, where its gradient goes."""

from gatewise.insight.flow import GradientFollower, gradient_flow
from gatewise.insight.history import GateHistory, GradientHistory
from gatewise.insight.layer_flow import GradientFlow, LayerFlow
from gatewise.insight.memory import Memory, memory
from gatewise.insight.recorder import Recorder, record
from gatewise.insight.recording import LayerRecording, Recording

__all__ = [
    "GateHistory",
    "GradientFlow",
    "GradientFollower",
    "GradientHistory",
    "LayerFlow",
    "LayerRecording",
    "Memory",
    "Recorder",
    "Recording",
    "gradient_flow",
    "memory",
    "record",
]
