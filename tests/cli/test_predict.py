"""`gatewise predict`: from every source, in every format."""

import bz2
import csv
import io
import json

import numpy as np
import pytest

import gatewise as gw

from ..toys import series, texts, write_csv, write_ts

TRICKY = ['say "hi", you', "a;b\tc", "line\nbreak", "=1+1", "naïve 你好 😀", "  spaced  ", "-1"]


@pytest.fixture
def model(text_run):
    return text_run / "model.keras"


@pytest.fixture(scope="session")
def classifier(text_run):
    return gw.load(text_run / "model.keras")


def as_json(gatewise, *arguments, **options):
    code, out, err = gatewise("predict", *arguments, "--format", "json", **options)
    assert code == 0, err
    return json.loads(out)


def test_one_text_gets_one_line(gatewise, model, classifier):
    code, out, err = gatewise("predict", model, "a good day")
    answer = classifier.classify(["a good day"])[0]
    assert (code, err) == (0, "")
    assert out == f"{answer.label} {answer.probability:.1%}\ta good day\n"


def test_many_texts_are_answered_in_their_order(gatewise, model, classifier):
    x, _ = texts(20)
    found = as_json(gatewise, model, *x)
    assert [one["input"] for one in found] == x
    assert [one["row"] for one in found] == list(range(1, 21))
    for one, answer in zip(found, classifier.classify(x), strict=True):
        assert [best["label"] for best in one["labels"]] == [answer.label]
        assert one["labels"][0]["probability"] == pytest.approx(answer.probability, abs=1e-5)


def test_json_and_csv_give_back_texts_as_they_were(gatewise, model):
    assert [one["input"] for one in as_json(gatewise, model, *TRICKY[:-1])] == TRICKY[:-1]
    code, out, _ = gatewise("predict", model, "--format", "csv", "--", *TRICKY)
    rows = list(csv.DictReader(io.StringIO(out, newline="")))
    assert code == 0
    assert [row["input"] for row in rows] == TRICKY
    assert {row["label"] for row in rows} <= {"glad", "sad"}


def test_the_table_keeps_a_text_on_its_line(gatewise, model):
    _, out, _ = gatewise("predict", model, "line\nbreak\r\n" + "long " * 100)
    (line,) = out.splitlines()
    assert line.endswith("…")
    assert len(line.split("\t")[1]) == 100


def test_top_gives_more_labels_the_best_first(gatewise, model):
    (found,) = as_json(gatewise, model, "a grey day", "--top", 9)
    probabilities = [one["probability"] for one in found["labels"]]
    assert {one["label"] for one in found["labels"]} == {"glad", "sad"}
    assert probabilities == sorted(probabilities, reverse=True)
    assert sum(probabilities) == pytest.approx(1, abs=1e-5)
    _, out, _ = gatewise("predict", model, "a grey day", "--top", 2, "--format", "csv")
    assert [row["rank"] for row in csv.DictReader(io.StringIO(out))] == ["1", "2"]


def test_standard_input_holds_a_text_in_each_line(gatewise, model):
    found = as_json(gatewise, model, "-", stdin="\ufeffgood\n\n bad \r\nnaïve".encode())
    assert [(one["row"], one["input"]) for one in found] == [(1, "good"), (3, "bad"), (4, "naïve")]
    assert as_json(gatewise, model, "-", stdin=b"") == []


def test_empty_lines_are_counted(gatewise, model):
    code, _, said = gatewise("predict", model, "-", stdin=b"good\n\n\nbad\n")
    assert code == 0
    assert "Left out: 2 empty lines." in said


def test_empty_texts_are_counted_and_cost_the_others_nothing(gatewise, model):
    code, out, err = gatewise("predict", model, "", "a fine day", "  ", "--format", "json")
    assert code == 0
    assert [row["row"] for row in json.loads(out)] == [2]
    assert "2 empty texts" in err


def test_the_encoding_of_standard_input_can_be_named(gatewise, model, refused):
    latin = "été\nnaïve\n".encode("latin-1")
    found = as_json(gatewise, model, "-", "--encoding", "latin-1", stdin=latin)
    assert [one["input"] for one in found] == ["été", "naïve"]


