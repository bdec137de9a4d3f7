"""Each benchmark runs, on a slice small enough for a test."""

import itertools
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parents[2]
BENCHMARKS = ROOT / "benchmarks"
# Those that a person calls; layers.py calls the ones named after it.
SCRIPTS = sorted(
    str(path.relative_to(BENCHMARKS).with_suffix(""))
    for path in (*BENCHMARKS.glob("*.py"), *BENCHMARKS.glob("quality/*.py"))
    if "__main__" in path.read_text() and not path.stem.startswith("layers_")
)
MARKERS = "\n".join(
    f"Prose on {name}.\n<!-- {name} -->\nold\n<!-- /{name} -->"
    for name in ("quality", "layers", "epoch", "predict", "demo", "recording")
)

pytestmark = pytest.mark.slow


def run(script: str, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / f"{script}.py"), *words],
        capture_output=True,
        text=True,
        timeout=600,
        env=os.environ | {"KERAS_BACKEND": "jax"},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def measured(out: Path) -> dict[str, Any]:
    """The result, once it is sure that it tells nobody's folders."""
    text = out.read_text(encoding="utf-8")
    assert str(ROOT) not in text
    assert str(out.parent) not in text
    result = json.loads(text)
    assert re.fullmatch(r"[0-9a-f]{40}|", result["about"]["commit"])
    assert result["about"]["versions"]["keras"]
    assert result["about"]["machine"]["cores"] >= 1
    return result


@pytest.mark.parametrize("script", SCRIPTS)
def test_help(script: str) -> None:
    assert str(ROOT) not in run(script, "--help")


def test_lesson_says_who_solves_what_and_goes_on(tmp_path: Path) -> None:
    words = ["--lengths", "6", "--steps", "50", "--out", str(tmp_path / "lesson.json")]
    run("lesson", *words, "--seeds", "0")
    said = run("lesson", *words, "--seeds", "0", "1")
    assert "seed 0, lengths [6]: already in the results" in said
    result = measured(tmp_path / "lesson.json")
    assert [one["seed"] for one in result["runs"]] == [0, 1]
    gated = [one["results"]["networks"][1:] for one in result["runs"]]
    solved = all(any(network["solved"] for network in networks) for networks in gated)
    assert result["holds"]["LSTM or GRU solves every length"] == solved
    assert "the simple RNN fails at 200 and 400: yes" in said


def test_quality_goes_on_and_the_chart_shows_it(tmp_path: Path) -> None:
    out, docs = tmp_path / "quality.json", tmp_path / "benchmarks.md"
    words = ["--rows", "japanese-vowels", "--epochs", "1", "--out", str(out)]
    run("quality/classification", *words, "--seeds", "0")
    first = measured(out)["runs"][0]
    printed = run("quality/classification", *words, "--seeds", "0", "1")
    result = measured(out)
    assert "already in the results" in printed
    assert result["runs"][0] == first
    assert [one["seed"] for one in result["runs"]] == [0, 1]
    mean = sum(one["accuracy"] for one in result["runs"]) / 2
    assert result["summary"][0]["accuracy"]["mean"] == pytest.approx(mean)
    docs.write_text(MARKERS, encoding="utf-8")
    run("chart", "--results", str(tmp_path), "--docs", str(docs))
    page = docs.read_text(encoding="utf-8")
    assert f"**{mean:.2%}** (2)" in page
    assert "missed by" in page  # one epoch is not enough, and the page says so
    assert page.count("Not measured yet.") == MARKERS.count("<!-- /") - 1
    assert "Prose on epoch." in page
    assert "old" not in page
    assert ElementTree.parse(tmp_path / "images" / "quality.svg").getroot().tag.endswith("svg")


def test_binary_gates_and_their_page(tmp_path: Path) -> None:
    out = tmp_path / "binary_gates.json"
    run("binary_gates", "--rows", "trec", "--seeds", "0", "--epochs", "1", "--seconds", "0.01",
        "--out", str(out))  # fmt: skip
    result = measured(out)
    plain, binary = result["runs"]
    assert (plain["cell"], binary["cell"]) == ("lstm", "binary_gate_lstm")
    assert result["summary"][0]["rounded"] == binary["rounded_accuracy"]
    assert 0 < binary["changed"]["share"] < 1
    assert {one["shape"][3] for one in result["speed"]} == {64, 128}
    (tmp_path / "benchmarks.md").write_text(MARKERS, encoding="utf-8")
    page = tmp_path / "binary-gates.md"
    tables = ("binary gates", "binary gates speed")
    page.write_text("\n".join(f"<!-- {one} -->\n<!-- /{one} -->" for one in tables))
    run("chart", "--results", str(tmp_path), "--docs", str(tmp_path / "benchmarks.md"))
    assert f"{binary['rounded_accuracy']:.2%}" in page.read_text(encoding="utf-8")
    assert "| 32, 200, 128, 64  | jax " in page.read_text(encoding="utf-8")


