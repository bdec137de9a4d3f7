"""The page of the gradient flow: complete, labelled, and true to the numbers."""

import re

import numpy as np
import pytest

from gatewise.insight.layer_flow import GradientFlow, LayerFlow
from gatewise.report.flow import render_flow, write_flow
from gatewise.report.flow_figures import power

from .test_browser import CHROMIUM, look
from .test_page import Page


def layer(name="lstm", kind="LSTM", rate=0.5, T=20, B=5, **more):
    """A layer whose gradient shrinks by `rate` a step."""
    norms = rate ** np.arange(T)[::-1] * np.linspace(1, 2, B)[:, None]
    cell = 2 * norms if kind == "LSTM" else None
    return LayerFlow(name, kind, norms, cell, norms, np.ones((B, T), bool), False, **more)


def page(*layers, **about):
    return render_flow(GradientFlow({one.name: one for one in layers}), about)


ALL = (layer(), layer("both/gru", "GRU", 1.0), layer("<rnn>", "SimpleRNN", 1.5))


def test_is_well_formed_and_fetches_nothing():
    html = page(*ALL, title="<b>model</b>", rows=5, notes=["a <note>"])
    found = Page(html)
    assert found.open == []
    assert all(found.headers)
    assert "<b>model</b>" in found.words
    assert "<rnn>" in found.words
    ids = [attrs["id"] for _, attrs in found.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    for _, attrs in found.elements:
        for name in ("aria-labelledby", "href"):
            for target in (attrs.get(name) or "").split():
                assert target.removeprefix("#") in ids
    assert not re.search(r"url\((?!#)", html)
    assert "<script" not in html
    assert len([one for one in found.all("svg") if one.get("class") == "chart"]) == 6


def test_says_each_verdict_with_its_numbers():
    words = Page(page(*ALL)).words
    assert "The gradient explodes on its way back" in words
    assert "lstm : vanishing" in words or "lstm: vanishing" in words
    assert "2e-06 after 19 steps" in words  # 0.5 ** 19
    assert "does not fade" in words
    assert "2,217 times after 19 steps" in words  # 1.5 ** 19
    for one in ALL:
        assert all(remedy in words for remedy in one.remedies)


@pytest.mark.parametrize("T", [1, 2])
def test_a_short_sequence(T):
    assert Page(page(layer(T=T))).open == []


def test_what_a_logarithm_has_no_place_for():
    gone, over = layer("gone", rate=0.0), layer("over", rate=1.5)
    over.transport[:] = np.inf
    words = Page(page(gone, over)).words
    assert "0% after 19 steps" in words or "0 after 19 steps" in words
    assert "no finite number after 19 steps" in words


def test_powers_of_ten():
    assert [power(value) for value in (0.01, 1.0, 1e-7, 1e6)] == ["0.01", "1", "10⁻⁷", "10⁶"]


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_fits_a_phone_and_follows_the_dark_scheme(tmp_path):
    html = page(*ALL, title="w" * 300, rows=5)
    needed, given, light = look(html, tmp_path)
    assert needed <= given <= 375
    assert light == "rgb(246, 246, 243)"
    *_, dark = look(html, tmp_path, "--blink-settings=preferredColorScheme=0")
    assert dark == "rgb(17, 20, 24)"


def test_is_written_whole(tmp_path):
    write_flow(GradientFlow({"lstm": layer()}), {}, tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == page(layer())
    assert len(list(tmp_path.iterdir())) == 1
