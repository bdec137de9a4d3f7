"""Sight: what a recurrent network's gates do, what it remembers, where its gradient goes."""

from gatewise.insight.events import events
from gatewise.insight.memory import Memory, memory
from gatewise.insight.recorder import Recorder, record
from gatewise.insight.recording import LayerRecording, Recording

__all__ = ["LayerRecording", "Memory", "Recorder", "Recording", "events", "memory", "record"]
