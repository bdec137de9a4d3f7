"""A forecaster from the command line: trained, stopped, resumed, asked, and told what is wrong."""

import csv
import io
import json
import math

import numpy as np
import pytest
from click.testing import CliRunner

from gatewise.cli.main import group

from ..toys import write_csv

SMALL = ["--horizon", "4", "--units", "6", "--members", "1", "--epochs", "2", "--seed", "1"]


def call(*words):
    return CliRunner().invoke(group, [str(word) for word in words])


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sales")
    with open(folder / "sales.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["shop", "date", "y", "price"])
        for shop in range(4):
            for step in range(60):
                wave = 1 + 0.3 * math.sin(step * math.pi / 6) + 0.01 * (step * 7 % 5)
                y = 100 * (shop + 1) * wave
                date = f"{2015 + step // 12}-{step % 12 + 1:02}-01"
                writer.writerow([f"s{shop}", date, round(y, 2), step % 5])
    found = call("train", folder / "sales.csv", "--task", "forecaster", "--time", "date",
                 "--target", "y", "--id", "shop", *SMALL, "--out", folder / "run")  # fmt: skip
    assert found.exit_code == 0, found.output
    return folder


def test_the_run_holds_model_report_and_measures(run):
    metrics = json.loads((run / "run" / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["task"] == "forecaster"
    assert {"smape", "mase", "coverage"} <= set(metrics["test"])
    naive = metrics["baselines"][0]
    assert naive["name"] == "seasonal naive"
    ahead = naive["smape"]["value"] - metrics["test"]["smape"]["value"]
    assert naive["saved"]["value"] == pytest.approx(ahead)
    report = (run / "run" / "report.html").read_text(encoding="utf-8")
    assert 'id="forecasts"' in report
    assert "Forecast of series s" in report


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_dates_come_with_quantiles(run, form):
    found = call("predict", run / "run" / "model.keras", "--file", run / "sales.csv",
                 "--format", form)  # fmt: skip
    assert found.exit_code == 0, found.output
    if form == "csv":
        rows = list(csv.reader(io.StringIO(found.stdout)))
        assert rows[0] == ["series", "time", "q0.1", "q0.25", "q0.5", "q0.75", "q0.9"]
        assert rows[1][:2] == ["s0", "2020-01-01"]
        assert len(rows) == 1 + 4 * 4
        assert (np.diff(np.array([row[2:] for row in rows[1:]], float), axis=1) >= 0).all()
    elif form == "json":
        assert [one["series"] for one in json.loads(found.stdout)] == ["s0", "s1", "s2", "s3"]
    else:
        assert "2020-04-01" in found.stdout


def test_another_file_is_scored(run):
    found = call("evaluate", run / "run" / "model.keras", run / "sales.csv", "--format", "json")
    assert found.exit_code == 0, found.output
    assert json.loads(found.stdout)["windows"] == 12


def test_scores_are_shown_as_a_table(run):
    found = call("evaluate", run / "run" / "model.keras", run / "sales.csv")
    assert found.exit_code == 0, found.output
    assert "12 windows of 4 steps: sMAPE" in found.stdout
    assert "% (95% interval" in found.stdout
    assert "within the 80% interval" in found.stdout
    assert "seasonal naive: sMAPE" in found.stdout


def test_bad_rows_are_left_out_and_counted(run):
    file = run / "slips.csv"
    lines = (run / "sales.csv").read_text(encoding="utf-8").splitlines()
    lines[9] = "s0,hello,1,1"
    lines[20] = lines[20].replace(lines[20].split(",")[2], "abc")
    file.write_text("\n".join([*lines, lines[30]]), encoding="utf-8")
    model = run / "run" / "model.keras"
    for command in (["predict", model, "--file", file], ["evaluate", model, file]):
        found = call(*command)
        assert found.exit_code == 0, found.output
        for reason in ("not a date", "not a number", "repeated date"):
            assert f"Left out: 1 {reason}." in found.stderr
    scores = json.loads(call("evaluate", model, file, "--format", "json").stdout)
    assert scores["left_out"] == {"not a date": 1, "not a number": 1, "repeated date": 1}


def test_one_window_has_no_interval(run):
    file = run / "one.csv"
    lines = (run / "sales.csv").read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join(lines[:21]), "utf-8")
    found = call("evaluate", run / "run" / "model.keras", file)
    assert found.exit_code == 0, found.output
    assert "1 window of 4 steps" in found.stdout
    assert "interval " not in found.stdout.replace("80% interval", "")


def test_series_too_short_to_score_are_counted(run):
    file = run / "short.csv"
    lines = (run / "sales.csv").read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([*lines, "new,2015-01-01,5,1", "new,2015-02-01,5,1"]), "utf-8")
    found = call("evaluate", run / "run" / "model.keras", file)
    assert found.exit_code == 0, found.output
    assert "12 windows" in found.stdout
    assert "Left out: 1 too short." in found.stderr


def test_one_strange_series_costs_itself_alone(run):
    lines = (run / "sales.csv").read_text(encoding="utf-8").splitlines()
    lines += [f"odd,2016-{month:02}-01,-{month},1" for month in range(1, 13)]
    (run / "odd.csv").write_text("\n".join(lines), encoding="utf-8")
    found = call("predict", run / "run" / "model.keras", "--file", run / "odd.csv",
                 "--format", "csv")  # fmt: skip
    assert found.exit_code == 0, found.output
    assert {row[0] for row in csv.reader(io.StringIO(found.stdout))} == {
        "series", "s0", "s1", "s2", "s3"
    }  # fmt: skip
    assert "note: series odd: expected targets above 0" in found.stderr
    assert "Left out: 1 series of which no forecast can be given." in found.stderr


@pytest.mark.parametrize("command", ["predict", "evaluate"])
@pytest.mark.parametrize(
    ("lines", "code", "words"),
    [
        ([f"2015-01-{day:02},{day}" for day in range(1, 31)], 1, "bad.csv: expected a row every m"),
        ([f"{year}-01-01,5" for year in range(1990, 2020)], 1, "bad.csv: expected a row every m"),
        ([f"{2015 + n // 12}-{n % 12 + 1:02}-01,{-n}" for n in range(30)], 1,
         "bad.csv: series series: expected targets above 0"),
        (None, 2, "sms-spam: expected series with dates"),
    ],
)  # fmt: skip
def test_a_history_of_another_kind_is_refused(run, command, lines, code, words):
    file = "sms-spam"
    if lines:
        file = run / "bad.csv"
        file.write_text(
            "\n".join(["shop,date,y,price", *(f"series,{one},1" for one in lines)]), "utf-8"
        )
    source = [file] if command == "evaluate" else ["--file", file]
    found = call(command, run / "run" / "model.keras", *source)
    assert found.exception.exit_code == code
    assert words in str(found.exception)


def test_a_series_too_short_to_score_is_refused_as_data(run):
    file = run / "three.csv"
    lines = (run / "sales.csv").read_text(encoding="utf-8").splitlines()[:4]
    file.write_text("\n".join(lines), "utf-8")
    found = call("evaluate", run / "run" / "model.keras", file)
    assert found.exception.exit_code == 1
    assert "three.csv: expected a series of 5 steps or more" in str(found.exception)


def test_one_window_is_told_as_one(run):
    file = run / "seven.csv"
    lines = (run / "sales.csv").read_text(encoding="utf-8").splitlines()[:9]
    file.write_text("\n".join(lines), "utf-8")
    found = call("evaluate", run / "run" / "model.keras", file)
    assert found.stdout.startswith("1 window of 4 steps")


def test_known_features_without_a_future_are_told(run):
    found = call("train", run / "sales.csv", "--task", "forecaster", "--time", "date",
                 "--target", "y", "--id", "shop", "--known", "price", *SMALL, "--epochs", "1",
                 "--out", run / "known")  # fmt: skip
    assert found.exit_code == 0, found.output
    model = run / "known" / "model.keras"
    found = call("predict", model, "--file", run / "sales.csv")
    assert "column 'price' should be known in the future, but 4 of 4 series lack" in found.stderr
    assert "with the target empty" in found.stderr
    future = [f"s{shop},2020-{month:02}-01,,2" for shop in range(4) for month in range(1, 5)]
    file = run / "future.csv"
    lines = (run / "sales.csv").read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([*lines, *future]), encoding="utf-8")
    found = call("predict", model, "--file", file)
    assert found.exit_code == 0, found.output
    assert "should be known" not in found.stderr
    assert "2020-01-01" in found.stdout
    file.write_text("\n".join([*lines, *future[:-1]]), encoding="utf-8")
    found = call("predict", model, "--file", file)
    assert "1 of 4 series lacks some of its values for the 4 steps" in found.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--horizon", "40"], "steps or more"),
        (["--test", "{file}"], "--test"),
        (["--known", "weather"], "known"),
        (["--pooling", "max"], "--pooling"),
        (["--target", "z"], "no column 'z'"),
    ],
)
def test_mistakes_are_answered_without_a_traceback(run, words, said):
    words = [word.format(file=run / "sales.csv") for word in words]
    found = call("train", run / "sales.csv", "--task", "forecaster", "--id", "shop", *words,
                 "--out", run / "wrong")  # fmt: skip
    assert found.exit_code != 0
    assert said in (found.output + str(found.exception))
    assert "Error" in type(found.exception).__name__ or found.exit_code == 2


