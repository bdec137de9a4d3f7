"""No sentence of the test is learned."""

import pytest

from gatewise.errors import ArgumentError, DataError
from gatewise.tasks.options import RunOptions
from gatewise.tasks.tagger.preparation import prepare


def tagged(path, words):
    path.write_text("".join(f"{word}\tX\nend\tE\n\n" for word in words))
    return str(path)


def test_sentences_of_the_test_are_left_out_of_training(tmp_path):
    train = tagged(tmp_path / "a.conll", [f"w{n}" for n in range(30)])
    test = tagged(tmp_path / "t.conll", ["w3", "w5", "new"])
    parts = prepare(RunOptions(train, test=test, task="tagger"))
    learned = {one[0] for part in (parts.train, parts.validation) for one in part.inputs}
    assert not {"w3", "w5"} & learned
    assert [(row.row, row.kind) for _, row in parts.left_out] == [
        (10, "also in the test data"), (16, "also in the test data")
    ]  # fmt: skip


def test_a_test_of_the_same_sentences_is_refused(tmp_path):
    train = tagged(tmp_path / "a.conll", [f"w{n}" for n in range(30)])
    with pytest.raises(DataError, match="every input also stands in"):
        prepare(RunOptions(train, test=train, task="tagger"))


def test_options_that_mean_nothing_are_refused_but_for_their_defaults(tmp_path):
    train = tagged(tmp_path / "a.conll", [f"w{n}" for n in range(30)])
    assert prepare(RunOptions(train, task="tagger", model={"window": 256, "characters": 4})).train
    with pytest.raises(ArgumentError, match="--window: expected with tables of series alone"):
        prepare(RunOptions(train, task="tagger", model={"window": 16}))


def test_where_all_sentences_are_too_few_only_more_are_asked_for(tmp_path):
    train = tagged(tmp_path / "a.conll", ["one"])
    with pytest.raises(DataError, match=r"8 sentences to train on, got 1\. Add some\.$"):
        prepare(RunOptions(train, task="tagger"))
