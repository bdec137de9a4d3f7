"""Series with a label for every step, out of tables."""

import json

import numpy as np
import pytest

from gatewise.data import read_step_labels
from gatewise.data.step_labels import labels_vary
from gatewise.errors import DataError

ROWS = """id,time,x,y,activity
r,2,3,4,walk
s,1,10,20,sit
r,1,1,2,sit
s,2,30,,sit
r,3,5,6,
s,3,50,60,walk
,1,1,1,sit
s,,1,1,sit
"""


@pytest.fixture
def write(tmp_path):
    def _write(content, name="data.csv"):
        (tmp_path / name).write_text(content)
        return tmp_path / name

    return _write


def test_rows_become_series_with_a_label_a_step(write):
    found = read_step_labels(write(ROWS))
    assert found.channels == ["x", "y"]
    assert [one.tolist() for one in found.inputs] == [
        [[1, 2], [3, 4], [5, 6]],
        [[10, 20], [50, 60]],
    ]
    assert found.labels == [["sit", "walk", ""], ["sit", "walk"]]
    assert [(one.name, one.rows, one.times) for one in found.steps] == [
        ("r", [4, 2, 6], ["1", "2", "3"]), ("s", [3, 7], ["1", "3"]),
    ]  # fmt: skip
    assert [(one.row, one.kind) for one in found.left_out] == [
        (5, "missing or infinite value"), (8, "missing id"), (9, "missing or infinite value"),
    ]  # fmt: skip
    assert "1 rows have no label: they are read, but neither learned nor scored" in found.notes


def test_without_an_id_the_file_is_one_series_and_says_so(write):
    found = read_step_labels(write("x,label\n1,a\n2,b\n"))
    assert len(found) == 1
    assert any("one series" in note for note in found.notes)


def test_json_lines_and_parquet_hold_the_same(write, tmp_path):
    wanted = read_step_labels(write("time,x,label\n1,0.5,a\n2,1.5,b\n"))
    rows = [{"time": 1, "x": 0.5, "label": "a"}, {"time": 2, "x": 1.5, "label": "b"}]
    lines = write("\n".join(map(json.dumps, rows)), "data.jsonl")
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "data.parquet")
    for path in (lines, tmp_path / "data.parquet"):
        found = read_step_labels(path)
        np.testing.assert_array_equal(found.inputs[0], wanted.inputs[0])
        assert found.labels == wanted.labels
        assert found.steps[0].times == wanted.steps[0].times


def test_a_file_to_predict_on_needs_no_label(write):
    found = read_step_labels(write("time,x\n1,0.5\n"), labelled=False)
    assert found.labels is None
    assert found.channels == ["x"]


@pytest.mark.parametrize(
    ("content", "vary"),
    [
        (ROWS, True),
        ("id,x,label\na,1,u\na,2,u\nb,3,v\nb,4,v\n", False),
        ("time,x,label\n1,1,u\n2,2,u\n3,3,v\n4,3,v\n", True),
        ("x,label\n1,u\n2,u\n3,v\n4,v\n", False),  # no series: nothing tells of time
        ("date,text,label\n2024-01-01,hello,u\n2024-01-02,hi,u\n2024-01-03,ho,v\n", False),
    ],
)
def test_what_is_plainly_a_label_a_step(write, content, vary):
    assert bool(labels_vary(write(content), {})) == vary


RUNS = ["r1"] * 4 + ["r2"] * 4


@pytest.mark.parametrize(
    ("name", "cells", "id"),
    [
        ("recording", RUNS, "recording"),
        ("recording", ["r1", "r2"] * 4, None),  # nothing says that the rows stand together
        ("recording", ["r1"] * 8, None),  # tells nothing apart
        ("title", RUNS, None),  # a text
    ],
)
def test_a_column_that_tells_series_apart_is_seen_from_its_runs(write, name, cells, id):
    rows = [f"{cell},{n},{'uv'[n // 2 % 2]}" for n, cell in enumerate(cells)]
    found = labels_vary(write("\n".join([f"{name},x,label", *rows])), {})
    assert found == (None if id is None else (id,))


@pytest.mark.parametrize(
    "cells",
    [
        [f"on {n}" for n in range(12)],  # another in each row
        ["a word of three", "a word of four"] * 6,  # sentences
    ],
)
def test_texts_beside_the_numbers_are_no_series_even_with_an_id(write, cells):
    rows = [f"{n // 3},{cell},{n},{'uv'[n % 2]}" for n, cell in enumerate(cells)]
    assert not labels_vary(write("\n".join(["id,said,stars,label", *rows])), {})


