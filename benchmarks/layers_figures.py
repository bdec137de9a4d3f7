"""The figures that the layer benchmark is about: what is compared, over which cases, what to reach.

Times are medians; a ratio is the peer's median over Gatewise's in the same case; means of ratios
are geometric.
"""

import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from layers_grid import CELLS, Case, Shape

JAX, TORCH = "Gatewise-JAX", "Gatewise-torch"
PEAK = "SGEMM peak"  # as a peer: the fraction of it is the figure
APART = ("ONNX Runtime", "torch.nn")  # of no back end of Keras's: set against both of ours
MEMORY = {
    "jax": ("Keras-JAX", JAX),
    "torch": ("Keras-torch", TORCH, "torch.nn"),
}
STREAM_TARGET, MEMORY_TARGET, EPOCH_TARGET = 2.0, 0.7, 2.5


def every(shape: Shape) -> bool:
    return True


def small(shape: Shape) -> bool:
    return shape.U <= 64


def wide(shape: Shape) -> bool:
    return shape.U >= 128 and shape.B >= 32


@dataclass(frozen=True)
class Figure:
    """One line: Gatewise against a peer in one mode, its target and that of its worst case."""

    ours: str
    peer: str
    mode: str
    target: float | None = None
    least: float | None = None
    cells: tuple[str, ...] = CELLS
    shapes: Callable[[Shape], bool] = every

    @property
    def title(self) -> str:
        """
        >>> Figure(JAX, "Keras-JAX", "training", cells=("LSTM",), shapes=small).title
        'training step against Keras-JAX, LSTM, U ≤ 64'
        """
        modes = {"forward": "forward", "training": "training step",
                 "masked": "masked training step"}  # fmt: skip
        against = (
            f"of the SGEMM peak ({self.ours})"
            if self.peer == PEAK
            else f"against {self.peer}" + (f" ({self.ours})" if self.peer in APART else "")
        )
        words = [f"{modes[self.mode]} {against}"]
        words += [] if self.cells == CELLS else [" and ".join(self.cells)]
        words += {small: ["U ≤ 64"], wide: ["U ≥ 128, B ≥ 32"]}.get(self.shapes, [])
        return ", ".join(words)


LSTM, OTHERS = ("LSTM",), ("GRU", "SimpleRNN")
FIGURES = (
    Figure(JAX, "Keras-JAX", "training", 2.2, 1.0),
    Figure(JAX, "Keras-JAX", "training", 3.0, 1.0, shapes=small),
    Figure(TORCH, "Keras-torch", "training", 5.0, 1.0),
    *(
        Figure(TORCH, "torch.nn", mode, target, 1.0, cells)
        for mode in ("training", "forward")
        for cells, target in ((LSTM, 1.5), (("GRU",), 2.5), (("SimpleRNN",), 2.5))
    ),
    *(
        Figure(JAX, "torch.nn", mode, None, None, cells)
        for mode in ("training", "forward")
        for cells in (LSTM, ("GRU",), ("SimpleRNN",))
    ),
    *(Figure(ours, "ONNX Runtime", "forward", 1.2, 0.95) for ours in (JAX, TORCH)),
    Figure(JAX, "Keras-JAX", "masked", 7.0, 1.0),
    *(
        Figure(ours, PEAK, mode, target, None, shapes=wide)
        for mode, target in (("forward", 0.75), ("training", 0.65))
        for ours in (JAX, TORCH)
    ),
    Figure(JAX, "Keras-JAX", "forward"),
    Figure(TORCH, "Keras-torch", "forward"),
    Figure(JAX, "Keras-TF", "training"),
    Figure(TORCH, "Keras-torch", "masked"),
    *(Figure(ours, "torch.nn", "masked") for ours in (TORCH, JAX)),
)


