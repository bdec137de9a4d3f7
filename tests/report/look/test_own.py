"""A tagger's and a generator's pages: an answer at each step."""

import numpy as np
import pytest

from gatewise.errors import ArgumentError
from gatewise.report.look import render_look, see
from gatewise.tasks import Forecaster, Generator, Tagger

from ...tasks.forecaster.test_model import waves


@pytest.mark.parametrize("crf", [False, True])
def test_a_tagger_has_a_tag_at_each_word(crf):
    tagger = Tagger(units=4, embedding=4, characters=3, crf=crf)
    tagger.adapt([["a", "b"], ["b", "a"]] * 4, [["A", "B"], ["B", "A"]] * 4)
    look = see(tagger, [["a", "b", "xyzzy"]])
    found = tagger.tag([["a", "b", "xyzzy"]])[0]
    best = [step[0] for step in look.sides[0].answers.steps]
    assert [one.name for one in best] == found.tags
    np.testing.assert_allclose([one.value for one in best], found.probabilities, atol=1e-5)
    assert look.sides[0].layers
    assert all("characters" not in name for name in look.sides[0].layers)
    assert "step-answer" in render_look(look)


def test_a_generator_says_what_is_likely_next():
    generator = Generator(units=4, embedding=4).adapt(["aba", "dede"] * 4, ["x", "y"] * 4)
    side = see(generator, [("ab", "x")]).sides[0]
    assert side.shown.length == len(side.answers.steps) == 3
    came = [one.name for step in side.answers.steps for one in step if one.came]
    assert came == ["a", "b"]
    assert see(generator, [("", "x")]).sides[0].shown.length == 1
    with pytest.raises(ArgumentError, match="a pair of a text and the label"):
        see(generator, ["ab"])


def test_a_token_that_is_never_written_is_not_likely_next():
    generator = Generator(units=4, embedding=4).adapt(["aba", "dede"] * 4, ["x", "y"] * 4)
    bias = next(one for one in generator.network.weights if one.shape == (generator.encoder.size,))
    bias.assign(np.eye(1, generator.encoder.size)[0] * 50)  # of padding
    steps = see(generator, [("ab", "x")]).sides[0].answers.steps
    assert all("[PAD]" not in one.name and one.value <= 1 for step in steps for one in step)
    assert max(one.value for one in steps[0]) > 0.1


def test_a_tagger_of_series_has_a_label_at_each_step():
    rng = np.random.default_rng(0)
    x = [rng.normal(size=(7, 2)) for _ in range(8)]
    tagger = Tagger(units=4).adapt(x, [list("ababbab")] * 8)
    side = see(tagger, [x[0]], channels=["left", "right"]).sides[0]
    assert side.shown.channels == ["left", "right"]
    assert [step[0].name for step in side.answers.steps] == tagger.tag([x[0]])[0].tags


def test_a_forecaster_shows_its_window_and_what_it_foresees():
    series = waves(3)
    forecaster = Forecaster(horizon=3, units=4, members=1).adapt(series)
    look = see(forecaster, [series[1]])
    side = look.sides[0]
    assert side.shown.title.startswith("wave 1: the last ")
    foreseen = forecaster.forecast([series[1]])[0]
    np.testing.assert_allclose([one.value for one in side.answers.whole], foreseen.median)
    assert side.answers.whole[0].name in render_look(look)
