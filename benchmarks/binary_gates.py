"""What gates of 0 and 1 cost: accuracy beside the plain LSTM, rounded or not, and time.

As a control, the plain LSTM's gates are rounded too, which it was not trained for.

Each run is what `gatewise train DATA --cell CELL --seed SEED` does. A run that is in the results
already is not repeated unless --fresh is given, so that a stopped benchmark goes on.

    python benchmarks/binary_gates.py
    python benchmarks/binary_gates.py --rows trec --seeds 0
    python benchmarks/chart.py                              # into docs/binary-gates.md
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from harness import (
    BACKEND,
    about,
    conditions,
    markdown,
    parser,
    read_result,
    say,
    spread,
    start_as_the_command_does,
    write_result,
)

ROWS = {"trec": "TREC, 6 labels", "reuters-r8": "Reuters R8"}
CELLS = {"lstm": "LSTM", "binary_gate_lstm": "BinaryGateLSTM"}
SEEDS = (0, 1, 2)
SHAPES = ((32, 200, 128, 64), (32, 200, 128, 128))  # B, T, I, U
CHANGED = 0.1  # a gate value that rounding changes by more than this counts as changed
ALLOWED = 0.007  # how far below the plain LSTM rounded gates may fall
NOISE: dict[str, Any] = {"noise": 1.0}
SIDES: dict[str, tuple[str, dict[str, Any], str]] = {  # layer, arguments, GATEWISE_KERNELS
    "LSTM": ("LSTM", {}, "native"),
    "binary gates": ("BinaryGateLSTM", {}, "native"),
    "with noise": ("BinaryGateLSTM", NOISE, "native"),
    "with noise, equations": ("BinaryGateLSTM", NOISE, "reference"),
}


def main() -> None:
    asked = arguments()
    start_as_the_command_does()
    result = (None if asked.fresh else read_result(asked.out)) or {"runs": [], "speed": []}
    if asked.seconds and not any(one["backend"] == BACKEND for one in result["speed"]):
        result["speed"] += [step(shape, asked.seconds) for shape in SHAPES]
        write(asked.out, result)
    for row in asked.rows:
        for seed in asked.seeds:
            for cell in asked.cells:
                if not any(key(run) == (row, cell, seed) for run in result["runs"]):
                    result["runs"].append(one_run(row, cell, seed, asked.epochs))
                    write(asked.out, result)
    for table in (quality_table(result), speed_table(result)):
        print(f"\n{markdown(table)}")
    print(f"\n{conditions(result)}")


def arguments() -> argparse.Namespace:
    found = parser("Accuracy and speed of gates that are 0 or 1.", "binary_gates")
    found.add_argument("--rows", nargs="*", choices=ROWS, default=list(ROWS), metavar="ROW",
                       help=f"of {', '.join(ROWS)}")  # fmt: skip
    found.add_argument("--cells", nargs="+", choices=CELLS, default=list(CELLS))
    found.add_argument("--seeds", nargs="+", type=int, default=list(SEEDS))
    found.add_argument("--epochs", type=int, help="at most, for a trial; not the user's default")
    found.add_argument("--seconds", type=float, default=1.0, help="for each timing; 0 for none")
    found.add_argument("--fresh", action="store_true", help="forget the results so far")
    return found.parse_args()


def write(path: Path, result: dict[str, Any]) -> None:
    order = list(CELLS)
    result["runs"].sort(key=lambda run: (run["row"], run["seed"], order.index(run["cell"])))
    result["about"] = about()
    result["summary"] = summary(result["runs"])
    write_result(path, result)


def key(run: dict[str, Any]) -> tuple[str, str, int]:
    return run["row"], run["cell"], run["seed"]


def one_run(row: str, cell: str, seed: int, epochs: int | None) -> dict[str, Any]:
    """Train as `gatewise train` does; score the saved model, and with rounded gates too."""
    import keras

    import gatewise
    from gatewise.tasks.job import train
    from gatewise.tasks.options import RunOptions
    from gatewise.tasks.run_folder import RunFolder

    keras.utils.clear_session()
    facts, start = about(), time.perf_counter()
    options = RunOptions(data=row, model={"cell": cell, "seed": seed}, epochs=epochs)
    with tempfile.TemporaryDirectory() as name:
        folder = RunFolder(Path(name))
        found = train(options, folder, say=lambda text: None)
        classifier = gatewise.load(folder.model)
    training = found["training"]
    if training["stopped"] == "interrupted":
        raise SystemExit("Stopped; the runs before this one are kept. The same command goes on.")
    run = {
        "row": row, "cell": cell, "seed": seed,
        "accuracy": found["test"]["accuracy"]["value"],
        "validation_accuracy": training["history"][training["best_epoch"] - 1]["val_accuracy"],
        "epochs": training["epochs"], "best_epoch": training["best_epoch"],
        "training_seconds": training["seconds"],
    }  # fmt: skip
    run |= with_rounded_gates(classifier if cell == "binary_gate_lstm" else twin(classifier), row)
    run |= {"seconds": time.perf_counter() - start}
    say(f"{row}, {CELLS[cell]}, seed {seed}: {run['accuracy']:.2%}, rounded "
        f"{run['rounded_accuracy']:.2%}")  # fmt: skip
    return run | {name: facts[name] for name in ("date", "commit", "source")}


def twin(classifier: Any) -> Any:
    """A plain LSTM's classifier with the same weights in layers whose gates can be rounded."""
    from gatewise import layers
    from gatewise.tasks import Classifier

    found = Classifier.from_config(classifier.get_config() | {"cell": "binary_gate_lstm"})
    found.network.set_weights(classifier.network.get_weights())
    for _, layer in layers.find_recurrent(found):
        layer.temperature = 1.0
    return found


