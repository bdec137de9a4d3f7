"""The page in a real browser: pointer, keys, slider, both themes, a phone's width."""

import re

import keras
import numpy as np
import pytest

import gatewise as gw
from gatewise.insight.events import events, listing
from gatewise.layers import BinaryGateLSTM, round_gates
from gatewise.report import write_look
from gatewise.report.look.colours import DIVERGING, SEQUENTIAL

from ...insight.models import draw
from ...toys import series, texts

pytestmark = pytest.mark.browser
# The class or the id of what has the focus, or of the box around it.
FOCUSED = """(({ className, id, parentElement }) =>
  (className || id || parentElement.id).split(" ")[0])(document.activeElement)"""
TEXT = "The day is so bright, </script><b>very</b> good xyzzy"


@pytest.fixture(scope="module")
def pages(text_model, series_model, tmp_path_factory):
    """Pages of one text, of two and of a series."""
    folder = tmp_path_factory.mktemp("pages")
    write_look(text_model, [TEXT], folder / "text.html")
    write_look(text_model, [TEXT, *texts(1)[0]], folder / "two.html")
    write_look(series_model, series(1)[0], folder / "series.html")
    return folder


@pytest.fixture(scope="module")
def recording(text_model):
    return gw.record(text_model, [TEXT])


@pytest.fixture
def page(chromium, pages):
    """The page of one text, which said nothing wrong and asked for nothing at the end either."""
    chromium.open(pages / "text.html")
    yield chromium
    assert chromium.errors == []
    assert len(chromium.requests) == 1


def forward(recording):
    return next(iter(recording.values()))


def by_span(recording):
    """Units of the forward layer, that with the longest memory first."""
    from gatewise.insight.memory import span

    return np.argsort(-span(forward(recording))[0], kind="stable")


def chosen(page):
    """The unit, and the step counted from 0, that the page says is chosen."""
    unit, step = re.match(r"Unit (\d+) at step (\d+)", page.text(".cell-title")).groups()
    return int(unit), int(step) - 1


def numbers(page):
    """The numbers in the equations."""
    found = page.run("[...document.querySelectorAll('.number')].map((one) => one.textContent)")
    return [float(one.replace("−", "-").replace("·10^", "e")) for one in found]


@pytest.mark.parametrize("name", ["text", "two", "series"])
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [360, 1280])
def test_fits_and_says_nothing_wrong(chromium, pages, name, dark, width):
    chromium.open(pages / f"{name}.html", width=width, dark=dark)
    chromium.settle()
    assert chromium.run("document.documentElement.scrollWidth") <= width
    assert chromium.run("'ready' in document.documentElement.dataset")
    ground = chromium.run("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(17, 20, 24)" if dark else "rgb(246, 246, 243)")
    assert chromium.errors == []
    assert len(chromium.requests) == 1


def test_the_text_is_shown_as_text(page):
    assert page.text(".words").strip() == TEXT
    assert page.run("document.querySelectorAll('b.evil, .words b').length") == 0
    unknown = page.run("[...document.querySelectorAll('.unknown')].map((one) => one.textContent)")
    assert "xyzzy" in unknown
    assert "bright" not in unknown


def test_a_click_chooses_a_cell_and_its_numbers_are_the_recordings(page, recording):
    layer, T = forward(recording), forward(recording).mask.shape[1]
    page.click(".heat", x=3.5 / T, y=1.5 / 3)
    unit, step = chosen(page)
    assert (unit, step) == (by_span(recording)[1], 3)
    at = {name: float(array[0, step, unit]) for name, array in layer.arrays.items()}
    before = float(layer.cell[0, step - 1, unit])
    expected = [at["cell"], at["forget"], before, at["update"], at["candidate"]]
    expected += [at["hidden"], at["output"], np.tanh(at["cell"])]
    np.testing.assert_allclose(numbers(page), expected, atol=6e-5)
    assert f"Unit {unit}, step 4" in page.text("#chosen-0")


def test_the_first_step_begins_with_the_initial_state(page, recording):
    page.click(".heat", x=0.5, y=0.5)
    page.key("Home")
    assert chosen(page)[1] == 0
    assert numbers(page)[2] == 0.0


def test_a_pointer_shows_a_cell_and_leaves_the_chosen_one(page):
    page.click(".heat", x=0.52, y=0.5)
    kept = chosen(page)
    page.move(".heat", x=0.07, y=0.1)
    assert chosen(page) != kept
    page.move("footer")
    assert chosen(page) == kept


