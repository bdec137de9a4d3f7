"""The shared library: opened once, checked, and called through ctypes.

native/include/gatewise.h says what each function does; `Call` mirrors its `gw_call`.
"""

import ctypes
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from gatewise import settings
from gatewise.errors import ArgumentError, KernelError

FILE = Path(__file__).parent / "libgatewise.so"
ABI = 2  # GW_ABI of the header that `Call` and `SIGNATURES` follow

INT, LONG, FLOATS, TEXT = ctypes.c_int32, ctypes.c_int64, ctypes.c_void_p, ctypes.c_char_p


class Call(ctypes.Structure):
    """`gw_call`; the header says which array is read or written, and which may be None."""

    _fields_ = (
        *((name, INT) for name in ("cell", "fill", "reverse", "threads")),
        *((name, LONG) for name in ("D", "B", "T", "I", "U")),
        *((name, FLOATS) for name in ("x", "kernel", "recurrent", "bias", "mask", "h0", "c0")),
        ("recurrent_dropout", FLOATS),
        *((name, FLOATS) for name in ("hidden", "gates", "cells", "h_last", "c_last")),
        *((name, FLOATS) for name in ("d_hidden", "d_h_last", "d_c_last")),
        *((name, FLOATS) for name in ("d_x", "d_kernel", "d_recurrent", "d_bias", "d_h0", "d_c0")),
    )


# By function: the type of its result, then those of its arguments.
SIGNATURES = {
    "gw_forward": (INT, ctypes.POINTER(Call)),
    "gw_backward": (INT, ctypes.POINTER(Call)),
    "gw_pack_size": (LONG, INT, LONG, LONG),
    "gw_pack": (INT, INT, LONG, LONG, FLOATS, FLOATS, FLOATS, FLOATS),
    "gw_step": (INT, INT, LONG, LONG, FLOATS, FLOATS, FLOATS, FLOATS),
    "gw_matmul": (INT, LONG, LONG, LONG, FLOATS, FLOATS, FLOATS, INT),
    "gw_isa_name": (TEXT, INT),
    "gw_isa_runs": (INT, TEXT),
    "gw_set_isa": (INT, TEXT),
    "gw_isa": (TEXT,),
    "gw_set_threads": (None, INT),
    "gw_threads": (INT,),
    "gw_borrow_openmp": (None, FLOATS, FLOATS, FLOATS, FLOATS),
    "gw_count": (ctypes.c_uint64, INT),
    "gw_abi": (INT,),
    "gw_message": (TEXT, INT),
}


# What the library needs of an OpenMP runtime to take threads from it, as GNU's has them.
OPENMP = ("GOMP_parallel", "omp_in_parallel", "omp_get_dynamic", "omp_get_thread_limit")


class Unavailable(Exception):
    """The native library cannot be used; `reason` says why, in words for the user."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


class Library:
    """The open library.

    Raises: Unavailable where the file is missing, cannot be opened, or is of another version;
    ArgumentError where GATEWISE_ISA names an instruction set that does not run here.
    """

    def __init__(self, path: Path | None = None):
        self.path = path or FILE
        self.lib = _open(self.path)
        if (chosen := settings.isa()) is not None:
            self.set_isa(chosen)
        if (threads := settings.threads()) is not None:
            self.set_threads(threads)

    def isa(self) -> str:
        """The instruction set in use, such as "avx512"."""
        return self.lib.gw_isa().decode()

    def isas(self) -> tuple[str, ...]:
        """Those in the library that run on this processor, best first."""
        return tuple(name for name in self._built() if self.lib.gw_isa_runs(name.encode()))

    def set_isa(self, name: str | None) -> None:
        """Use this instruction set from now on; None: the best that runs."""
        if self.lib.gw_set_isa(name.encode() if name else None) != 0:
            raise ArgumentError(
                f"GATEWISE_ISA: expected one that this library holds and this processor runs "
                f"({', '.join(self.isas())}), got {name!r}. Unset it for the best of them."
            )

    def threads(self) -> int:
        """How many threads a call may use."""
        return self.lib.gw_threads()

    def set_threads(self, threads: int) -> None:
        self.lib.gw_set_threads(threads)

    def borrow_openmp(self, path: Path) -> bool:
        """Take threads from the OpenMP runtime at `path` from now on; whether it can be used."""
        try:
            runtime = ctypes.CDLL(str(path))
            functions = [getattr(runtime, name) for name in OPENMP]
        except (OSError, AttributeError):  # gone, or of another make
            return False
        self.lib.gw_borrow_openmp(*(ctypes.cast(one, ctypes.c_void_p) for one in functions))
        return True

    def counts(self) -> dict[str, int]:
        """How many calls ended well in this process: "forward", "backward" and "step"."""
        return {
            name: self.lib.gw_count(which)
            for which, name in enumerate(("forward", "backward", "step"))
        }

    def check(self, status: int) -> None:
        """Raise a KernelError with the library's own words unless `status` is 0."""
        if status != 0:
            raise KernelError(f"native kernel: {self.lib.gw_message(status).decode()}")

    def _built(self) -> Iterator[str]:
        index = 0
        while (name := self.lib.gw_isa_name(index)) is not None:
            yield name.decode()
            index += 1


def load() -> Library:
    """The library, opened on the first call.

    Raises: Unavailable(reason); ArgumentError for GATEWISE_ISA or GATEWISE_THREADS out of range.
    """
    found = _library()
    if isinstance(found, str):
        raise Unavailable(found)
    return found


def reason() -> str | None:
    """Why the library cannot be used, or None where it can."""
    found = _library()
    return found if isinstance(found, str) else None


@cache
def _library() -> Library | str:
    try:
        return Library()
    except Unavailable as error:
        return error.reason


def _open(path: Path) -> ctypes.CDLL:
    if not path.exists():
        raise Unavailable(
            f"the native library was not built ({path.name} is missing): install g++ or clang, "
            "then install Gatewise again (in a checkout: make native)"
        )
    try:
        lib = ctypes.CDLL(str(path))
        for name, (result, *arguments) in SIGNATURES.items():
            function = getattr(lib, name)
            function.restype, function.argtypes = result, arguments
    except (OSError, AttributeError) as error:
        raise Unavailable(f"the native library cannot be used here: {error}") from error
    if (found := lib.gw_abi()) != ABI:
        raise Unavailable(
            f"the native library is of another version of Gatewise (interface {found}, expected "
            f"{ABI}): install Gatewise again"
        )
    return lib