def with_rounded_gates(classifier: Any, row: str) -> dict[str, Any]:
    """The test score with rounded gates, and what rounding changes."""
    from gatewise import data, layers

    examples = data.load(row)[1]
    changed = changed_gates(classifier, examples.inputs)
    layer = next(iter(layers.find_recurrent(classifier)))[1]
    used = {"temperature": layer.temperature, "noise": layer.noise}
    layers.round_gates(classifier)
    answers = [one.label for one in classifier.classify(examples.inputs)]
    right = np.mean([one == other for one, other in zip(answers, examples.answers, strict=True)])
    return {"rounded_accuracy": float(right), "changed": changed, **used}


def changed_gates(classifier: Any, inputs: Any) -> dict[str, Any]:
    """Of each gate, the share that rounding changes by more than CHANGED, and how many there are.

    Over every real step of the inputs, every unit, layer and direction.
    """
    from gatewise.insight import Recorder

    recorder = Recorder(classifier.network)
    batches = classifier.batches(inputs, batch_size=32)
    changed, total = dict.fromkeys(("forget", "update"), 0), 0
    for number in range(batches.num_batches):
        for layer in recorder(batches[number][0]).values():
            for name in changed:
                gate = getattr(layer, name)[layer.mask]
                changed[name] += int((np.minimum(gate, 1 - gate) > CHANGED).sum())
            total += gate.size
    shares: dict[str, Any] = {name: count / total for name, count in changed.items()}
    return shares | {"share": sum(changed.values()) / (2 * total), "values": 2 * total}


def step(shape: tuple[int, int, int, int], seconds: float) -> dict[str, Any]:
    """One training step of each contender, in turns: the gradient of the sum of its outputs with
    respect to input and weights."""
    from layers_sides import Side
    from layers_worker import LONG, timed, turns

    sides = [Side(name, call(*side, shape), None, str) for name, side in SIDES.items()]
    for side in sides:
        side.call()
    estimates = [timed(side.call) for side in sides]
    times = [[estimate] if estimate > LONG else [] for estimate in estimates]
    turns(sides, estimates, times, seconds)
    found = {
        side.name: spread(values) | {"processor": processor_time(side.call)}
        for side, values in zip(sides, times, strict=True)
    }
    del os.environ["GATEWISE_KERNELS"]
    for name, value in found.items():
        say(f"{','.join(map(str, shape))} {name}: {1e3 * value['median']:.1f} ms")
    return {"shape": shape, "backend": BACKEND, "seconds": found}


