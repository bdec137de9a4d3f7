"""A running text is tested on another one."""

import pytest

from gatewise.errors import ArgumentError, DataError
from gatewise.tasks.generator.preparation import prepare
from gatewise.tasks.options import RunOptions


def test_the_same_running_text_is_no_test(tmp_path):
    (tmp_path / "novel.txt").write_text("It was the best of times.\n" * 60)
    path = str(tmp_path / "novel.txt")
    with pytest.raises(DataError, match="another text than that of the test"):
        prepare(RunOptions(path, test=path, task="generator"))


def refused(path, error, match, reading=(), **options):
    with pytest.raises(error, match=match):
        prepare(RunOptions(str(path), reading=dict(reading), task="generator", **options))


@pytest.fixture
def novel(tmp_path):
    path = tmp_path / "novel.txt"
    path.write_text("It was the best of times.\n" * 60)
    return path


@pytest.fixture
def names(tmp_path):
    rows = [f"name{letter},{letter < 'k'}" for letter in "abcdefghijklmnopqrst"]
    path = tmp_path / "names.csv"
    path.write_text("text,land\n" + "\n".join(rows) + "\n")
    return path


def test_an_option_that_would_do_nothing_is_refused(novel, names):
    refused(novel, ArgumentError, "--target: names a column", {"target": "land"})
    refused(novel, ArgumentError, "--input: names a column", {"input": "text"})
    target = {"target": "land"}
    refused(names, ArgumentError, "--target: a running text", target, model={"running": True})
    refused(names, ArgumentError, "--steps: is for a running", target, model={"steps": 16})
    refused(names, ArgumentError, "--streams: is for a running", target, model={"streams": 4})
    refused(novel, ArgumentError, "--batch-size: .*--streams 8 instead", batch_size=8)


def test_a_resumed_run_is_not_refused_for_the_options_filled_in(novel, names):
    filled = {"streams": 32, "steps": 128}
    assert prepare(
        RunOptions(str(names), {"target": "land"}, batch_size=8, model={**filled, "running": False})
    ).train
    assert prepare(RunOptions(str(novel), batch_size=32, model={**filled, "running": True})).train


def test_a_column_of_labels_that_is_not_read_is_told(tmp_path):
    path = tmp_path / "names.csv"
    path.write_text("text,label\n" + "".join(f"name{n},{n % 2}\n" for n in range(20)))
    found = prepare(RunOptions(str(path), task="generator"))
    told = "column 'label' is not read; --target label writes for a label of it"
    assert told in found.notes
    found = prepare(RunOptions(str(path), reading={"target": "label"}, task="generator"))
    assert told not in found.notes


def test_one_row_with_a_label_is_no_running_text(tmp_path):
    path = tmp_path / "one.csv"
    path.write_text("text,land\n" + "It was the best of times. " * 60 + ",here\n")
    refused(path, DataError, "at least 8 texts to train on, got 1", {"target": "land"})


@pytest.mark.parametrize("name", ["a.conllu", "a.ts", "a.npz", "a"])
def test_a_file_without_texts_is_told_and_what_can_be_read(tmp_path, name):
    (tmp_path / name).write_text("1\ta\tb\n")
    refused(tmp_path / name, DataError, r"expected texts, in a \.txt file or a table \(\.csv")


def test_texts_are_no_test_of_a_running_text_nor_it_of_them(novel, names):
    match = "--test: expected one running text, as .* got several texts"
    refused(novel, ArgumentError, match, test=str(names))
    match = "--test: expected several texts, .* got one running text .* --no-running"
    refused(names, ArgumentError, match, test=str(novel))


def test_both_are_read_alike_where_it_is_said_how(tmp_path, novel, names):
    another = tmp_path / "another.txt"
    another.write_text("It was the worst of times.\n" * 60)
    cases = (True, novel, names, 1), (None, novel, another, 1), (False, names, novel, 60)
    for running, one, test, count in cases:
        options = RunOptions(str(one), test=str(test), model={"running": running})
        assert len(prepare(options).test) == count
