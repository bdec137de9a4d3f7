"""The page of the gradient flow: how much of the gradient reaches each step, as one HTML file."""

from importlib.metadata import version
from pathlib import Path
from typing import Any

from gatewise import files
from gatewise.insight.layer_flow import GradientFlow, LayerFlow
from gatewise.insight.remedies import halving, left, share
from gatewise.report import flow_figures, page, words

HEADLINES = {
    "healthy": "The gradient reaches back",
    "vanishing": "The gradient vanishes on its way back",
    "exploding": "The gradient explodes on its way back",
}
TONES = {"healthy": "better", "vanishing": "unclear", "exploding": "worse"}


def write_flow(flow: GradientFlow, about: dict[str, Any], path: str | Path) -> None:
    """Write the page to `path`, whole or not at all."""
    files.write_text(path, render_flow(flow, about))


def render_flow(flow: GradientFlow, about: dict[str, Any]) -> str:
    """The page as HTML: one document that fetches nothing and runs no script.

    Args:
        flow: what `gradient_flow` gave.
        about: `title`, `rows` (how many examples) and `notes`; any may be missing.
    """
    return page.render(
        "gradients.html",
        {
            "about": about,
            "gatewise": version("gatewise"),
            "headline": HEADLINES[flow.verdict],
            "tone": TONES[flow.verdict],
            "verdict": flow.verdict,
            "layers": [_layer(number, one) for number, one in enumerate(flow.values(), 1)],
        },
    )


def _layer(number: int, layer: LayerFlow) -> dict[str, Any]:
    finding = layer.finding
    lags = layer.by_lag()
    return {
        "id": f"layer-{number}",
        "name": layer.name,
        "kind": layer.kind,
        "direction": "from the last step to the first" if layer.backwards else "in order of time",
        "verdict": layer.verdict,
        "tone": TONES[layer.verdict],
        "halving": halving(layer.half_life),
        "left": left(finding),
        "remedies": layer.remedies,
        "places": _places(layer),
        "longest": words.plural(len(lags.lag), "step"),
        "rows": int(lags.rows[0]),
        "transport": flow_figures.transport(f"transport-{number}", layer),
        "loss": flow_figures.loss(f"loss-{number}", layer),
    }


def _places(layer: LayerFlow) -> list[dict[str, Any]]:
    """The medians at four lags, from the last step taken to the farthest that counts."""
    end = layer.finding.steps
    hidden, carried = layer.by_lag(), layer.by_lag("transport")
    cell = layer.by_lag("cell") if layer.cell is not None else None
    marks = dict.fromkeys((0, end // 4, end // 2, end))
    return [
        {
            "lag": lag,
            "rows": int(hidden.rows[lag]),
            "hidden": words.number(float(hidden.median[lag]), 3),
            "cell": words.number(float(cell.median[lag]), 3) if cell else None,
            "left": share(float(carried.median[lag] / carried.median[0]))
            if carried.median[0] > 0
            else words.NOTHING,
        }
        for lag in marks
    ]
