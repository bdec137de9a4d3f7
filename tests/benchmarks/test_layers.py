"""The layer benchmark: what it compares, that the contenders compute the same, what it shows."""

import copy
import doctest
import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import layers
import layers_chart
import layers_figures
import layers_tables
import layers_worker
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layers_grid import CELLS, FULL_ONLY, MODES, QUICK, REAL, SHAPES, Case, Shape, cases, lengths
from layers_sides import Side, ordered, sides

import gatewise.layers
from gatewise.layers import explain

ROOT = Path(__file__).parents[2]
SHAPE = Shape(32, 200, 128, 64, "test")


def row(name: str, median: float, **more: Any) -> dict[str, Any]:
    """A measurement as the grid has it."""
    path = "native, avx512" if name.startswith("Gatewise") else name
    case = Case(SHAPE, "LSTM", "training")
    found = {"process": "jax", "name": name, "path": path, **case.plain(), "median": median}
    return found | more


def grid(*rows: dict[str, Any]) -> dict[str, Any]:
    return {
        "threads": 2,
        "versions": {"torch": "2.0", "onnxruntime": "1.0"},
        "peak": layers.peak_facts({"XLA": [1e11], "torch (MKL)": [2e10, 3e10]}),
        "rows": list(rows),
    }


def result(*rows: dict[str, Any]) -> dict[str, Any]:
    facts = {"date": "2026-01-01", "commit": "c" * 40, "source_changed_since_commit": False,
             "source": "s", "backend": "jax", "versions": {"python": "3", "keras": "3", "jax": "0"},
             "machine": {"cores": 2, "processor": "one"}}  # fmt: skip
    found: dict[str, Any] = {"about": facts, "grid": {"about": facts, **grid(*rows)}}
    found["figures"] = layers_figures.figures(found, None)
    return found


def figure(found: dict[str, Any], title: str) -> dict[str, Any]:
    [only] = [one for one in found["figures"] if one["title"] == title]
    return only


def test_means_are_geometric_and_the_least_is_named() -> None:
    other = {"shape": "32,200,128,32"}
    found = result(row("Gatewise-JAX", 1.0), row("Keras-JAX", 8.0),
                   row("Gatewise-JAX", 1.0, **other), row("Keras-JAX", 2.0, **other))  # fmt: skip
    one = figure(found, "training step against Keras-JAX")
    assert one["mean"] == pytest.approx(4.0)
    assert (one["least"], one["least_case"]) == (2.0, "LSTM 32,200,128,32")
    assert (one["cases"], one["stock"]) == (2, 0)


@pytest.mark.parametrize(("least", "word"), [(1.01, "reached"), (0.99, "missed")])
def test_a_target_is_reached_or_missed(least: float, word: str) -> None:
    found = result(row("Gatewise-JAX", 1.0), row("Keras-JAX", least))
    [_, line, *_] = layers_figures.figures_table(found)
    assert line[2].endswith("missed")  # 2.2 in the mean
    assert line[5] == f"≥ 1.00×: {word}"


def test_less_memory_is_better() -> None:
    def needs(name: str, count: int) -> dict[str, Any]:
        path = "native" if name.startswith("Gatewise") else name
        return {"name": name, "path": path, "step_bytes": count, "shape": "1,1,1,1"}

    [one] = layers_figures.of_memory([needs("Keras-JAX", 100), needs("Gatewise-JAX", 60)])
    assert one["mean"] == pytest.approx(0.6)
    assert layers_figures.hit(one["mean"], one["target"], one) == "≤ 0.70×: reached"
    assert layers_figures.hit(0.8, one["target"], one) == "≤ 0.70×: missed"


def test_a_stock_path_shows() -> None:
    stock = row("Gatewise-JAX", 1.0, path="stock: no library")
    found = result(stock, row("Keras-JAX", 1.0))
    assert figure(found, "training step against Keras-JAX")["stock"] == 1
    page = layers_tables.section(found)
    assert "1 (1 not native)" in page
    assert "1e+03 ms (stock)" in page
    assert "1 cases: stock: no library" in page


