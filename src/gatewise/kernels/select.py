"""Which kernel a layer gets, or the reason why it gets none: a table, read from the top."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from gatewise import settings
from gatewise.errors import KernelError
from gatewise.kernels import native
from gatewise.kernels.contract import OTHERWISE, Choice, Request

Answer = Choice | str | None

FEW_UNITS, MANY_ROWS = 5, 256


def other_than(*values: object) -> Callable[[object], bool]:
    """In a row, every value but these.

    >>> other_than("tanh")("relu"), other_than("tanh", "relu")("relu")
    (True, False)
    """
    return lambda value: value not in values


@dataclass(frozen=True)
class Row:
    """One line of the table: it answers the requests that agree with all it names.

    An answer is a reason, with the request's own words in braces, or a function of the request
    that gives a choice, a reason, or None to leave it to the rows below.

    >>> row = Row("no GRU on {device}", cell="GRU", options={"reset_after": False})
    >>> row.choice(Request("gru", "GRU", "jax", "cpu", {"reset_after": False})).reason
    "no GRU on cpu: Keras's own code runs"
    >>> row.choice(Request("gru", "GRU", "jax", "cpu", {"reset_after": True}))
    """

    answer: str | Callable[[Request], Answer]
    # A value, a condition on it such as `other_than`, or None for any; here and below.
    cell: object = None
    backend: object = None
    device: object = None
    options: Mapping[str, object] = field(default_factory=dict)

    def matches(self, request: Request) -> bool:
        """Whether this row speaks for `request`; of an option not given it says nothing."""
        return (
            _agrees(self.cell, request.cell)
            and _agrees(self.backend, request.backend)
            and _agrees(self.device, request.device)
            and all(
                name in request.options and _agrees(wanted, request.options[name])
                for name, wanted in self.options.items()
            )
        )

    def choice(self, request: Request) -> Choice | None:
        """What this row says, or None where it says nothing."""
        if not self.matches(request):
            return None
        answer = self.answer
        if isinstance(answer, str):
            about = {"cell": request.cell, "backend": request.backend, "device": request.device}
            found: Answer = answer.format(**request.options, **about)
        else:
            found = answer(request)
        return without_kernel(request, found) if isinstance(found, str) else found


def without_kernel(request: Request, reason: str) -> Choice:
    """The answer where there is no kernel: the reason, and what runs."""
    return Choice(None, f"{reason}: {OTHERWISE[request.otherwise]}", request.otherwise)


def few(units: object) -> bool:
    """Whether a step of so many units leaves most of a vector register idle."""
    return isinstance(units, int) and units < FEW_UNITS


def many(rows: object) -> bool:
    """Whether there are so many rows that a loop over them, as XLA makes it, is the better one."""
    return isinstance(rows, int) and rows >= MANY_ROWS


def small_layer(request: Request) -> str | None:
    """Keras's own code is faster there under JAX: docs/decisions/small-layers.md."""
    if settings.kernels() == "native":
        return None
    return "{units} units on {rows} rows, where a loop over rows is faster".format(
        **request.options
    )


def native_kernel(request: Request) -> Choice | str:
    """The native kernel for the request's back end, or the reason why it cannot be used."""
    found = native.kernel(request.backend)
    if isinstance(found, str):
        return found
    dtype = request.options.get("compute_dtype", "float32")
    computed = "" if dtype == "float32" else f"; {dtype} is computed in float32"
    return Choice(found, found.describe() + computed)


def _agrees(wanted: object, value: object) -> bool:
    if callable(wanted):
        return bool(wanted(value))
    return wanted is None or wanted == value


def prepare(backend: str) -> None:
    """Look for what the rows may name now: whoever traces a layer could not follow it later."""
    if backend in native.ADAPTERS and settings.kernels() != "reference":
        native.kernel(backend)


# The first row with an answer decides. The last one answers everything.
TABLE: tuple[Row, ...] = (
    Row("no native kernel on {device}, only on the processor", device=other_than("cpu")),
    Row("no native kernel under {backend}", backend=other_than(*native.ADAPTERS)),
    Row(
        "its cell is {cell_class}, which may compute something else than Keras's",
        options={"cell_class": other_than(None)},
    ),
    Row("its weights are quantized ({quantization})", options={"quantization": other_than(None)}),
    Row("use_cudnn=True asks for cuDNN", options={"use_cudnn": True}),
    Row(
        "its gates are rounded to 0 or 1, which no native kernel does",
        options={"round_gates": True},
    ),
    Row(
        "activation={activation!r}, where native kernels have tanh and relu",
        cell="SimpleRNN",
        options={"activation": other_than("tanh", "relu")},
    ),
    Row(
        "activation={activation!r}, where native kernels have tanh",
        cell=other_than("SimpleRNN"),
        options={"activation": other_than("tanh")},
    ),
    Row(
        "recurrent_activation={recurrent_activation!r}, where native kernels have sigmoid",
        options={"recurrent_activation": other_than("sigmoid")},
    ),
    Row(
        "it computes in {compute_dtype}, native kernels in float32",
        options={"compute_dtype": other_than("float32", "bfloat16", "float16")},
    ),
    Row("dropout=1 drops everything", options={"dropout": 1.0}),
    Row("recurrent_dropout=1 drops everything", options={"recurrent_dropout": 1.0}),
    Row(small_layer, backend="jax", options={"units": few, "rows": many}),
    Row(native_kernel),
)


def explain(request: Request) -> Choice:
    """The path that `request` is given, and why; a missing kernel is an answer, not an error.

    Raises: ArgumentError where GATEWISE_KERNELS, GATEWISE_ISA or GATEWISE_THREADS has a value
    that it cannot have.

    >>> explain(Request("lstm", "LSTM", "tensorflow", "cpu")).reason
    "no native kernel under tensorflow: Keras's own code runs"
    """
    if settings.kernels() == "reference":
        return without_kernel(request, "GATEWISE_KERNELS=reference")
    return next(choice for row in TABLE if (choice := row.choice(request)) is not None)


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
