"""A trained generator a step at a time: a token goes in, scores of the next one come out.

The state stays here between steps, so a step costs one step of each cell however long the text is.
"""

from typing import Any, Protocol

import keras
import numpy as np

from gatewise import settings
from gatewise.architectures.one_to_many import stack
from gatewise.errors import ArgumentError, KernelError
from gatewise.kernels.native.stream import Stream


class Steps(Protocol):
    """A network whose state is carried from step to step."""

    def begin(self, condition: Any = None) -> None:
        """Begin a sequence, with its condition if there is one: a class id or a vector `[C]`."""

    def __call__(self, token: int) -> np.ndarray:
        """The scores `[V]` of the token after this one."""


def steps(network: keras.Model) -> Steps:
    """The fastest way to run a `one_to_many` network step by step on one sequence.

    That is the native core where it has the cell (`StreamSteps`), and else the network itself,
    compiled for a single step (`NetworkSteps`).
    """
    if settings.kernels() != "reference":
        try:
            return StreamSteps(network)
        except (ArgumentError, KernelError):
            if settings.kernels() == "native":
                raise
    return NetworkSteps(network)


class StreamSteps:
    """Runs the cells through `gatewise.Stream`, and the small rest in NumPy. The weights are copied
    when it is made."""

    def __init__(self, network: keras.Model):
        self._parts = stack(network)
        self._streams = [Stream(layer) for layer in self._parts.recurrent]
        self._vectors = np.asarray(self._parts.embedding.get_weights()[0], "float32")
        kernel, self._bias = self._parts.head.get_weights()
        self._kernel = np.ascontiguousarray(kernel.T)  # [V, U]: rows lie together
        self._told = np.zeros(0, "float32")

    def begin(self, condition: Any = None) -> None:
        for stream in self._streams:
            stream.reset()
        if self._parts.condition is None:
            return
        told = self._parts.condition(np.asarray(condition)[None])
        self._told = keras.ops.convert_to_numpy(told)[0]
        first = [keras.ops.convert_to_numpy(layer(told))[0] for layer in self._parts.first]
        for stream in self._streams:
            count = len(stream.state)
            stream.state, first = first[:count], first[count:]

    def __call__(self, token: int) -> np.ndarray:
        x = np.concatenate([self._vectors[token], self._told])
        for stream in self._streams:
            x = stream(x)
        return self._kernel @ x + self._bias


class NetworkSteps:
    """Runs the network itself, one row and one step, compiled by the back end."""

    def __init__(self, network: keras.Model):
        self._network = network
        self.begin(0)

    def begin(self, condition: Any = None) -> None:
        asked = self._network.input
        self._states = [np.zeros((1, one.shape[-1]), "float32") for one in asked["states"]]
        self._fresh = np.ones(1, "float32")
        self._told = {}
        if "condition" in asked:
            vector = len(asked["condition"].shape) == 2
            self._told = {"condition": np.asarray([condition], "float32" if vector else "int32")}

    def __call__(self, token: int) -> np.ndarray:
        found = self._network.predict_on_batch(
            {
                "tokens": np.array([[token]], "int32"),
                "fresh": self._fresh,
                "states": self._states,
                **self._told,
            }
        )
        self._states, self._fresh = list(found["states"]), np.zeros(1, "float32")
        return np.asarray(found["logits"])[0, 0]