def test_onnx_runtime_is_compared_within_one_process() -> None:
    rows = [
        row(name, median, mode="forward", process=process)
        for process, ours, theirs in (("jax", 1.0, 3.0), ("torch", 2.0, 4.0))
        for name, median in (
            (f"Gatewise-{'JAX' if process == 'jax' else process}", ours),
            ("ONNX Runtime", theirs),
        )
    ]
    found = result(*rows)
    for ours, ratio in (("Gatewise-JAX", 3.0), ("Gatewise-torch", 2.0)):
        assert figure(found, f"forward against ONNX Runtime ({ours})")["mean"] == pytest.approx(
            ratio
        )


def test_the_fraction_of_the_peak() -> None:
    wide = {"shape": "32,200,128,128"}
    flops = Case(Shape.read("32,200,128,128"), "LSTM", "training").flops
    found = result(row("Gatewise-JAX", flops / 5e10, **wide))
    title = "training step of the SGEMM peak (Gatewise-JAX), U ≥ 128, B ≥ 32"
    assert figure(found, title)["mean"] == pytest.approx(0.5)


def test_what_failed_is_told() -> None:
    broken = row("jax", 1.0, error="ValueError: off")
    del broken["median"]
    found = result(broken, row("Gatewise-JAX", 1.0), row("Keras-JAX", 2.0))
    assert layers_figures.problems(found) == ["LSTM 32,200,128,64 training jax: ValueError: off"]
    assert figure(found, "training step against Keras-JAX")["cases"] == 1


def test_an_epoch_counts_as_native_by_the_kernels_counter() -> None:
    ours = {"seconds": {"median": 1.0}, "native_calls": 0}
    one = {"longest": 9, "gatewise": ours, "reference": {"seconds": {"median": 3.0}}}
    epoch = {"variants": [one]}
    native = copy.deepcopy(epoch)
    native["variants"][0]["gatewise"]["native_calls"] = 4
    assert layers_figures.of_epoch(epoch)[0]["stock"] == 1
    assert layers_figures.of_epoch(native)[0]["stock"] == 0
    assert layers_figures.of_epoch(native)[0]["mean"] == pytest.approx(3.0)


def test_the_chart_has_a_line_for_each_shape() -> None:
    found = result(row("Gatewise-JAX", 1.0), row("Keras-JAX", 2.0))
    drawn = layers_chart.drawn(found["grid"])
    assert ElementTree.fromstring(drawn).tag.endswith("svg")
    assert drawn == layers_chart.drawn(found["grid"])


@given(st.integers(1, 40), st.integers(1, 300))
def test_a_quarter_of_the_steps_is_real(B: int, T: int) -> None:
    found = lengths(Shape(B, T, 1, 1, ""))
    assert found.sum() == max(B, round(REAL * B * T))
    assert found.min() >= 1
    assert found.max() <= T


def test_the_long_shapes_are_left_out_unless_asked_for() -> None:
    usual, full = cases(SHAPES, CELLS, full=False), cases(SHAPES, CELLS, full=True)
    assert len(full) == len(SHAPES) * len(CELLS) * len(MODES)
    assert not {case.shape.name for case in usual} & set(FULL_ONLY)
    assert {case.shape.name for case in full} - {case.shape.name for case in usual} == set(
        FULL_ONLY
    )


def test_gates_in_another_order() -> None:
    found = ordered(np.arange(6)[None], (1, 0, 2))
    assert found.tolist() == [[2, 3, 0, 1, 4, 5]]


@pytest.mark.slow
@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("mode", MODES)
def test_all_contenders_compute_the_same(cell: str, mode: str) -> None:
    rows = layers_worker.measured(Case(QUICK[1], cell, mode), "jax", 0.0)
    assert {"Keras-JAX", "Gatewise-JAX"} <= {one["name"] for one in rows}
    assert all(one["difference"] < 1e-5 for one in rows)


