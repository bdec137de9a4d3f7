"""The tables of the layer benchmark, for docs/benchmarks.md."""

from typing import Any

from harness import conditions, markdown
from layers_figures import JAX, PEAK, TORCH, case_name, compared, figures_table, native

PICTURE = (
    "![How many times faster a training step is, for each shape, cell and peer](images/layers.svg)"
)
KERAS = [(JAX, "Keras-JAX"), (JAX, "Keras-TF"), (TORCH, "Keras-torch")]
PEERS = {
    "training": [*KERAS, (TORCH, "torch.nn")],
    "masked": [*KERAS, (TORCH, "torch.nn")],
    "forward": [*KERAS, (JAX, "ONNX Runtime"), (TORCH, "torch.nn"), (TORCH, "ONNX Runtime")],
}
TITLES = {
    "training": "Training step",
    "masked": "Training step with a mask, a quarter of the steps real",
    "forward": "Forward",
}


def section(result: dict[str, Any]) -> str:
    """All that the page shows between its markers."""
    parts = [PICTURE, markdown(figures_table(result))]
    if grid := result.get("grid"):
        parts += [folded(TITLES[mode], case_table(grid, mode)) for mode in PEERS]
        parts.append(ran(grid))
    if rows := result.get("stream", {}).get("rows"):
        parts.append(folded("One streaming step", stream_table(rows)))
    if rows := result.get("memory", {}).get("rows"):
        parts.append(folded("Memory of a training step", memory_table(rows)))
    if len({result[part]["about"]["source"] for part in ("grid", "stream", "memory")
            if part in result}) > 1:  # fmt: skip
        parts.append("Not all parts were measured with one state of the source.")
    parts.append(f"<sub>{conditions(result)}{peers(result.get('grid'))}.</sub>")
    return "\n\n".join(parts)


def folded(title: str, rows: list[list[str]]) -> str:
    return f"<details><summary>{title}</summary>\n\n{markdown(rows)}\n\n</details>"


def case_table(grid: dict[str, Any], mode: str) -> list[list[str]]:
    """A row for each case: our times, and how many times as long each peer takes."""
    ratios = {
        (ours, peer): {one["case"]: one["ratio"] for one in compared(grid, ours, peer, mode)}
        for ours, peer in [*PEERS[mode], (JAX, PEAK), (TORCH, PEAK)]
    }
    times = {
        name: {case_name(row): row for row in grid["rows"]
               if row["mode"] == mode and row["name"] == name and "median" in row}
        for name in (JAX, TORCH)
    }  # fmt: skip
    heading = ["B,T,I,U", "cell"]
    for ours in (JAX, TORCH):
        heading += [ours, "of the peak", *(f"× {peer}" for one, peer in PEERS[mode] if one == ours)]
    rows = [heading]
    for case in dict.fromkeys(case_name(row) for row in grid["rows"] if row["mode"] == mode):
        cell, shape = case.split(" ")
        line = [shape, cell]
        for ours in (JAX, TORCH):
            peak = ratios[ours, PEAK].get(case)
            line += [milliseconds(times[ours].get(case)), f"{peak:.0%}" if peak else ""]
            found = [ratios[pair].get(case) for pair in PEERS[mode] if pair[0] == ours]
            line += [f"{ratio:.2f}" if ratio else "" for ratio in found]
        rows.append(line)
    return rows


def milliseconds(row: dict[str, Any] | None) -> str:
    if row is None:
        return ""
    return f"{1e3 * row['median']:.3g} ms" + ("" if native(row) else " (stock)")


def ran(grid: dict[str, Any]) -> str:
    """Which of our paths ran, by the kernel's own counter, and the peak of the machine."""
    counts: dict[str, int] = {}
    for row in grid["rows"]:
        if row["name"] in (JAX, TORCH) and "path" in row:
            counts[row["path"]] = counts.get(row["path"], 0) + 1
    paths = "; ".join(f"{count} cases: {path}" for path, count in counts.items())
    again = ", ".join(grid.get("again", []))
    again = again and f" Measured again, in a later run: {again}."
    return f"What ran for Gatewise: {paths}.{sgemm(grid['peak'])}{again}"


def sgemm(peak: dict[str, Any] | None) -> str:
    """What each library reached; the peak is the fastest one's."""
    if not peak:
        return ""
    found = ", ".join(f"{name} {speed / 1e9:.0f}" for name, speed in peak["medians"].items())
    return (
        f" SGEMM, 2048 × 2048 × 2048, GF/s, medians of {peak['count']} over the run: {found}; "
        f"the peak is that of {peak['by']}."
    )


def stream_table(rows: list[dict[str, Any]]) -> list[list[str]]:
    names = list(dict.fromkeys(row["name"] for row in rows))
    found: dict[tuple[str, int, int], dict[str, str]] = {}
    for row in rows:
        key = (row["cell"], row["I"], row["U"])
        found.setdefault(key, {})[row["name"]] = f"{1e6 * row['median']:.2f} µs"
    lines = [["cell", "I,U", *names]]
    for (cell, features, units), times in found.items():
        lines.append([cell, f"{features},{units}", *(times.get(name, "") for name in names)])
    return lines


def memory_table(rows: list[dict[str, Any]]) -> list[list[str]]:
    lines = [["B,T,I,U", "LSTM in", "training step", "whole process"]]
    for row in rows:
        stock = "" if not row["name"].startswith("Gatewise") or native(row) else " (stock)"
        lines.append([row["shape"], row["name"] + stock, mebibytes(row["step_bytes"]),
                      mebibytes(row["process_bytes"])])  # fmt: skip
    return lines


def mebibytes(count: float) -> str:
    return f"{count / 2**20:,.0f} MiB"


def peers(grid: dict[str, Any] | None) -> str:
    """The peers' versions, and the threads each had."""
    if not grid:
        return ""
    wanted = ("torch", "tensorflow", "tensorflow-cpu", "onnxruntime")
    found = [f"{name} {grid['versions'][name]}" for name in wanted if name in grid["versions"]]
    return "".join(f", {one}" for one in found) + f"; {grid['threads']} threads each"
