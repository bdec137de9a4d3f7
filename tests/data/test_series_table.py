"""Long tables with dates become series on even grids."""

import numpy as np
import pytest

from gatewise.data import read_time_series
from gatewise.data.time_series import TimeSeries, advance, calendar
from gatewise.errors import ArgumentError, DataError

MONTHS = ["2020-01", "2020-02", "2020-03", "2020-05", "2020-06", "2020-07"]


def table(path, lines):
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_gap_is_told_and_left_unknown(tmp_path):
    file = table(tmp_path / "a.csv", ["date,y", *(f"{m},{n}" for n, m in enumerate(MONTHS))])
    examples = read_time_series(file)
    (series,) = examples.inputs
    assert series.frequency == "month"
    assert series.season == 12
    np.testing.assert_array_equal(series.target, [0, 1, 2, np.nan, 3, 4, 5])
    assert any("1 month missing between 2020-03-01 and 2020-05-01" in n for n in examples.notes)


def test_series_are_told_apart_and_sorted_by_date(tmp_path):
    rows = ["b,2020-01-02,4,1", "a,2020-01-01,1,1", "b,2020-01-01,3,2", "a,2020-01-02,NA,3",
            "a,2020-01-03,5,4"]  # fmt: skip
    examples = read_time_series(table(tmp_path / "a.csv", ["shop,day,y,price", *rows]), id="shop")
    found = {one.name: one for one in examples.inputs}
    np.testing.assert_array_equal(found["b"].target, [3, 4])
    np.testing.assert_array_equal(found["a"].target, [1, np.nan, 5])
    np.testing.assert_array_equal(found["a"].covariates[:, 0], [1, 3, 4])
    assert found["a"].columns == ("price",)
    assert found["a"].frequency == "day"


def test_rows_after_the_last_target_are_the_known_future(tmp_path):
    rows = [f"{m},{v},{p}" for m, v, p in
            zip(MONTHS[:3], ["1", "2", ""], [7, 8, 9], strict=True)]  # fmt: skip
    (series,) = read_time_series(table(tmp_path / "a.csv", ["date,y,price", *rows])).inputs
    assert len(series) == 2
    np.testing.assert_array_equal(series.covariates[:, 0], [7, 8, 9])


def test_words_are_no_covariates(tmp_path):
    rows = [f"{m},{n},NW" for n, m in enumerate(MONTHS[:3])]
    examples = read_time_series(table(tmp_path / "a.csv", ["date,y,wind", *rows]))
    assert examples.inputs[0].columns == ()
    assert any("'wind'" in note for note in examples.notes)


@pytest.mark.parametrize("options", [{}, {"features": ["price"]}])
def test_a_cell_that_is_no_number_is_missing_from_its_column(tmp_path, options):
    rows = ["2020-01,1,7", "2020-02,2,dear", "2020-03,3,9"]
    examples = read_time_series(table(tmp_path / "a.csv", ["date,y,price", *rows]), **options)
    np.testing.assert_array_equal(examples.inputs[0].covariates[:, 0], [7, np.nan, 9])
    assert "column 'price': 1 cell is no number; counted as unknown" in examples.notes


def test_a_column_without_numbers_is_told(tmp_path):
    rows = [f"{m},{n}," for n, m in enumerate(MONTHS[:3])]
    examples = read_time_series(table(tmp_path / "a.csv", ["date,y,price", *rows]))
    assert "column 'price' has no number at all; it tells the model nothing" in examples.notes


def test_parquet_with_dates(tmp_path):
    pa = pytest.importorskip("pyarrow", reason="Parquet is read through pyarrow")
    import pyarrow.parquet as pq

    times = np.datetime64("2024-01-01T00:00:00") + np.arange(48) * np.timedelta64(1, "h")
    pq.write_table(pa.table({"time": times, "y": np.arange(48.0)}), tmp_path / "a.parquet")
    (series,) = read_time_series(tmp_path / "a.parquet").inputs
    assert series.frequency == "hour"
    np.testing.assert_array_equal(series.times, times.astype("datetime64[s]"))