@pytest.mark.parametrize("cell", CELLS)
def test_onnx_runtime_gets_the_same_weights(cell: str) -> None:
    pytest.importorskip("onnxruntime")
    pytest.importorskip("onnx")
    found = {one.name: one for one in sides(Case(QUICK[1], cell, "forward"), "jax")}
    expected, given = (
        found[name].read(found[name].call())  # type: ignore[misc]
        for name in ("Keras-JAX", "ONNX Runtime")
    )
    np.testing.assert_allclose(given, expected, atol=1e-5)


def test_a_single_long_call_tells_its_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers_worker, "LONG", 0.0)  # timed the first time, and not again
    ours = layers_worker.measured(Case(QUICK[0], "GRU", "forward"), "jax", 0.0)[1]
    ran = explain(gatewise.layers.GRU(4)).kernel is not None
    assert ours["rounds"] == 1
    assert ours["path"].startswith("native" if ran else "stock")


def test_another_result_is_refused() -> None:
    side = Side("other", lambda: None, np.asarray, lambda: "")
    assert layers_worker.same(side, np.ones(3), np.ones(3)) == 0
    with pytest.raises(ValueError, match="other is off"):
        layers_worker.same(side, np.ones(3), np.array([1, 1, 1.1]))
    with pytest.raises(ValueError, match="other is off"):
        layers_worker.same(side, np.ones(3), np.array([1, 1, np.nan]))


def test_contenders_take_turns_in_both_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers_worker, "PAUSE", 0)
    order: list[str] = []
    both = [Side(name, lambda name=name: order.append(name), None, lambda: "") for name in "ab"]
    times: list[list[float]] = [[], []]
    layers_worker.turns(both, [0.3, 0.3], times, seconds=0.9)
    assert order == ["a", "b", "b", "a", "a", "b"]
    assert [len(one) for one in times] == [3, 3]


def test_a_slow_contender_has_fewer_turns_and_costs_the_others_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(layers_worker, "PAUSE", 0)
    both = [Side(name, lambda: None, None, lambda: "") for name in "ab"]
    times: list[list[float]] = [[], [3.0]]
    layers_worker.turns(both, [0.3, 3.0], times, seconds=1.2)
    assert [len(one) for one in times] == [4, 2]


@pytest.mark.parametrize(
    "name", ["harness", "layers", "layers_figures", "layers_grid", "layers_worker"]
)
def test_examples_in_the_docstrings(name: str) -> None:
    found = doctest.testmod(importlib.import_module(name))
    assert found.attempted > 0
    assert found.failed == 0


def run(out: Path, *words: str, **env: str) -> str:
    done = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "layers.py"), "--quick", "--backends", "jax",
         "--out", str(out), *words],
        capture_output=True, text=True, timeout=600, env=os.environ | env, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_whole_benchmark(tmp_path: Path) -> None:
    out = tmp_path / "layers.json"
    reference = {"GATEWISE_KERNELS": "reference"}
    printed = run(out, "--cells", "GRU", "--parts", "grid", "memory", **reference)
    text = out.read_text(encoding="utf-8")
    assert str(ROOT) not in text
    found = json.loads(text)
    ours = [one for one in found["grid"]["rows"] if one["name"] == "Gatewise-JAX"]
    assert len(ours) == len(QUICK) * len(MODES)
    assert all(one["path"].startswith("stock: GATEWISE_KERNELS=reference") for one in ours)
    assert "not native" in printed
    assert found["memory"]["rows"][0]["step_bytes"] >= 0
    run(out, "--parts", "stream")
    again = json.loads(out.read_text(encoding="utf-8"))
    assert again["grid"] == found["grid"]  # what was not asked for is kept
    assert "rows" in again["stream"]


@pytest.mark.slow
def test_a_broken_process_is_told_and_replaced() -> None:
    from layers_process import Worker

    worker = Worker("jax", sys.executable, 2)
    worker.process.kill()
    [row] = worker.ask(ask="case", case=Case(QUICK[0], "GRU", "forward").plain(), seconds=0.0)
    assert "the process ended with" in row["error"]
    found = worker.ask(ask="case", case=Case(QUICK[0], "GRU", "forward").plain(), seconds=0.0)
    assert {"Keras-JAX", "Gatewise-JAX"} <= {one["name"] for one in found}
    worker.close()