def figures(result: dict[str, Any], epoch: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Every figure that the results have something on."""
    found = [one for figure in FIGURES if (one := of_grid(figure, result.get("grid")))]
    found += of_stream(result.get("stream", {}).get("rows", []))
    found += of_memory(result.get("memory", {}).get("rows", []))
    return found + of_epoch(epoch)


def of_grid(figure: Figure, grid: dict[str, Any] | None) -> dict[str, Any] | None:
    ratios = [
        (one["ratio"], one["case"], one["native"])
        for one in compared(grid, figure.ours, figure.peer, figure.mode)
        if one["cell"] in figure.cells and figure.shapes(Shape.read(one["shape"]))
    ]
    if not ratios:
        return None
    worst, case, _ = min(ratios)
    return {
        "title": figure.title,
        "unit": "%" if figure.peer == PEAK else "×",
        "mean": statistics.geometric_mean(ratio for ratio, *_ in ratios),
        "target": figure.target,
        "least": worst,
        "least_case": case,
        "least_target": figure.least,
        "cases": len(ratios),
        "stock": sum(not native for *_, native in ratios),
    }


def compared(grid: dict[str, Any] | None, ours: str, peer: str, mode: str) -> list[dict[str, Any]]:
    """A row for each case that both ran: how many times faster, or the fraction of the peak."""
    by_case: dict[str, dict[str, dict[str, Any]]] = {}
    for row in (grid or {}).get("rows", []):
        if row["mode"] == mode and "median" in row:
            # Two processes measure ONNX Runtime: each is compared within its own.
            shared = "" if row["name"] != "ONNX Runtime" else f" {row['process']}"
            by_case.setdefault(case_name(row), {})[row["name"] + shared] = row
    found = []
    for case, rows in by_case.items():
        mine = rows.get(ours)
        if mine is None:
            continue
        shared = f" {mine['process']}" if peer == "ONNX Runtime" else ""
        if peer == PEAK and grid and grid["peak"]:
            ratio = Case.read(mine).flops / mine["median"] / grid["peak"]["median"]
        elif other := rows.get(peer + shared):
            ratio = other["median"] / mine["median"]
        else:
            continue
        found.append({**mine, "case": case, "ratio": ratio, "native": native(mine)})
    return found


def case_name(row: dict[str, Any]) -> str:
    return f"{row['cell']} {row['shape']}"


def native(row: dict[str, Any]) -> bool:
    return row["path"].startswith("native")


def of_stream(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Against the faster of the ways in which ONNX Runtime is fed."""
    ratios = []
    for mine in rows:
        if mine["name"] == "Gatewise":
            peers = [row["median"] for row in rows
                     if row["name"].startswith("ONNX") and all(
                         row[key] == mine[key] for key in ("cell", "U"))]  # fmt: skip
            if peers:
                ratios.append((min(peers) / mine["median"], f"{mine['cell']} U = {mine['U']}",
                               mine["native_ran"]))  # fmt: skip
    title = "one streaming step against ONNX Runtime, Stream"
    return [single(title, ratios, STREAM_TARGET)] if ratios else []


def of_memory(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    needs = {row["name"]: row for row in rows}
    pairs = [(JAX, "Keras-JAX"), (TORCH, "torch.nn")]
    return [
        single(
            f"memory of a training step, part of {peer}'s",
            [(needs[ours]["step_bytes"] / max(needs[peer]["step_bytes"], 1), needs[ours]["shape"],
              native(needs[ours]))],
            MEMORY_TARGET if peer == "Keras-JAX" else None,
        ) | {"smaller": True}
        for ours, peer in pairs
        if ours in needs and peer in needs
    ]  # fmt: skip


def of_epoch(epoch: dict[str, Any] | None) -> list[dict[str, Any]]:
    found = [
        (one["reference"]["seconds"]["median"] / one["gatewise"]["seconds"]["median"],
         f"up to {one['longest']} tokens", one["gatewise"]["native_calls"] > 0)
        for one in (epoch or {}).get("variants", []) if "reference" in one
    ]  # fmt: skip
    title = "one epoch of Reuters R8 against GATEWISE_KERNELS=reference"
    return [single(title, found, EPOCH_TARGET)] if found else []


def single(title: str, ratios: list[tuple[float, str, bool]], target: float | None) -> dict:
    """A figure whose every case must reach the target, not the mean alone."""
    worst, case, _ = min(ratios)
    return {
        "title": title,
        "unit": "×",
        "mean": statistics.geometric_mean(ratio for ratio, *_ in ratios),
        "target": target,
        "least": worst,
        "least_case": case,
        "least_target": target,
        "cases": len(ratios),
        "stock": sum(not ran for *_, ran in ratios),
    }


def figures_table(result: dict[str, Any]) -> list[list[str]]:
    rows = [["what", "mean", "target", "least", "in", "target of the least", "cases"]]
    for one in result["figures"]:
        reached = hit(one["mean"], one["target"], one)
        least = hit(one["least"], one["least_target"], one)
        cases = str(one["cases"]) + f" ({one['stock']} not native)" * bool(one["stock"])
        rows.append(
            [one["title"], f"**{shown(one['mean'], one)}**", reached, shown(one["least"], one),
             one["least_case"], least, cases]
        )  # fmt: skip
    return rows


def hit(value: float, target: float | None, one: dict[str, Any]) -> str:
    if target is None:
        return ""
    smaller = one.get("smaller", False)
    good = value <= target if smaller else value >= target
    sign = "≤" if smaller else "≥"
    return f"{sign} {shown(target, one)}: {'reached' if good else 'missed'}"


def shown(value: float, one: dict[str, Any]) -> str:
    return f"{value:.0%}" if one["unit"] == "%" else f"{value:.2f}×"


def problems(result: dict[str, Any]) -> Iterable[str]:
    """Cases that could not be measured."""
    rows = [row for part in ("grid", "stream", "memory")
            for row in result.get(part, {}).get("rows", [])]  # fmt: skip
    return [
        f"{case_name(row) if 'mode' in row else ''} {row.get('mode', '')} "
        f"{row['name']}: {row['error']}".strip()
        for row in rows
        if "error" in row
    ]
