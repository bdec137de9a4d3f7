"""No source stands on two sides of a split, and no pair twice."""

import pytest

from gatewise.errors import ArgumentError, DataError
from gatewise.tasks.options import RunOptions
from gatewise.tasks.translator.preparation import prepare


@pytest.fixture
def table(tmp_path):
    rows = [f"{word}\t{sound}" for word in ("w" + str(n) for n in range(40)) for sound in "AB"]
    (tmp_path / "a.tsv").write_text("\n".join([*rows, rows[0]]) + "\n")
    return tmp_path / "a.tsv"


def test_all_answers_of_a_source_stay_together(table):
    parts = prepare(RunOptions(str(table), task="translator"))
    sides = [set(one.inputs) for one in (parts.train, parts.validation, parts.test)]
    assert not sides[0] & sides[1] | sides[1] & sides[2] | sides[0] & sides[2]
    assert sum(map(len, (parts.train, parts.validation, parts.test))) == 80
    assert [row.kind for _, row in parts.left_out] == ["duplicate"]


def test_sources_of_the_test_are_not_learned(table, tmp_path):
    (tmp_path / "t.tsv").write_text("w3\tA\nw5\tB\n")
    parts = prepare(RunOptions(str(table), test=str(tmp_path / "t.tsv"), task="translator"))
    assert not {"w3", "w5"} & {*parts.train.inputs, *parts.validation.inputs}
    assert parts.test.inputs == ["w3", "w5"]


def test_too_few_pairs_are_refused(tmp_path):
    (tmp_path / "a.tsv").write_text("a\tA\nb\tB\nc\tC\nd\tD\n")
    with pytest.raises(DataError, match="at least 8 pairs"):
        prepare(RunOptions(str(tmp_path / "a.tsv"), task="translator"))


@pytest.mark.parametrize("count", [1, 2, 5])
def test_where_all_pairs_are_too_few_only_more_are_asked_for(count, tmp_path):
    rows = [f"w{n}\tA" for n in range(count)]
    (tmp_path / "a.tsv").write_text("\n".join(["source\ttarget", *rows]) + "\n")
    with pytest.raises(DataError, match=rf"8 pairs to train on, got {count}\. Add some\.$"):
        prepare(RunOptions(str(tmp_path / "a.tsv"), task="translator"))


def test_where_all_pairs_are_enough_less_may_be_held_out(tmp_path):
    (tmp_path / "a.tsv").write_text("source\ttarget\n" + "".join(f"w{n}\tA\n" for n in range(8)))
    with pytest.raises(DataError, match="hold out less with --holdout and --validation"):
        prepare(RunOptions(str(tmp_path / "a.tsv"), task="translator"))
    parts = prepare(RunOptions(str(tmp_path / "a.tsv"), holdout=0, validation=0, task="translator"))
    assert len(parts.train) == 8


def test_a_test_of_the_same_pairs_leaves_nothing_to_learn(table):
    with pytest.raises(DataError, match="every source also stands in the test data"):
        prepare(RunOptions(str(table), test=str(table), task="translator"))


@pytest.fixture
def lines(tmp_path):
    """A run on two files of lines, as the command line would have it, and the folder they lie in;
    to be finished with the name of a test."""
    for name, rows in {"n": range(40), "t": range(100, 104)}.items():
        (tmp_path / f"{name}.en").write_text("".join(f"w{row}\n" for row in rows))
        (tmp_path / f"{name}.es").write_text("".join(f"v{row}\n" for row in rows))

    def options(test, **more):
        reading = {"target": str(tmp_path / "n.es"), "input": None}
        return RunOptions(str(tmp_path / "n.en"), test=str(tmp_path / test), task="translator",
                          reading=reading, **more)  # fmt: skip

    return tmp_path, options


def test_the_targets_of_a_test_of_lines_stand_in_the_file_named_alike(lines):
    parts = prepare(lines[1]("t.en"))
    assert (parts.test.inputs[0], parts.test.labels[0]) == ("w100", "v100")
    assert len(parts.test) == 4


def test_a_test_of_lines_never_takes_the_targets_of_training(lines):
    folder, options = lines
    (folder / "t.es").unlink()
    with pytest.raises(ArgumentError, match=r"--test: .*expected in .*t\.es, which is not there"):
        prepare(options("t.en"))
    (folder / "other.txt").write_text("w100\n" * 40)
    with pytest.raises(ArgumentError, match=r"--test: .*n\.es is named after n\.en"):
        prepare(options("other.txt"))


def test_a_run_on_lines_may_be_tested_on_a_table_but_not_the_other_way_round(lines, table):
    folder, options = lines
    (folder / "t.tsv").write_text("source\ttarget\nw100\tv100\n")
    assert prepare(options("t.tsv")).test.labels == ["v100"]
    run = RunOptions(str(table), test=str(folder / "t.en"), task="translator")
    with pytest.raises(ArgumentError, match="--test: expected a table"):
        prepare(run)


def test_the_file_of_the_targets_is_not_remembered_but_a_column_is(lines, tmp_path):
    assert prepare(lines[1]("t.en")).reading["target"] is None
    rows = [f"w{n}\tx\tv{n}" for n in range(40)]
    (tmp_path / "b.tsv").write_text("\n".join(["said\tid\theard", *rows]) + "\n")
    reading = {"input": "said", "target": "heard"}
    run = RunOptions(str(tmp_path / "b.tsv"), task="translator", reading=reading)
    assert prepare(run).reading["target"] == "heard"
