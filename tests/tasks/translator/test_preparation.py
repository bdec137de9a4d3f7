"""No source stands on two sides of a split, and no pair twice."""

import pytest

from gatewise.errors import DataError
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


def test_a_test_of_the_same_pairs_leaves_nothing_to_learn(table):
    with pytest.raises(DataError, match="every source also stands in the test data"):
        prepare(RunOptions(str(table), test=str(table), task="translator"))
