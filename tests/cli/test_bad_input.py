"""Every kind of bad input ends in one message that names place, fault and remedy."""

import json

import numpy as np
import pytest

from ..toys import series, texts, write_csv, write_ts
from .conftest import QUICK

HEAD = "text,label\n"
GOOD = HEAD + "".join(f"{text},{label}\n" for text, label in zip(*texts(40), strict=True))


def make(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


REFUSED = {
    "empty": ("", "the file is empty"),
    "header only": (HEAD, "expected examples, got none after the header"),
    "wrong encoding": (
        (HEAD + "naïve,a\nb,c\n").encode("latin-1"),
        "expected utf-8 text, got byte",
    ),
    "one class only": (HEAD + "a,x\nb,x\nc,x\nd,x\n", "expected two or more classes, got one: 'x'"),
    "a label of its own": (HEAD + "a,1\nb,2\nc,3\nd,4\n", "has a label of its own"),
    "too few": (
        HEAD + "a,x\nb,y\nc,x\nd,y\n",
        "expected at least 8 different examples with two labels to train on, got 4",
    ),
    "all inputs missing": (HEAD + ",x\n ,y\n", "empty input: 2"),
    "zip": (b"PK\x03\x04" + b"x" * 50, "got a zip archive"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_file_that_cannot_be_used(refused, tmp_path, kind):
    content, message = REFUSED[kind]
    path = make(tmp_path / "data.csv", content)
    said = refused("train", path, "--out", tmp_path / "run")
    assert f"Error: {path}" in said
    assert message in said
    assert not (tmp_path / "run").exists()


def test_a_file_that_is_not_there_or_a_folder(refused, tmp_path):
    make(tmp_path / "days.csv", GOOD)
    assert "Near in name: days.csv" in refused("train", tmp_path / "day.csv")
    assert "got a folder. It holds days.csv" in refused("train", tmp_path)
    assert "there is no such file" in refused(
        "train", tmp_path / "days.csv", "--test", tmp_path / "none.csv"
    )


def test_a_name_that_is_no_data_set(refused):
    assert "Did you mean 'sms-spam'?" in refused("train", "sms_spam")
    assert "Did you mean 'train'?" in refused("trian", code=2)


def test_a_column_that_is_not_there(refused, tmp_path):
    path = make(tmp_path / "days.csv", GOOD)
    for option in ("--input", "--target"):
        said = refused("train", path, option, "lable", "--out", tmp_path / "run")
        assert f"{option}: there is no column 'lable'" in said
        assert "Did you mean 'label'?" in said


@pytest.mark.parametrize(
    ("option", "value"),
    [("--units", 0), ("--holdout", 0.95), ("--dropout", 1), ("--seed", -1), ("--epochs", "many")],
)
def test_options_out_of_range(refused, tmp_path, option, value):
    said = refused("train", make(tmp_path / "d.csv", GOOD), option, value, code=2)
    assert f"Invalid value for '{option}'" in said


BAD_ROWS = 'a,b,c\n,glad\n   ,sad\nlost,\nthe only one,rare\n"never closed,glad\n'


@pytest.mark.slow
def test_bad_rows_are_left_out_counted_and_listed(gatewise, tmp_path):
    path = make(tmp_path / "days.csv", "\ufeff" + GOOD + BAD_ROWS)
    code, out, err = gatewise("train", path, *QUICK, "--out", tmp_path / "run")
    assert code == 0, err
    page = (tmp_path / "run" / "report.html").read_text()
    for count, reason in ((2, "empty input"), (1, "wrong number of fields"), (1, "missing label")):
        assert f"{count} {reason}" in out
        assert reason in page
    assert "one example alone, never held out: 'rare'" in out


@pytest.mark.slow
def test_numeric_labels_are_labels(gatewise, tmp_path):
    x, y = texts(40)
    path = write_csv(tmp_path / "d.csv", {"text": x, "label": [int(one == "glad") for one in y]})
    assert gatewise("train", path, *QUICK, "--out", tmp_path / "run")[0] == 0
    code, out, _ = gatewise("predict", tmp_path / "run/model.keras", "good", "--format", "csv")
    assert code == 0
    assert out.splitlines()[1].split(",")[2] in ("0", "1")


@pytest.mark.slow
def test_a_text_of_a_million_words(gatewise, text_run):
    stdin = b"word " * 1_000_000
    code, out, err = gatewise("predict", text_run / "model.keras", "-", stdin=stdin)
    assert code == 0, err
    assert len(out) < 200


@pytest.mark.slow
def test_series_with_faults_are_left_out_and_said(gatewise, tmp_path):
    x, y = series(40)
    x[3][0, 0], x[5][1, 1] = np.nan, np.inf
    x[7] = x[7][:, :1]
    path = write_ts(tmp_path / "s.ts", x, y)
    with open(path, "a") as file:
        file.write(":up\n")
    code, _, err = gatewise("train", path, *QUICK, "--out", tmp_path / "run")
    assert code == 0, err
    left = json.loads((tmp_path / "run" / "metrics.json").read_text())["data"]["left_out"]
    assert sum(left["counts"].values()) == 4
    assert left["counts"]["missing or infinite value"] == 2