def test_epoch(tmp_path: Path) -> None:
    out = tmp_path / "epoch.json"
    printed = run("epoch", "--data", "sms-spam", "--examples", "96", "--epochs", "1",
                  "--out", str(out))  # fmt: skip
    [only] = measured(out)["variants"]  # no message is long enough to be cut
    assert only["gatewise"]["padding"] == only["reference"]["padding"]
    assert only["gatewise"]["padding"] < only["tutorial"]["padding"] < 1
    assert only["reference"]["native_calls"] == only["tutorial"]["native_calls"] == 0
    assert only["reference"]["path"].startswith("stock: GATEWISE_KERNELS=reference")
    assert "Keras, padded to the longest" in printed


def test_predict(tmp_path: Path) -> None:
    out = tmp_path / "predict.json"
    run("predict", "--runs", "1", "--messages", "300", "--out", str(out))
    result = measured(out)
    assert result["start"]["help"]["seconds"]["median"] < result["start"]["warm"]["seconds"]["low"]
    assert set(result["bulk"]) == {"command", "python"}


def test_demo(tmp_path: Path) -> None:
    out = tmp_path / "demo.json"
    run("demo", "--runs", "1", "--epochs", "1", "--out", str(out))
    result = measured(out)
    assert result["empty"]["peak_bytes"]["high"] > 50 * 2**20
    assert result["warm"]["epochs"]["median"] == 1


def test_deletion(tmp_path: Path) -> None:
    out = tmp_path / "deletion.json"
    printed = run("deletion", "--data", "sms-spam", "--texts", "12", "--epochs", "1",
                  "--out", str(out))  # fmt: skip
    [only] = measured(out)["sets"]
    for way in only["ways"].values():
        starts = {round(curve[0], 6) for curve in way["curve"].values()}
        ends = {round(curve[-1], 4) for curve in way["curve"].values()}
        assert (len(starts), len(ends)) == (1, 1)  # nothing or all deleted: no ranking matters
    assert "exact parts of inputs" in printed
    page = tmp_path / "memory.md"
    page.write_text("Why.\n<!-- deletion -->\nold\n<!-- /deletion -->\nMore.", encoding="utf-8")
    (tmp_path / "benchmarks.md").write_text(MARKERS, encoding="utf-8")
    run("chart", "--results", str(tmp_path), "--docs", str(tmp_path / "benchmarks.md"))
    text = page.read_text(encoding="utf-8")
    assert "at random" in text
    assert "old" not in text
    assert (tmp_path / "images" / "deletion.svg").exists()


def test_parts(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    out = tmp_path / "parts.json"
    printed = run("parts", "--quick", "--seconds", "0", "--out", str(out))
    assert {row["what"] for row in measured(out)["rows"]} == {"square", "forward", "weights"}
    assert "x^T·dZ" in printed
    page = tmp_path / "decisions" / "kernel-contract.md"
    page.parent.mkdir()
    page.write_text("Why.\n<!-- parts -->\nold\n<!-- /parts -->\nMore.", encoding="utf-8")
    (tmp_path / "benchmarks.md").write_text(MARKERS, encoding="utf-8")
    run("chart", "--results", str(tmp_path), "--docs", str(tmp_path / "benchmarks.md"))
    text = page.read_text(encoding="utf-8")
    assert "x^T·dZ" in text
    assert "old" not in text
    assert text.startswith("Why.")
    assert text.endswith("More.")


def test_chart_without_its_markers_changes_nothing(tmp_path: Path) -> None:
    docs = tmp_path / "benchmarks.md"
    docs.write_text("No markers.", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / "chart.py"), "--results", str(tmp_path),
         "--docs", str(docs)], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert "expected one pair of markers" in done.stderr
    assert docs.read_text(encoding="utf-8") == "No markers."


def test_recording_is_measured_beside_the_plain_pass(tmp_path: Path) -> None:
    out = tmp_path / "recording.json"
    printed = run("recording", "--quick", "--seconds", "0.01", "--out", str(out))
    rows = measured(out)["rows"]
    assert [(row["cell"], row["masked"]) for row in rows] == [
        (cell, masked) for cell in ("LSTM", "GRU", "SimpleRNN") for masked in (False, True)
    ]
    assert all(row["recorded"]["median"] > 0 for row in rows)
    assert "masked: plain" in printed


@pytest.mark.network
def test_the_tagging_benchmark_runs_on_a_small_part(tmp_path: Path) -> None:
    out = tmp_path / "tagging.json"
    run("quality/tagging", "--quick", "--out", str(out), "--runs", str(tmp_path / "runs"))
    (row,) = measured(out)["rows"]
    assert row["commit"]
    assert 0 < row["accuracy"]["value"] <= 1


def test_the_speed_of_writing_is_measured_both_ways(tmp_path: Path) -> None:
    out = tmp_path / "generation.json"
    run("quality/generation", "--quick", "--only", "speed", "--out", str(out))
    rows = json.loads(out.read_text())["speed"]["result"]
    assert {(row["units"], row["way"]) for row in rows} == {
        (units, way) for units in (256, 512) for way in ("StreamSteps", "NetworkSteps")
    }


