"""The table, its reasons, and what GATEWISE_KERNELS does to it."""

import pytest

from gatewise.errors import ArgumentError, KernelError
from gatewise.kernels import Choice, Request
from gatewise.kernels.select import TABLE, Row, explain, select

CELLS = ("LSTM", "GRU", "SimpleRNN")


def request(cell="LSTM", backend="jax", device="cpu", **options):
    return Request("encoder_rnn", cell, backend, device, options)


@pytest.fixture
def kernels(monkeypatch):
    return lambda value: monkeypatch.setenv("GATEWISE_KERNELS", value)


@pytest.fixture(autouse=True)
def _unset(monkeypatch):
    monkeypatch.delenv("GATEWISE_KERNELS", raising=False)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("backend", ["jax", "torch", "tensorflow"])
@pytest.mark.parametrize("device", ["cpu", "gpu", "tpu"])
def test_every_request_has_an_answer(cell, backend, device):
    choice = select(request(cell, backend, device))
    assert choice == Choice(None, "no native kernel yet: Keras's own code runs")


def test_reference_says_that_it_was_asked_for(kernels):
    kernels("reference")
    assert select(request()).reason == "GATEWISE_KERNELS=reference: Keras's own code runs"


def test_native_is_an_error_that_names_layer_expectation_and_remedy(kernels):
    kernels("native")
    with pytest.raises(KernelError) as caught:
        select(request("GRU", "torch", "gpu"))
    for part in ("'encoder_rnn'", "GRU on torch, gpu", "no native kernel yet", "=auto"):
        assert part in str(caught.value)


def test_explain_answers_where_select_refuses(kernels):
    kernels("native")
    assert explain(request()).reason.startswith("no native kernel yet")


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
        ({"backend": "torch"}, False),
        ({"device": "gpu"}, False),
        ({"options": {"unroll": False}}, True),
        ({"options": {"unroll": True}}, False),
        ({"options": {"recurrent_dropout": 0}}, False),  # the request does not say
    ],
)
def test_a_row_speaks_for_requests_that_agree_with_all_it_names(row, expected):
    assert Row(Choice(None, ""), **row).matches(request(unroll=False, units=8)) is expected


def test_the_last_row_matches_everything():
    assert TABLE[-1] == Row(TABLE[-1].choice)


def test_the_first_matching_row_answers(monkeypatch):
    special = Row(Choice(None, "unrolled"), options={"unroll": True})
    monkeypatch.setattr("gatewise.kernels.select.TABLE", (special, *TABLE))
    assert explain(request(unroll=True)).reason == "unrolled"
    assert explain(request(unroll=False)).reason == TABLE[-1].choice.reason
