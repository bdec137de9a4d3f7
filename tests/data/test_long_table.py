"""Measurements from tables with one row a time step."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewise.data import read
from gatewise.errors import ArgumentError, DataError


@pytest.fixture
def write(tmp_path):
    def _write(content, name="data.csv"):
        (tmp_path / name).write_text(content)
        return tmp_path / name

    return _write


GOOD = """run,when,ax,ay,label
r1,2,3,4,walk
r2,1,10,20,rest
r1,1,1,2,walk
r2,2,30,40,rest
r2,3,50,60,rest
"""


def dropped(examples):
    return [(item.row, item.kind) for item in examples.left_out]


def test_rows_are_sorted_by_time_within_a_series(write):
    examples = read(write(GOOD), id="run", time="when")
    assert examples.kind == "series"
    assert examples.channels == ["ax", "ay"]
    assert examples.labels == ["walk", "rest"]
    assert examples.rows == [2, 3]
    assert [one.tolist() for one in examples.inputs] == [
        [[1, 2], [3, 4]],
        [[10, 20], [30, 40], [50, 60]],
    ]
    assert examples.notes == ["took column 'label' as label", "took 'ax', 'ay' as measurements"]


def test_without_time_the_order_of_the_file(write):
    examples = read(write(GOOD), id="run", features=["ay"], target="label")
    assert examples.inputs[0].tolist() == [[4], [2]]
    assert not examples.notes


@given(st.permutations(range(12)))
def test_any_order_of_rows_gives_the_same_series(tmp_path_factory, order):
    rows = [f"{step % 3},{step // 3},{step * 1.5},{'ab'[step % 3 == 0]}" for step in range(12)]
    path = tmp_path_factory.mktemp("long") / "data.csv"
    path.write_text("\n".join(["id,t,v,label", *(rows[place] for place in order)]))
    examples = read(path, id="id", time="t")
    found = {one[0, 0] / 1.5: one[:, 0].tolist() for one in examples.inputs}
    assert found == {k: [(k + 3 * n) * 1.5 for n in range(4)] for k in range(3)}


@pytest.mark.parametrize(
    "times",
    [
        ["2024-01-02", "2024-01-10", "2023-12-31"],
        ["2024-05-01T12:00:00+02:00", "2024-05-01T12:00:00+00:00", "2024-05-01T12:00:00+05:00"],
        ["9", "10", "-1.5"],
    ],
)
def test_kinds_of_time(write, times):
    rows = [f"r,{time},{value},a" for value, time in enumerate(times)]
    examples = read(write("\n".join(["id,t,v,label", *rows])), id="id", time="t")
    assert examples.inputs[0][:, 0].tolist() == [2, 0, 1]


def test_a_time_that_is_none(write):
    with pytest.raises(DataError, match=r"--time: expected numbers or dates.*'noon'"):
        read(write("id,t,v,label\nr,1,1,a\nr,noon,2,a\n"), id="id", time="t")


def test_what_is_left_out(write):
    rows = [
        "id,t,v,label",
        "a,1,1,x",
        "b,1,,x",
        "b,2,1,x",
        "c,1,inf,x",
        "d,1,much,x",
        "e,1,1,x",
        "e,2,1,y",
        "f,1,1,",
        ",1,1,x",
        "g,1,1,x,9",
        "h,,1,x",
        "i,1,7,",
        "i,2,8,x",
    ]
    examples = read(write("\n".join(rows)), id="id", time="t")
    assert examples.rows == [2, 13]
    assert examples.inputs[1].tolist() == [[7], [8]]
    assert dropped(examples) == [
        (3, "missing or infinite value"),
        (5, "missing or infinite value"),
        (6, "not a number"),
        (7, "label varies within the series"),
        (9, "missing label"),
        (10, "missing id"),
        (11, "wrong number of fields"),
        (12, "missing or infinite value"),
    ]


def test_a_file_to_predict_on(write):
    examples = read(write(GOOD), id="run", time="when", labelled=False)
    assert examples.labels is None
    assert examples.channels == ["ax", "ay"]
    numeric = write("id,v,label\nr,1,0\n")
    assert read(numeric, id="id", labelled=False).channels == ["v"]


def test_columns_that_are_no_measurements_are_not_taken(write):
    examples = read(write("id,who,v,label\nr,ann,1,a\ns,bob,2,b\n"), id="id")
    assert examples.channels == ["v"]


def test_parquet(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    import pyarrow.parquet as parquet

    table = {
        "id": [1, 1, 2, 2],
        "t": np.array(["2024-01-02", "2024-01-01"] * 2, "datetime64[ms]"),
        "v": [1.0, 2.0, 3.0, None],
        "label": ["a", "a", "b", "b"],
    }
    parquet.write_table(pyarrow.table(table), tmp_path / "data.parquet")
    examples = read(tmp_path / "data.parquet", id="id", time="t")
    assert examples.inputs[0].tolist() == [[2], [1]]
    assert dropped(examples) == [(3, "missing or infinite value")]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"id": "runs"}, DataError, "--id.*Did you mean 'run'"),
        ({"id": "run", "time": "wehn"}, DataError, "--time.*Did you mean 'when'"),
        ({"id": "run", "features": ["az"]}, DataError, "--features: there is no column 'az'"),
        ({"id": "run", "features": ["run"]}, ArgumentError, "already the id, time or label"),
        ({"id": "run", "input": "ax"}, ArgumentError, "--input"),
    ],
)
def test_columns_that_do_not_fit(write, options, error, message):
    with pytest.raises(error, match=message):
        read(write(GOOD), **options)


def test_no_label_and_no_measurements(write):
    with pytest.raises(DataError, match="which column holds the label"):
        read(write("run,ax\nr,1\n"), id="run")
    with pytest.raises(DataError, match="--features: no column with numbers"):
        read(write("run,who,label\nr,ann,a\n"), id="run")


def test_a_rare_time_that_is_none_costs_its_series_alone(write):
    rows = [f"r{n // 10},{n},{n},{'ab'[n // 10 % 2]}" for n in range(40)]
    rows[12] = "r1,late,1,b"
    examples = read(write("\n".join(["id,t,v,label", *rows])), id="id", time="t")
    assert examples.rows == [2, 22, 32]
    assert [(item.row, item.reason) for item in examples.left_out] == [
        (12, "neither a number nor a date in the time column in row 14")
    ]


def test_one_cell_does_not_decide_what_a_column_measures(write):
    rows = ["r,,1,a", "r,ann,much,a", "s,bob,3,b", "s,bob,4,b"]
    examples = read(write("\n".join(["id,who,v,label", *rows])), id="id")
    assert examples.channels == ["v"]
    assert dropped(examples) == [(2, "not a number")]
