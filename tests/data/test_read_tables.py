"""Tables of texts: what is read, what is guessed, and that bad rows lose nothing good."""

import csv
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewise.data import read
from gatewise.errors import ArgumentError, DataError

GOOD = "label,text\nham,see you at six\nspam,you won\n"


@pytest.fixture
def write(tmp_path):
    def _write(content, name="data.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return _write


def dropped(examples):
    return [(item.row, item.kind) for item in examples.left_out]


def test_a_plain_table(write):
    examples = read(write(GOOD))
    assert examples.kind == "text"
    assert examples.inputs == ["see you at six", "you won"]
    assert examples.labels == ["ham", "spam"]
    assert examples.rows == [2, 3]
    assert examples.notes == ["took column 'text' as input and column 'label' as label"]
    assert not examples.left_out


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1).filter(str.strip)


@given(
    rows=st.lists(st.tuples(cells, cells), min_size=1),
    end=st.sampled_from(["\n", "\r\n"]),
    delimiter=st.sampled_from([",", "\t"]),
)
def test_what_csv_writes_reads_back(tmp_path_factory, rows, end, delimiter):
    rows = [
        (f"message {n}: {text}", f"class {label.strip()}") for n, (text, label) in enumerate(rows)
    ]
    path = tmp_path_factory.mktemp("csv") / ("data.csv" if delimiter == "," else "data.tsv")
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator=end, delimiter=delimiter, quoting=csv.QUOTE_ALL)
        writer.writerows([("body of text", "its kind"), *rows])
    examples = read(path, input="body of text", target="its kind")
    assert list(zip(examples.inputs, examples.labels, strict=True)) == rows
    assert not examples.left_out


