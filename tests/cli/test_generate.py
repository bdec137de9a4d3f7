"""`gatewise train --task generator`, `generate`, `evaluate` and `predict` of what was trained."""

import json
from itertools import product

import keras
import pytest
from click.testing import CliRunner

from gatewise.cli.main import group
from gatewise.tasks import job
from gatewise.tasks.options import RunOptions
from gatewise.tasks.run_folder import RunFolder

from ..toys import write_csv

TEXT = "the cat sat on the mat. the dog sat on the log.\n" * 60
LANDS = {land: ["".join(name) for name in product(land, repeat=4)] for land in ("ab", "de")}
NAMES = {
    "name": [name for names in LANDS.values() for name in names],
    "land": [land for land, names in LANDS.items() for _ in names],
}
QUICK = ("--units", "4", "--embedding", "4", "--epochs", "2")


def train(*words) -> None:
    result = CliRunner().invoke(group, ["train", *map(str, words), *QUICK])
    assert result.exit_code == 0, result.output


@pytest.fixture(scope="module")
def names_run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("names")
    table = write_csv(folder / "names.csv", NAMES)
    columns = ("--input", "name", "--target", "land")
    train(table, "--task", "generator", *columns, "--out", folder / "run")
    return folder / "run"


@pytest.fixture(scope="module")
def novel_run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("novel")
    (folder / "novel.txt").write_text(TEXT)
    train(folder / "novel.txt", "--steps", "16", "--streams", "4", "--out", folder / "run")
    return folder / "run"


def test_names_are_written_for_a_label_and_the_seed_decides(gatewise, names_run):
    words = ("generate", names_run / "model.keras", "--label", "de", "--number", "3")
    code, first, err = gatewise(*words, "--length", "8", "--seed", "4")
    assert (code, err) == (0, "")
    assert len(first.splitlines()) == 3
    assert set(first) <= set("abde\n")
    assert gatewise(*words, "--length", "8", "--seed", "4")[1] == first
    assert gatewise(*words, "--length", "8", "--seed", "5")[1] != first


def test_a_running_text_goes_on_after_the_prompt(gatewise, novel_run):
    code, out, _ = gatewise(
        "generate", novel_run / "model.keras", "--prompt", "the cat", "--length", "20", "--top-k",
        "3",
    )  # fmt: skip
    assert code == 0
    assert out.startswith("the cat")
    assert len(out.rstrip("\n")) <= len("the cat") + 20


def test_the_report_has_scores_n_grams_and_samples(names_run, novel_run):
    found = json.loads((names_run / "metrics.json").read_text())
    assert found["measures"] == ["perplexity", "bits_per_character"]
    told = [one["name"] for one in found["baselines"]]
    assert [name for name in told if "told the label" in name]
    assert {one["label"] for one in found["samples"]} == {"ab", "de"}
    assert "What it writes" in (names_run / "report.html").read_text()
    bits = found["test"]["bits_per_character"]["value"]
    for one in found["baselines"]:
        saved = one["saved"]
        assert saved["value"] == pytest.approx(one["bits_per_character"]["value"] - bits)
        assert saved["low"] < saved["value"] < saved["high"]
    found = json.loads((novel_run / "metrics.json").read_text())
    assert found["data"]["test_source"] == "the last 20% of the text"
    assert found["test"]["perplexity"]["value"] > 1


def test_evaluate_and_predict_tell_the_perplexity(
    gatewise, refused, names_run, novel_run, tmp_path
):
    (tmp_path / "more.txt").write_text(TEXT[:480])
    code, out, _ = gatewise(
        "evaluate", novel_run / "model.keras", tmp_path / "more.txt", "--format", "json"
    )
    assert code == 0
    assert json.loads(out)["tokens"] == 480
    code, out, _ = gatewise("predict", novel_run / "model.keras", "the cat", "--format", "json")
    assert code == 0
    assert "perplexity" in out
    assert "writes for a label" in refused("predict", names_run / "model.keras", "aba", code=2)


def test_mistakes_are_told(refused, gatewise, names_run, novel_run, text_run, tmp_path):
    names, novel = names_run / "model.keras", novel_run / "model.keras"
    assert "expected one of training's (ab, de), got 'dee'" in refused(
        "generate", names, "--label", "dee", code=2
    )
    asked = refused("generate", names, code=2)
    assert "--label: expected one of training's (ab, de), got none. Say which" in asked
    assert "--label: this model was trained without labels, got 'ab'" in refused(
        "generate", novel, "--label", "ab", code=2
    )
    assert "expected a generator, got a classifier" in refused(
        "generate", text_run / "model.keras", code=2
    )
    short = tmp_path / "short.txt"
    short.write_text("Too short.\n")
    assert "expected a text of at least 1,000 characters" in refused("train", short)


class Stopped(Exception):
    pass


class StopInSecondEpoch(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        if self.model.optimizer.iterations > self.params["steps"]:
            raise Stopped


def test_a_run_of_carried_states_goes_on_as_if_undisturbed(novel_run, tmp_path):
    stored = json.loads((novel_run / "config.json").read_text())
    folder = RunFolder(tmp_path / "again")
    folder.create(False)
    with pytest.raises(Stopped):
        job.train(RunOptions(**stored), folder, callbacks=[StopInSecondEpoch()])
    assert folder.checkpoint.exists()
    job.train(RunOptions(**json.loads(folder.options.read_text())), folder, resume=True)
    whole = json.loads((novel_run / "metrics.json").read_text())
    again = json.loads(folder.metrics.read_text())
    assert again["test"] == whole["test"]
    assert again["samples"] == whole["samples"]


def test_rows_left_out_of_a_score_are_counted(gatewise, names_run, tmp_path):
    rows = {"name": ["abab", "dede", "", "abba"], "land": ["ab", "de", "de", "elsewhere"]}
    table = write_csv(tmp_path / "more.csv", rows)
    code, out, _ = gatewise("evaluate", names_run / "model.keras", table, "--format", "json")
    found = json.loads(out)
    assert code == 0
    assert found["left_out"] == {"empty input": 1, "label never seen in training": 1}
    code, out, err = gatewise("evaluate", names_run / "model.keras", table)
    assert "Left out: 1 label never seen in training." in err
    assert "no interval: too few parts" in out


@pytest.mark.parametrize("name", ["y.npz", "x.ts", "brown"])
def test_what_holds_no_text_is_refused(gatewise, novel_run, tmp_path, name):
    source = name
    if "." in name:
        source = tmp_path / name
        source.write_text("@data\n1,2:a\n")
    code, out, err = gatewise("evaluate", novel_run / "model.keras", source)
    assert (code, out) in ((1, ""), (2, ""))
    assert "expected texts" in err
    assert "Traceback" not in err
