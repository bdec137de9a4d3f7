"""One step at a time, the state carried: B = T = 1, from Python, in microseconds.

ONNX Runtime is measured both ways it can be fed: arrays in and out of `run`, and values bound to
the session beforehand. Prints rows as JSON; layers.py starts it.
"""

import argparse
import functools
import json
from collections.abc import Callable
from typing import Any

import numpy as np
from layers_grid import CELLS, Case, Shape, arrays
from layers_sides import Side, installed, keras_layer, limit_threads, torch_weights
from layers_worker import spread, timed, turns

FEATURES, UNITS = 128, (64, 128, 256)
STEPS = 20  # that all must agree on
CLOSE = 1e-4


def main() -> None:
    asked = arguments()
    limit_threads("jax", asked.threads)
    units = (4,) if asked.quick else UNITS
    rows = [row for cell in CELLS for one in units for row in measured(cell, one, asked)]
    print(json.dumps(rows))


def arguments() -> argparse.Namespace:
    found = argparse.ArgumentParser(description="One step at a time.")
    found.add_argument("--seconds", type=float, default=0.25, help="for each contender")
    found.add_argument("--threads", type=int, default=2, help="that a contender may use")
    found.add_argument("--quick", action="store_true", help="one tiny size, for a trial")
    return found.parse_args()


def measured(cell: str, units: int, asked: argparse.Namespace) -> list[dict[str, Any]]:
    case = Case(Shape(1, 1, FEATURES, units, "streaming"), cell, "forward")
    sides = contenders(case, arrays(case))
    agree(sides)
    estimates = [min(timed(side.call) for _ in range(50)) for side in sides]
    times: list[list[float]] = [[] for _ in sides]
    before = native_steps()
    turns(sides, estimates, times, asked.seconds)
    ran = native_steps() > before
    return [
        {"cell": cell, "I": FEATURES, "U": units, "name": side.name, "path": side.path(),
         **({"native_ran": ran} if side.name == "Gatewise" else {}), **spread(found)}
        for side, found in zip(sides, times, strict=True)
    ]  # fmt: skip


def contenders(case: Case, data: dict[str, Any]) -> list[Side]:
    """Each as a call that takes one step with the same x and gives the hidden state."""
    x = data["x"].reshape(-1)
    found = []
    if (ours := gatewise_step(case, data, x)) is not None:
        found.append(ours)
    if installed("onnxruntime", "onnx"):
        for name, make in (("run", onnx_run), ("bound", onnx_bound)):
            path = f"onnxruntime, CPU, one thread, {name}"
            step = make(case, data, x)
            found.append(
                Side(f"ONNX Runtime, {name}", step, np.ravel, functools.partial(str, path))
            )
    if installed("torch"):
        found.append(Side("torch.nn", torch_step(case, data, x), np.ravel, lambda: "torch.nn"))
    return found


def gatewise_step(case: Case, data: dict[str, Any], x: np.ndarray) -> Side | None:
    """The leanest path there is; None without the native library."""
    try:
        from gatewise.kernels.native import library
        from gatewise.kernels.native.stream import Stream
    except ImportError:
        return None
    if library.reason():
        return None
    step = functools.partial(Stream(keras_layer(case, data, ours=True)), x)
    path = f"native, {library.load().isa()}, gatewise.kernels.native.stream.Stream"
    return Side("Gatewise", step, np.ravel, lambda: path)


def native_steps() -> int:
    try:
        from gatewise.kernels.native import library
    except ImportError:
        return 0
    return 0 if library.reason() else library.load().counts()["step"]


def onnx_run(case: Case, data: dict[str, Any], x: np.ndarray) -> Callable[[], Any]:
    """Arrays in, arrays out."""
    import layers_onnx

    session = layers_onnx.session(case.cell, data, threads=1)
    states = [one.name for one in session.get_inputs()[1:]]
    wanted = [one.name for one in session.get_outputs()[1:]]
    zeros = np.zeros((1, 1, case.shape.U), "float32")
    fed = {"X": x[None, None], **dict.fromkeys(states, zeros)}
    run = session.run

    def step() -> Any:
        found = run(wanted, fed)
        fed.update(zip(states, found, strict=True))
        return found[0]

    return step


def onnx_bound(case: Case, data: dict[str, Any], x: np.ndarray) -> Callable[[], Any]:
    """Values bound beforehand; two sets of states that change places."""
    import layers_onnx
    from onnxruntime import OrtValue

    session = layers_onnx.session(case.cell, data, threads=1)
    zeros = np.zeros((1, 1, case.shape.U), "float32")
    states = [one.name.removeprefix("initial_") for one in session.get_inputs()[1:]]
    sets = [{name: OrtValue.ortvalue_from_numpy(zeros.copy()) for name in states} for _ in "ab"]
    given = OrtValue.ortvalue_from_numpy(x[None, None].copy())
    bindings = []
    for before, after in (sets, sets[::-1]):
        binding = session.io_binding()
        binding.bind_ortvalue_input("X", given)
        binding.bind_output("Y")
        for name in states:
            binding.bind_ortvalue_input(f"initial_{name}", before[name])
            binding.bind_ortvalue_output(f"Y_{name}", after[name])
        bindings.append((binding, after["h"]))
    row, run, turn = x[None, None], session.run_with_iobinding, 0

    def step() -> Any:
        nonlocal turn
        binding, hidden = bindings[turn]
        turn = 1 - turn
        given.update_inplace(row)
        run(binding)
        return hidden.numpy()

    return step


def torch_step(case: Case, data: dict[str, Any], x: np.ndarray) -> Callable[[], Any]:
    import torch

    torch.set_num_threads(1)  # more have nothing to share in one row
    kind = {"SimpleRNN": "RNN"}.get(case.cell, case.cell)
    layer = getattr(torch.nn, kind)(case.shape.I, case.shape.U)
    with torch.no_grad():
        for one, value in zip(layer.parameters(), torch_weights(case.cell, data), strict=True):
            one.copy_(torch.from_numpy(value))
    row, state = torch.from_numpy(x[None, None].copy()), None

    def step() -> Any:
        nonlocal state
        with torch.inference_mode():
            hidden, state = layer(row, state)
            return hidden.numpy()

    return step


def agree(sides: list[Side]) -> None:
    """Take some steps with every contender.

    Raises:
        SystemExit: they do not give the same hidden state.
    """
    for _ in range(STEPS):
        found = [np.array(side.call()).ravel() for side in sides]
        for side, one in zip(sides, found, strict=True):
            if not np.allclose(one, found[0], rtol=0, atol=CLOSE):
                raise SystemExit(f"{side.name} differs from {sides[0].name} by "
                                 f"{np.abs(one - found[0]).max():.1g}.")  # fmt: skip


if __name__ == "__main__":
    main()
