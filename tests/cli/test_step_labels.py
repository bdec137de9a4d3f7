"""Series with a label a step from the command line: trained, asked, scored, resumed, refused."""

import csv
import io
import json

import numpy as np
import pytest
from click.testing import CliRunner

from gatewise.cli.main import group

QUICK = ["--units", "4", "--epochs", "2", "--window", "16"]


def table(path, series=12, steps=30, seed=0, label=True, id=True):
    """`up` where the first channel is above 0; now and then a hole, now and then no label."""
    rng = np.random.default_rng(seed)
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        names, target = ["id"] if id else [], ["activity"] if label else []
        writer.writerow([*names, "time", "x", "y", *target])
        for name in range(series):
            for step, (x, y) in enumerate(rng.normal(size=(steps, 2))):
                hole, unknown = step == 7 and name == 2, step % 11 == 3
                told = "" if unknown else "up" if x > 0 else "down"
                writer.writerow([*([f"s{name}"] if id else []), step, "" if hole else x, y,
                                 *([told] if label else [])])  # fmt: skip
    return path


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("steps")
    out = folder / "run"
    words = ["train", str(table(folder / "watch.csv")), "--out", str(out), *QUICK]
    found = CliRunner().invoke(group, words)
    assert found.exit_code == 0, found.output
    return folder, found.output


def test_the_task_is_seen_from_the_table_and_said(run):
    folder, said = run
    assert "a label is learned for every step (a tagger)" in said
    assert "of the steps of" in said
    metrics = json.loads((folder / "run" / "metrics.json").read_text())
    assert metrics["task"] == "tagger"
    assert [one["name"] for one in metrics["baselines"]] == ["majority answer", "each step alone"]
    assert metrics["data"]["left_out"]["counts"] == {"missing or infinite value": 1}
    page = (folder / "run" / "report.html").read_text()
    assert "Labels along time" in page
    assert "mistakes" in page


def test_every_row_that_can_be_read_gets_one_label(run, gatewise):
    folder, _ = run
    code, out, err = gatewise("predict", folder / "run" / "model.keras", "--file",
                              folder / "watch.csv", "--format", "csv")  # fmt: skip
    assert code == 0, err
    rows = list(csv.DictReader(io.StringIO(out)))
    assert sorted(int(row["row"]) for row in rows) == sorted({*range(2, 362)} - {2 + 2 * 30 + 7})
    assert {row["label"] for row in rows} <= {"up", "down"}
    assert "Left out: 1 missing or infinite value" in err


def test_a_single_series_without_id_or_label_is_answered(run, gatewise):
    path = table(run[0] / "new.csv", series=1, steps=50, label=False, id=False)
    model = run[0] / "run" / "model.keras"
    code, out, err = gatewise("predict", model, "--file", path, "--format", "json")
    assert code == 0, err
    found = json.loads(out)
    assert [one["row"] for one in found] == list(range(2, 52))
    assert [one["time"] for one in found] == [str(step) for step in range(50)]
    code, out, _ = gatewise("predict", model, "--file", path)
    assert out.count("row ") == 50


def test_it_is_scored_on_another_file_with_a_strange_label(run, gatewise):
    path = table(run[0] / "more.csv", series=3, seed=1)
    path.write_text(path.read_text() + "s9,1,0.5,0.5,sideways\n")
    model = run[0] / "run" / "model.keras"
    code, out, err = gatewise("evaluate", model, path, "--format", "json")
    assert code == 0, err
    found = json.loads(out)
    assert 0 < found["step_accuracy"]["value"] < 1
    assert "sideways" in [row["label"] for row in found["per_class"]]
    _, out, _ = gatewise("evaluate", model, path)
    assert "labels that training never saw (sideways)" in out.replace("\n", " ")


@pytest.mark.parametrize("options", [["--holdout", "0"], ["--holdout", "0.3", "--validation", "0"]])
def test_one_long_series_is_cut_in_time(tmp_path, options):
    path = table(tmp_path / "long.csv", series=1, steps=120, id=False)
    out = tmp_path / "run"
    found = CliRunner().invoke(group, ["train", str(path), "--out", str(out), *QUICK, *options])
    assert found.exit_code == 0, found.output
    told = json.loads((out / "metrics.json").read_text())["data"]
    lengths = told["lengths"]["values"]
    if "0.3" in options:
        assert lengths == {"train": [84], "test": [36]}
        assert told["test_source"] == "the last 30% of each series"
    else:
        assert told["test"] == 0
        assert lengths == {"train": [108]}


def test_a_finished_run_resumes_as_such(run, gatewise):
    code, out, _ = gatewise("train", "--resume", "--out", run[0] / "run")
    assert code == 0
    assert "is finished" in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["a text"], "series of measurements: give them with --file"),
        (["--file", "watch.csv", "--format", "conll"], "table, json or csv for series"),
        (["--file", "watch.csv", "--features", "x"], "expected 2 columns with measurements"),
    ],
)
def test_what_does_not_fit_is_said(run, refused, monkeypatch, words, message):
    monkeypatch.chdir(run[0])
    assert message in refused("predict", "run/model.keras", *words, code=2)


@pytest.mark.parametrize("name", ["more.conllu", "more.txt", "more"])
@pytest.mark.parametrize("words", [["predict", "--file"], ["evaluate"], ["look"]])
def test_a_file_that_is_no_table_is_refused(run, refused, monkeypatch, name, words):
    monkeypatch.chdir(run[0])
    (run[0] / name).write_text("1\ta\n")
    model = "run/model.keras"
    asked = [words[0], model, *words[1:], name]
    if words == ["look"]:
        asked = ["look", model, "--file", name, "--out", "look.html"]
    assert f"{name}: expected a table with a row for each step" in refused(*asked, code=2)


@pytest.mark.parametrize("option", ["characters", "embedding"])
def test_options_of_sentences_are_refused_for_series(run, refused, tmp_path, option):
    words = ["train", run[0] / "watch.csv", f"--{option}", "9", "--out", tmp_path / "o"]
    assert f"--{option}: expected with sentences alone" in refused(*words, code=2)


def test_columns_in_other_letters_are_those_of_training(run, gatewise, tmp_path):
    text = (run[0] / "watch.csv").read_text()
    (tmp_path / "loud.csv").write_text("ID,TIME,X,Y,ACTIVITY\n" + text.partition("\n")[2])
    model = run[0] / "run" / "model.keras"
    told = [gatewise("evaluate", model, one, "--format", "json")[1]
            for one in (run[0] / "watch.csv", tmp_path / "loud.csv")]  # fmt: skip
    assert told[0] == told[1] != ""


def test_without_the_id_of_training_it_is_said_that_all_rows_are_one_series(
    run, gatewise, tmp_path
):
    text = (run[0] / "watch.csv").read_text()
    (tmp_path / "other.csv").write_text("recording" + text.partition("id")[2])
    code, _, err = gatewise("predict", run[0] / "run" / "model.keras", "--file",
                            tmp_path / "other.csv", "--features", "x,y")  # fmt: skip
    assert code == 0, err
    assert "no column 'id', which in training told the series apart" in err
