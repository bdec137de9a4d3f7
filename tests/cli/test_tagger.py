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
