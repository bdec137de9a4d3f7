"""Where fast code plugs in. The map is README.md, the contract is contract.py."""

from gatewise.kernels.contract import Choice, Kernel, Outputs, Request, Residual

__all__ = ["Choice", "Kernel", "Outputs", "Request", "Residual"]