@given(st.lists(st.tuples(cells, cells), min_size=1))
def test_json_lines_read_back(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("json") / "data.jsonl"
    lines = [json.dumps({"text": text, "label": label}) for text, label in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    examples = read(path)
    assert examples.inputs == [text for text, _ in rows]
    assert examples.labels == [label.strip() for _, label in rows]


@pytest.mark.parametrize(
    ("header", "input", "target"),
    [
        ("text,label", 0, 1),
        ("Category,Message", 1, 0),
        ("id,sentiment,review,length", 2, 1),
        (",spam,text", 2, 1),
        ("what she said,label", 0, 1),
    ],
)
def test_columns_are_guessed_and_said(write, header, input, target):
    width = header.count(",") + 1
    rows = [",".join(f"cell {column} {row}" for column in range(width)) for row in range(3)]
    examples = read(write("\n".join([header, *rows])))
    assert examples.inputs[0] == f"cell {input} 0"
    assert examples.labels[0] == f"cell {target} 0"
    assert examples.notes[0].startswith("took column")


def test_two_columns_without_telling_names_are_told_apart_by_their_values(write):
    examples = read(write("v1,v2\nham,one\nspam,two\nham,three\n"))
    assert examples.inputs == ["one", "two", "three"]
    assert examples.labels == ["ham", "spam", "ham"]


def test_unclear_columns_are_listed(write):
    with pytest.raises(DataError, match=r"not clear.*'a', 'b', 'c'.*--input"):
        read(write("a,b,c\n1,2,3\n"))


def test_a_file_without_column_names_is_refused(write):
    with pytest.raises(DataError, match=r"expected column names in line 1.*label,text"):
        read(write("ham,one\nspam,two\nham,three\n"))


def test_a_missing_column_names_the_nearest(write):
    with pytest.raises(DataError, match=r"--target.*'lable'.*Did you mean 'label'"):
        read(write(GOOD), target="lable")


def test_column_names_match_without_case(write):
    assert read(write("Label,Text\nham,one\nspam,two\n"), input="text", target="label").labels


def test_a_column_name_that_stands_twice(write):
    with pytest.raises(DataError, match=r"more than one column .2 and 3."):
        read(write("label,text,text\nham,a,b\n"))
    path = write("label,text,note,note\nham,a,b,c\n")
    assert read(path).inputs == ["a"]


def test_input_and_target_must_differ(write):
    with pytest.raises(DataError, match="both name the column 'text'"):
        read(write(GOOD), input="text", target="text")


def test_a_file_to_predict_on_needs_no_label(write):
    assert read(write("text\none\ntwo\n"), labelled=False).labels is None
    assert read(write("whatever\none\ntwo\n"), labelled=False).inputs == ["one", "two"]
    assert read(write("text,label\none,\n"), labelled=False).inputs == ["one"]
    assert read(write("a,b\none,x\n"), labelled=False, input="a").inputs == ["one"]


@pytest.mark.parametrize(
    ("content", "name", "note"),
    [
        ("label;text\nham;one, two\nspam;three\n", "data.csv", "';'"),
        ("label\ttext\nham\tone, two\nspam\tthree\n", "data.csv", r"'\\t'"),
        ('label,text\nham,"one, two"\nspam,three\n', "data.tsv", "','"),
    ],
)
def test_other_delimiters_are_found_and_said(write, content, name, note):
    examples = read(write(content, name))
    assert examples.inputs == ["one, two", "three"]
    assert any("parted by" in said for said in examples.notes)


def test_rows_with_the_wrong_number_of_fields_are_left_out(write):
    examples = read(write("label,text\nham,a,b\nham,ok\nalone\nspam,fine,,\n"))
    assert examples.inputs == ["ok", "fine"]
    assert dropped(examples) == [(2, "wrong number of fields"), (4, "wrong number of fields")]
    assert examples.left_out[0].reason == "wrong number of fields: 3, not 2"
    assert examples.left_out_counts() == {"wrong number of fields": 2}


def test_empty_cells_are_left_out(write):
    examples = read(write("label,text\nham,\nham,ok\n,text\n  ,text\nham,  \n\n"))
    assert examples.inputs == ["ok"]
    assert dropped(examples) == [
        (2, "empty input"),
        (4, "missing label"),
        (5, "missing label"),
        (6, "empty input"),
    ]


def test_header_alone(write):
    with pytest.raises(DataError, match="got none after the header"):
        read(write("label,text\n"))


def test_blank_lines_alone(write):
    with pytest.raises(DataError, match="blank lines alone"):
        read(write("\n\n\n"))


def test_nothing_usable_tells_the_reasons(write):
    with pytest.raises(DataError, match=r"no examples could be used .missing label: 2.*row 2"):
        read(write("label,text\n,a\n,b\n"))


def test_labels_stay_as_they_stand(write):
    assert read(write("label,text\n1,a\n0,b\n1.0,c\n007,d\n")).labels == ["1", "0", "1.0", "007"]


def test_a_text_of_a_million_words(write):
    text = "word " * 1_000_000
    examples = read(write(f'label,text\nham,"{text}"\nspam,short\n'))
    assert len(examples.inputs[0]) == 5_000_000
    assert csv.field_size_limit() == 131072  # the process's own setting stays as it was


def test_null_bytes_are_taken_out(write):
    examples = read(write(b"label,text\nham,a\0b\nspam,c\n"))
    assert examples.inputs == ["ab", "c"]
    assert "line 2: null bytes taken out" in examples.notes


class TestJson:
    def test_broken_lines_are_left_out(self, write):
        lines = ['{"text": "a", "label": "x"}', '{"text": "b", "lab', "[1]", '{"text": "c"}']
        examples = read(write("\n".join(lines), "data.jsonl"))
        assert examples.inputs == ["a"]
        assert dropped(examples) == [
            (2, "broken line"),
            (3, "broken line"),
            (4, "missing label"),
        ]

    def test_values_that_are_no_text(self, write):
        records = [
            {"text": "a", "label": ["x"]},
            {"text": {"t": 1}, "label": "x"},
            {"text": 5, "label": 1},
            {"text": "b", "label": 2.0},
            {"text": "c", "label": True},
            {"text": None, "label": "x"},
        ]
        path = write("\n".join(map(json.dumps, records)), "data.ndjson")
        examples = read(path)
        assert examples.inputs == ["5", "b", "c"]
        assert examples.labels == ["1", "2", "true"]
        assert dropped(examples) == [
            (1, "label is not a single value"),
            (2, "input is not text"),
            (6, "empty input"),
        ]

    def test_one_list_of_objects(self, write):
        records = [{"text": "a", "label": "x"}, 3, {"text": "b", "label": "y"}]
        examples = read(write(json.dumps(records, indent=1), "data.json"))
        assert (examples.inputs, examples.rows) == (["a", "b"], [1, 3])
        with pytest.raises(DataError, match=r"breaks off.*\.jsonl"):
            read(write('[{"text": "a"', "data.json"))

    def test_no_objects_at_all(self, write):
        with pytest.raises(DataError, match="expected a JSON object"):
            read(write(GOOD, "data.jsonl"))


class TestParquet:
    def test_numbers_and_nulls(self, tmp_path):
        pyarrow = pytest.importorskip("pyarrow")
        import pyarrow.parquet as parquet

        path = tmp_path / "data.parquet"
        table = {"text": ["a", "b", None, "d"], "label": [1.0, None, 2.0, 2.5], "n": [1, 2, 3, 4]}
        parquet.write_table(pyarrow.table(table), path)
        examples = read(path)
        assert examples.inputs == ["a", "d"]
        assert examples.labels == ["1", "2.5"]
        assert dropped(examples) == [(2, "missing label"), (3, "empty input")]
        with pytest.raises(ArgumentError, match="--encoding"):
            read(path, encoding="latin-1")

    def test_something_else(self, write):
        pytest.importorskip("pyarrow")
        with pytest.raises(DataError, match="expected a Parquet file"):
            read(write(GOOD, "data.parquet"))

    def test_without_pyarrow(self, write, monkeypatch):
        monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
        with pytest.raises(DataError, match=r"pip install 'gatewise\[parquet\]'"):
            read(write(b"PAR1", "data.parquet"))


def test_options_that_do_not_fit(write):
    with pytest.raises(ArgumentError, match="--time: needs --id"):
        read(write(GOOD), time="when")
    with pytest.raises(ArgumentError, match="--features: needs --id"):
        read(write(GOOD), features=["ax"])
    with pytest.raises(ArgumentError, match="--input: is for tables"):
        read(write("@data\n", "data.ts"), input="text")
