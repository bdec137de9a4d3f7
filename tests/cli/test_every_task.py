"""What holds of every task: a stopped run goes on, and a report's command does what it says."""

import json
import shlex

import numpy as np
import pytest

from gatewise.tasks import training
from gatewise.tasks.stopping import TrainingInterrupted

from ..toys import texts, write_csv

QUICK = ["--units", "3", "--epochs", "2", "--seed", "1"]
WORDS = [f"{a}{b}{c}" for a in "abcd" for b in "abc" for c in "ab"]


def labelled(folder):
    x, y = texts(40)
    return [write_csv(folder / "days.csv", {"text": x, "label": y}), "--embedding", 4]


def months(folder):
    values = [f"{10 + n % 12 + n % 5 / 5:.1f}" for n in range(70)]
    dates = [f"{2000 + n // 12}-{n % 12 + 1:02}-01" for n in range(70)]
    return [write_csv(folder / "months.csv", {"ds": dates, "y": values}), "--members", 1]


def names(folder):
    columns = {"name": WORDS, "land": ["x", "y"] * 12}
    return [write_csv(folder / "names.csv", columns), "--task", "generator", "--input", "name",
            "--target", "land", "--embedding", 4]  # fmt: skip


def tags(folder):
    lines = [{"words": [word, "end"], "tags": [word[0], "E"]} for word in WORDS]
    (folder / "tags.jsonl").write_text("\n".join(map(json.dumps, lines)))
    return [folder / "tags.jsonl", "--embedding", 4]


def steps(folder):
    x = np.random.default_rng(0).normal(size=90).round(2)
    columns = {"id": np.repeat(range(6), 15), "x": x, "label": np.where(x > 0, "up", "down")}
    return [write_csv(folder / "steps.csv", columns), "--task", "tagger", "--id", "id"]


def pairs(folder):
    columns = {"source": WORDS, "target": [" ".join(word.upper()) for word in WORDS]}
    return [write_csv(folder / "pairs.csv", columns), "--embedding", 4]


@pytest.mark.slow
@pytest.mark.parametrize("data", [labelled, months, names, tags, steps, pairs])
def test_a_stopped_run_and_its_report_command_end_as_an_undisturbed_one(
    data, gatewise, tmp_path, monkeypatch
):
    words = ["train", *data(tmp_path), *QUICK, "--out"]
    code, _, err = gatewise(*words, tmp_path / "whole")
    assert code == 0, err
    whole = outcome(tmp_path / "whole")
    with monkeypatch.context() as patch:
        then = training.Checkpoint.on_epoch_end
        patch.setattr(training.Checkpoint, "on_epoch_end", stopping(then))
        code, _, err = gatewise(*words, tmp_path / "stopped")
    assert code == 130, err
    code, _, err = gatewise("train", "--resume", "--out", tmp_path / "stopped")
    assert code == 0, err
    assert outcome(tmp_path / "stopped") == whole
    code, _, err = gatewise(*asked(tmp_path / "whole")[1:], "--out", tmp_path / "again")
    assert code == 0, err
    assert outcome(tmp_path / "again") == whole


def stopping(then):
    def on_epoch_end(self, epoch, logs=None):
        then(self, epoch, logs)
        raise TrainingInterrupted

    return on_epoch_end


def results(folder):
    return json.loads((folder / "metrics.json").read_text())


def asked(folder):
    return shlex.split(results(folder)["reproduce"]["command"])


def outcome(folder):
    found = results(folder)
    return found["test"], [one["loss"] for one in found["training"]["history"]]
