"""Letters can be read on what lies behind them, in light and in dark (WCAG AA, 4.5 to 1)."""

import re
from importlib import resources

import pytest

PAIRS = [
    (letters, behind)
    for letters in ("ink", "muted")
    for behind in ("bg", "surface")
] + [("ink", behind) for behind in ("tint", "heat", "wrong", "note")] + [
    ("accent", "bg"), ("accent", "surface"),
]  # fmt: skip
GRAPHICS = [(line, "surface") for line in ("accent", "second", "quiet")]


def colours() -> dict[str, dict[str, str]]:
    css = resources.files("gatewise.report").joinpath("templates/report.css").read_text("utf-8")
    light, dark, *_ = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    return {
        scheme: dict(re.findall(r"--([\w-]+): (#\w{6});", block))
        for scheme, block in {"light": light, "dark": dark}.items()
    }


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_letters_stand_out(scheme: str) -> None:
    known = colours()[scheme]
    for letters, behind in PAIRS:
        assert contrast(known[letters], known[behind]) >= 4.5, (letters, behind)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_lines_stand_out(scheme: str) -> None:
    known = colours()[scheme]
    for line, behind in GRAPHICS:
        assert contrast(known[line], known[behind]) >= 3, (line, behind)
