"""What a kernel takes and gives, and what a layer asks for.

A kernel owns a whole layer: the product of its input, the time loop, and the gradients of
everything, weights included. It runs one direction (D = 1) or both directions of a bidirectional
layer at once (D = 2). Letters as in `gatewise.equations`: batch B, time steps T, input features I,
units U, gates of a cell G.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

Array = Any  # a tensor of whichever back end Keras runs on

# The cells that kernels know, in the order of `enum gw_cell` in native/include/gatewise.h.
CELLS = ("LSTM", "GRU", "GRU reset before", "SimpleRNN tanh", "SimpleRNN relu")

# What `Outputs.hidden` holds at a masked step, in the order of `enum gw_fill`: the previous
# output, after the initial state or after zeros; zeros; anything; and, from `Kernel.record` only,
# the previous output after the initial state, with a residual that is filled too.
FILLS = ("hold", "hold_zero", "zero", "none", "hold_all")

# What runs where there is no kernel: "Keras" is the layer's code in Keras, "equations" ours.
OTHERWISE = {"Keras": "Keras's own code runs", "equations": "the equations run"}

GATES = {"LSTM": 4, "GRU": 3, "GRU reset before": 3, "SimpleRNN tanh": 1, "SimpleRNN relu": 1}


@dataclass(frozen=True)
class Spec:
    """What is fixed when a computation is traced.

    >>> Spec("GRU", reverse=True).gates
    3
    """

    cell: str  # one of CELLS
    reverse: bool = False  # D = 1: steps are taken backwards and given in the order taken
    fill: str = "hold"  # one of FILLS
    outputs: bool = True  # the hidden states of every step are wanted

    @property
    def gates(self) -> int:
        """G: how many arrays lie side by side in the weights."""
        return GATES[self.cell]


class Inputs(NamedTuple):
    """What a kernel takes: arrays of the back end in use, float32 but for the mask.

    With D = 2, direction 1 runs backwards; every array is in the order of time.
    """

    x: Array  # [B, T, I]
    kernel: Array  # [D, I, G·U], gates in the order of Keras's weights
    recurrent_kernel: Array  # [D, U, G·U]
    bias: Array | None  # [D, G·U]; GRU with reset after: [D, 2, G·U]
    states: tuple[Array, ...]  # before the first step, (h, c) or (h,), each [D, B, U]
    mask: Array | None = None  # [B, T], true where a step is real; None: all are
    recurrent_dropout: Array | None = None  # [D, G, B, U], what h is multiplied by for each gate


class Residual(NamedTuple):
    """What the forward pass keeps for the backward pass, and what a gate recorder reads.

    At a masked step both are unspecified; with the fill "hold_all" the gates are zeros there, the
    LSTM's cells hold the state before, and a GRU's are zeros. Else they equal
    `gatewise.equations.stacked` and `LSTMGates.cell`.
    """

    gates: Array | None  # [D, B, T, G·U], activated; None for the simple cell
    cells: Array | None  # [D, B, T, U]; LSTM: c; GRU with reset after: h·R_h + b_Rh; else None


class Outputs(NamedTuple):
    """What a kernel gives."""

    hidden: Array | None  # [B, T, D, U]; None where Spec.outputs is false
    states: tuple[Array, ...]  # after the last step, each [D, B, U]
    residual: Residual | None  # from `record` only


class Kernel(Protocol):
    """Fast code for recurrent layers on one back end and device."""

    @property
    def name(self) -> str:
        """What `gatewise doctor` calls it."""

    def run(self, spec: Spec, inputs: Inputs) -> Outputs:
        """Take every step. Differentiable in every float array of `inputs`."""

    def record(self, spec: Spec, inputs: Inputs) -> Outputs:
        """The same with the residual; not differentiable."""


@dataclass(frozen=True)
class Request:
    """What decides which kernel a layer can have; known before the layer has run.

    >>> Request("lstm", "LSTM", "jax", "cpu", {"units": 64}).cell
    'LSTM'
    """

    layer: str  # the layer's name, for messages
    cell: str  # "LSTM", "GRU" or "SimpleRNN"
    backend: str  # "jax", "torch" or "tensorflow"
    device: str  # "cpu", "gpu" or "tpu"
    options: Mapping[str, object] = field(default_factory=dict)  # by the layer's argument names
    otherwise: str = "Keras"  # what runs where there is no kernel, one of OTHERWISE


@dataclass(frozen=True)
class Choice:
    """Which path a layer takes: a kernel, or None for what runs otherwise, and why in words.

    >>> Choice(kernel=None, reason="GATEWISE_KERNELS=reference").kernel is None
    True
    """

    kernel: Kernel | None
    reason: str
    otherwise: str = "Keras"  # one of OTHERWISE
