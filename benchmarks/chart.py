"""Put the results into docs/benchmarks.md and draw docs/images/quality.svg and layers.svg.

Two tables stand on other pages: docs/decisions/kernel-contract.md and docs/binary-gates.md.

The tables stand between markers, `<!-- quality -->` and `<!-- /quality -->` for instance; what is
written around them is kept.

    python benchmarks/chart.py
"""

import argparse
import re
import sys
from pathlib import Path
from typing import Any

import binary_gates
import deletion
import deletion_chart
import demo
import epoch
import layers_chart
import layers_figures
import layers_tables
import parts
import predict
import recording
from drawing import CARD, GRID, INK, MUTED, as_svg, start
from harness import RESULTS, ROOT, conditions, markdown, read_result, say
from quality import classification

# Okabe and Ito's colours, which people with any colour vision tell apart; each mark has a shape of
# its own as well.
GATEWISE_COLOUR, TARGET_COLOUR, PUBLISHED_COLOUR = "#0072b2", "#d55e00", "#8a8f98"
SEED_COLOUR = "#56b4e9"
PICTURE = (
    "![Test scores with defaults: mean and seeds, targets and published figures]"
    "(images/quality.svg)"
)
TABLES: dict[str, list] = {
    "quality": [classification.table],
    "layers": [],  # a page of its own making
    "epoch": [epoch.table],
    "predict": [predict.start_table, predict.bulk_table],
    "demo": [demo.table],
    "recording": [recording.table],
}


def main() -> None:
    asked = arguments()
    results = {name: read_result(asked.results / f"{name}.json") for name in TABLES}
    if results["layers"]:  # the epoch may have been measured since
        results["layers"]["figures"] = layers_figures.figures(results["layers"], results["epoch"])
    (asked.docs.parent / "images").mkdir(parents=True, exist_ok=True)
    text = asked.docs.read_text(encoding="utf-8")
    for name, result in results.items():
        text = between(text, name, section(name, result))
    write(asked.docs, text)
    fill_parts(asked.docs.parent / "decisions" / "kernel-contract.md", asked.results)
    fill_binary_gates(asked.docs.parent / "binary-gates.md", asked.results)
    fill_deletion(asked.docs.parent / "memory.md", asked.results)
    say(f"{asked.docs.name}: " + ", ".join(name for name, found in results.items() if found))
    images = asked.docs.parent / "images"
    if results["quality"]:
        write(images / "quality.svg", drawn(results["quality"]))
        say(f"images/quality.svg: {len(results['quality']['summary'])} data sets")
    if grid := (results["layers"] or {}).get("grid"):
        write(images / "layers.svg", layers_chart.drawn(grid))
        say(f"images/layers.svg: {len(grid['rows'])} measurements")


def fill_parts(page: Path, results: Path) -> None:
    """The products that a layer consists of stand on the page of the decision they led to."""
    found = read_result(results / "parts.json")
    if found and page.exists():
        table = f"{markdown(parts.table(found))}\n\n<sub>{conditions(found)}.</sub>"
        write(page, between(page.read_text(encoding="utf-8"), "parts", table))
        say(f"{page.name}: parts")


def fill_binary_gates(page: Path, results: Path) -> None:
    """Gates that are 0 or 1 have a page of their own."""
    found = read_result(results / "binary_gates.json")
    if found and page.exists():
        text, measured = page.read_text(encoding="utf-8"), f"<sub>{conditions(found)}.</sub>"
        tables = {
            "binary gates": binary_gates.quality_table(found),
            "binary gates speed": binary_gates.speed_table(found),
        }
        for name, table in tables.items():
            text = between(text, name, f"{markdown(table)}\n\n{measured}")
        write(page, text)
        say(f"{page.name}: " + ", ".join(tables))


def fill_deletion(page: Path, results: Path) -> None:
    """The deletion of words stands on the page on what its ranking is made of."""
    found = read_result(results / "deletion.json")
    if found and page.exists():
        shown = (
            f"{deletion_chart.PICTURE}\n\n{deletion.tables(found)}\n\n"
            f"<sub>{conditions(found)}.</sub>"
        )
        write(page, between(page.read_text(encoding="utf-8"), "deletion", shown))
        write(page.parent / "images" / "deletion.svg", deletion_chart.drawn(found))
        say(f"{page.name}: deletion")


def arguments() -> argparse.Namespace:
    found = argparse.ArgumentParser(description="Tables and chart from the results.")
    found.add_argument("--results", type=Path, default=RESULTS, help="folder of the JSON files")
    found.add_argument("--docs", type=Path, default=ROOT / "docs" / "benchmarks.md",
                       help="page to fill; the chart goes into images/ beside it")  # fmt: skip
    return found.parse_args()


def write(path: Path, text: str) -> None:
    import gatewise_cli  # noqa: F401  (keeps Keras out: a chart needs none)
    from gatewise.files import write_text

    write_text(path, text)


