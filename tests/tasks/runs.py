"""Real runs of `gatewise train` in processes of their own, to be disturbed."""

import json
import signal
import subprocess
import sys
import time

import numpy as np

import gatewise as gw

from ..toys import series, texts, write_csv, write_ts

COMMAND = [sys.executable, "-c", "from gatewise_cli import main; main()", "train"]
SMALL = [
    "--task",
    "classifier",  # said aloud where it is not given
    "--units",
    "4",
    "--embedding",
    "6",
    "--batch-size",
    "8",
    "--epochs",
    "6",
    "--patience",
    "9",
]
PATIENCE = 60  # seconds until a run that does not move is given up


def data(kind, folder):
    """A file of texts, or of series, on which an epoch takes a moment."""
    if kind == "text":
        x, y = texts(300)
        return write_csv(folder / "days.csv", {"text": x, "label": y})
    return write_ts(folder / "slopes.ts", *series(300))


def start(*arguments, preexec_fn=lambda: None, **options):
    """A run in the background, which Ctrl-C reaches however the tests themselves were started."""

    def prepared():  # a shell's background jobs ignore Ctrl-C, and so would all that they start
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        preexec_fn()

    return subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=prepared, **options,
    )  # fmt: skip


def finish(process):
    """The exit code, standard output and standard error of a run, once it has ended."""
    out, err = process.communicate(timeout=PATIENCE)
    return process.returncode, out, err


def run(*arguments, **options):
    return finish(start(*arguments, **options))


def wait_until(happened, process):
    """Wait for a moment in a run that is still going on."""
    end = time.monotonic() + PATIENCE
    while not happened():
        assert process.poll() is None, "the run ended before it was disturbed"
        assert time.monotonic() < end
        time.sleep(0.002)


def epochs_done(folder):
    history = folder / "history.csv"
    return max(0, len(history.read_text().splitlines()) - 1) if history.exists() else 0


def outcome(folder):
    """What must be the same: the weights, the history but for its seconds, and the scores."""
    metrics = json.loads((folder / "metrics.json").read_text())
    history = [
        {name: value for name, value in row.items() if name != "seconds"}
        for row in metrics["training"]["history"]
    ]
    table = [line.rsplit(",", 1)[0] for line in (folder / "history.csv").read_text().splitlines()]
    told = history, table, metrics["test"], metrics["training"]["best_epoch"]
    return gw.load(folder / "model.keras").get_weights(), told


def assert_same_outcome(one, other):
    for weights in zip(one[0], other[0], strict=True):
        assert np.array_equal(*weights)
    assert one[1] == other[1]
