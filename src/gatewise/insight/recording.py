"""What was recorded: every gate of every step, by layer and by name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from gatewise.insight.by_layer import ByLayer, save_arrays


@dataclass(frozen=True)
class LayerRecording:
    """One recurrent layer in one direction. Arrays are `[B, T, U]`, always in the order of time.

    Each array is an attribute by its name: `update`, `forget`, `output`, `candidate`, `cell` and
    `hidden` of an LSTM; `update`, `reset`, `candidate` and `hidden` of a GRU; `hidden` of a simple
    RNN. At a masked step cell and hidden state are those held, all else is zero.
    """

    name: str  # the names that lead to the layer in the model, as find_recurrent gives them
    kind: str  # "LSTM", "GRU" or "SimpleRNN"
    arrays: dict[str, np.ndarray]  # [B, S, V]: the chosen steps and units
    initial: dict[str, np.ndarray]  # [B, U]: the states before the first step taken
    last: dict[str, np.ndarray]  # [B, U]: after the last one
    mask: np.ndarray  # [B, T] bool, true where a step is real
    backwards: bool  # whether the last step in time was taken first
    steps: np.ndarray  # which of the T steps `arrays` has, ascending
    units: np.ndarray  # which of the U units
    activation: str = "tanh"  # the candidate's and the cell's, of a simple RNN the state's
    weights: dict[str, np.ndarray] = field(default_factory=dict)  # "recurrent_kernel" [U, G·U]
    inputs: np.ndarray | None = None  # [B, T, I]: what the layer was given, where asked for
    path: str = ""  # what computed it: the native kernel, or the equations and why

    def __getattr__(self, name: str) -> np.ndarray:
        arrays = self.__dict__.get("arrays", {})
        if name in arrays:
            return arrays[name]
        raise AttributeError(
            f"{self.__dict__.get('kind')} recording: expected one of "
            f"{', '.join(arrays)}, got {name!r}."
        )

    @property
    def whole(self) -> bool:
        """Whether every step and unit was recorded."""
        shape = next(iter(self.arrays.values())).shape
        return shape[1:] == (self.mask.shape[1], next(iter(self.last.values())).shape[1])


class Recording(ByLayer[LayerRecording]):
    """The recordings of a model's layers by name, and the model's own answer in `outputs`."""

    def __init__(self, layers: Mapping[str, LayerRecording], outputs: Any):
        super().__init__(layers)
        self.outputs = outputs

    def save(self, path: str | Path) -> None:
        """Write every array to an `.npz` file as `LAYER/NAME`, beside `LAYER/mask`.

        Raises: ArgumentError for another kind of file.
        """
        arrays: dict[str, Any] = {
            f"{layer.name}/{name}": array
            for layer in self.values()
            for name, array in {**layer.arrays, "mask": layer.mask, "steps": layer.steps,
                                "units": layer.units}.items()
        }  # fmt: skip
        save_arrays(path, arrays)
