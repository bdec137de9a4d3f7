"""ONNX's own node cases and reference operators, computed by Gatewise's layers."""

import warnings

import numpy as np
import pytest

from gatewise.kernels.native import library

onnx = pytest.importorskip("onnx", reason="pip install onnx: the cases come with it")
reference = pytest.importorskip("onnx.reference")

from .onnx_nodes import KINDS, OUT_OF_SCOPE, out_of_scope, run_node  # noqa: E402


def node_cases():
    """The cases of the three operators by name; the first call decides what is collected."""
    from onnx.backend.test.case.node import collect_testcases

    with warnings.catch_warnings():  # cases of other operators divide by zero on purpose
        warnings.simplefilter("ignore")
        cases = collect_testcases(None)
    return {case.name: case for case in cases if case.model.graph.node[0].op_type in KINDS}


CASES = node_cases()


@pytest.fixture
def native_ran():
    """Where the native library is, it must have computed what the test compared."""
    before = None if library.reason() else library.load().counts()["forward"]
    yield
    assert before is None or library.load().counts()["forward"] > before


def test_all_eighteen_cases_are_here_and_one_is_out_of_scope():
    assert len(CASES) >= 18
    left_out = {name for name, case in CASES.items() if out_of_scope(case.model.graph.node[0])}
    assert left_out == {"test_lstm_with_peepholes"}


@pytest.mark.parametrize("name", CASES)
def test_a_node_case_is_met(name, request):
    node = CASES[name].model.graph.node[0]
    if why := out_of_scope(node):
        pytest.skip(f"{name}: {why}")
    request.getfixturevalue("native_ran")
    for inputs, outputs in CASES[name].data_sets:
        found = run_node(node, inputs)
        named = [output for output in node.output if output]
        for key, expected in zip(named, outputs, strict=True):
            assert found[key].shape == expected.shape
            np.testing.assert_allclose(found[key], expected, rtol=1e-5, atol=1e-6)


DIRECTIONS = {"forward": 1, "reverse": 1, "bidirectional": 2}
VARIANTS = [("LSTM", {}), ("GRU", {"linear_before_reset": 0}), ("GRU", {"linear_before_reset": 1})]
VARIANTS += [("RNN", {})]
slow = pytest.mark.slow
SIZES = [(9, 2, 7, 17), *(pytest.param(s, marks=slow) for s in [(5, 3, 4, 6), (1, 1, 1, 1)])]


@pytest.mark.usefixtures("native_ran")
@pytest.mark.parametrize("sizes", SIZES, ids=str)
@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize(("op", "said"), VARIANTS)
def test_the_reference_operator_is_met(op, said, direction, sizes):
    T, B, I, U = sizes
    D, G = DIRECTIONS[direction], {"LSTM": 4, "GRU": 3, "RNN": 1}[op]
    rng = np.random.default_rng(0)
    draw = lambda *shape: rng.normal(size=shape).astype("float32")  # noqa: E731
    inputs = [draw(T, B, I), draw(D, G * U, I), draw(D, G * U, U) / np.float32(U**0.5)]
    inputs += [draw(D, 2 * G * U)]
    inputs += [draw(D, B, U) for _ in range(2 if op == "LSTM" else 1)]
    names = ["X", "W", "R", "B", "", "initial_h", *(["initial_c"] if op == "LSTM" else [])]
    outputs = ["Y", "Y_h", *(["Y_c"] if op == "LSTM" else [])]
    node = onnx.helper.make_node(op, names, outputs, hidden_size=U, direction=direction, **said)

    expected = reference_results(node, [name for name in names if name], inputs, outputs)
    found = run_node(node, inputs)
    for name, array in zip(outputs, expected, strict=True):
        np.testing.assert_allclose(found[name], array, rtol=1e-4, atol=1e-5, err_msg=name)


def reference_results(node, names, inputs, outputs):
    """What onnx.reference, NumPy code of ONNX's own, computes for one node."""
    value = lambda name: onnx.helper.make_tensor_value_info(name, 1, None)  # noqa: E731
    graph = onnx.helper.make_graph([node], "g", [value(n) for n in names], map(value, outputs))
    evaluator = reference.ReferenceEvaluator(onnx.helper.make_model(graph))
    return evaluator.run(None, dict(zip(names, inputs, strict=True)))


@pytest.mark.parametrize("said", [{"clip": 1.0}, {"input_forget": 1}], ids=str)
def test_what_a_node_says_beyond_keras_is_named(said):
    node = onnx.helper.make_node("LSTM", ["X", "W", "R"], ["Y"], hidden_size=1, **said)
    assert out_of_scope(node) == OUT_OF_SCOPE[next(iter(said))]
