"""No sentence of the test is learned."""

from pathlib import Path

import pytest

from gatewise.errors import ArgumentError, DataError
from gatewise.tasks.options import RunOptions
from gatewise.tasks.tagger.preparation import prepare, read_file


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


def steps(path, columns, begin=0):
    """Eight series of eight steps; channel x goes up, y goes down."""
    row = {"x": "{n}", "y": "-{n}", "id": f"{path.stem}{{s}}", "label": "{l}"}
    rows = [",".join(row[name] for name in columns).format(n=n + 10 * s, s=s, l="uv"[n % 2])
            for s in range(8) for n in range(begin, begin + 8)]  # fmt: skip
    path.write_text("\n".join([",".join(columns), *rows]) + "\n")
    return str(path)


def test_a_test_of_another_kind_is_refused_before_training(tmp_path):
    words = tagged(tmp_path / "a.conll", [f"w{n}" for n in range(30)])
    series = steps(tmp_path / "s.csv", ["id", "x", "y", "label"])
    for one, other, wanted, got in (
        (words, series, "sentences", "series with a label for every step"),
        (series, words, "series with a label for every step", "sentences"),
    ):
        with pytest.raises(ArgumentError, match=f"--test: expected {wanted}.* got {got}.* leave"):
            prepare(RunOptions(one, test=other, task="tagger"), say=lambda text: None)


def test_the_channels_of_the_test_stand_in_the_order_of_training(tmp_path):
    train = steps(tmp_path / "a.csv", ["id", "x", "y", "label"])
    test = steps(tmp_path / "b.csv", ["y", "label", "x", "id"], begin=1)
    parts = prepare(RunOptions(train, test=test, task="tagger"), say=lambda text: None)
    assert parts.test.channels == ["x", "y"]
    assert parts.test.inputs[0][0].tolist() == [1, -1]


def test_a_test_without_a_channel_of_training_is_refused(tmp_path):
    train = steps(tmp_path / "a.csv", ["id", "x", "y", "label"])
    test = steps(tmp_path / "b.csv", ["id", "x", "label"])
    with pytest.raises(ArgumentError, match=r"--test: expected the measurements .* without 'y'"):
        prepare(RunOptions(train, test=test, task="tagger"), say=lambda text: None)


@pytest.mark.parametrize("reading", [{}, {"target": "tags"}])
def test_lists_under_other_keys_are_told_the_known_ones(tmp_path, reading):
    path = tmp_path / "a.jsonl"
    path.write_text('{"mots": ["a", "dog"], "tags": ["DET", "NOUN"]}\n')
    with pytest.raises(DataError, match=r"words or tokens, .* lists under 'mots', 'tags'"):
        read_file(str(path), reading)


def test_words_and_tags_need_no_column_named(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"words": ["a", "dog"], "tags": ["DET", "NOUN"]}\n' * 2)
    with pytest.raises(ArgumentError, match=r"--target: expected with tables of series alone"):
        prepare(RunOptions(str(path), {"target": "tags"}, task="tagger"))


@pytest.mark.parametrize("target", ["people", None])
def test_a_table_of_texts_is_told_what_a_tagger_reads(tmp_path, target):
    path = tmp_path / "names.csv"
    path.write_text("name,people\nAdam,Scottish\nBert,German\n")
    with pytest.raises(DataError, match=r"columns of numbers, or sentences .*\.conllu.* 'people'"):
        read_file(str(path), {"target": target})


def test_a_single_tag_is_told_with_its_file(tmp_path):
    path = tmp_path / "a.conll"
    path.write_text("".join(f"w{n} X\nend X\n\n" for n in range(30)))
    with pytest.raises(DataError, match=r"a\.conll: .* different tags .* got 'X' alone"):
        prepare(RunOptions(str(path), task="tagger"))


def test_a_single_label_is_told_with_the_option_of_its_column(tmp_path):
    path = steps(tmp_path / "s.csv", ["id", "x", "y", "label"])
    series = Path(path).read_text().replace(",v\n", ",u\n")
    Path(path).write_text(series)
    with pytest.raises(DataError, match=r"s\.csv: .* labels .* got 'u' alone.*--target"):
        prepare(RunOptions(path, task="tagger"), say=lambda text: None)
