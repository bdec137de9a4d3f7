"""A recurrent layer as an ONNX model of one node, for ONNX Runtime."""

import os
from typing import Any

import numpy as np

# Of Keras's gates, in ONNX's order: i o f c; z r h stays.
ORDER = {"LSTM": (0, 3, 1, 2)}


def session(cell: str, data: dict[str, Any], threads: int | None = None) -> Any:
    """An inference session of the layer with these weights: X [T,B,I] to Y [T,1,B,U].

    The states are inputs and outputs too, by the names that ONNX gives them; without them the
    layer starts from zeros.

    Args:
        cell: "LSTM", "GRU" (reset after) or "SimpleRNN".
        data: kernel [I,G·U], recurrent_kernel [U,G·U] and bias as Keras has them.
        threads: by default two, or what OMP_NUM_THREADS says.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or int(os.environ.get("OMP_NUM_THREADS", "2"))
    options.inter_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    return onnxruntime.InferenceSession(
        model(cell, data, states=threads == 1), options, providers=["CPUExecutionProvider"]
    )


def model(cell: str, data: dict[str, Any], states: bool) -> bytes:
    """The model as bytes; with `states`, they are fed and given back."""
    from onnx import TensorProto, helper, numpy_helper

    units = data["recurrent_kernel"].shape[0]
    kept = {"LSTM": ("h", "c")}.get(cell, ("h",)) if states else ()
    state = (1, "B", units)
    inputs = [("X", ("T", "B", data["kernel"].shape[0]))]
    inputs += [(f"initial_{name}", state) for name in kept]
    outputs = [("Y", ("T", 1, "B", units))] + [(f"Y_{name}", state) for name in kept]
    fed = ["X", "W", "R", "B"] + ([""] + [name for name, _ in inputs[1:]] if kept else [])
    node = helper.make_node(
        {"SimpleRNN": "RNN"}.get(cell, cell),
        fed,
        [name for name, _ in outputs],
        hidden_size=units,
        **({"linear_before_reset": 1} if cell == "GRU" else {}),
    )

    def described(pairs: list[tuple[str, Any]]) -> list[Any]:
        return [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, size) for name, size in pairs
        ]

    graph = helper.make_graph(
        [node], "layer", described(inputs), described(outputs),
        [numpy_helper.from_array(value, name) for name, value in weights(cell, data).items()],
    )  # fmt: skip
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    made.ir_version = 9
    return made.SerializeToString()


def weights(cell: str, data: dict[str, Any]) -> dict[str, np.ndarray]:
    """W [1,G·U,I], R [1,G·U,U], B [1,2·G·U]."""
    from layers_sides import ordered

    order = ORDER.get(cell)
    bias = data["bias"] if cell == "GRU" else np.stack([data["bias"], 0 * data["bias"]])
    found = {
        "W": ordered(data["kernel"], order).T,
        "R": ordered(data["recurrent_kernel"], order).T,
        "B": ordered(bias, order).reshape(-1),
    }
    return {name: np.ascontiguousarray(value[None]) for name, value in found.items()}
