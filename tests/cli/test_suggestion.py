"""The task is seen from the file where it is plain, and said aloud."""

import pytest

from gatewise.cli.suggestion import suggested

FILES = {
    "tagged.jsonl": ('{"words": ["a", "b"], "tags": ["A", "B"]}\n', "tagger"),
    "slashed.txt": ("The/DET dog/NOUN runs/VERB ./.\n" * 5, "tagger"),
    "novel.txt": ("It was and/or was not the best of times.\n" * 5, "generator"),
    "nixtla.csv": ("unique_id,ds,y\na,2020-01-01,1.5\na,2020-02-01,2.5\n", "forecaster"),
    "sents.tsv": ("english\tspanish\nGo.\tVe.\n", "translator"),
    "pairs.csv": ("source,target\ncat,K AE T\n", "translator"),
    "spam.csv": ("text,label\nhi you,ham\nwin now,spam\n", "classifier"),
    "watch.csv": ("time,x,activity\n1,0.1,sit\n2,0.9,walk\n3,0.8,sit\n4,0.2,walk\n", "tagger"),
    "a.conllu": ("1\ta\ta\tDET\t_\t_\t_\t_\t_\t_\n", "tagger"),
}


@pytest.mark.parametrize("name", FILES)
def test_the_task_is_seen_from_the_file(name, tmp_path):
    text, task = FILES[name]
    (tmp_path / name).write_text(text)
    reading = {"target": "activity"} if name == "watch.csv" else {}
    found = suggested(str(tmp_path / name), reading)
    assert found.task == task
    assert f"(--task {task})" in found.told(name)


def test_two_files_of_lines_are_pairs(tmp_path):
    for name in ("p.src", "p.trg", "p.txt"):
        (tmp_path / name).write_text("a line\n")
    target = {"target": str(tmp_path / "p.trg")}
    for source in ("p.src", "p.txt"):
        assert suggested(str(tmp_path / source), target).task == "translator"


def test_it_is_said_before_the_training(gatewise, tmp_path):
    (tmp_path / "tags.jsonl").write_text('{"words": ["a", "b"], "tags": ["A", "B"]}\n' * 9)
    _, _, err = gatewise("train", tmp_path / "tags.jsonl", "--epochs", 1, "--units", 2,
                         "--embedding", 2, "--out", tmp_path / "run")  # fmt: skip
    assert err.startswith("tags.jsonl: words with their tags, so a tagger is trained")
