"""What recording costs: a model's forward pass with every gate kept, against the plain one.

Both are compiled and called as Keras's `predict_on_batch`, in turns, on the layers' shapes; what
comes out is NumPy arrays, of the recording all gates of all steps.

    python benchmarks/recording.py
"""

import argparse
import os
from typing import Any

import numpy as np
from harness import about, conditions, markdown, parser, say, spread, start_as_the_command_does
from harness import write_result as write

SHAPES = ((32, 200, 128, 64), (32, 200, 128, 128), (64, 100, 128, 256), (1, 200, 128, 256))
CELLS = ("LSTM", "GRU", "SimpleRNN")
TARGET = 1.5


def main() -> None:
    asked = arguments()
    os.environ |= {"OMP_NUM_THREADS": str(asked.threads), "GATEWISE_THREADS": str(asked.threads)}
    start_as_the_command_does()
    shapes = ((2, 5, 3, 4),) if asked.quick else SHAPES
    rows = [row for shape in shapes for cell in CELLS for row in measured(cell, shape, asked)]
    result = {"about": about(), "threads": asked.threads, "rows": rows}
    write(asked.out, result)
    print(f"\n{markdown(table(result))}\n\n{conditions(result)}, {asked.threads} threads")


def arguments() -> argparse.Namespace:
    found = parser("What recording costs beside a plain forward pass.", "recording")
    found.add_argument("--seconds", type=float, default=1.0, help="for each contender")
    found.add_argument("--threads", type=int, default=2, help="of each contender")
    found.add_argument("--quick", action="store_true", help="a tiny shape, for a trial")
    return found.parse_args()


def measured(
    cell: str, shape: tuple[int, int, int, int], asked: argparse.Namespace
) -> list[dict[str, Any]]:
    """A shape without and with masked steps: the plain pass and the recording, in turns."""
    from layers_sides import Side
    from layers_worker import timed, turns

    B, T, I, U = shape
    x = np.random.default_rng(0).normal(size=(B, T, I)).astype("float32")
    found = []
    for masked in (False, True):
        if masked:  # the second half of every second row
            x[::2, T // 2 :] = 0.0
        plain, recorded, path = sides(cell, I, U, x, masked)
        contenders = [Side("plain", plain, None, str), Side("recorded", recorded, None, str)]
        estimates = [max(timed(side.call), 1e-6) for side in contenders for _ in range(2)][1::2]
        times: list[list[float]] = [[], []]
        turns(contenders, estimates, times, asked.seconds)
        medians = [spread(one)["median"] for one in times]
        say(f"{cell} {shape}{', masked' * masked}: {1e3 * medians[0]:.2f} ms, recorded "
            f"{1e3 * medians[1]:.2f} ms, {medians[1] / medians[0]:.2f} times; {path}")  # fmt: skip
        found.append({"cell": cell, "shape": shape, "masked": masked, "path": path,
                      "plain": spread(times[0]), "recorded": spread(times[1])})  # fmt: skip
    return found


def sides(cell: str, I: int, U: int, x: np.ndarray, masked: bool) -> tuple[Any, Any, str]:
    """The plain pass and the recording as calls, and the path that the layer takes."""
    import keras

    import gatewise as gw

    hidden = [keras.layers.Masking(0.0)] if masked else []
    layer = getattr(gw.layers, cell)(U, name="layer")
    model = keras.Sequential([keras.Input((None, I)), *hidden, layer])
    recorder = gw.insight.Recorder(model)
    recording = recorder(x, batch_size=len(x))
    np.testing.assert_allclose(recording.outputs, model.predict_on_batch(x), atol=1e-5)
    return (
        lambda: model.predict_on_batch(x),
        lambda: recorder(x, batch_size=len(x)),
        recording["layer"].path,
    )


def table(result: dict[str, Any]) -> list[list[str]]:
    heading = ["B,T,I,U", "cell", "plain", "recorded", "times"]
    heading += [f"masked: {heading[2]}", *heading[3:]]
    cases: dict[tuple[str, str], list[str]] = {}
    for row in result["rows"]:
        plain, recorded = row["plain"]["median"], row["recorded"]["median"]
        cases.setdefault((",".join(map(str, row["shape"])), row["cell"]), []).extend(
            [f"{1e3 * plain:.2f} ms", f"{1e3 * recorded:.2f} ms", f"{recorded / plain:.2f}"]
        )
    return [heading, *([*case, *cells] for case, cells in cases.items())]


if __name__ == "__main__":
    main()
