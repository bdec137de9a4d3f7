"""`gatewise look`: a page, pictures and arrays from a text or a row of a file."""

import os
import shutil

import keras
import numpy as np
import pytest

import gatewise as gw
from gatewise.cli.look import show
from gatewise.tasks import Forecaster, Generator, Tagger, Translator

from ..tasks.forecaster.test_model import waves
from ..toys import series, texts, write_csv, write_ts


@pytest.fixture
def look(gatewise, tmp_path):
    """Call `gatewise look` without opening a browser; the page's text and what was said."""

    def call(*arguments):
        out = tmp_path / "page.html"
        code, said, err = gatewise("look", *arguments, "--out", out, "--no-open")
        assert code == 0, err
        return out.read_text(encoding="utf-8"), said, err

    return call


@pytest.fixture
def text_model(text_run):
    return text_run / "model.keras"


@pytest.fixture
def series_model(series_run):
    return series_run / "model.keras"


@pytest.fixture(scope="session")
def plain_model(tmp_path_factory):
    path = tmp_path_factory.mktemp("plain") / "plain.keras"
    layers = [keras.layers.Embedding(9, 4), keras.layers.LSTM(3, name="lstm")]
    keras.Sequential([keras.Input((None,), dtype="int32"), *layers]).save(path)
    return path


def test_one_text_makes_a_page(look, text_model):
    page, said, _ = look(text_model, "a good day")
    answer = gw.load(text_model).classify(["a good day"])[0]
    assert said.startswith(f"{answer.label} {answer.probability:.1%}\ta good day\nPage  ")
    assert page.startswith("<!doctype html>")
    assert page.count('class="side"') == 1


def test_two_texts_stand_side_by_side(look, text_model):
    page, said, _ = look(text_model, "a good day", "a bad day xyzzy")
    assert page.count('class="side"') == 2
    assert len(said.splitlines()) == 3


def test_the_page_lies_beside_the_model_if_no_other_place_is_named(gatewise, text_model, tmp_path):
    model = shutil.copy(text_model, tmp_path)  # other tests look at what is in the run's folder
    code, said, _ = gatewise("look", model, "good", "--no-open")
    assert code == 0
    page = tmp_path / "look.html"
    assert str(page) in said
    assert page.exists()


