"""What a kernel takes and gives, and what a layer asks for.

A kernel owns the time loop and nothing else. The large products stay with the framework: before
the loop the input's share `x·W + b` of all steps at once, after it the gradients of W, R and b
from the gradient of that share.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

Array = Any  # a tensor of whichever back end Keras runs on


class Residual(NamedTuple):
    """What the forward pass keeps for the backward pass, and what a gate recorder reads.

    At a masked step `gates` holds zeros and `cells` the cell as it was.
    `gatewise.equations.stacked` gives the same arrays, from the equations.
    """

    gates: Array  # [B, T, G·U], activated, in the order of Keras's weights
    cells: Array | None  # [B, T, U]; None for a cell without cell state


class Outputs(NamedTuple):
    """What a kernel's forward pass gives, in the order in which the steps were taken."""

    hidden: Array  # [B, T, U]; at a masked step the hidden state as it was
    states: tuple[Array, ...]  # after the last step, each [B, U]
    residual: Residual | None  # None unless gradients or gates are wanted


class Kernel(Protocol):
    """Fast code for the time loop of one cell on one back end and device."""

    name: str

    def forward(
        self,
        projected: Array,  # [B, T, G·U], x·W + b, in the order of Keras's weights
        recurrent_kernel: Array,  # [U, G·U]
        recurrent_bias: Array | None,  # [G·U], the GRU's with reset_after=True
        states: tuple[Array, ...],  # before the first step, each [B, U]
        mask: Array | None,  # [B, T], true where a step is real; None where all are
        keep_residual: bool,
    ) -> Outputs:
        """Take every step."""

    def backward(
        self,
        recurrent_kernel: Array,  # as in `forward`, like the next three
        recurrent_bias: Array | None,
        states: tuple[Array, ...],
        mask: Array | None,
        outputs: Outputs,  # what `forward` gave, with its residual
        hidden_gradient: Array,  # [B, T, U]
        states_gradient: tuple[Array, ...],  # each [B, U]
    ) -> tuple[Array, tuple[Array, ...]]:
        """The gradient of `projected` [B, T, G·U] and of the initial states, each [B, U]."""


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


@dataclass(frozen=True)
class Choice:
    """Which path a layer takes: a kernel, or None for Keras's own code, and why in words.

    >>> Choice(kernel=None, reason="GATEWISE_KERNELS=reference").kernel is None
    True
    """

    kernel: Kernel | None
    reason: str
