"""Broken quotes: no row that stands in the file is swallowed by another."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewise.data import read
from gatewise.data.records import Records, delimiter_of


def fields(text, delimiter=","):
    records = Records(iter(text.splitlines(keepends=True)), delimiter)
    return [row for _, row in records], records


def test_quoted_lines_and_commas_as_usual():
    rows, records = fields('label,text\nham,"one\ntwo, ""three"""\nspam,x\n')
    assert rows == [["label", "text"], ["ham", 'one\ntwo, "three"'], ["spam", "x"]]
    assert not records.repaired


def test_a_quote_never_closed_keeps_the_rest():
    rows, records = fields('label,text\nham,"Ok lar\nspam,a\nham,b\nspam,c\n')
    assert rows[1:] == [["ham", '"Ok lar'], ["spam", "a"], ["ham", "b"], ["spam", "c"]]
    assert records.repaired == [2]


def test_a_quote_closed_in_the_middle_of_a_later_row():
    rows, records = fields('label,text\nham,"Ok lar\nspam,a\nham,"b" and more\nspam,c\n')
    assert rows[1:] == [["ham", '"Ok lar'], ["spam", "a"], ["ham", '"b" and more'], ["spam", "c"]]
    assert records.repaired == [2]


def test_a_quote_closed_at_the_end_of_a_later_row():
    rows, _ = fields('label,text\nham,x\nham,"Ok lar\nspam,a\nham,b"\nspam,c\n')
    assert [row[0] for row in rows[1:]] == ["ham", "ham", "spam", "ham", "spam"]


def test_quotes_inside_one_line():
    rows, _ = fields('label,text\nham,"Miss you" he said\nham,"a, b" c\nham, "d, e"\n')
    assert rows[1:] == [["ham", '"Miss you" he said'], ["ham", "a, b c"], ["ham", "d, e"]]


def test_tabs_with_loose_quotes_lose_nothing():
    lines = ["label\ttext", 'ham\t"Wen u miss', "spam\tFree entry", 'ham\tsaid "hi"', "ham\tok"]
    rows, _ = fields("\n".join(lines), "\t")
    assert rows == [line.split("\t") for line in lines]


def test_the_line_is_named(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text('label,text\nham,fine\nspam,"open\nham,more\n')
    examples = read(path)
    assert examples.rows == [2, 3, 4]
    assert "line 3: a quote is never closed; read to the end of the line" in examples.notes


def test_many_open_quotes_stay_quick():
    text = "label,text\n" + "".join(f'ham,"row {n}\n' for n in range(20_000))
    rows, records = fields(text)
    assert len(rows) == 20_001
    assert len(records.repaired) == 19_999  # the last has no line after it to take back


words = st.text("ab ,\"'\n", max_size=12)


@given(st.lists(st.tuples(st.sampled_from(["x", "y"]), words), min_size=1, max_size=8))
def test_well_formed_quotes_are_read_as_csv_reads_them(rows):
    if any("\n" in text for _, text in rows):
        rows = [(label, text.replace(",", ";")) for label, text in rows]
    lines = []

    class Sink:
        def write(self, text):
            lines.append(text)

    csv.writer(Sink(), quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(
        [("label", "text"), *rows]
    )
    found, _ = fields("".join(lines))
    assert found[1:] == [list(row) for row in rows]


@pytest.mark.parametrize(
    ("header", "expected", "found"),
    [
        ("a,b", ",", ","),
        ("a;b;c", ",", ";"),
        ("a\tb", ",", "\t"),
        ("a", ",", ","),
        ('"a;b",c', ";", ","),
    ],
)
def test_delimiters(header, expected, found):
    assert delimiter_of(header, expected) == found
