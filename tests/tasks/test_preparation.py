"""From a file to training, validation and test examples, each input on one side only."""

import pytest

from gatewise import data
from gatewise.errors import ArgumentError, DataError
from gatewise.tasks.classifier.preparation import prepare
from gatewise.tasks.kinds import PACKAGES
from gatewise.tasks.options import RunOptions
from gatewise.tasks.preparation import check_named_set, fingerprint, keep_known
from gatewise.tasks.results import command

from ..toys import texts, write_csv


@pytest.fixture
def table(tmp_path):
    x, y = texts(50)
    return write_csv(tmp_path / "days.csv", {"text": [*x, *x[:5]], "label": [*y, *y[:5]]})


def parts_of(table, **options):
    return prepare(RunOptions(str(table), **options), say=lambda text: None)


def test_parts_share_no_input_and_lose_none(table):
    parts = parts_of(table)
    inputs = [part.inputs for part in (parts.train, parts.validation, parts.test)]
    assert [len(one) for one in inputs] == [36, 4, 10]
    assert sorted(text for one in inputs for text in one) == sorted(texts(50)[0])
    assert [(row.kind, row.row) for _, row in parts.left_out] == [
        ("duplicate", row) for row in range(52, 57)
    ]


def test_the_seed_decides_the_parts(table):
    one, same, other = (parts_of(table, model={"seed": seed}) for seed in (1, 1, 2))
    assert one.test.inputs == same.test.inputs
    assert one.test.inputs != other.test.inputs


def test_a_label_that_only_the_test_shares_with_training_is_left_out(tmp_path):
    x, y = texts(30)
    train = write_csv(tmp_path / "a.csv", {"text": [*x, "same"], "label": [*y, "rare"]})
    test = write_csv(tmp_path / "b.csv", {"text": ["same", "new"], "label": ["rare", "glad"]})
    parts = parts_of(train, test=str(test))
    assert parts.test.answers == ["glad"]
    assert "rare" not in parts.train.answers


def test_a_named_set_keeps_its_official_test_part():
    parts = parts_of("japanese-vowels", validation=0.0)
    assert (len(parts.train), parts.validation, len(parts.test)) == (270, None, 370)
    assert parts.test_source == "japanese-vowels (test)"
    assert parts.reading == {}


def test_the_fingerprint_sees_the_files_of_targets(tmp_path):
    for name in ("a.en", "a.es", "t.en", "t.es"):
        (tmp_path / name).write_text(name)
    options = RunOptions(
        str(tmp_path / "a.en"), reading={"target": str(tmp_path / "a.es")},
        test=str(tmp_path / "t.en"), task="translator",
    )  # fmt: skip
    seen = [fingerprint(options)]
    for name in ("a.es", "t.es"):
        (tmp_path / name).write_text("changed")
        seen.append(fingerprint(options))
    assert len(set(seen)) == 3


def test_the_fingerprint_is_that_of_the_content(table, tmp_path):
    before = fingerprint(RunOptions(str(table)))
    copy = tmp_path / "copy.csv"
    copy.write_bytes(table.read_bytes())
    assert fingerprint(RunOptions(str(copy))) == before
    copy.write_bytes(table.read_bytes() + b"x,y\n")
    assert fingerprint(RunOptions(str(copy))) != before
    assert fingerprint(RunOptions(str(table), test=str(copy))) != before


def test_too_little_is_left_after_splitting(tmp_path):
    x, y = texts(10)
    table = write_csv(tmp_path / "days.csv", {"text": x, "label": y})
    with pytest.raises(DataError, match=r"at least 8 different .* got \d with 2\. .* --holdout"):
        parts_of(table, holdout=0.4, validation=0.4)


def test_unknown_labels_are_left_out_and_said():
    examples = data.Examples("text", ["a", "b"], ["x", "z"], [2, 3], source="t.csv")
    kept = keep_known(examples, {"x", "y"})
    assert (kept.inputs, kept.left_out[0].row) == (["a"], 3)
    assert "1 example of the test left out: of labels that training never saw (z)" in kept.notes[0]
    assert keep_known(kept, {"x"}) is kept
    with pytest.raises(DataError, match=r"expected labels seen in training \(q\), got only others"):
        keep_known(examples, {"q"})


@pytest.mark.parametrize(
    "options", [{"holdout": 1.0}, {"validation": -0.1}, {"epochs": 0}, {"batch_size": 0}]
)
def test_options_out_of_range(options):
    with pytest.raises(ArgumentError, match=next(iter(options))):
        RunOptions("x.csv", **options)


def test_the_command_names_every_option_that_was_given():
    options = RunOptions(
        "my days.csv", {"features": ["a", "b"]}, model={"bidirectional": False, "seed": 3},
        epochs=4, class_weight=None,
    )  # fmt: skip
    assert command(options) == (
        "gatewise train 'my days.csv' --task classifier --features a,b --no-bidirectional --seed 3 "
        "--holdout 0.2 --validation 0.1 --epochs 4 --no-class-weight"
    )


@pytest.mark.parametrize(
    ("name", "task", "said"),
    [
        ("brown", "generator", "texts to write more of for a generator, got a set for tagging"),
        (
            "hapt",
            "classifier",
            "or series with a label each .* --task tagger",
        ),
        (
            "folk-tunes",
            "tagger",
            "sentences whose words carry tags or series with a label for every step",
        ),
        ("names", "tagger", "--task classifier"),
        ("cmudict", "forecaster", "series with dates .* --task translator"),
        ("sms-spam", "translator", "pairs of a source and a target"),
        ("glove-6b-50d", "classifier", r"got a set for vectors\. gatewise data list names"),
    ],
)
def test_a_named_set_for_another_task_is_refused_before_it_is_fetched(
    name, task, said, tmp_path, monkeypatch
):
    monkeypatch.setenv("GATEWISE_CACHE", str(tmp_path))
    with pytest.raises(ArgumentError, match=said):
        check_named_set(name, task)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("entry", data.catalogue(), ids=lambda entry: entry.name)
def test_every_named_set_but_vectors_is_for_some_task(entry):
    def fits(task):
        try:
            check_named_set(entry.name, task)
        except ArgumentError:
            return False
        return True

    assert any(map(fits, PACKAGES)) == (entry.job != "vectors")


def test_a_test_of_another_kind_is_refused(table, tmp_path):
    series = tmp_path / "s.ts"
    series.write_text("@classLabel true a b\n@data\n1,2,3:a\n3,2,1:b\n")
    with pytest.raises(ArgumentError, match=r"--test: expected texts, .* got series with a label"):
        parts_of(table, test=str(series))


def test_the_measurements_that_were_taken_are_kept_for_other_files(tmp_path):
    rows = [f"r{n // 4},{n},{n * n},{'ab'[n // 4 % 2]}" for n in range(160)]
    path = tmp_path / "walks.csv"
    path.write_text("\n".join(["id,x,y,label", *rows]) + "\n")
    assert parts_of(path, reading={"id": "id"}).reading == {"id": "id", "features": ["x", "y"]}
    chosen = {"id": "id", "features": ["y"]}
    assert parts_of(path, reading=chosen).reading == chosen
