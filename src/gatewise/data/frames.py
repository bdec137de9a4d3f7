"""Pickled pandas frames as columns of numbers: pandas is not needed, and nothing that the file
names is run."""

import codecs
import pickle
from typing import Any

import numpy as np


def pickled(file: Any) -> Any:
    """What a pickle of plain containers and frames holds; `columns` reads a frame.

    `file` is open for reading bytes.

    Raises:
        pickle.UnpicklingError: the file asks for something else than NumPy's arrays and pandas.
    """
    return _Unpickler(file).load()


def columns(frame: Any) -> dict[str, np.ndarray]:
    """The columns `[rows]` of a pickled frame, by name."""
    parts = frame.state["_data"].state[-1]["0.14.1"]  # the layout's version, since pandas 0.14.1
    names = list(parts["axes"][0].given[1]["data"])
    found: dict[str, np.ndarray] = {}
    for block in parts["blocks"]:
        places = block["mgr_locs"]
        chosen = names[places] if isinstance(places, slice) else [names[at] for at in places]
        found.update(zip(chosen, block["values"], strict=True))
    return found


class _Opaque:
    """Stands for every class of pandas: it keeps what it is given, and does nothing."""

    given: tuple[Any, ...] = ()
    state: Any = None

    def __setstate__(self, state: Any) -> None:
        self.state = state


def _new_index(*given: Any) -> _Opaque:
    made = _Opaque()
    made.given = given
    return made


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        module = _MOVED.get(module, module)
        if (module, name) == ("pandas.core.indexes.base", "_new_Index"):
            return _new_index
        if module.split(".")[0] == "pandas":
            return _Opaque
        if (module, name) in _HARMLESS:
            return _HARMLESS[module, name]
        raise pickle.UnpicklingError(f"expected arrays and frames, got {module}.{name}")


def _bare(kind: type, base: type, state: Any) -> Any:
    """What `copyreg` calls to make an object without its constructor; of ours alone."""
    if kind is not _Opaque:
        raise pickle.UnpicklingError(f"expected a frame, got {kind}")
    return _Opaque()


def _array(kind: type, shape: tuple, code: Any) -> np.ndarray:
    """What NumPy calls to make an array that its state then fills."""
    return np.ndarray(shape, code)


_MOVED = {
    "copy_reg": "copyreg",  # as Python 2 had it, and protocol 2 still writes it
    "__builtin__": "builtins",
    "numpy.core.multiarray": "numpy._core.multiarray",
}
_HARMLESS: dict[tuple[str, str], Any] = {
    ("copyreg", "_reconstructor"): _bare,
    ("builtins", "object"): object,
    ("builtins", "slice"): slice,
    ("_codecs", "encode"): codecs.encode,  # how Python 2's pickles hold bytes
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
    ("numpy._core.multiarray", "_reconstruct"): _array,
}
