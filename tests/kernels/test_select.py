"""The table, its reasons, and what GATEWISE_KERNELS does to it."""

import pytest

from gatewise.errors import ArgumentError, KernelError
from gatewise.kernels import Choice, Request, native
from gatewise.kernels.native import library
from gatewise.kernels.select import TABLE, Row, explain, other_than, select

CELLS = ("LSTM", "GRU", "SimpleRNN")
KEPT = "Keras's own code runs"


def request(cell="LSTM", backend="jax", device="cpu", **options):
    return Request("encoder_rnn", cell, backend, device, options)


class Stand:
    """In place of a native kernel: what is asked here is who gets it."""

    name = "native"

    def describe(self):
        return "native kernel, avx2, 2 threads"


@pytest.fixture
def kernels(monkeypatch):
    return lambda value: monkeypatch.setenv("GATEWISE_KERNELS", value)


@pytest.fixture(autouse=True)
def stand(monkeypatch):
    monkeypatch.delenv("GATEWISE_KERNELS", raising=False)
    stand = Stand()
    monkeypatch.setattr(native, "kernel", lambda backend: stand)
    return stand


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("backend", ["jax", "torch"])
@pytest.mark.parametrize("unroll", [False, True])
def test_cells_on_the_processor_get_the_kernel(cell, backend, unroll, stand):
    options = {"activation": "tanh", "unroll": unroll, "use_cudnn": "auto", "dropout": 0.5}
    if cell != "SimpleRNN":
        options["recurrent_activation"] = "sigmoid"
    found = select(request(cell, backend, compute_dtype="float32", **options))
    assert found == Choice(stand, "native kernel, avx2, 2 threads")


def test_a_simple_cell_may_have_relu(stand):
    assert select(request("SimpleRNN", activation="relu")).kernel is stand


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_is_computed_in_single(dtype, stand):
    found = select(request(compute_dtype=dtype))
    assert found.kernel is stand
    assert found.reason.endswith(f"2 threads; {dtype} is computed in float32")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (request(device="gpu"), "no native kernel on gpu"),
        (request(device="tpu"), "no native kernel on tpu"),
        (request(backend="tensorflow"), "no native kernel under tensorflow"),
        (request(activation="softsign"), "activation='softsign'"),
        (request(activation="relu"), "activation='relu', where native kernels have tanh"),
        (request("SimpleRNN", activation="gelu"), "activation='gelu'"),
        (request("GRU", recurrent_activation="hard_sigmoid"), "recurrent_activation='hard_"),
        (request(compute_dtype="float64"), "it computes in float64"),
        (request(cell_class="MyCell"), "its cell is MyCell"),
        (request(quantization="int8"), "quantized (int8)"),
        (request(use_cudnn=True), "use_cudnn=True"),
        (request(round_gates=True), "its gates are rounded to 0 or 1"),
        (request(dropout=1.0), "dropout=1 "),
        (request(recurrent_dropout=1.0), "recurrent_dropout=1 "),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_no_kernel_serves_has_a_reason(asked, said):
    found = select(asked)
    assert found.kernel is None
    assert said in found.reason
    assert found.reason.endswith(f": {KEPT}")


@pytest.mark.parametrize("cell", CELLS)
def test_a_kernel_that_is_missing_says_why(cell, monkeypatch):
    monkeypatch.setattr(native, "kernel", lambda backend: "not built")
    assert select(request(cell)) == Choice(None, f"not built: {KEPT}")


def test_the_reason_of_the_library_is_the_reason_of_the_kernel(monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(native, "FOUND", {})
    monkeypatch.setattr(library, "reason", lambda: "not here")
    assert explain(request()).reason == f"not here: {KEPT}"


def test_reference_says_that_it_was_asked_for(kernels):
    kernels("reference")
    assert select(request()).reason == f"GATEWISE_KERNELS=reference: {KEPT}"


def test_native_is_an_error_that_names_layer_expectation_and_remedy(kernels):
    kernels("native")
    with pytest.raises(KernelError) as caught:
        select(request("GRU", "torch", "gpu"))
    for part in ("'encoder_rnn'", "GRU on torch, gpu", "no native kernel on gpu", "=auto"):
        assert part in str(caught.value)


def test_native_is_content_with_a_kernel(kernels, stand):
    kernels("native")
    assert select(request()).kernel is stand


def test_explain_answers_where_select_refuses(kernels):
    kernels("native")
    assert explain(request(device="gpu")).reason.startswith("no native kernel on gpu")


def test_a_wrong_setting_is_named_with_those_that_exist(kernels):
    kernels("fast")
    with pytest.raises(ArgumentError, match=r"GATEWISE_KERNELS: .*auto, native, reference.*'fast'"):
        explain(request())


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({}, True),
        ({"cell": "LSTM", "backend": "jax", "device": "cpu"}, True),
        ({"cell": "GRU"}, False),
        ({"cell": other_than("GRU")}, True),
        ({"device": other_than("cpu")}, False),
        ({"backend": other_than("jax", "torch")}, False),
        ({"options": {"unroll": False}}, True),
        ({"options": {"unroll": True}}, False),
        ({"options": {"units": other_than(8)}}, False),
        ({"options": {"units": lambda units: units > 4}}, True),
        ({"options": {"recurrent_dropout": 0}}, False),  # the request does not say
        ({"options": {"recurrent_dropout": other_than(0)}}, False),
    ],
)
def test_a_row_speaks_for_requests_that_agree_with_all_it_names(row, expected):
    assert Row("", **row).matches(request(unroll=False, units=8)) is expected


def test_the_last_row_matches_everything():
    last = TABLE[-1]
    assert last == Row(last.answer)


def test_the_first_row_with_an_answer_decides(monkeypatch, stand):
    rows = (Row(lambda request: None), Row("unrolled", options={"unroll": True}))
    monkeypatch.setattr("gatewise.kernels.select.TABLE", (*rows, *TABLE))
    assert explain(request(unroll=True)).reason == f"unrolled: {KEPT}"
    assert explain(request(unroll=False)).kernel is stand


@pytest.mark.parametrize(
    ("backend", "units", "rows", "kept"),
    [
        ("jax", 4, 256, True),
        ("jax", 5, 256, False),
        ("jax", 4, 255, False),
        ("torch", 4, 256, False),
        ("jax", 4, None, False),  # not known before the layer runs
    ],
)
def test_keras_keeps_small_layers_on_many_rows(backend, units, rows, kept, kernels):
    asked = request(backend=backend, units=units, rows=rows)
    choice = explain(asked)
    assert (choice.kernel is None) is kept
    if kept:
        assert f"4 units on 256 rows, where a loop over rows is faster: {KEPT}" in choice.reason
    kernels("native")
    assert explain(asked).kernel