def processor_time(call: Callable[[], Any], count: int = 5) -> float:
    """Seconds of a call on all cores together: what other work on the machine hardly changes."""
    start = time.process_time()
    for _ in range(count):
        call()
    return (time.process_time() - start) / count


def call(
    kind: str, options: dict[str, Any], kernels: str, shape: tuple[int, int, int, int]
) -> Callable[[], Any]:
    from gatewise import layers

    B, T, I, U = shape
    layer = getattr(layers, kind)(U, return_sequences=True, **options)
    layer.build((B, T, I))
    x = np.random.default_rng(0).normal(size=(B, T, I)).astype("float32")
    run = {"jax": jax_step, "torch": torch_step}[BACKEND](layer, x)

    def with_setting() -> Any:
        os.environ["GATEWISE_KERNELS"] = kernels
        return run()

    return with_setting


def jax_step(layer: Any, x: np.ndarray) -> Callable[[], Any]:
    import jax

    weights, others = ([one.value for one in group] for group in
                       (layer.trainable_variables, layer.non_trainable_variables))  # fmt: skip

    def total(weights: Any, x: Any) -> Any:
        return layer.stateless_call(weights, others, x, training=True)[0].sum()

    run, given = jax.jit(jax.grad(total, argnums=(0, 1))), jax.numpy.asarray(x)
    return lambda: jax.block_until_ready(run(weights, given))


def torch_step(layer: Any, x: np.ndarray) -> Callable[[], Any]:
    import torch

    given = torch.from_numpy(x).requires_grad_()
    weights = [one.value for one in layer.trainable_variables]
    return lambda: torch.autograd.grad(layer(given, training=True).sum(), [given, *weights])


def summary(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """For each data set whose seeds have both cells: means over those seeds."""
    found = []
    for row in ROWS:
        plain, binary = (
            {run["seed"]: run for run in runs if (run["row"], run["cell"]) == (row, cell)}
            for cell in CELLS
        )
        if seeds := sorted(plain.keys() & binary.keys()):
            mine = [plain[seed] for seed in seeds], [binary[seed] for seed in seeds]
            found.append({"row": row, "seeds": seeds, **means(*mine)})
    return found


def means(plain: list[dict[str, Any]], binary: list[dict[str, Any]]) -> dict[str, float]:
    return {
        "plain": statistics.fmean(run["accuracy"] for run in plain),
        "plain_rounded": statistics.fmean(run["rounded_accuracy"] for run in plain),
        "plain_changed": statistics.fmean(run["changed"]["share"] for run in plain),
        "binary": statistics.fmean(run["accuracy"] for run in binary),
        "rounded": statistics.fmean(run["rounded_accuracy"] for run in binary),
        "changed": statistics.fmean(run["changed"]["share"] for run in binary),
    }


def quality_table(result: dict[str, Any]) -> list[list[str]]:
    rows = [
        ["data", "seeds", "LSTM", "LSTM rounded", "binary gates", "binary gates rounded",
         "rounded against LSTM", f"gates moved by more than {CHANGED}: LSTM / binary"]
    ]  # fmt: skip
    for one in result["summary"]:
        gain = one["rounded"] - one["plain"]
        verdict = "reached" if gain >= -ALLOWED else "missed"
        rows.append(
            [ROWS[one["row"]], ", ".join(map(str, one["seeds"])),
             *(f"{one[name]:.2%}" for name in ("plain", "plain_rounded", "binary", "rounded")),
             f"{100 * gain:+.2f} points ({verdict})",
             f"{one['plain_changed']:.1%} / {one['changed']:.1%}"]
        )  # fmt: skip
    return rows


def speed_table(result: dict[str, Any]) -> list[list[str]]:
    rows = [["B, T, I, U", "back end", *SIDES]]
    for one in result["speed"]:
        seconds = [one["seconds"][name] for name in SIDES]
        times = [f"{1e3 * it['median']:.1f} ms ({1e3 * it['processor']:.1f})" for it in seconds]
        rows.append([", ".join(map(str, one["shape"])), one["backend"], *times])
    return rows


if __name__ == "__main__":
    main()
