"""`gatewise gradients`: a table, remedies, a page and the arrays."""

import numpy as np
import pytest

import gatewise as gw
from gatewise.cli.gradients import drawn

from ..toys import series, texts, write_csv, write_ts


@pytest.fixture
def model(text_run):
    return text_run / "model.keras"


@pytest.fixture
def table(tmp_path):
    x, y = texts(20, longest=5)
    return write_csv(tmp_path / "more.csv", {"mood": y, "said": x})


def test_the_arrays_are_those_of_gradient_flow(gatewise, model, table, tmp_path):
    code, out, err = gatewise("gradients", model, table, "--out", tmp_path / "look")
    assert (code, err) == (0, "")
    saved = np.load(tmp_path / "look" / "gradients.npz")
    flow = gw.gradient_flow(gw.load(model), *texts(20, longest=5))
    for name, layer in flow.items():
        np.testing.assert_allclose(saved[f"{name}/hidden"], layer.hidden, rtol=1e-5)
        assert f"{name}  {layer.kind}  " in out
        assert layer.verdict in out
        assert all(remedy in out for remedy in layer.remedies)
    page = (tmp_path / "look" / "gradients.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "on 20 examples" in page
    assert str(tmp_path / "look" / "gradients.html") in out


def test_some_rows_are_drawn_and_that_is_said(gatewise, model, table, tmp_path):
    code, out, _ = gatewise("gradients", model, table, "--rows", 6, "--seed", 1, "--out", tmp_path)
    assert code == 0
    assert "6 of 20 examples, drawn at random (seed 1)" in out
    saved = np.load(tmp_path / "gradients.npz")
    rows = drawn(20, 6, 1)
    x, y = (np.array(one)[rows] for one in texts(20, longest=5))
    flow = gw.gradient_flow(gw.load(model), list(x), list(y))
    for name, layer in flow.items():
        np.testing.assert_allclose(saved[f"{name}/hidden"], layer.hidden, rtol=1e-5)


def test_the_draw_hangs_on_its_seed():
    one, same, other = drawn(100, 10, 0), drawn(100, 10, 0), drawn(100, 10, 1)
    assert one.tolist() == same.tolist() == sorted(set(one.tolist()))
    assert one.tolist() != other.tolist()
    assert drawn(3, 3, 0).tolist() == [0, 1, 2]


def test_series(gatewise, series_run, tmp_path):
    path = write_ts(tmp_path / "more.ts", *series(10))
    code, out, _ = gatewise("gradients", series_run / "model.keras", path, "--out", tmp_path)
    assert code == 0
    assert "GRU" in out


def test_bad_input(refused, model, table, tmp_path):
    odd = write_csv(tmp_path / "odd.csv", {"said": ["hm", "oh"], "mood": ["odd", "rare"]})
    assert "expected labels seen in training" in refused("gradients", model, odd)
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    assert "the file is empty" in refused("gradients", model, empty)
    assert "there is no such file" in refused("gradients", model, tmp_path / "none.csv")
    assert refused("gradients", tmp_path / "none.keras", table)


def test_no_rows_is_a_wrong_command(gatewise, model, table):
    code, out, err = gatewise("gradients", model, table, "--rows", 0)
    assert (code, out) == (2, "")
    assert "0 is not in the range x>=1" in err
