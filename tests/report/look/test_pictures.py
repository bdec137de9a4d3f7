"""Static pictures: one for each input and layer, the same numbers as the page."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from gatewise.errors import ArgumentError
from gatewise.report import write_pictures
from gatewise.report.look import pictures, see

from ...toys import series, texts


def test_a_png_and_an_svg_for_each_input_and_layer(text_model, tmp_path):
    look = see(text_model, texts(1)[0])
    found = write_pictures(look, tmp_path / "new" / "folder")
    assert len(found) == 2 * 2
    for path in found:
        if path.suffix == ".png":
            assert path.read_bytes().startswith(b"\x89PNG")
        else:
            ElementTree.parse(path)


def test_equal_looks_give_equal_files(series_model, tmp_path):
    look = see(series_model, series(1)[0])
    one, other = (write_pictures(look, tmp_path / name) for name in "ab")
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in other]


def test_the_maps_show_the_arrays_sorted_by_span(text_model):
    look = see(text_model, texts(1)[0])
    name, layer = next(iter(look.sides[0].layers.items()))
    figure = pictures._figure(look, look.sides[0], name)
    maps = [axes.images[0].get_array() for axes in figure.axes if axes.images]
    for drawn, array in zip(maps, layer.arrays.values(), strict=False):
        assert drawn.shape == array[0].T.shape
    forget = layer.forget[0].mean(0)
    assert maps[0].mean(1)[0] >= maps[0].mean(1)[-1]
    np.testing.assert_allclose(np.sort(maps[0].mean(1)), np.sort(forget), rtol=1e-5)


def test_a_series_is_drawn_with_its_channels(series_model, tmp_path):
    look = see(series_model, series(1)[0])
    figure = pictures._figure(look, look.sides[0], next(iter(look.sides[0].layers)))
    lines = figure.axes[0].lines
    np.testing.assert_array_equal(lines[0].get_ydata(), series(1)[0][0][:, 0])
    assert len(lines) == 2


def test_a_file_is_no_folder(text_model, tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(ArgumentError, match="folder: expected a folder"):
        write_pictures(see(text_model, ["good"]), tmp_path / "taken")
