"""Which kernel a layer gets, or the reason why it gets none: a table, read from the top."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gatewise import settings
from gatewise.errors import KernelError
from gatewise.kernels.contract import Choice, Request


@dataclass(frozen=True)
class Row:
    """One line of the table: it speaks for the requests that agree with all it names.

    >>> row = Row(Choice(None, "no GRU"), cell="GRU", options={"reset_after": False})
    >>> row.matches(Request("gru", "GRU", "jax", "cpu", {"reset_after": False, "units": 8}))
    True
    >>> row.matches(Request("gru", "GRU", "jax", "cpu", {"reset_after": True, "units": 8}))
    False
    """

    choice: Choice
    cell: str | None = None  # None: any, here and below
    backend: str | None = None
    device: str | None = None
    options: Mapping[str, object] = field(default_factory=dict)

    def matches(self, request: Request) -> bool:
        return (
            self.cell in (None, request.cell)
            and self.backend in (None, request.backend)
            and self.device in (None, request.device)
            and all(request.options.get(name) == value for name, value in self.options.items())
        )


# The first row that matches answers. The last one matches everything.
TABLE: tuple[Row, ...] = (Row(Choice(None, "no native kernel yet: Keras's own code runs")),)


def explain(request: Request) -> Choice:
    """The path that `request` is given, and why; a missing kernel is an answer, not an error.

    Raises: ArgumentError where GATEWISE_KERNELS has a value that is not one of its three.

    >>> explain(Request("lstm", "LSTM", "jax", "cpu")).reason
    "no native kernel yet: Keras's own code runs"
    """
    if settings.kernels() == "reference":
        return Choice(None, "GATEWISE_KERNELS=reference: Keras's own code runs")
    return next(row.choice for row in TABLE if row.matches(request))


def select(request: Request) -> Choice:
    """The same answer for a layer about to run, where GATEWISE_KERNELS=native insists on a kernel.

    Raises: KernelError where it insists and there is none; ArgumentError as `explain` does.
    """
    choice = explain(request)
    if choice.kernel is None and settings.kernels() == "native":
        raise KernelError(
            f"layer {request.layer!r}: GATEWISE_KERNELS=native, so a native kernel was expected "
            f"for {request.cell} on {request.backend}, {request.device}; there is none "
            f"({choice.reason}). Set GATEWISE_KERNELS=auto to run what there is."
        )
    return choice
