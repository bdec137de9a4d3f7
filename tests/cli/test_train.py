"""`gatewise train`: what a run leaves behind, what it says, and where it may write."""

import csv
import json
import shlex
import shutil

import numpy as np
import pytest

import gatewise as gw

from ..toys import series, texts, write_csv
from .conftest import QUICK


@pytest.fixture
def table(tmp_path):
    x, y = texts(40)
    return write_csv(tmp_path / "days.csv", {"text": x, "label": y})


def test_a_run_leaves_model_configuration_metrics_history_and_report(text_run):
    names = {"model.keras", "config.json", "metrics.json", "history.csv", "report.html"}
    assert {path.name for path in text_run.iterdir()} == names | {"data.sha256"}
    metrics = json.loads((text_run / "metrics.json").read_text())
    assert metrics["data"]["train"] + metrics["data"]["validation"] + metrics["data"]["test"] == 60
    assert metrics["training"]["epochs"] == metrics["training"]["planned_epochs"] == 2
    assert {"majority answer", "bag of words"} == {one["name"] for one in metrics["baselines"]}
    with open(text_run / "history.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["epoch"]) for row in rows] == [1, 2]
    told = [row["val_loss"] for row in metrics["training"]["history"]]
    assert [float(row["val_loss"]) for row in rows] == told
    config = json.loads((text_run / "config.json").read_text())
    assert config["model"]["units"] == 3
    assert config["reading"]["target"] == "mood"
    page = (text_run / "report.html").read_text()
    assert "days.csv" in page
    assert "<script" not in page


def test_it_says_what_came_out_and_what_to_do_next(text_run):
    said = (text_run.parent / "said.txt").read_text()
    assert "epoch  2/2  loss" in said
    assert "majority answer" in said
    assert f"gatewise predict {text_run / 'model.keras'}" in said


@pytest.mark.slow
def test_the_command_in_the_metrics_does_the_same_again(text_run, gatewise, tmp_path):
    metrics = json.loads((text_run / "metrics.json").read_text())
    words = shlex.split(metrics["reproduce"]["command"])
    assert gatewise(*words[1:], "--out", tmp_path / "again")[0] == 0
    one, other = (gw.load(folder / "model.keras") for folder in (text_run, tmp_path / "again"))
    for weights in zip(one.get_weights(), other.get_weights(), strict=True):
        assert np.array_equal(*weights)


@pytest.mark.slow
def test_the_folder_is_named_after_the_data(table, gatewise, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for folder in ("runs/days", "runs/days-2"):
        code, out, _ = gatewise("train", "days.csv", *QUICK, "--holdout", 0)
        assert code == 0
        assert f"Model   {folder}/model.keras" in out
    notes = json.loads((tmp_path / "runs/days/metrics.json").read_text())["notes"]
    assert any("No test examples were held out" in note for note in notes)


@pytest.mark.slow
def test_without_test_and_validation_there_are_no_scores(table, gatewise, tmp_path):
    code, out, _ = gatewise(
        "train", table, *QUICK, "--holdout", 0, "--validation", 0, "--out", tmp_path / "run"
    )
    assert code == 0
    assert "right" not in out
    metrics = json.loads((tmp_path / "run/metrics.json").read_text())
    assert metrics["test"] is None
    assert metrics["training"]["best_epoch"] == 2
    assert (tmp_path / "run/report.html").exists()


@pytest.mark.slow
def test_a_test_file_is_kept_apart_from_training(table, gatewise, tmp_path):
    x, _ = texts(40)
    given = {"text": [*x[:3], "quite new", "other"], "label": ["glad", "sad", "glad", "sad", "odd"]}
    test = write_csv(tmp_path / "test.csv", given)
    assert gatewise("train", table, *QUICK, "--test", test, "--out", tmp_path / "run")[0] == 0
    metrics = json.loads((tmp_path / "run/metrics.json").read_text())
    assert metrics["data"]["test"] == 4
    assert metrics["data"]["train"] + metrics["data"]["validation"] == 37
    counts = metrics["data"]["left_out"]["counts"]
    assert counts == {"also in the test data": 3, "label never seen in training": 1}
    assert "odd" in " ".join(metrics["notes"])


@pytest.mark.slow
def test_what_is_left_out_is_counted_said_and_listed(gatewise, tmp_path):
    x, y = texts(40)
    given = {"text": [*x, x[0], "", "lost"], "label": [*y, y[0], "glad", ""]}
    table = write_csv(tmp_path / "days.csv", given)
    code, out, _ = gatewise("train", table, *QUICK, "--out", tmp_path / "run")
    assert code == 0
    assert "1 duplicate" in out
    left = json.loads((tmp_path / "run/metrics.json").read_text())["data"]["left_out"]
    assert sum(left["counts"].values()) == 3
    assert {row["row"] for row in left["rows"]} == {42, 43, 44}


@pytest.mark.slow
def test_series_of_a_long_table(gatewise, tmp_path):
    x, y = series(24)
    rows = [(n, t, *step, y[n]) for n, one in enumerate(x) for t, step in enumerate(one)]
    names = ("who", "when", "a", "b", "label")
    table = write_csv(tmp_path / "s.csv", dict(zip(names, zip(*rows, strict=True), strict=True)))
    out = tmp_path / "run"
    options = ["--id", "who", "--time", "when", "--features", "b, a", "--target", "label"]
    assert gatewise("train", table, *QUICK, *options, "--out", out)[0] == 0
    assert gw.load(out / "model.keras").reading["features"] == ["b", "a"]
    code, said, _ = gatewise("predict", out / "model.keras", "--file", table, "--format", "json")
    assert code == 0
    assert len(json.loads(said)) == 24


# Where it may write.


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_folder_that_holds_something_is_left_alone(table, refused, tmp_path):
    out = tmp_path / "run"
    out.mkdir()
    (out / "model.keras").write_text("precious")
    message = refused("train", table, *QUICK, "--out", out, code=2)
    assert f"--out {out}: expected a new or empty folder" in message
    assert "--overwrite" in message
    assert contents(out) == {"model.keras": b"precious"}


def test_overwriting_with_data_that_cannot_be_used_loses_nothing(refused, text_run, tmp_path):
    out = shutil.copytree(text_run, tmp_path / "run")
    before = contents(out)
    bad = write_csv(tmp_path / "bad.csv", {"text": ["a", "b"], "label": ["x", "x"]})
    for more in ([], ["--input", "nowhere"]):
        refused("train", bad, *QUICK, "--out", out, "--overwrite", *more)
        assert contents(out) == before


@pytest.mark.slow
def test_overwriting_replaces_the_run(table, gatewise, text_run, tmp_path):
    out = shutil.copytree(text_run, tmp_path / "run")
    assert gatewise("train", table, *QUICK, "--out", out, "--overwrite")[0] == 0
    assert gw.load(out / "model.keras").reading["target"] is None
    assert contents(out)["metrics.json"] != contents(text_run)["metrics.json"]


@pytest.mark.parametrize("below", ["", "deeper"])
def test_a_file_in_the_way_of_the_folder(table, refused, tmp_path, below):
    (tmp_path / "run").write_text("a file")
    out = tmp_path / "run" / below
    message = refused("train", table, *QUICK, "--out", out, code=2)
    assert f"--out {out}: expected a folder that can be written to" in message


def test_data_that_cannot_be_used_leave_no_folder_behind(refused, tmp_path):
    bad = write_csv(tmp_path / "bad.csv", {"text": ["a", "b"], "label": ["x", "x"]})
    refused("train", bad, "--out", tmp_path / "run")
    assert not (tmp_path / "run").exists()


# Resuming.


def test_a_finished_run_is_not_trained_again(text_run, gatewise):
    before = contents(text_run)
    code, out, _ = gatewise("train", "--resume", "--out", text_run)
    assert code == 0
    assert "is finished; its report is" in out
    assert contents(text_run) == before


def test_a_finished_run_gets_the_report_it_lacks(text_run, gatewise, tmp_path):
    out = shutil.copytree(text_run, tmp_path / "run")
    (out / "report.html").unlink()
    assert gatewise("train", "--resume", "--out", out)[0] == 0
    assert (out / "report.html").read_text() == (text_run / "report.html").read_text()


@pytest.mark.parametrize("option", [["--units", 4], ["--seed", 1], ["--input", "text"]])
def test_options_that_contradict_the_run_are_refused(text_run, refused, option):
    message = refused("train", "--resume", "--out", text_run, *option, code=2)
    assert f"{option[0]}: the run in {text_run} was started with" in message


def test_a_stop_while_the_report_is_written_says_so(table, gatewise, tmp_path, monkeypatch):
    def stopped(*given):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("gatewise.cli.training.write_report", stopped)
        code, out, _ = gatewise("train", table, *QUICK, "--out", tmp_path / "run")
    assert code == 130
    assert "Stopped after the training: only the report is not written yet." in out
    code, _, _ = gatewise("train", "--resume", "--out", tmp_path / "run")
    assert code == 0
    assert (tmp_path / "run" / "report.html").exists()


def test_changed_data_are_refused(text_run, refused, tmp_path):
    out = shutil.copytree(text_run, tmp_path / "run")
    (out / "metrics.json").unlink()
    table = text_run.parent / "days.csv"
    before = table.read_bytes()
    try:
        table.write_bytes(before + b"61,a good day,glad\n")
        message = refused("train", "--resume", "--out", out)
    finally:
        table.write_bytes(before)
    assert "a file has changed since" in message


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"data": "x", "reading": {}, "model": {}}'])
def test_a_damaged_configuration_is_told(tmp_path, refused, text):
    (tmp_path / "config.json").write_text(text)
    message = refused("train", "--resume", "--out", tmp_path, code=2)
    assert "config.json" in message
    assert "Train again into a new folder" in message


def test_a_run_is_gone_on_with_or_replaced(text_run, refused):
    before = contents(text_run)
    message = refused("train", "--resume", "--overwrite", "--out", text_run, code=2)
    assert "--overwrite replaces it: give one" in " ".join(message.split())
    assert contents(text_run) == before


def test_there_is_no_run_to_resume(tmp_path, refused):
    message = refused("train", "--resume", "--out", tmp_path / "none", code=2)
    assert f"--resume: expected a run in {tmp_path / 'none'}" in message