def test_the_place_of_a_sensor_is_no_text(write):
    rows = [f"{n // 6},{('left', 'right')[n % 2]},{n},{'uv'[n % 3 // 2]}" for n in range(12)]
    assert labels_vary(write("\n".join(["id,side,x,label", *rows])), {}) == (None,)


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("time,x,label\n1,2,\n", {}, "expected a label in the rows"),
        ("time,x,label\n1,,a\n", {}, "no rows could be used.*missing or infinite"),
        ("time,x,label\n1,2,a\n", {"target": "activity"}, "--target: there is no column"),
        ("time,x,label\nnoon,2,a\n", {}, "row 2: --time: expected numbers or dates"),
    ],
)
def test_what_cannot_be_read_is_said(write, content, options, message):
    with pytest.raises(DataError, match=message):
        read_step_labels(write(content), **options)


def test_a_number_beyond_float32_is_left_out_with_its_row(write):
    found = read_step_labels(write("time,x,label\n1,1,a\n2,1e50,a\n3,-1e39,b\n4,3e38,b\n"))
    assert found.steps[0].rows == [2, 5]
    assert [(one.row, one.kind) for one in found.left_out] == [
        (3, "missing or infinite value"), (4, "missing or infinite value"),
    ]  # fmt: skip
    assert np.isfinite(found.inputs[0]).all()


def with_times(cells, name="time"):
    return "\n".join([f"id,{name},x,label", *(f"r,{cell},{n},a" for n, cell in enumerate(cells))])


@pytest.mark.parametrize("slip", ["late", "nan", "inf"])
def test_few_times_that_say_none_cost_their_rows(write, slip):
    cells = [f"{40 - n}" for n in range(40)]
    cells[7] = slip
    found = read_step_labels(write(with_times(cells)), id="id")
    assert found.steps[0].rows == [row for row in range(41, 1, -1) if row != 9]
    assert [(one.row, one.reason, one.excerpt) for one in found.left_out] == [
        (9, "neither a number nor a date in the time column", f"{slip} in series r")
    ]


def test_few_times_among_dates_too(write):
    cells = [f"2024-01-{n + 1:02}" for n in range(30)]
    cells[0] = "12"
    found = read_step_labels(write(with_times(cells)))
    assert [one.row for one in found.left_out] == [2]
    assert found.steps[0].times[0] == "2024-01-02"


def test_a_series_whose_only_time_says_none_is_gone(write):
    text = with_times(range(40)) + "\ns,late,1,a\n"
    found = read_step_labels(write(text), id="id")
    assert ([one.name for one in found.steps], found.left_out[0].row) == (["r"], 42)


@pytest.mark.parametrize(
    ("options", "remedy"),
    [({"time": "time"}, "leave --time and the column out"), ({}, "another column with --time")],
)
def test_many_times_that_say_none_are_refused_with_what_helps(write, options, remedy):
    cells = [str(n) if n % 4 else "late" for n in range(3, 23)]
    path = write(with_times(cells))
    with pytest.raises(DataError, match=f"row 3: --time: .* 'late', as in 5 of 20 .*{remedy}"):
        read_step_labels(path, **options)


@pytest.mark.parametrize("blank", [[0], [0, 1], [25], [39]])
def test_few_rows_without_an_id_do_not_hide_the_column_that_tells_series_apart(write, blank):
    names = ["" if n in blank else f"r{n // 10}" for n in range(40)]
    rows = [f"{name},{n},{'uv'[n // 5 % 2]}" for n, name in enumerate(names)]
    path = write("\n".join(["recording,x,label", *rows]))
    assert labels_vary(path, {}) == ("recording",)
    lines = [{"recording": name or None, "x": n, "label": "uv"[n // 5 % 2]}
             for n, name in enumerate(names)]  # fmt: skip
    assert labels_vary(write("\n".join(map(json.dumps, lines)), "a.jsonl"), {}) == ("recording",)
    found = read_step_labels(path, id="recording")
    assert found.channels == ["x"]
    assert [(one.row, one.kind) for one in found.left_out] == [(n + 2, "missing id") for n in blank]


def test_rows_without_an_id_are_not_what_makes_labels_vary(write):
    rows = [f"{'' if n in (5, 15) else n // 10},{n},{n // 10}" for n in range(40)]
    assert not labels_vary(write("\n".join(["id,x,label", *rows])), {})
