"""How well a forecaster trained with defaults forecasts, beside simpler and published methods.

Each run is what `gatewise train DATA --task forecaster --seed SEED` does, in this process: the
monthly series of M3 on the competition's own split (the last 18 months of each), and PM2.5 in
Beijing a day ahead through the last fifth of the hours.

    python benchmarks/quality/forecasting.py
    python benchmarks/quality/forecasting.py --rows m3-monthly --seeds 0
    python benchmarks/quality/forecasting.py --quick --rows m3-monthly --data series.csv
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from harness import (
    ROOT,
    about,
    conditions,
    fill,
    markdown,
    parser,
    read_result,
    say,
    start_as_the_command_does,
    write_result,
)

# Data set: seeds, and what others report of the same split.
ROWS: dict[str, dict[str, Any]] = {
    "m3-monthly": {
        "title": "M3 monthly, 18 months ahead",
        "published": "sMAPE: Theta 13.85, seasonal naive 17.23 (Makridakis and Hibon 2000)",
        "target": {"smape": 13.85, "coverage": [0.75, 0.85]},
        "model": {},
    },
    "beijing-pm25": {
        "title": "Beijing PM2.5, 24 hours ahead",
        "published": "",
        "target": {"coverage": [0.75, 0.85]},
        "model": {"horizon": 24},
    },
}
QUICK = {"epochs": 1, "model": {"units": 8, "members": 1}}


def main() -> None:
    asked = arguments()
    start_as_the_command_does()
    result = (None if asked.fresh else read_result(asked.out)) or {"runs": []}
    for name in asked.rows:
        for seed in asked.seeds:
            if any(run["data"] == name and run["seed"] == seed for run in result["runs"]):
                continue
            say(f"{name}, seed {seed}")
            result["runs"].append(run(name, seed, asked.quick, asked.data))
            result |= {
                "about": about(),
                "threads": os.environ.get("OMP_NUM_THREADS", "all"),
                "shared": "other processes ran on the machine meanwhile; seconds are upper bounds",
            }
            write_result(asked.out, result)
    shown = f"{table(result)}\n\n<sub>{conditions(result)}.</sub>"
    print(f"\n{shown}")
    if not asked.quick:
        fill(ROOT / "docs" / "forecaster.md", "forecasting", shown)


def arguments() -> argparse.Namespace:
    found = parser(__doc__.splitlines()[0], "forecasting")
    found.add_argument("--rows", nargs="+", default=list(ROWS), choices=ROWS, help="data sets")
    found.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2], help="seeds")
    found.add_argument("--fresh", action="store_true", help="repeat what is there already")
    found.add_argument("--quick", action="store_true", help="a tiny network, one epoch")
    found.add_argument("--data", type=Path, help="a table of series in place of each set; --quick")
    asked = found.parse_args()
    if asked.data and not asked.quick:  # the page's figures are those of the named sets
        found.error("--data: expected --quick beside it, got a full run. Add --quick.")
    return asked


def run(name: str, seed: int, quick: bool = False, source: Path | None = None) -> dict[str, Any]:
    """Train with defaults into a folder that is thrown away, and keep what was measured."""
    from gatewise.tasks.job import train
    from gatewise.tasks.options import RunOptions
    from gatewise.tasks.run_folder import RunFolder

    row = ROWS[name]
    model = {"seed": seed, **row["model"], **(QUICK["model"] if quick else {})}
    options = RunOptions(
        data=str(source or name),
        task="forecaster",
        model=model,
        epochs=QUICK["epochs"] if quick else None,
    )
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as path:
        folder = RunFolder(Path(path) / "run")
        folder.create(False)
        found = train(options, folder, say=say)
    return {
        "data": name,
        "seed": seed,
        "quick": quick,
        "seconds": time.perf_counter() - start,
        "training_seconds": found["training"]["seconds"],
        "epochs": found["training"]["epochs"],
        "test": found["test"],
        "baselines": found["baselines"],
        "interval_factors": found["model"]["interval_factors"],
        "published": row["published"],
        "target": row["target"],
        "commit": about()["commit"],
    }


def table(result: dict[str, Any]) -> str:
    rows = [["data", "method", "sMAPE", "MASE", "MAE", "80% interval", "seconds"]]
    for name, row in ROWS.items():
        runs = [one for one in result["runs"] if one["data"] == name]
        if not runs:
            continue
        for one in runs:
            model = {"name": f"Gatewise, seed {one['seed']}", **one["test"]}
            rows.append(_line(row["title"], model, f"{one['seconds']:.0f}"))
        rows += [_line(row["title"], baseline, "") for baseline in runs[0]["baselines"]]
    return markdown(rows)


def _line(title: str, one: dict[str, Any], seconds: str) -> list[str]:
    covered = f"{one['coverage']['value']:.1%}" if "coverage" in one else ""
    errors = [f"{one[key]['value']:.3f}" for key in ("smape", "mase")]
    return [title, one["name"], *errors, f"{one['mae']:.2f}", covered, seconds]


if __name__ == "__main__":
    main()
