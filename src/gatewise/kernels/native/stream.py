"""One step at a time, from NumPy straight to the core: the leanest path for live data."""

import ctypes

import keras
import numpy as np

from gatewise.errors import ArgumentError, KernelError
from gatewise.kernels.cells import ACTIVATIONS, cell_of
from gatewise.kernels.contract import CELLS
from gatewise.kernels.native import library

FLOAT32 = np.dtype("float32")
ALIGNMENT = 64  # bytes, as gw_pack asks
LARGE = 1 << 22  # bytes of weights that take a core some hundred microseconds to go through


class Stream:
    """A recurrent layer that is given one step at a time and carries its state.

    For live data: one row, one step, no batch. A call costs the arithmetic of the step and about
    a microsecond; neither Keras nor its back end takes part. The weights are copied and packed
    when the stream is made: make it anew after training on, and after forcing another
    instruction set. It computes in float32 whatever the layer's type, and dropout does not apply.
    A stream belongs to one thread at a time; several streams may run at once.

    Args:
        layer: a built `LSTM`, `GRU` or `SimpleRNN` of `gatewise.layers` or `keras.layers`, with the
            activations that the kernels have (LSTM and GRU: tanh and sigmoid; SimpleRNN: tanh or
            relu) and `go_backwards=False`. Its `return_sequences`, `return_state` and `stateful`
            do not matter here.

    Call it with a step's input `x` `[I]`, real numbers, fastest as a float32 array: it gives the
    hidden state `[U]` after that step, a new float32 array.

    Raises: ArgumentError for a layer it cannot take, and for an input of another shape or of
    other things than real numbers; KernelError where the native library is missing.

    >>> layer = keras.layers.GRU(4)
    >>> layer.build((None, None, 3))
    >>> stream = Stream(layer)
    >>> for x in np.eye(3, dtype="float32"):
    ...     hidden = stream(x)
    >>> hidden.shape
    (4,)
    """

    def __init__(self, layer: keras.layers.RNN):
        try:
            self._library = library.load()
        except library.Unavailable as error:
            raise KernelError(
                f"Stream: the native library was expected, but it is not available ({error}). "
                "Call the layer with one step at a time and stateful=True instead, or install it."
            ) from error
        cell = CELLS.index(_cell(layer))
        kernel, *rest = weights = [_numbers(weight) for weight in layer.cell.get_weights()]
        self._features, units = kernel.shape[0], rest[0].shape[0]
        self._shape = (self._features,)
        sizes = ctypes.c_int32(cell), ctypes.c_int64(self._features), ctypes.c_int64(units)
        self._packed = self._pack(sizes, weights)
        self._x = np.zeros(self._features, FLOAT32)
        self._h = np.zeros(units, FLOAT32)
        self._c = np.zeros(units, FLOAT32) if isinstance(layer, keras.layers.LSTM) else None
        # All pointers are fixed now, so a call converts none.
        arrays = (self._packed, self._x, self._h, self._c)
        self._arguments = (*sizes, *map(_pointer, arrays))
        # Unlike CDLL, PyDLL keeps the interpreter's lock: who gives it away for a short step may
        # wait milliseconds until another thread hands it back.
        load = ctypes.PyDLL if self._packed.nbytes < LARGE else ctypes.CDLL
        self._step = load(str(self._library.path)).gw_step

    def __call__(self, x: np.ndarray) -> np.ndarray:
        if type(x) is not np.ndarray or x.dtype != FLOAT32 or x.shape != self._shape:
            x = self._checked(x)
        self._x[:] = x
        if status := self._step(*self._arguments):
            self._library.check(status)
        return self._h.copy()

    @property
    def state(self) -> tuple[np.ndarray, ...]:
        """The state after the last step, `(h, c)` for an LSTM, else `(h,)`, each `[U]`: copies.

        It may be set, to go on from another state.
        """
        return (self._h.copy(),) if self._c is None else (self._h.copy(), self._c.copy())

    @state.setter
    def state(self, state) -> None:
        own = (self._h,) if self._c is None else (self._h, self._c)
        given = [_numbers(part) for part in state]
        if [part.shape for part in given] != [part.shape for part in own]:
            raise ArgumentError(
                f"state: expected {len(own)} arrays [{self._h.size}], "
                f"got {[part.shape for part in given]}. An LSTM has (h, c), the others (h,)."
            )
        for part, new in zip(own, given, strict=True):
            part[:] = new

    def reset(self) -> None:
        """Forget everything: the state is zeros, as before the first step."""
        for part in (self._h, self._c):
            if part is not None:
                part[:] = 0

    def _pack(self, sizes, weights) -> np.ndarray:
        lib = self._library.lib
        size = lib.gw_pack_size(*sizes)
        if size <= 0:
            raise ArgumentError(
                f"layer: expected sizes that the core can pack, got {self._features} features and "
                f"{weights[1].shape[0]} units."
            )
        room = np.zeros(size + ALIGNMENT, np.uint8)
        packed = room[-room.ctypes.data % ALIGNMENT :][:size]
        pointers = [_pointer(part) for part in (*weights, None)[:3]]
        self._library.check(lib.gw_pack(*sizes, *pointers, _pointer(packed)))
        return packed

    def _checked(self, x) -> np.ndarray:
        x = np.asarray(x)
        if x.shape != self._shape or x.dtype.kind not in "fiub":
            raise ArgumentError(
                f"x: expected one step, real numbers [{self._features}], got {x.dtype} "
                f"{list(x.shape)}. A stream takes one row and one step at a time."
            )
        return x


def _cell(layer) -> str:
    """Which of the kernels' cells this layer is."""
    kinds = (keras.layers.LSTM, keras.layers.GRU, keras.layers.SimpleRNN)
    if not isinstance(layer, kinds):
        raise _refused(layer, "an LSTM, GRU or SimpleRNN")
    if not layer.built:
        raise _refused(layer, "a built layer (call it once, or its build(shape))")
    if layer.go_backwards:
        raise _refused(layer, "a layer with go_backwards=False")
    if not _is_plain(layer):
        raise _refused(layer, "a layer whose class leaves Keras's code as it is")
    names = ("activation", "recurrent_activation")
    activations = [ACTIVATIONS.get(getattr(layer, name)) for name in names if hasattr(layer, name)]
    if isinstance(layer, keras.layers.SimpleRNN):
        if activations[0] not in ("tanh", "relu"):
            raise _refused(layer, "the activation tanh or relu")
    elif activations != ["tanh", "sigmoid"]:
        raise _refused(layer, "the activations tanh and sigmoid")
    return cell_of(layer, str(activations[0]))


def _is_plain(layer) -> bool:
    """Whether a step is what the cell's equations say: no other class is in between."""
    if not getattr(layer, "drop_in", True):  # a layer of gatewise.layers with equations of its own
        return False
    code = (type(layer).call, type(layer).inner_loop, type(layer.cell).call)
    return all(part.__module__.split(".")[0] in ("keras", "gatewise") for part in code)


def _refused(layer, expected: str) -> ArgumentError:
    name = f"{type(layer).__name__} {getattr(layer, 'name', '')!r}"
    return ArgumentError(f"layer: expected {expected}, got {name}, which a Stream cannot take.")


def _numbers(array) -> np.ndarray:
    return np.ascontiguousarray(array, FLOAT32)


def _pointer(array: np.ndarray | None) -> ctypes.c_void_p:
    return ctypes.c_void_p(None if array is None else array.ctypes.data)
