"""Modules of torch, made from arrays."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch


def recurrent_module(
    kind: str, arguments: Mapping[str, Any], arrays: Mapping[str, np.ndarray]
) -> torch.nn.Module:
    """`torch.nn.<kind>(**arguments)` with `arrays` as its parameters, in their dtype.

    >>> arrays = {"weight_ih_l0": np.ones((1, 1)), "weight_hh_l0": np.ones((1, 1))}
    >>> module = recurrent_module("RNN", {"input_size": 1, "hidden_size": 1, "bias": False}, arrays)
    >>> module(torch.zeros(2, 1, 1).double())[0].tolist()
    [[[0.0]], [[0.0]]]
    """
    # Copies: an array may be read-only, and the module is trained by itself.
    state = {name: torch.tensor(array) for name, array in arrays.items()}
    dtype = next(iter(state.values())).dtype
    module = getattr(torch.nn, kind)(**arguments, dtype=dtype)
    module.load_state_dict(state)
    return module
