"""Tagged sentences are read whatever they are written in; a bad one costs no other."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewise.data import read_tagged
from gatewise.errors import ArgumentError, DataError

CONLLU = """# sent_id = 1
1-2\tdon't\t_\t_\t_\t_\t_\t_\t_\t_
1\tdo\tdo\tAUX\t_\t_\t_\t_\t_\t_
2\tn't\tnot\tPART\t_\t_\t_\t_\t_\t_
2.1\tgo\tgo\tVERB\t_\t_\t_\t_\t_\t_

# sent_id = 2
1\tgo\tgo\tVERB\t_\t_\t_\t_\t_\t_
"""
COLUMNS = "-DOCSTART- O\n\nEU NNP B-ORG\nrejects VBZ O\n\n\nPeter NNP B-PER\n"
SLASHED = "the/DT either/or/CC .../:\n\ngo/VB\n"
WORDS = {
    "a.conllu": (CONLLU, [["do", "n't"], ["go"]], [["AUX", "PART"], ["VERB"]], [1, 7]),
    "a.conll": (COLUMNS, [["EU", "rejects"], ["Peter"]], [["B-ORG", "O"], ["B-PER"]], [3, 7]),
    "a.txt": (SLASHED, [["the", "either/or", "..."], ["go"]], [["DT", "CC", ":"], ["VB"]], [1, 3]),
}


@pytest.mark.parametrize("name", WORDS)
def test_each_format_is_read(tmp_path, name):
    text, words, tags, rows = WORDS[name]
    (tmp_path / name).write_text(text)
    found = read_tagged(tmp_path / name)
    assert (found.inputs, found.labels, found.rows) == (words, tags, rows)
    assert found.left_out == []


sentences = st.lists(
    st.lists(st.tuples(st.text("abç字/", min_size=1), st.sampled_from("XYZ")), min_size=1),
    min_size=1,
)


@given(sentences)
def test_json_lines_come_back_as_they_were_written(tmp_path_factory, sentences):
    path = tmp_path_factory.mktemp("json") / "a.jsonl"
    columns = [tuple(map(list, zip(*one, strict=True))) for one in sentences]
    rows = [json.dumps({"words": words, "tags": tags}) for words, tags in columns]
    path.write_text("\n".join(rows))
    found = read_tagged(path)
    assert list(zip(found.inputs, found.labels, strict=True)) == columns


def test_bad_rows_are_left_out_with_the_reason(tmp_path):
    rows = ['{"words": ["a"], "tags": ["X"]}', "{", '{"words": ["a", "b"], "tags": ["X"]}',
            '{"words": [], "tags": []}', '{"words": ["a"]}', '{"words": "a b", "tags": ["X"]}',
            "[]"]  # fmt: skip
    (tmp_path / "a.jsonl").write_text("\n".join(rows))
    found = read_tagged(tmp_path / "a.jsonl")
    assert found.inputs == [["a"]]
    assert [one.row for one in found.left_out] == [2, 3, 4, 5, 6, 7]
    assert found.left_out[1].reason.endswith("2 words but 1 tag")


def test_sentences_without_tags_are_read_for_prediction(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"words": ["a", "b"]}')
    assert read_tagged(tmp_path / "a.jsonl", labelled=False).inputs == [["a", "b"]]


def test_what_cannot_be_read_is_said(tmp_path):
    (tmp_path / "a.csv").write_text("x")
    with pytest.raises(ArgumentError, match="conllu"):
        read_tagged(tmp_path / "a.csv")
    (tmp_path / "a.conll").write_text("word\nother\n")
    with pytest.raises(DataError, match="2 words but 0 tags"):
        read_tagged(tmp_path / "a.conll")


@pytest.mark.parametrize("columns", [3, 9, 11])
def test_a_conllu_line_of_other_than_ten_columns_costs_its_sentence(tmp_path, columns):
    good = "1\ta\t_\tDET\t_\t_\t0\troot\t_\t_\n\n"
    bad = "\t".join(["1", "b", "_", "NOUN", *"_______"][:columns]) + "\n\n"
    (tmp_path / "a.conllu").write_text(good + bad + good)
    found = read_tagged(tmp_path / "a.conllu")
    assert found.inputs == [["a"], ["a"]]
    assert [(one.row, one.reason) for one in found.left_out] == [
        (3, f"broken line: expected ten columns, got {columns}")
    ]


def test_an_underscore_in_conllu_is_no_tag(tmp_path):
    sentence = "1\t{}\t_\t{}\t_\t_\t0\troot\t_\t_\n\n"
    text = sentence.format("a", "DET") + sentence.format("b", "_") + sentence.format("_", "SYM")
    (tmp_path / "a.conllu").write_text(text)
    found = read_tagged(tmp_path / "a.conllu")
    assert found.labels == [["DET"], ["SYM"]]
    assert [(one.row, one.kind) for one in found.left_out] == [(3, "a word without a tag")]


COMMENTED = {
    "tabs": ("# sent_id = 1\n# text = A b\nA\tDT\nb\tNN\n", [["A", "b"]]),
    "as many columns": ("# sent_id = 1\nA x y DT\n\nb x y NN\n", [["A"], ["b"]]),
    "of a document": ("#begin document (a); part 0\nA DT\n#end document\n", [["A"]]),
    "alone": ("#begin document a\n\nA DT\n\n#end document\n", [["A"]]),
    "a word": ("# NN\nA DT\n# NN\n", [["#", "A", "#"]]),
    "a word, a tab": ("#\tNN\nA\tDT\n#end\tNN\n", [["#", "A", "#end"]]),
}


@pytest.mark.parametrize("name", COMMENTED)
def test_comments_in_columns_are_no_words(tmp_path, name):
    text, words = COMMENTED[name]
    (tmp_path / "a.conll").write_text(text)
    found = read_tagged(tmp_path / "a.conll")
    assert (found.inputs, found.left_out) == (words, [])


@pytest.mark.parametrize("key", ["tags", "ner_tags", "pos_tags", "upos", "labels"])
def test_the_usual_keys_of_json_lines_and_tags_as_numbers(tmp_path, key):
    (tmp_path / "a.jsonl").write_text(json.dumps({"tokens": ["a", "b"], key: [0, 7]}))
    assert read_tagged(tmp_path / "a.jsonl").labels == [["0", "7"]]


def test_json_lines_without_a_known_key_say_which_are_known(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"words": ["a"], "marks": ["X"]}\n{"text": ["a"]}')
    with pytest.raises(DataError, match="ner_tags"):
        read_tagged(tmp_path / "a.jsonl")


def test_conllu_with_spaces_for_tabs_is_told(tmp_path):
    (tmp_path / "a.conllu").write_text("# a\n1 a _ DET _ _ 0 root _ _\n")
    with pytest.raises(DataError, match="tabs between them, got spaces"):
        read_tagged(tmp_path / "a.conllu")


WHOLE = "EU NNP I-NP B-ORG\nrejects VBZ I-VP O\n\n"
RAGGED = {
    "half of it short": ("met VBD\nMary NNP\n. . O O\nJohn NNP I-NP B-PER\n", "row 1: 2 columns"),
    "all of it short": ("met VBD\nMary NNP\n", "row 1: 2 columns"),
    "one too long": ("New York NNP I-NP B-LOC\n. . O O\n", "row 1: 5 columns"),
    "after a comment": ("# id = 1\n. . O O\nmet VBD\n", "row 3: 2 columns"),
    "a word alone": (". . O O\nmet\n", "row 2: 1 column"),
}


@pytest.mark.parametrize("name", RAGGED)
def test_a_row_with_other_columns_costs_its_sentence(tmp_path, name):
    text, told = RAGGED[name]
    (tmp_path / "a.conll").write_text(text + "\n" + 40 * WHOLE)
    found = read_tagged(tmp_path / "a.conll")
    assert (len(found), {tag for tags in found.labels for tag in tags}) == (40, {"B-ORG", "O"})
    assert [(one.row, one.reason) for one in found.left_out] == [
        (1, f"wrong number of fields: {told} where the other words have 4")
    ]


def test_columns_may_be_others_in_other_sentences(tmp_path):
    (tmp_path / "a.conll").write_text("a X\nb Y\n\n" + WHOLE)
    found = read_tagged(tmp_path / "a.conll")
    assert (found.labels, found.left_out) == ([["X", "Y"], ["B-ORG", "O"]], [])


def test_blanks_after_the_tag_are_no_column(tmp_path):
    (tmp_path / "a.conll").write_text("a X \nb Y\n\na\tX \nb\tY\t\nc\tX\n\n")
    found = read_tagged(tmp_path / "a.conll")
    assert (found.labels, found.left_out) == ([["X", "Y"], ["X", "Y", "X"]], [])


def test_words_to_be_tagged_may_have_any_columns(tmp_path):
    (tmp_path / "a.conll").write_text("EU NNP\nrejects\n")
    assert read_tagged(tmp_path / "a.conll", labelled=False).inputs == [["EU", "rejects"]]


def test_a_file_without_words_is_not_told_of_a_header(tmp_path):
    (tmp_path / "a.conll").write_text("\n\n")
    with pytest.raises(DataError, match=r"expected tagged sentences, got none\. Add some"):
        read_tagged(tmp_path / "a.conll")