@pytest.mark.network
@pytest.mark.parametrize(("name", "ngrams"), [("names", 4), ("folk-tunes", 2)])
def test_the_generation_benchmark_runs_on_a_small_part(
    tmp_path: Path, name: str, ngrams: int
) -> None:
    out = tmp_path / "generation.json"
    run("quality/generation", "--quick", "--only", name, "--out", str(out))
    result = json.loads(out.read_text())[name]["result"]
    assert result["model"]["perplexity"]["value"] > 1
    assert len(result["ngrams"]) == ngrams


def test_the_translation_benchmark_runs_on_a_small_part(tmp_path: Path) -> None:
    out, pairs = tmp_path / "translation.json", tmp_path / "pairs.tsv"
    words = ["".join(letters) for letters in itertools.product("abc", repeat=4)]
    pairs.write_text("\n".join(f"{word}\t{' '.join(word.upper())}" for word in words))
    run(
        "quality/translation", "--quick", "--only", "cmudict", "--data", str(pairs),
        "--out", str(out), "--runs", str(tmp_path / "runs"),
    )  # fmt: skip
    (row,) = json.loads(out.read_text())["rows"]
    assert 0 <= row["test"]["word_error_rate"]["value"] <= 1
    assert [(one["beams"], one["batch"]) for one in row["speed"]] == [
        (1, 1), (1, 64), (5, 1), (5, 64),
    ]  # fmt: skip
    assert all(one["a_second"] > 0 for one in row["speed"])


def test_what_a_reader_found_is_counted(tmp_path: Path) -> None:
    pairs, sheet, out = (tmp_path / name for name in ("pairs.tsv", "sheet.csv", "reading.json"))
    words = list(itertools.product("abc", repeat=4))
    pairs.write_text("\n".join(f"{' '.join(one)}\t{''.join(one).upper()}" for one in words))
    runs = ("--runs", str(tmp_path / "runs"))
    run(
        "quality/translation", "--quick", "--only", "tatoeba-en-es", "--data", str(pairs),
        "--out", str(tmp_path / "translation.json"), *runs,
    )  # fmt: skip
    run("quality/reading", "draw", str(sheet), *runs)
    lines = sheet.read_text().splitlines()
    assert len(lines) == 1 + 16  # a fifth is held out
    verdicts = itertools.cycle(["right", "right", "slip", "wrong"])
    filled = [line + next(verdicts) for line in lines[1:]]
    sheet.write_text("\n".join([lines[0], *filled]))
    run("quality/reading", "count", str(sheet), "--out", str(out), *runs)
    found = json.loads(out.read_text())
    assert found["counts"] == {"right": 8, "slip": 4, "wrong": 4}
    assert found["right"]["value"] == 0.5
    assert [row["verdict"] for row in found["rows"][:3]] == ["right", "right", "slip"]


def test_the_forecasting_benchmark_runs_on_few_series(tmp_path: Path) -> None:
    out, table = tmp_path / "forecasting.json", tmp_path / "series.csv"
    steps = list(itertools.product(range(6), range(12)))  # years and months
    rows = [
        f"{name},{2015 + year}-{month + 1:02}-01,{50 + 10 * (month % 4) + year + number}"
        for number, name in enumerate("abc")
        for year, month in steps
    ]
    table.write_text("\n".join(["id,time,value", *rows]))
    words = ["--quick", "--rows", "m3-monthly", "--data", str(table), "--out", str(out)]
    run("quality/forecasting", *words, "--seeds", "0")
    printed = run("quality/forecasting", *words, "--seeds", "0", "1")
    result = measured(out)
    assert [(one["seed"], one["epochs"]) for one in result["runs"]] == [(0, 1), (1, 1)]
    assert "seed 0\n" not in printed.partition("| data")[0]  # what is there is not repeated
    for one in result["runs"]:
        assert one["test"]["windows"] == 3
        assert 0 <= one["test"]["smape"]["value"] <= 200
        assert 0 <= one["test"]["coverage"]["value"] <= 1
        assert [method["name"] for method in one["baselines"]][:2] == [
            "seasonal naive", "persistence",
        ]  # fmt: skip
    assert "| M3 monthly, 18 months ahead | Gatewise, seed 1 |" in re.sub(" +", " ", printed)


@pytest.mark.network
def test_the_series_tagging_benchmark_runs_on_few_recordings(tmp_path: Path) -> None:
    out = tmp_path / "series_tagging.json"
    run("quality/series_tagging", "--quick", "--out", str(out), "--runs", str(tmp_path / "runs"))
    (row,) = measured(out)["rows"]
    assert row["seed"] == 0
    assert [one.get("window") for one in row["baselines"]] == [None, 1, 25, 51]
    assert all(0 < one["step_accuracy"]["value"] <= 1 for one in [row["baselines"][0]])
    assert 0 < row["accuracy"]["value"] <= 1
