"""Charts: what their axes show."""

import re

import pytest

from gatewise.report import figures


@pytest.mark.parametrize(
    "values", [(0.0, 0.0, 0.0), (1.0, 1.0, 1.0), (0.0, 0.5, 1.0), (0.0, 0.02, 0.05), (0.9, 0.97, 1)]
)
def test_an_accuracy_s_axis_keeps_to_0_to_100_percent(values: tuple[float, ...]) -> None:
    history = [{"epoch": place + 1, "accuracy": value} for place, value in enumerate(values)]
    drawn = str(figures.curves("curve", "Accuracy by epoch", {"history": history}, "accuracy"))
    ticks = re.findall(r">\s*([-−]?[\d.]+)%\s*</text>", drawn)
    assert len(ticks) >= 2
    assert all(0 <= float(tick.replace("−", "-")) <= 100 for tick in ticks), ticks