def test_arrow_keys_choose(page, recording):
    page.click(".heat", x=0.02, y=0.1)
    units = by_span(recording).tolist()
    page.move("footer")
    for key, cell in [
        ("ArrowRight", (units[0], 1)),
        ("ArrowDown", (units[1], 1)),
        ("ArrowLeft", (units[1], 0)),
        ("ArrowLeft", (units[1], 0)),
        ("ArrowUp", (units[0], 0)),
        ("PageDown", (units[2], 0)),
        ("End", (units[2], forward(recording).mask.shape[1] - 1)),
        ("Home", (units[2], 0)),
    ]:
        page.key(key)
        assert chosen(page) == cell, key


def test_the_slider_and_the_words_step_through_time(page):
    page.run("document.querySelector('.slider').focus()")
    page.key("Home")
    page.key("ArrowRight")
    assert chosen(page)[1] == 1
    assert page.text(".place") == "step 2 “day”"
    assert page.run("document.querySelector('[aria-selected=true]').textContent") == "day"
    page.click("#w0-4")
    assert chosen(page)[1] == 4
    page.key("ArrowRight")
    assert chosen(page)[1] == 5
    assert (
        page.run("document.querySelector('.words').getAttribute('aria-activedescendant')") == "w0-5"
    )


def test_of_a_long_text_the_chosen_word_stays_in_sight(chromium, text_model, tmp_path):
    write_look(text_model, ["good bright day " * 150], tmp_path / "long.html")
    chromium.open(tmp_path / "long.html")
    chromium.run("document.querySelector('.heat').focus()")
    for key, step in (("Home", 0), ("End", 449)):
        chromium.key(key)
        top, bottom = chromium.run(
            "(() => { const box = document.querySelector('.words').getBoundingClientRect(), "
            f"word = document.querySelector('#w0-{step}').getBoundingClientRect(); "
            "return [word.top - box.top, box.bottom - word.bottom]; })()"
        )
        assert top >= 0
        assert bottom >= 0
    assert chromium.run("document.querySelector('.axis').hidden")


def test_playing_goes_on_to_the_last_step(page):
    page.click(".play")
    assert page.run("document.querySelector('.play').getAttribute('aria-label')") == "Pause"
    page.wait("document.querySelector('.play').getAttribute('aria-label') === 'Play'")
    assert page.run(
        "document.querySelector('.slider').value === document.querySelector('.slider').max"
    )


@pytest.mark.parametrize("shade", ["share", "retained"])
@pytest.mark.parametrize("layer", [0, 1])
def test_words_are_shaded_by_the_exact_memory(page, recording, layer, shade):
    page.click(f"#layers [data-key='{layer}']")
    page.run(f"(() => {{ const s = document.querySelector('#shade'); s.value = '{shade}'; "
             "s.dispatchEvent(new Event('change')); })()")  # fmt: skip
    page.click("#w0-4")
    shown = page.run(
        "[...document.querySelectorAll('.word')].map((one) => "
        "parseFloat((one.style.backgroundColor.match(/([\\d.]+)%/) || [0, 0])[1]))"
    )
    memory = gw.memory(list(recording.values())[layer], at=4)
    exact = getattr(memory, shade)[0]
    np.testing.assert_allclose(
        shown, 52 * exact / (exact.max() if shade == "share" else 1), atol=0.06
    )


@pytest.mark.parametrize("array", ["forget", "cell"])
@pytest.mark.parametrize("dark", [False, True])
def test_the_map_has_the_colours_of_the_values(chromium, pages, recording, array, dark):
    chromium.open(pages / "text.html", dark=dark)
    chromium.click(f"#gates [data-key='{array}']")
    pixels = chromium.run(
        "(() => { const c = document.querySelector('.heat canvas'); return [...c.getContext('2d')"
        ".getImageData(0, 0, c.width, c.height).data]; })()"
    )
    exact = forward(recording).arrays[array][0].T[by_span(recording)]
    pixels = np.array(pixels).reshape(*exact.shape, 4)[..., :3]
    low, high = (0.0, 1.0) if array == "forget" else (-np.abs(exact).max(), np.abs(exact).max())
    stops = (SEQUENTIAL if array == "forget" else DIVERGING)["dark" if dark else "light"]
    parts = np.array([[int(one[i : i + 2], 16) for i in (1, 3, 5)] for one in stops])
    at = np.linspace(0, 1, len(stops))
    expected = [np.interp((exact - low) / (high - low), at, parts[:, c]) for c in range(3)]
    np.testing.assert_allclose(pixels, np.stack(expected, -1), atol=2.5)


