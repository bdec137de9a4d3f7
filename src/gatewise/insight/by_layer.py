"""What is known of each recurrent layer of a model, by its name."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from gatewise import files
from gatewise.errors import ArgumentError
from gatewise.insight.taps import find

One = TypeVar("One")


class ByLayer(Mapping[str, One]):
    """One thing a layer. A layer is found by the names that lead to it in the model, or by its own
    name where that is the only one.

    >>> found = ByLayer({"both/forward_lstm": 1, "gru": 2})
    >>> found["forward_lstm"], found["gru"], list(found)
    (1, 2, ['both/forward_lstm', 'gru'])
    """

    def __init__(self, layers: Mapping[str, One]):
        self._layers = dict(layers)

    def __getitem__(self, name: str) -> One:
        try:
            return self._layers[find(name, self._layers)]
        except ArgumentError as error:
            raise KeyError(str(error)) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._layers)

    def __len__(self) -> int:
        return len(self._layers)


def save_arrays(path: str | Path, arrays: dict[str, Any]) -> None:
    """Write arrays to an `.npz` file, whole or not at all.

    Raises: ArgumentError for another kind of file.
    """
    if Path(path).suffix != ".npz":
        raise ArgumentError(f"path: expected a name that ends in .npz, got {str(path)!r}.")
    with files.whole_file(path) as part:
        np.savez_compressed(part, **arrays)
