"""The colour maps can be read in grey, and by those who see red and green alike."""

import numpy as np
import pytest

from gatewise.report.look.colours import CHANNELS, DIVERGING, SEQUENTIAL, colour_map

from ..test_style import colours, contrast, luminance

# Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
BLINDNESS = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def seen(colour, blindness):
    """A colour in linear RGB as someone with that blindness sees it."""
    rgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return np.array(BLINDNESS[blindness]) @ linear


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_more_is_always_further_from_the_ground(theme):
    steps = np.diff([luminance(stop) for stop in SEQUENTIAL[theme]])
    assert (steps < 0).all() if theme == "light" else (steps > 0).all()
    middle = len(DIVERGING[theme]) // 2
    for half in (DIVERGING[theme][middle:], DIVERGING[theme][middle::-1]):
        steps = np.diff([luminance(stop) for stop in half])
        assert (steps < 0).all() if theme == "light" else (steps > 0).all()


@pytest.mark.parametrize("blindness", BLINDNESS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_below_and_above_zero_stay_apart(theme, blindness):
    stops = DIVERGING[theme]
    for below, above in zip(stops[:2], reversed(stops[-2:]), strict=True):
        assert np.abs(seen(below, blindness) - seen(above, blindness)).max() > 0.05


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_lines_of_channels_stand_out(theme):
    for line in CHANNELS[theme]:
        assert contrast(line, colours()[theme]["surface"]) >= 3


def test_matplotlib_gets_the_same_ends():
    from matplotlib.colors import to_hex

    assert to_hex(colour_map(False)(0.0)) == SEQUENTIAL["light"][0]
    assert to_hex(colour_map(True)(1.0)) == DIVERGING["light"][-1]