def test_layers_gates_and_orders_are_chosen(page):
    page.click("#layers [data-key='1']")
    assert chosen(page)[1] == 0  # the layer that reads backwards ends at the first word
    page.click("#gates [data-key='hidden']")
    assert "hidden state" in page.text(".map-title")
    pressed = (
        "[...document.querySelectorAll('.controls [aria-pressed=true]')].map((b) => b.dataset.key)"
    )
    assert page.run(pressed) == ["1", "hidden"]
    for sort, end in [("number", "first unit"), ("activity", "active"), ("part", "decisive")]:
        page.run(f"(() => {{ const s = document.querySelector('#sort'); s.value = '{sort}'; "
                 "s.dispatchEvent(new Event('change')); })()")  # fmt: skip
        assert page.text(".top-end") == end


def test_the_network_unrolls_and_a_step_of_it_is_chosen(page):
    page.click(".roll")
    assert page.run("document.querySelectorAll('.mini').length") == 5
    page.click("#w0-3")
    assert page.text(".mini.current .word-in") == "so"
    page.click(".mini:nth-of-type(1)", y=0.4)
    assert chosen(page)[1] == 1
    page.click(".roll")
    value = "document.querySelector('.node text.value').textContent"
    one = page.run(value)
    page.click(".by")
    assert page.run(value) != one


def test_the_theme_switch(page):
    ground = "getComputedStyle(document.body).backgroundColor"
    page.click("#theme")
    assert (page.text("#theme"), page.run(ground)) == ("Theme: light", "rgb(246, 246, 243)")
    page.click("#theme")
    assert (page.text("#theme"), page.run(ground)) == ("Theme: dark", "rgb(17, 20, 24)")
    page.click("#theme")
    assert page.text("#theme") == "Theme: system"


def test_everything_is_reached_by_the_tab_key_and_shows_it(page):
    reached = set()
    for _ in range(40):
        page.key("Tab")
        reached.add(page.run(FOCUSED))
        if page.run("document.activeElement === document.body"):
            break
        outline = page.run("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", reached
    wanted = {
        "skip",
        "small",
        "words",
        "layers",
        "gates",
        "sort",
        "shade",
        "heat",
        "play",
        "slider",
    }
    assert wanted <= reached


def test_one_unit_is_chosen_in_both_inputs(chromium, pages):
    chromium.open(pages / "two.html")
    chromium.click("#side-1 .heat", x=0.2, y=0.9)
    titles = chromium.run("[...document.querySelectorAll('.cell-title')].map((t) => t.textContent)")
    assert len({title.split(" at ")[0] for title in titles}) == 1
    assert titles[0] != titles[1]


def test_a_series_is_stepped_by_a_click(chromium, pages):
    chromium.open(pages / "series.html")
    chromium.click(".input .chart-box", x=0.05)
    assert chosen(chromium)[1] == 0
    assert chromium.run("document.querySelectorAll('svg.series path').length") == 2
    assert chromium.errors == []


def test_rounded_gates_read_as_events(chromium, tmp_path):
    model = keras.Sequential([keras.Input((None, 2)), BinaryGateLSTM(12, name="layer")])
    draw(model)
    x = np.random.default_rng(3).normal(size=(6, 2)).astype("float32")
    write_look(round_gates(model), [x], tmp_path / "events.html")
    recording = gw.record(model, x[None])["layer"]
    chromium.open(tmp_path / "events.html")
    for _ in range(len(x)):
        unit, step = chosen(chromium)
        happened = events(recording)
        happened = happened[happened["step"] == step]
        assert chromium.text(".events").startswith(f"{len(happened)} of 12 units forgot or wrote")
        said = chromium.text(".summary")
        mine = happened[happened["unit"] == unit]
        if len(mine):
            did = next(listing(mine)).partition(f"unit {unit} ")[2].partition(" wrote")[0]
            assert said.startswith(f"At step {step + 1} unit {unit} {did}")
        else:
            assert said.startswith(f"At step {step + 1} unit {unit} kept its memory and wrote")
        chromium.run('document.querySelector(".heat").focus()')
        chromium.key("ArrowLeft")
    assert chromium.errors == []


def test_gates_between_zero_and_one_are_no_events(page):
    assert page.text(".events") == ""
    assert page.text(".summary").startswith("Keeps")
