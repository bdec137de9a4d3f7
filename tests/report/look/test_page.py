"""The page as a file: whole, closed to the network, and safe whatever the text says."""

import json
import re

import numpy as np
import pytest

from gatewise.report import write_look
from gatewise.report.look import render_look, see
from gatewise.report.look.page import embedded, themes

from ...toys import series, texts

NASTY = "</script><b onclick=alert(1)> <!-- <script> \"quoted\" & 'so' \u2028 \x00 good"


@pytest.fixture(scope="module")
def page(text_model):
    return render_look(see(text_model, [NASTY, *texts(1)[0]]))


def data(page):
    return json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])


def test_nothing_in_a_text_ends_the_script_or_becomes_markup(page):
    assert page.count("<script") == page.count("</script>") == 2
    assert not re.search(r"<b\b[^>]*onclick", page)
    assert "".join(data(page)["sides"][0]["words"]).startswith("</script><b")


def test_json_that_holds_markup_comes_back_whole():
    value = {"</script>": ["<!--", "\u2028", 'a"b\\']}
    assert "<" not in embedded(value)
    assert json.loads(embedded(value)) == value


def test_only_its_own_script_may_run_and_nothing_is_fetched(page):
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1]
    assert policy.startswith("default-src 'none'")
    assert re.search(r"script-src 'sha256-[\w+/=]+';", policy)
    assert "unsafe-eval" not in policy
    assert not re.search(r"<(link|img|iframe|object|embed|base|form)\b", page)
    assert not re.search(r"\b(src|href)=\"(?!#)", page)
    assert not re.search(r"\b(fetch|XMLHttpRequest|import)\s*\(", page)


def test_ids_are_unique(page):
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_words_and_answers_can_be_read_without_the_script(page):
    assert 'class="word unknown"' in page
    assert "sure" in page
    assert "<noscript>" in page


def test_a_series_and_its_channels(series_model, tmp_path):
    path = tmp_path / "look.html"
    look = write_look(series_model, series(1)[0], path, channels=["east", "<north>"])
    page = path.read_text(encoding="utf-8")
    assert page == render_look(look)
    assert set(data(page)["sides"][0]["series"]["names"]) == {"east", "<north>"}


def test_of_many_channels_those_that_move_are_drawn(series_model):
    import keras

    import gatewise as gw

    model = keras.Sequential([keras.Input((None, 20)), gw.layers.GRU(2)])
    x = np.arange(20) * np.linspace(0, 1, 6)[:, None]
    found = data(render_look(see(model, [x])))["sides"][0]["series"]
    assert found["names"] == [f"channel {number}" for number in range(9, 21)]
    assert found["left"] == 8


def test_the_themes_are_the_reports_own():
    css = ":root {\n color-scheme: light dark; --bg: #fff;\n}\n@media { :root { --bg: #000; } }"
    light, dark = themes(css).splitlines()[0], themes(css).splitlines()[-1]
    assert light.startswith(':root[data-theme="light"]')
    assert "--bg: #000" in dark
    assert "light dark" not in themes(css)