def section(name: str, result: dict[str, Any] | None) -> str:
    """The tables of one benchmark, with what they were measured on."""
    if result is None:
        return "Not measured yet."
    if name == "layers":
        return layers_tables.section(result)
    shown = [PICTURE] if name == "quality" else []
    shown += [markdown(table(result)) for table in TABLES[name]]
    if len({run["source"] for run in result.get("runs", [])}) > 1:
        shown.append("Not all of these runs were made with one state of the source.")
    return "\n\n".join([*shown, f"<sub>{conditions(result)}.</sub>"])


def between(text: str, name: str, content: str) -> str:
    """The text with `content` between the markers of that name.

    Raises:
        SystemExit: the markers are not there; nothing has been written then.
    """
    pattern = rf"(<!-- {name} -->\n).*?(\n?<!-- /{name} -->)"
    found, count = re.subn(
        pattern, lambda match: f"{match[1]}{content}\n<!-- /{name} -->", text, flags=re.DOTALL
    )
    if count != 1:
        sys.exit(
            f"<!-- {name} --> and <!-- /{name} -->: expected one pair of markers, got {count}."
        )
    return found


def drawn(result: dict[str, Any]) -> str:
    """The scores as an SVG, a line for each: mean, seeds, target, published."""
    pyplot = start()
    lines = scores(result)
    figure, axes = pyplot.subplots(figsize=(9, 1.7 + 0.56 * len(lines)), layout="constrained")
    figure.set_facecolor(CARD)  # a card of its own on a dark page
    for height, line in enumerate(reversed(lines)):
        draw_line(axes, height, line)
    axes.set_yticks(range(len(lines)), [line["label"] for line in reversed(lines)])
    finish(axes, len(lines))
    legend(figure)
    return as_svg(figure)


def scores(result: dict[str, Any]) -> list[dict[str, Any]]:
    """A line of the chart for each accuracy, and one for the F1 of spam."""
    found = []
    for one in result["summary"]:
        row = classification.ROWS[one["row"]]
        runs = [run for run in result["runs"] if run["row"] == one["row"]]
        wanted: list[tuple] = [("accuracy", row.title, row.target, row.published_range)]
        if row.spam_f1_target is not None:
            wanted.append(("spam_f1", "… its F1 of spam", row.spam_f1_target, None))
        for measure, label, target, published in wanted:
            found.append(
                {
                    "label": label,
                    "mean": 100 * one[measure]["mean"],
                    "seeds": [100 * run[measure] for run in runs],
                    "target": 100 * target,
                    "published": published and [100 * end for end in published],
                }
            )
    return found


def draw_line(axes: Any, height: int, line: dict[str, Any]) -> None:
    if line["published"]:
        low, high = line["published"]
        axes.plot([low, high], [height, height], color=PUBLISHED_COLOUR, linewidth=9, alpha=0.35,
                  solid_capstyle="butt", zorder=1)  # fmt: skip
        axes.plot([low, high], [height, height], "D", color=CARD, markersize=8,
                  markeredgecolor=PUBLISHED_COLOUR, markeredgewidth=1.8, zorder=2)  # fmt: skip
    axes.plot([line["target"]], [height], "|", color=TARGET_COLOUR, markersize=24,
              markeredgewidth=2.6, zorder=3)  # fmt: skip
    below = [height - 0.24] * len(line["seeds"])  # not hidden by the mean
    axes.plot(line["seeds"], below, "o", color=SEED_COLOUR, markersize=5, markeredgewidth=0,
              alpha=0.9, zorder=4)  # fmt: skip
    axes.plot([line["mean"]], [height], "o", color=GATEWISE_COLOUR, markersize=10,
              markeredgecolor=CARD, markeredgewidth=1.2, zorder=5)  # fmt: skip
    axes.annotate(f"{line['mean']:.1f}", (1.015, height), xycoords=("axes fraction", "data"),
                  va="center", color=GATEWISE_COLOUR, weight="bold")  # fmt: skip


def finish(axes: Any, lines: int) -> None:
    axes.set_title("Test scores with defaults", loc="left", weight="bold", fontsize=13, pad=12)
    axes.annotate("mean", (1.015, 1), xycoords="axes fraction", xytext=(0, 4),
                  textcoords="offset points", color=MUTED, fontsize=10)  # fmt: skip
    axes.set_xlabel("% of held-out examples answered right (F1 of spam: %)", color=MUTED)
    axes.set_ylim(-0.6, lines - 0.4)
    axes.set_xlim(right=100.25)
    axes.grid(axis="x", color=GRID)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, labelcolor=INK)
    axes.spines[:].set_visible(False)


def legend(figure: Any) -> None:
    from matplotlib.lines import Line2D

    def mark(shape: str, colour: str, size: float, **look: Any) -> Line2D:
        return Line2D([], [], linestyle="", marker=shape, color=colour, markersize=size, **look)

    marks = {
        "Gatewise, mean of seeds": mark("o", GATEWISE_COLOUR, 10),
        "a seed": mark("o", SEED_COLOUR, 5),
        "target": mark("|", TARGET_COLOUR, 16, markeredgewidth=2.6),
        "published": mark("D", CARD, 8, markeredgecolor=PUBLISHED_COLOUR,
                                     markeredgewidth=1.8),
    }  # fmt: skip
    figure.legend(marks.values(), marks.keys(), loc="outside lower center", ncols=4, frameon=False)


if __name__ == "__main__":
    main()