def test_a_byte_that_does_not_decode_is_told_with_its_line(gatewise, model):
    code, _, err = gatewise("predict", model, "-", stdin=b"good\nna\xefve\n")
    assert code == 1
    assert "standard input, line 2: expected text in utf-8, got byte 0xef" in err
    assert "--encoding" in err
    code, _, err = gatewise("predict", model, "-", "--encoding", "klingon", stdin=b"good\n")
    assert code == 2
    assert "--encoding: 'klingon' is no encoding" in err


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_a_text_file_in_any_encoding(gatewise, model, tmp_path, encoding):
    path = tmp_path / "new.txt"
    path.write_text("été\n\nbad day\n", encoding=encoding)
    named = ["--encoding", encoding] if encoding == "latin-1" else []
    found = as_json(gatewise, model, "--file", path, *named)
    assert [(one["row"], one["input"]) for one in found] == [(1, "été"), (3, "bad day")]


def test_the_column_is_remembered_and_labels_are_not_looked_at(gatewise, model, tmp_path):
    x, _ = texts(3)
    path = write_csv(tmp_path / "new.csv", {"text": ["?"] * 3, "said": x, "mood": ["odd", "", ""]})
    assert [one["input"] for one in as_json(gatewise, model, "--file", path)] == x
    chosen = as_json(gatewise, model, "--file", path, "--input", "text")
    assert [one["input"] for one in chosen] == ["?"] * 3


def test_json_lines_and_packed_files(gatewise, model, tmp_path):
    path = tmp_path / "new.jsonl.bz2"
    lines = [{"said": "good"}, {"said": ""}, {"said": "half \ud83d pair"}]
    path.write_bytes(bz2.compress("\n".join(map(json.dumps, lines)).encode()))
    code, out, err = gatewise("predict", model, "--file", path, "--format", "csv")
    assert code == 0, err
    assert [row["row"] for row in csv.DictReader(io.StringIO(out))] == ["1", "3"]
    assert "Left out: 1 empty input." in err
    assert "half \ufffd pair" in out


@pytest.mark.parametrize("packed", [False, True])
def test_series_come_in_files(gatewise, series_run, tmp_path, packed):
    x, y = series(6)
    path = write_ts(tmp_path / "new.ts", x, y)
    if packed:
        path = path.rename(tmp_path / "plain")
        (tmp_path / "new.ts.bz2").write_bytes(bz2.compress(path.read_bytes()))
        path = tmp_path / "new.ts.bz2"
    found = as_json(gatewise, series_run / "model.keras", "--file", path)
    assert [one["input"] for one in found] == [f"series of {len(one)} steps" for one in x]
    expected = gw.load(series_run / "model.keras").predict([np.round(one, 4) for one in x])
    for one, row in zip(found, expected, strict=True):
        assert one["labels"][0]["probability"] == pytest.approx(row.max(), abs=1e-4)


def test_more_inputs_than_one_portion_keep_their_order(gatewise, model, monkeypatch):
    monkeypatch.setattr("gatewise.cli.answers.classifier.CHUNK", 8)
    x, _ = texts(20)
    stdin = "\n".join(x).encode()
    assert [one["input"] for one in as_json(gatewise, model, "-", stdin=stdin)] == x


def test_what_cannot_be_asked(refused, model, series_run, tmp_path):
    assert "Nothing to predict on" in refused("predict", model, code=2)
    assert "not both" in refused("predict", model, "x", "--file", "y.csv", code=2)
    assert "there is no such file" in refused("predict", model, "--file", tmp_path / "none.txt")
    assert "Invalid value for '--top'" in refused("predict", model, "x", "--top", 0, code=2)
    other = series_run / "model.keras"
    assert "give them with --file" in refused("predict", other, "a text", code=2)
    ts = write_ts(tmp_path / "new.ts", *series(4))
    assert "expected text inputs as in training" in refused("predict", model, "--file", ts, code=2)


def test_the_column_of_the_input_is_remembered_and_no_label_is_asked_for(
    gatewise, refused, tmp_path
):
    x, y = texts(24)
    table = write_csv(tmp_path / "days.csv", {"review": x, "label": y})
    code, _, err = gatewise("train", table, "--units", 2, "--embedding", 2, "--epochs", 1,
                            "--out", tmp_path / "run")  # fmt: skip
    assert code == 0, err
    more = write_csv(tmp_path / "more.csv", {"text": ["x"] * 24, "review": x})
    told = [gatewise("predict", tmp_path / "run" / "model.keras", "--file", one, "--format", "csv")
            for one in (table, more)]  # fmt: skip
    assert told[0][1] == told[1][1] != ""
    err = refused("predict", tmp_path / "run" / "model.keras", "a day", "--target", "label", code=2)
    assert "--target: only a forecaster goes on with a column" in err