def test_the_page_lies_here_where_the_models_folder_cannot_be_written_to(
    gatewise, text_model, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    may = os.access
    monkeypatch.setattr(
        "os.access", lambda path, *more: path != text_model.parent and may(path, *more)
    )
    assert gatewise("look", text_model, "good", "--no-open")[0] == 0
    assert (tmp_path / "look.html").exists()


def test_folders_are_made(gatewise, text_model, tmp_path):
    out = tmp_path / "a" / "b" / "page.html"
    assert gatewise("look", text_model, "good", "--no-open", "--out", out)[0] == 0
    assert out.exists()


def test_rows_of_a_table_and_of_a_text_file(look, text_model, tmp_path):
    x, _ = texts(4)
    table = write_csv(tmp_path / "new.csv", {"said": x})
    assert x[0] in look(text_model, "--file", table)[1]
    _, said, _ = look(text_model, "--file", table, "--row", 3, "--row", 5)
    assert x[1] in said
    assert x[3] in said
    lines = tmp_path / "new.txt"
    lines.write_text("\n\nfirst line\n\nsecond\n")
    assert "first line" in look(text_model, "--file", lines)[1]
    assert "second" in look(text_model, "--file", lines, "--row", 5)[1]


def test_a_row_of_series(look, series_model, tmp_path):
    x, y = series(4)
    path = write_ts(tmp_path / "new.ts", x, y)
    rows = gw.data.read(path, labelled=False).rows
    page, said, _ = look(series_model, "--file", path, "--row", rows[2])
    assert f"series of {len(x[2])} steps" in said
    assert "GRU" in page


def test_encoded_input_for_a_plain_model(look, plain_model, tmp_path):
    ids = np.array([[4, 7, 0, 0], [1, 2, 3, 8]])
    np.savez(tmp_path / "x.npz", x=ids)
    page, _, _ = look(plain_model, "--file", tmp_path / "x.npz", "--row", 2)
    words = [f">{id}<" for id in ids[1]]
    assert all(word in page for word in words)


def test_pictures_and_arrays(look, text_model, tmp_path):
    _, said, _ = look(
        text_model, "good", "--png", tmp_path / "pictures", "--npz", tmp_path / "a.npz"
    )
    assert {path.suffix for path in (tmp_path / "pictures").iterdir()} == {".png", ".svg"}
    name, layer = next(iter(gw.record(gw.load(text_model), ["good"]).items()))
    with np.load(tmp_path / "a.npz") as arrays:
        np.testing.assert_array_equal(arrays[f"{name}/forget"], layer.forget)
    assert "Pictures  " in said
    look(text_model, "good", "bad", "--npz", tmp_path / "b.npz")
    assert (tmp_path / "b-1.npz").exists()
    assert (tmp_path / "b-2.npz").exists()


def test_steps_are_chosen_and_said(look, text_model):
    page, _, said = look(text_model, "a b c d e f", "--steps", "2:4")
    assert "Of 6 steps 2 to 4 are shown." in said
    assert page.count('role="option"') == 3


def test_empty_and_unknown_words_are_told(look, text_model):
    assert "The text is empty" in look(text_model, "")[2]
    assert "1 token of 2 not in the vocabulary" in look(text_model, "good xyzzy")[2]


def test_a_byte_that_is_no_text_is_shown_as_such(look, text_model):
    page, _, _ = look(text_model, "caf\udce9 good")
    assert "\ufffd" in page


@pytest.mark.parametrize("trouble", [OSError, RuntimeError])
def test_a_browser_that_cannot_be_opened_is_no_trouble(monkeypatch, tmp_path, trouble):
    def fail(address):
        raise trouble("no browser")

    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr("webbrowser.open", fail)
    show(tmp_path / "page.html")


def test_the_browser_is_asked_where_there_is_a_screen_only(monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr("webbrowser.open", asked.append)
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    show(tmp_path / "page.html")
    assert asked == []
    monkeypatch.setenv("DISPLAY", ":0")
    show(tmp_path / "page.html")
    assert asked == [(tmp_path / "page.html").resolve().as_uri()]


def test_what_cannot_be_asked(refused, text_model, series_model, plain_model, tmp_path):
    assert "Nothing to look at" in refused("look", text_model, code=2)
    assert "not both" in refused("look", text_model, "x", "--file", "y.csv", code=2)
    assert "got 3. A page holds two" in refused("look", text_model, "a", "b", "c", code=2)
    assert "give the file too" in refused("look", text_model, "a", "--row", 1, code=2)
    assert "ends in .npz" in refused("look", text_model, "a", "--npz", "a.csv", code=2)
    assert "expected FIRST:LAST" in refused("look", text_model, "a", "--steps", "7", code=2)
    assert "within the 1 steps" in refused("look", text_model, "a", "--steps", "2:9", code=2)
    assert "give them with --file" in refused("look", series_model, "a text", code=2)
    assert "no vocabulary" in refused("look", plain_model, "a text", code=2)
    table = write_csv(tmp_path / "new.csv", {"said": ["good", "bad"]})
    inside = table / "page.html"
    for option in ("--out", "--png"):
        assert "lies in, a file" in refused("look", text_model, "a", option, inside, code=2)
    assert "give --file x.npz" in refused("look", plain_model, "--file", table, code=2)
    assert "no usable row 9" in refused("look", text_model, "--file", table, "--row", 9, code=2)
    assert "expected a model file" in refused("look", tmp_path / "none.keras", "a", code=1)
    empty = tmp_path / "empty.txt"
    empty.write_text("\n \n")
    assert "empty lines only" in refused("look", text_model, "--file", empty)


def test_a_model_without_recurrent_layers(refused, tmp_path):
    path = tmp_path / "dense.keras"
    keras.Sequential([keras.Input((None, 2)), keras.layers.Dense(1)]).save(path)
    np.savez(tmp_path / "x.npz", x=np.ones((1, 3, 2)))
    said = refused("look", path, "--file", tmp_path / "x.npz", code=2)
    assert "expected a recurrent layer (LSTM, GRU or SimpleRNN)" in said


@pytest.fixture(scope="module")
def small_models(tmp_path_factory):
    """A small model of each task but the classifier, and a file of what it reads."""
    folder = tmp_path_factory.mktemp("small")
    rng = np.random.default_rng(0)
    steps = [rng.normal(size=(5, 1)) for _ in range(8)]
    series = waves(3, 40)
    words = [["a", "b"], ["b", "a"]] * 4
    tasks = {
        "words": Tagger(units=4, embedding=4).adapt(words, [["A", "B"], ["B", "A"]] * 4),
        "steps": Tagger(units=4).adapt(steps, [list("xyxxy")] * 8),
        "names": Generator(units=4).adapt(["aba", "dede"] * 4, ["x", "y"] * 4),
        "waves": Forecaster(horizon=2, window=6, units=4, members=1).adapt(series),
        "pairs": Translator(units=4, embedding=4).adapt(["ab", "ba"] * 4, ["A B", "B A"] * 4),
    }
    for name, task in tasks.items():
        task.save(folder / f"{name}.keras")
    (folder / "words.conll").write_text("a A\nb B\n\nb B\na A\n")
    rows = [f"{s},{t},{v[0]:.3f}" for s, one in enumerate(steps) for t, v in enumerate(one)]
    (folder / "steps.csv").write_text("id,time,value\n" + "\n".join(rows) + "\n")
    (folder / "names.txt").write_text("aba\ndede\n")
    (folder / "pairs.txt").write_text("ab\nba\n")
    rows = [
        f"{one.name},{t},{v:.3f}"
        for one in series
        for t, v in zip(one.times, one.target, strict=True)
    ]
    (folder / "waves.csv").write_text("id,time,y\n" + "\n".join(rows) + "\n")
    return folder


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("words", ["--file", "words.conll", "--row", "4"], "b a"),
        ("words", ["a b"], "a/"),
        ("steps", ["--file", "steps.csv", "--id", "id", "--time", "time", "--row", "2"], "5 steps"),
        ("names", ["--file", "names.txt", "--label", "y"], "aba (for y)"),
        ("waves", ["--file", "waves.csv", "--id", "id", "--time", "time"], "wave 0"),
        ("pairs", ["--file", "pairs.txt", "--row", "2"], "ba"),
    ],
)  # fmt: skip
def test_every_task_is_looked_into(small_models, look, monkeypatch, name, arguments, said):
    monkeypatch.chdir(small_models)
    page, out, _ = look(f"{name}.keras", *arguments)
    assert said in out
    assert page.startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("names", ["aba"], "--label: expected one of training's (x, y), got none. Say which"),
        ("names", ["aba", "--label", "z"], "got 'z'"),
        ("words", ["a b", "--label", "x"], "only a generator"),
        ("pairs", ["ab", "--label", "x"], "only a generator"),
        ("pairs", ["ab", "--steps", "1:2"], "the attention is shown"),
        ("pairs", ["--file", "pairs.txt", "--row", "9"], "no usable row 9"),
        ("steps", ["a b"], "give them with --file"),
        ("waves", ["a b"], "give their history with --file"),
        ("pairs", [""], "TEXTS: expected a text to look at, got an empty one"),
        ("pairs", ["ab", " "], "got an empty one"),
        ("words", [""], "got an empty one"),
        ("pairs", ["ab", "--round-gates"], "expected a BinaryGateLSTM"),
    ],
)
def test_what_cannot_be_looked_into_is_refused(
    small_models, gatewise, monkeypatch, name, arguments, message
):
    monkeypatch.chdir(small_models)
    code, _, err = gatewise("look", f"{name}.keras", *arguments, "--no-open")
    assert code == 2
    assert message in " ".join(err.split())


@pytest.mark.parametrize(
    ("name", "arguments"), [("pairs", ["ab"]), ("waves", ["--file", "waves.csv"])]
)
def test_more_answers_than_one_are_a_classifiers(
    small_models, refused, monkeypatch, name, arguments
):
    monkeypatch.chdir(small_models)
    said = refused("predict", f"{name}.keras", *arguments, "--top", "3", code=2)
    assert "--top: only a classifier" in " ".join(said.split())
