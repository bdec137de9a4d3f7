"""A tagger from the command line: trained, asked, scored, and told what is wrong."""

import json

import pytest
from click.testing import CliRunner

from gatewise.cli.main import group

from ..tasks.tagger.test_model import sentences

QUICK = ["--units", "4", "--embedding", "4", "--characters", "3", "--epochs", "2"]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tagged")
    rows = [[f"{word}\t{tag}" for word, tag in zip(*one, strict=True)]
            for one in zip(*sentences(60), strict=True)]  # fmt: skip
    (folder / "days.conll").write_text("\n\n".join("\n".join(one) for one in rows) + "\n")
    out = folder / "run"
    words = ["train", str(folder / "days.conll"), "--out", str(out), *QUICK]
    found = CliRunner().invoke(group, words)
    assert found.exit_code == 0, found.output
    return folder, found.output


def test_the_task_is_seen_from_the_file_and_the_report_shows_sentences(run):
    folder, said = run
    assert "of the tokens of" in said
    metrics = json.loads((folder / "run" / "metrics.json").read_text())
    assert metrics["task"] == "tagger"
    page = (folder / "run" / "report.html").read_text()
    assert "Sentences with mistakes" in page
    assert "Token accuracy" in page


@pytest.mark.parametrize("form", ["table", "conll", "json", "csv"])
def test_every_format_of_an_answer(run, gatewise, form):
    model = run[0] / "run" / "model.keras"
    code, out, err = gatewise("predict", model, "a b x.", "--format", form)
    assert code == 0, err
    if form == "json":
        assert json.loads(out)[0]["words"] == ["a", "b", "x", "."]
    if form == "conll":
        assert [line.split("\t")[0] for line in out.split("\n")[:4]] == ["a", "b", "x", "."]
    assert "a" in out
    assert "B" in out.upper()


def test_it_is_scored_on_another_file(run, gatewise):
    model = run[0] / "run" / "model.keras"
    code, out, _ = gatewise("evaluate", model, run[0] / "days.conll", "--format", "json")
    assert code == 0
    found = json.loads(out)
    assert 0 < found["token_accuracy"]["value"] <= 1
    assert found["words"] > found["sentences"] > 1
    _, out, _ = gatewise("evaluate", model, run[0] / "days.conll")
    assert f"{found['sentences']} sentences, {found['words']} words" in out
    assert "Token accuracy" in out


def test_an_option_of_another_task_is_refused(run, refused, tmp_path):
    said = refused(
        "train", run[0] / "days.conll", "--pooling", "max", "--out", tmp_path / "o", code=2
    )
    assert "--pooling" in said


def test_text_of_words_with_tags_is_read_as_such_and_other_text_as_it_stands(run, gatewise):
    model, path = run[0] / "run" / "model.keras", run[0] / "slash.txt"
    path.write_text("a/A b/B x/B\nb/B a/A\n")
    code, out, err = gatewise("predict", model, "--file", path, "--format", "json")
    assert code == 0, err
    assert [one["words"] for one in json.loads(out)] == [["a", "b", "x"], ["b", "a"]]
    assert "word/TAG" in err
    path.write_text("a and/or b x\n")
    _, out, err = gatewise("predict", model, "--file", path, "--format", "json")
    assert json.loads(out)[0]["words"] == ["a", "and", "/", "or", "b", "x"]
    assert err == ""


def test_of_text_without_spaces_it_is_said_that_words_must_be_parted(run, gatewise):
    model = run[0] / "run" / "model.keras"
    code, _, err = gatewise("predict", model, "我爱北京天安门。", "我爱北京")
    assert code == 0
    assert err.count("words must be parted by spaces") == 1
    _, _, err = gatewise("predict", model, "我 爱 北京 天安门 。")
    assert err == ""


@pytest.mark.parametrize("option", ["id", "features", "input", "time"])
def test_options_of_columns_are_refused_for_words(run, refused, option):
    model = run[0] / "run" / "model.keras"
    assert f"--{option}" in refused("predict", model, "a b", f"--{option}", "x", code=2)


@pytest.mark.parametrize("option", ["id", "time", "target", "features", "window"])
def test_options_of_series_are_refused_for_sentences(run, refused, tmp_path, option):
    words = ["train", run[0] / "days.conll", f"--{option}", "9", "--out", tmp_path / "o"]
    assert f"--{option}: expected with tables of series" in refused(*words, code=2)


def test_a_set_of_another_kind_is_refused(run, refused):
    said = refused("evaluate", run[0] / "run" / "model.keras", "sms-spam", code=2)
    assert "expected sentences whose words carry tags or series with a label for every step" in said
