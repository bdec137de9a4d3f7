"""A translator from the command line: trained, asked, scored, looked into, told what is wrong."""

import json

import pytest
from click.testing import CliRunner

from gatewise.cli.main import group
from gatewise.cli.suggestion import suggested

from ..tasks.translator.test_model import pairs

QUICK = ["--units", "8", "--embedding", "4", "--epochs", "2", "--beams", "2"]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("spelt")
    rows = [f"{word}\t{sound}" for word, sound in zip(*pairs(120), strict=True)]
    (folder / "sounds.tsv").write_text("word\tphones\n" + "\n".join(rows) + "\n")
    words = ["train", str(folder / "sounds.tsv"), "--task", "translator", *QUICK]
    found = CliRunner().invoke(group, [*words, "--out", str(folder / "run")])
    assert found.exit_code == 0, found.output
    return folder, found.output


def test_the_report_shows_answers_and_attention(run):
    folder, said = run
    assert "not quite right" in said
    metrics = json.loads((folder / "run" / "metrics.json").read_text())
    assert metrics["measures"] == ["word_error_rate", "token_error_rate"]
    assert metrics["baselines"][0]["name"] == "translation memory"
    page = (folder / "run" / "report.html").read_text()
    for title in ("What it writes", "What it looks at", "Attention while writing"):
        assert title in page


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_every_format_of_an_answer(run, gatewise, form):
    code, out, err = gatewise("predict", run[0] / "run" / "model.keras", "abc", "--format", form)
    assert code == 0, err
    assert "abc" in out
    if form == "json":
        assert set(json.loads(out)[0]) == {"row", "input", "output", "probability"}


def test_a_file_is_answered_and_scored(run, gatewise):
    model, table = run[0] / "run" / "model.keras", run[0] / "sounds.tsv"
    code, out, err = gatewise("predict", model, "--file", table, "--format", "json")
    assert code == 0, err
    assert len(json.loads(out)) == 120
    code, out, err = gatewise("evaluate", model, table, "--format", "json")
    assert code == 0, err
    assert 0 <= json.loads(out)["word_error_rate"]["value"] <= 1
    code, out, _ = gatewise("evaluate", model, table)
    assert "Token error rate" in out


def test_how_a_file_was_read_is_told_beside_the_answers(run, gatewise, tmp_path):
    model, bare = run[0] / "run" / "model.keras", tmp_path / "bare.tsv"
    bare.write_text("abc\tA B C\nbca\tB C A\n")
    for words in (["evaluate", model, bare], ["predict", model, "--file", bare]):
        code, out, err = gatewise(*words)
        assert code == 0, err
        assert "note: the first line names no columns" in err
        assert "note" not in out


def test_look_draws_the_attention(run, gatewise, refused, tmp_path):
    model = run[0] / "run" / "model.keras"
    page, pictures = tmp_path / "look.html", tmp_path / "pictures"
    code, _, err = gatewise("look", model, "abc", "--out", page, "--png", pictures, "--no-open")
    assert code == 0, err
    assert "What the decoder looks at" in page.read_text()
    assert (pictures / "attention-1.png").read_bytes()[:4] == b"\x89PNG"
    assert "no usable row 999" in refused(
        "look", model, "--file", run[0] / "sounds.tsv", "--row", "999", "--out", page, code=2
    )
    assert "--npz" in refused("look", model, "abc", "--npz", tmp_path / "a.npz", code=2)


def test_files_of_different_lengths_are_told(refused, tmp_path):
    (tmp_path / "a.en").write_text("Go.\nStop.\n")
    (tmp_path / "a.es").write_text("Ve.\n")
    said = refused(
        "train", tmp_path / "a.en", "--target", tmp_path / "a.es", "--task", "translator",
        "--out", tmp_path / "run",
    )  # fmt: skip
    assert "as many lines in both" in said


def test_pairs_are_seen_from_the_names_of_the_columns(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pairs.jsonl").write_text('{"source": "a", "target": "A"}\n')
    (tmp_path / "texts.csv").write_text("text,target\na good day,yes\n")
    assert suggested("pairs.jsonl", {}).task == "translator"
    assert suggested("texts.csv", {}).task == "classifier"
    assert (
        suggested("pairs.jsonl", {"target": "target"}).task == "classifier"
    )  # a label, if named so


def test_gradients_are_followed_through_classifiers(run, gatewise):
    folder, _ = run
    code, _, err = gatewise("gradients", folder / "run" / "model.keras", folder / "sounds.tsv")
    assert code == 2
    assert "expected a classifier, got a translator" in " ".join(err.split())


def test_two_tables_are_no_two_files_of_lines(run, gatewise, tmp_path):
    (tmp_path / "other.tsv").write_text("a\tb\n")
    code, _, err = gatewise("train", run[0] / "sounds.tsv", "--task", "translator", "--target",
                            tmp_path / "other.tsv", "--out", tmp_path / "out")  # fmt: skip
    assert code == 2
    assert "neither is a table" in " ".join(err.split())


def test_one_pair_is_too_little(gatewise, tmp_path):
    (tmp_path / "one.tsv").write_text("ab\tA B\n")
    code, _, err = gatewise("train", tmp_path / "one.tsv", "--task", "translator", "--out",
                            tmp_path / "out")  # fmt: skip
    assert code == 1
    assert "at least 8 pairs to train on, got 1. Add some." in " ".join(err.split())


@pytest.fixture(scope="module")
def lines_run(tmp_path_factory):
    """The folder of a run on two files of lines, `n.en` and `n.es`, with a test apart."""
    folder = tmp_path_factory.mktemp("lines")
    for name, seed in (("n", 0), ("t", 5)):
        words, sounds = pairs(60, seed=seed)
        (folder / f"{name}.en").write_text("\n".join(words) + "\n")
        (folder / f"{name}.es").write_text("\n".join(sounds) + "\n")
    words = ["train", str(folder / "n.en"), "--target", str(folder / "n.es"), "--test",
             str(folder / "t.en"), "--task", "translator", *QUICK]  # fmt: skip
    found = CliRunner().invoke(group, [*words, "--out", str(folder / "run")])
    assert found.exit_code == 0, found.output
    return folder


def test_a_model_of_two_files_is_scored_on_a_table_and_on_two_others(lines_run, gatewise, refused):
    model = lines_run / "run" / "model.keras"
    (lines_run / "more.tsv").write_text("abc\tX C\n")
    code, out, err = gatewise("evaluate", model, lines_run / "more.tsv")
    assert code == 0, err
    assert "over 1 pair\n" in out
    said = refused("evaluate", model, lines_run / "t.en", code=2)
    assert "--target FILE" in " ".join(said.split())
    code, _, err = gatewise("evaluate", model, lines_run / "t.en", "--target", lines_run / "t.es")
    assert code == 0, err


def test_a_named_set_of_another_kind_is_refused(run, refused):
    said = " ".join(refused("evaluate", run[0] / "run" / "model.keras", "sms-spam", code=2).split())
    assert "sms-spam: expected pairs" in said
    assert "gatewise data list names others" in said
