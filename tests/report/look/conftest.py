"""Small trained models to look into, and a browser that all tests share."""

import sys
from pathlib import Path

import pytest

from ...toys import fit, series, texts, tiny

sys.path.append(str(Path(__file__).parents[3] / "benchmarks"))


@pytest.fixture(scope="session")
def text_model():
    """Of texts: an LSTM that reads both ways."""
    return fit(tiny(bidirectional=True), *texts(40)).model


@pytest.fixture(scope="session")
def series_model():
    """Of series: a stack of two GRUs."""
    return fit(tiny(cell="gru", depth=2, pooling="last"), *series(24)).model


@pytest.fixture(scope="session")
def chromium():
    """A page in a real browser."""
    from chromium import CHROMIUM, browser

    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with browser() as page:
        yield page
