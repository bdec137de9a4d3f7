"""Where fast code plugs in. The map is README.md, the contract is contract.py."""

from gatewise.kernels.contract import (
    CELLS,
    FILLS,
    Choice,
    Inputs,
    Kernel,
    Outputs,
    Request,
    Residual,
    Spec,
)

__all__ = [
    "CELLS",
    "FILLS",
    "Choice",
    "Inputs",
    "Kernel",
    "Outputs",
    "Request",
    "Residual",
    "Spec",
]
