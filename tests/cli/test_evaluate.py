"""`gatewise evaluate`: scores on other examples, and labels that training never saw."""

import json

import pytest

import gatewise as gw
from gatewise.tasks.evaluation import score

from ..toys import fit, series, texts, tiny, write_csv, write_ts


@pytest.fixture
def model(text_run):
    return text_run / "model.keras"


def test_the_scores_are_those_of_the_model(gatewise, model, tmp_path):
    x, y = texts(20)
    path = write_csv(tmp_path / "more.csv", {"mood": y, "said": x})
    code, out, err = gatewise("evaluate", model, path, "--format", "json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    classifier = gw.load(model)
    answers = classifier.predict(x).argmax(axis=1)
    true = [classifier.labels.index(label) for label in y]
    assert {name: found[name] for name in ("accuracy", "macro_f1", "confusion", "per_class")} == (
        score(true, answers, classifier.labels)
    )
    assert (found["examples"], found["left_out"]) == (20, {})


def test_the_table_shows_each_label_and_the_mistakes(gatewise, model, tmp_path):
    path = write_csv(
        tmp_path / "more.csv", {"said": ["[bold]good", "bad"], "mood": ["sad", "glad"]}
    )
    code, out, _ = gatewise("evaluate", model, path)
    assert code == 0
    assert "2 examples  Accuracy" in out
    assert "glad" in out
    assert "precision" in out
    assert "mistakes" in out


def test_labels_never_seen_are_left_out_counted_and_said(gatewise, model, tmp_path):
    x, y = texts(12)
    path = write_csv(tmp_path / "more.csv", {"said": [*x, "hm", "oh"], "mood": [*y, "odd", "rare"]})
    code, out, _ = gatewise("evaluate", model, path)
    assert code == 0
    assert "2 examples of" in out
    assert "odd, rare" in out
    assert "Left out: 2 label never seen in training." in out
    assert "Counted as mistakes, those 2 rows make it" in out
    _, out, _ = gatewise("evaluate", model, path, "--format", "json")
    found = json.loads(out)
    assert found["left_out"] == {"label never seen in training": 2}
    assert found["examples"] == 12


def test_only_labels_never_seen_are_an_error(refused, model, tmp_path):
    path = write_csv(tmp_path / "more.csv", {"said": ["hm"] * 3, "mood": ["odd", "rare", "new"]})
    message = refused("evaluate", model, path)
    assert (
        "expected labels seen in training (glad, sad), got only others (new, odd, rare)" in message
    )


@pytest.mark.slow
def test_a_data_set_by_its_name(gatewise, tmp_path):
    vowels, test = gw.data.load("japanese-vowels")
    classifier = tiny(cell="simple_rnn")
    fit(classifier, vowels.inputs[:18] + vowels.inputs[-18:], ["1", "9"] * 18, epochs=1)
    classifier.save(tmp_path / "v.keras")
    code, out, _ = gatewise("evaluate", tmp_path / "v.keras", "japanese-vowels", "--format", "json")
    assert code == 0
    counts = test.label_counts()
    assert json.loads(out)["examples"] == counts["1"] + counts["9"]


def test_series_are_read_as_in_training(gatewise, series_run, tmp_path):
    path = write_ts(tmp_path / "more.ts", *series(10))
    code, out, _ = gatewise("evaluate", series_run / "model.keras", path, "--format", "json")
    assert code == 0
    assert json.loads(out)["examples"] == 10


def test_a_column_that_is_not_there_names_the_nearest(refused, model, tmp_path):
    path = write_csv(tmp_path / "more.csv", {"said": ["hm"], "moods": ["glad"]})
    assert "moods" in refused("evaluate", model, path)
