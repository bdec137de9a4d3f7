"""Pairs are read whatever they are written in; a bad one costs no other."""

import json

import pytest

from gatewise.data import read_pairs
from gatewise.data.sets_translation import cmudict, tatoeba
from gatewise.errors import ArgumentError, DataError

PAIRS = [("Go.", "Ve."), ('Say "no", Tom.', "Di que no, Tom.")]
FILES = {
    "a.tsv": "Go.\tVe.\nSay \"no\", Tom.\tDi que no, Tom.\n",
    "b.tsv": "Go.\tVe.\tby A\nSay \"no\", Tom.\tDi que no, Tom.\tby B\n",
    "a.csv": 'target,source\nVe.,Go.\n"Di que no, Tom.","Say ""no"", Tom."\n',
    "a.jsonl": "\n".join(json.dumps({"en": a, "translation": b}) for a, b in PAIRS),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_each_format_is_read(tmp_path, name):
    (tmp_path / name).write_text(FILES[name])
    found = read_pairs(tmp_path / name)
    assert list(zip(found.inputs, found.labels, strict=True)) == PAIRS
    assert found.rows == ([2, 3] if name == "a.csv" else [1, 2])
    assert found.left_out == []


def test_two_files_are_read_line_by_line(tmp_path):
    (tmp_path / "a.en").write_text("Go.\n\nStop.\n")
    (tmp_path / "a.es").write_text("Ve.\nHola.\n  \n")
    found = read_pairs(tmp_path / "a.en", target=str(tmp_path / "a.es"))
    assert (found.inputs, found.labels) == (["Go."], ["Ve."])
    assert [(one.row, one.kind) for one in found.left_out] == [
        (2, "empty input"),
        (3, "empty target"),
    ]


def test_files_without_a_pair_are_refused(tmp_path):
    (tmp_path / "a.en").write_text("\nStop.\n")
    (tmp_path / "a.es").write_text("Hola.\n \n")
    with pytest.raises(DataError, match=r"empty input: 1; empty target: 1"):
        read_pairs(tmp_path / "a.en", target=str(tmp_path / "a.es"))


def test_files_of_different_lengths_are_refused(tmp_path):
    (tmp_path / "a.en").write_text("Go.\nStop.\n")
    (tmp_path / "a.es").write_text("Ve.\n")
    with pytest.raises(DataError, match="2 and 1"):
        read_pairs(tmp_path / "a.en", target=str(tmp_path / "a.es"))
    with pytest.raises(ArgumentError, match="--target FILE"):
        read_pairs(tmp_path / "a.en")


def test_columns_can_be_named(tmp_path):
    (tmp_path / "a.csv").write_text("id,written,heard\n1,cat,K AE T\n2,dog,\n")
    found = read_pairs(tmp_path / "a.csv", input="written", target="heard")
    assert (found.inputs, found.labels) == (["cat"], ["K AE T"])
    assert found.left_out[0].kind == "empty target"
    with pytest.raises(DataError, match="column of its own"):
        read_pairs(tmp_path / "a.csv", input="heard", target="heard")


def test_sources_alone_are_read(tmp_path):
    (tmp_path / "a.csv").write_text("source\ncat\ndog\n")
    (tmp_path / "a.en").write_text("cat\ndog\n")
    for name in ("a.csv", "a.en"):
        found = read_pairs(tmp_path / name, labelled=False)
        assert (found.inputs, found.labels) == (["cat", "dog"], None)


SENTENCES = [("you see the book", "ves el libro"), ("they buy water", "compran agua")] * 3


def written(path, *rows):
    path.write_text("".join("\t".join(row) + "\n" for row in rows))
    return path


@pytest.mark.parametrize(
    "names",
    [("phrase", "meaning"), ("dicho", "hecho"), ("inglés", "español"), ("en_US", "es_MX"),
     ("sentence_en", "sentence_es"), ("EN text", "ES text"), ("question", "answer"),
     ("grapheme", "phoneme"), ("src", "trg")],
)  # fmt: skip
@pytest.mark.parametrize("labelled", [True, False])
def test_a_first_line_of_names_is_no_pair(names, labelled, tmp_path):
    found = read_pairs(written(tmp_path / "a.tsv", names, *SENTENCES), labelled=labelled)
    assert found.inputs == [source for source, _ in SENTENCES]
    assert found.labels == ([target for _, target in SENTENCES] if labelled else None)
    told = f"took column {names[0]!r} as source" + f" and {names[1]!r} as target" * labelled
    assert found.notes == [told]


@pytest.mark.parametrize(
    "rows",
    [
        [("cat", "gato"), ("dog", "perro"), *[("bird", "ave")] * 4],
        [("Hello", "Hola."), *SENTENCES],
        [("a", "AH"), *[("abandon", "AH B AE N D AH N")] * 4],
        [("Hello", "Hola"), ("I see it", "Lo veo")],
    ],
    ids=["words", "a sentence of one word", "a letter", "few"],
)
def test_a_first_line_that_may_be_a_pair_is_one(rows, tmp_path):
    found = read_pairs(written(tmp_path / "a.tsv", *rows))
    assert list(zip(found.inputs, found.labels, strict=True)) == rows
    assert found.notes == ["the first line names no columns: source first, then target"]


def test_pairs_behind_their_numbers_are_read(tmp_path):
    rows = [(str(100 + n), a, str(200 + n), b) for n, (a, b) in enumerate(SENTENCES)]
    path = written(tmp_path / "a.tsv", *rows)
    found = read_pairs(path)
    assert list(zip(found.inputs, found.labels, strict=True)) == SENTENCES
    assert "column 2 is the source and column 4 the target" in found.notes[0]
    assert read_pairs(path, labelled=False).inputs == found.inputs


def test_a_table_without_names_that_cannot_be_read_is_told_so(tmp_path):
    path = written(tmp_path / "a.tsv", *[("7", "en", a, "9", b) for a, b in SENTENCES])
    with pytest.raises(DataError, match=r"names of columns in line 1, got .* Add a first line"):
        read_pairs(path)
    with pytest.raises(DataError, match="not clear"):
        read_pairs(written(tmp_path / "b.tsv", ("a", "b", "c", "d"), *[tuple("1234")] * 4))


def test_one_column_is_no_pair(tmp_path):
    (tmp_path / "a.tsv").write_text("text\nyou see\n")
    with pytest.raises(DataError, match="which column holds the target"):
        read_pairs(tmp_path / "a.tsv")
    (tmp_path / "a.jsonl").write_text('{"phrase": "you see"}\n')
    with pytest.raises(DataError, match="which column holds the source"):
        read_pairs(tmp_path / "a.jsonl")


def test_cmudict_is_freed_of_stress_and_remarks(tmp_path):
    (tmp_path / "d").write_text(
        "a AH0\na(2) EY1\nabsent AE1 B S AH0 N T\nabsent(2) AE0 B S AH1 N T\nx EH1 K S # letter\n"
    )
    cmudict({"d": tmp_path / "d"}, tmp_path)
    found = read_pairs(tmp_path / "train.csv")
    assert list(zip(found.inputs, found.labels, strict=True)) == [
        ("a", "AH"), ("a", "EY"), ("absent", "AE B S AH N T"), ("x", "EH K S"),
    ]  # fmt: skip


def test_tatoeba_keeps_every_translation_once(tmp_path):
    (tmp_path / "t").write_text("Go.\tVe.\tby A\nGo.\tVaya.\tby B\nGo.\tVe.\tby C\n")
    tatoeba({"t": tmp_path / "t"}, tmp_path)
    assert read_pairs(tmp_path / "train.csv").labels == ["Ve.", "Vaya."]


def test_the_first_of_two_languages_is_the_source(tmp_path):
    (tmp_path / "a.csv").write_text("spanish,english\nVe.,Go.\n")
    assert read_pairs(tmp_path / "a.csv").inputs == ["Ve."]
    assert read_pairs(tmp_path / "a.csv", input="english", target="spanish").inputs == ["Go."]


def test_a_number_of_a_row_is_no_source(tmp_path):
    (tmp_path / "a.tsv").write_text("".join(f"{n}\tGo on {n}.\tSigue {n}.\n" for n in range(6)))
    assert read_pairs(tmp_path / "a.tsv").inputs[:2] == ["Go on 0.", "Go on 1."]
    assert read_pairs(tmp_path / "a.tsv", labelled=False).inputs[0] == "Go on 0."