@pytest.fixture(scope="module")
def guessed(tmp_path_factory):
    """A model whose columns were guessed."""
    folder = tmp_path_factory.mktemp("guessed")
    days = [f"2020-{1 + day // 28:02}-{1 + day % 28:02}" for day in range(60)]
    visits = [str(50 + day % 7 + day // 7) for day in range(60)]
    write_csv(folder / "days.csv", {"day": days, "visits": visits})
    write_csv(folder / "value.csv", {"day": days, "value": range(60), "visits": visits})
    write_csv(folder / "other.csv", {"day": days, "guests": visits, "heat": range(60)})
    found = call("train", folder / "days.csv", *SMALL, "--out", folder / "run")
    assert found.exit_code == 0, found.output
    return folder


def test_the_column_that_training_guessed_is_read_in_other_files(guessed):
    files = [guessed / "days.csv", guessed / "value.csv"]
    model = guessed / "run" / "model.keras"
    told = [call("predict", model, "--file", one, "--format", "csv").stdout for one in files]
    assert told[0] == told[1] != ""
    scores = [call("evaluate", model, one, "--format", "json").stdout for one in files]
    assert scores[0] == scores[1] != ""


def test_a_file_of_other_columns_is_read_as_told(guessed):
    model = guessed / "run" / "model.keras"
    words = ["predict", model, "--file", guessed / "other.csv", "--format", "csv"]
    assert "--target COLUMN" in str(call(*words).exception)
    first = call("predict", model, "--file", guessed / "days.csv", "--format", "csv").stdout
    assert call(*words, "--target", "guests").stdout == first != ""


def test_a_covariate_in_other_letters_is_that_of_training(run):
    text = (run / "sales.csv").read_text(encoding="utf-8")
    (run / "loud.csv").write_text(text.replace("shop,date,y,price", "Shop,Date,Y,Price"))
    model = run / "run" / "model.keras"
    told = [call("predict", model, "--file", run / name, "--format", "csv").stdout
            for name in ("sales.csv", "loud.csv")]  # fmt: skip
    assert told[0] == told[1] != ""