@pytest.mark.parametrize(
    ("lines", "options", "words"),
    [
        (["date,y", "2020-01,1", "2020-01,2", "2020-02,2", "2020-02,3"], {},
         "two rows for 2020-01 .rows 2 and 3.*2 of 2 dates.*--id"),
        (["date,y", "2020-01-01,1", "2020-01-02,y", "2020-01-03,x"], {}, "row 3: expected a num"),
        (["date,y", "2020-01-01,1", "soon,2", "sooner,3"], {}, "row 3: --time: expected a date"),
        (["date,y,z", "2020-01-01,1,2"], {"target": "w"}, "no column 'w'"),
        (["date,a,b", "2020-01-01,1,2"], {}, "--target COLUMN"),
        (["date,y,z", "2020-01,1,NW", "2020-02,1,3", "2020-03,1,SW"], {"features": ["z"]},
         "--features: expected numbers in column 'z', got something else in 2 of 3 cells"),
        (["date,y", "1/2/2020,1", "2/2/2020,2"], {}, "row 2: --time.*write the year first"),
        (["date,y", "13/2/2020,1", "2/14/2020,2", "1/1/2020,2"], {},
         "row 3: --time: expected day and month in one order, got '2/14/2020' beside '13/2/2020'"),
        (["date,y", "1700000000,1", "1700003600,2"], {}, "row 2: --time.*dates of Unix seconds"),
        (["date,y", "2020-01-01,\"5,2\"", "2020-01-02,\"6,1\""], {}, "a decimal point: 5.2"),
        (["date,y", "2020-01-01,$50.24", "2020-01-02,$6.1"], {}, "the number alone: 50.24"),
        (["date,y", "2020-01-01,\"1,237.9\"", "2020-01-02,\"2,000.0\""], {}, "alone: 1237.9"),
        (["date,y", "2020-01-01,1", "2020-01-02,2", "2020-01-03,3", "2020-01-04T07:00,4"], {},
         "row 5: the series: expected a date every day from 2020-01-01 on, got 2020-01-04T07"),
        (["t,y", *(f"{1000 * n},1" for n in range(200))], {"time": "t"},
         "row 3: the series.*200 rows on a grid of 199,001 steps. Number the steps 1, 2, 3"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(tmp_path, lines, options, words):
    with pytest.raises(DataError, match=words):
        read_time_series(table(tmp_path / "a.csv", lines), **options)


DAYS = [f"2020-01-{day:02}" for day in range(1, 11)]


@pytest.mark.parametrize(
    ("place", "line", "reason", "excerpt"),
    [
        (5, "2020-01-06,abc,1", "not a number in column 'y'", "abc"),
        (5, "hello,5,1", "not a date", "hello"),
        (5, ",5,1", "not a date", ""),
        (5, "7,5,1", "not a date", "7"),
        (5, "2020-01-03,5,1", "repeated date of row 4", "the series, 2020-01-03"),
    ],
)
def test_one_bad_row_is_left_out_and_the_good_ones_stay(tmp_path, place, line, reason, excerpt):
    lines = [f"{day},{n},1" for n, day in enumerate(DAYS)]
    lines[place] = line
    examples = read_time_series(table(tmp_path / "a.csv", ["date,y,price", *lines]))
    (item,) = examples.left_out
    assert (item.row, item.reason, item.excerpt) == (place + 2, reason, excerpt)
    (series,) = examples.inputs
    expected = np.arange(10.0)
    expected[place] = np.nan
    np.testing.assert_array_equal(series.target, expected)
    assert any("1 day missing between 2020-01-05 and 2020-01-07" in n for n in examples.notes)


def times(start, count, unit):
    """Dates one step apart, as they are written in a table."""
    steps = np.datetime64(start) + np.arange(count) * np.timedelta64(1, unit)
    return [str(one) for one in steps]


FORTY_DAYS = times("2020-01-01", 40, "D")
MONTH_ENDS = [str(one - 1) for one in np.arange("2015-02", "2018-06", dtype="datetime64[M]").astype(
    "datetime64[D]")]  # fmt: skip
SPOKEN = ["{2}/{1}/{0}".format(*one.split("-")) for one in MONTH_ENDS]


@pytest.mark.parametrize(
    ("days", "odd", "frequency", "reason"),
    [
        (times("2015-01", 40, "M"), "2016-09-02", "month", "date off the grid"),
        (times("2015-01", 40, "M"), "9999-12-01", "month", "date far from the rest"),
        (MONTH_ENDS, "2016-09-29", "month", "date off the grid"),
        (FORTY_DAYS, "2020-01-21T12:00", "day", "date off the grid"),
        (FORTY_DAYS, "9999-12-31", "day", "date far from the rest"),
        (FORTY_DAYS, "0001-01-01", "day", "date far from the rest"),
        (times("2020-01-01T00:00", 40, "m"), "9999-12-31", "minute", "date far from the rest"),
        (["2020-01-01T12:00", *FORTY_DAYS[1:]], FORTY_DAYS[20], "day", "date off the grid"),
        (SPOKEN, "9/30/2016", "month", "not a date"),
    ],
)
def test_a_few_dates_that_do_not_fit_are_left_out(tmp_path, days, odd, frequency, reason):
    lines = [f"{day},{n}" for n, day in enumerate(days)]
    lines[20] = f"{odd},20"
    examples = read_time_series(table(tmp_path / "a.csv", ["date,y", *lines]))
    (item,) = examples.left_out
    assert (item.row, item.kind) == (2 if "T12" in days[0] else 22, reason)
    (series,) = examples.inputs
    assert series.frequency == frequency
    assert len(series) == 40 - ("T12" in days[0])


def test_an_hour_that_happens_twice_is_two_hours_in_utc(tmp_path):
    hours = [f"2024-10-27T0{hour}:00+0{off}:00" for hour, off in ((1, 2), (2, 2), (2, 1), (3, 1))]
    lines = [f"{hour},{n}" for n, hour in enumerate(hours)]
    examples = read_time_series(table(tmp_path / "a.csv", ["date,y", *lines]))
    np.testing.assert_array_equal(examples.inputs[0].target, [0, 1, 2, 3])
    assert str(examples.inputs[0].times[0]) == "2024-10-26T23:00:00"
    assert any(f"such as {hours[0]}, are told in UTC" in note for note in examples.notes)


def test_days_with_offsets_stay_the_days_of_their_zone(tmp_path):
    days = ["2024-03-30T00:00+01:00", "2024-03-31T00:00+01:00", "2024-04-01T00:00+02:00"]
    examples = read_time_series(
        table(tmp_path / "a.csv", ["date,y", *(f"{day},1" for day in days)])
    )
    (series,) = examples.inputs
    assert (len(series), series.frequency) == (3, "day")
    assert str(series.times[0]) == "2024-03-30T00:00:00"


def test_the_first_row_of_a_date_stays_in_any_order(tmp_path):
    lines = ["2020-01-03,3", "2020-01-01,1", "2020-01-02,2", "2020-01-01,7", "2020-01-01,8"]
    examples = read_time_series(table(tmp_path / "a.csv", ["date,y", *lines]))
    np.testing.assert_array_equal(examples.inputs[0].target, [1, 2, 3])
    assert examples.rows == [2]
    assert [(one.row, one.reason) for one in examples.left_out] == [
        (5, "repeated date of row 3"), (6, "repeated date of row 3"),
    ]  # fmt: skip
    assert examples.left_out_counts() == {"repeated date": 2}


def test_two_series_without_the_column_that_tells_them_apart_are_refused(tmp_path):
    lines = [f"{shop},{day},{n}" for shop in "ab" for n, day in enumerate(DAYS)][:17]
    with pytest.raises(DataError, match=r"7 of 10 dates.*--id"):
        read_time_series(table(tmp_path / "a.csv", ["shop,date,y", *lines]))


def test_a_series_whose_rows_are_all_bad_leaves_the_others(tmp_path):
    lines = [*(f"a,{n},{n}" for n in range(6)), "b,soon,1", "b,later,2"]
    examples = read_time_series(table(tmp_path / "a.csv", ["id,time,y", *lines]))
    assert [one.name for one in examples.inputs] == ["a"]
    assert [one.row for one in examples.left_out] == [8, 9]


def test_missing_targets_are_told_but_not_those_of_the_future(tmp_path):
    values = ["", "1", "inf", "3", "nan", "", "6", "7", "", ""]
    lines = [f"{day},{value}" for day, value in zip(DAYS, values, strict=True)]
    examples = read_time_series(table(tmp_path / "a.csv", ["date,y", *lines]))
    np.testing.assert_array_equal(examples.inputs[0].target, [1, np.nan, 3, np.nan, np.nan, 6, 7])
    assert not examples.left_out
    assert [note for note in examples.notes if "counted as unknown" in note] == [
        "column 'y': 2 targets are infinite or nan; counted as unknown",
        "column 'y': 1 target is empty within a series; counted as unknown",
    ]


def test_empty_targets_at_the_end_need_no_note(tmp_path):
    lines = [f"{day},{n if n < 8 else ''}" for n, day in enumerate(DAYS)]
    examples = read_time_series(table(tmp_path / "a.csv", ["date,y", *lines]))
    assert not any("unknown" in note for note in examples.notes)


def test_one_column_is_not_two_things(tmp_path):
    file = table(tmp_path / "a.csv", ["date,y", "2020-01-01,1"])
    with pytest.raises(ArgumentError, match="different columns"):
        read_time_series(file, time="date", target="date")


@pytest.mark.parametrize(
    ("dates", "frequency"),
    [
        (["2020-03-31", "2020-06-30", "2020-09-30", "2020-12-31"], "quarter"),
        (["2020-01-31", "2020-02-29", "2020-03-31"], "month"),
        (["2018-01-01", "2019-01-01", "2020-01-01"], "year"),
        (["2020-01-06", "2020-01-13", "2020-01-20"], "week"),
        (["2020-01-01T00:00", "2020-01-01T00:30", "2020-01-01T01:00"], "half hour"),
        (["1", "2", "4"], "step"),
    ],
)
def test_the_frequency_is_inferred(tmp_path, dates, frequency):
    lines = ["date,y", *(f"{d},1" for d in dates)]
    assert read_time_series(table(tmp_path / "a.csv", lines)).inputs[0].frequency == frequency


@pytest.mark.parametrize(
    "days", [["31/1/2020", "1/2/2020"], ["1/31/2020", "2/1/2020"], ["31.1.2020", "1.2.2020"]]
)
def test_the_column_shows_which_number_is_the_day(tmp_path, days):
    file = table(tmp_path / "a.csv", ["date,y", *(f"{day},1" for day in days)])
    (series,) = read_time_series(file).inputs
    assert [str(day)[:10] for day in series.times] == ["2020-01-31", "2020-02-01"]


def test_month_ends_stay_month_ends():
    times = advance(np.datetime64("2023-11-30T00:00:00"), np.arange(5), "month")
    assert [str(one)[:10] for one in times] == [
        "2023-11-30", "2023-12-31", "2024-01-31", "2024-02-29", "2024-03-31",
    ]  # fmt: skip


def test_the_calendar_repeats_after_a_week_of_hours():
    times = np.datetime64("2024-01-01T00:00:00") + np.arange(200) * np.timedelta64(1, "h")
    found = calendar(times, "hour")
    assert found.shape == (200, 6)
    np.testing.assert_allclose(found[0, [1, 2, 4, 5]], found[168, [1, 2, 4, 5]], atol=1e-9)


def test_what_is_known_of_the_future_survives_the_cut():
    one = TimeSeries("a", np.arange(5), np.arange(5.0), np.arange(7.0)[:, None], columns=("p",))
    assert len(one.until(3)) == 3
    assert len(one.until(3).covariates) == 7


def test_days_without_weekends_are_business_days(tmp_path):
    days = np.busday_offset("2024-05-01", np.arange(40), roll="forward").astype(str)
    lines = [f"{day},{place}" for place, day in enumerate(days) if place != 30]
    (tmp_path / "a.csv").write_text("\n".join(["date,y", *lines]))
    found = read_time_series(tmp_path / "a.csv")
    (one,) = found.inputs
    assert (one.frequency, one.season, len(one)) == ("business day", 5, 40)
    assert [str(day) for day in one.times.astype("datetime64[D]")] == days.tolist()
    assert np.flatnonzero(np.isnan(one.target)).tolist() == [30]
    assert any("1 business day missing" in note for note in found.notes)
    assert [str(day)[:10] for day in one.after(2)] == ["2024-06-26", "2024-06-27"]
    (tmp_path / "b.csv").write_text("\n".join(["date,y", *lines, "2024-06-29,1"]))
    found = read_time_series(tmp_path / "b.csv")
    assert (found.inputs[0].frequency, found.left_out[0].row) == ("business day", 41)
    more = ["2024-06-01,1", "2024-06-08,1", "2024-06-15,1"]
    (tmp_path / "c.csv").write_text("\n".join(["date,y", *lines, *more]))
    assert read_time_series(tmp_path / "c.csv").inputs[0].frequency == "day"


@pytest.mark.parametrize(
    "days", [["2024-05-06", "2024-05-07", "2024-05-08"], ["2024-05-10", "2024-05-13"]]
)
def test_few_business_days_are_such_where_they_are_expected(tmp_path, days):
    (tmp_path / "a.csv").write_text("date,y\n" + "".join(f"{day},1\n" for day in days))
    found = read_time_series(tmp_path / "a.csv", frequency="business day").inputs[0]
    assert (found.frequency, len(found)) == ("business day", len(days))


def test_one_series_of_other_steps_costs_itself_alone(tmp_path):
    rows = [f"{name},2024-05-{day:02},{day}" for name in "abc" for day in range(1, 29)]
    rows += [f"hourly,2024-05-01T{hour:02}:00,{hour}" for hour in range(20)]
    (tmp_path / "a.csv").write_text("\n".join(["id,date,y", *rows]))
    found = read_time_series(tmp_path / "a.csv")
    assert [one.name for one in found.inputs] == ["a", "b", "c"]
    (left_out,) = found.left_out
    assert left_out.kind == "series with other steps"
    assert (left_out.row, left_out.excerpt) == (86, "series hourly: 19 of 20 dates")
