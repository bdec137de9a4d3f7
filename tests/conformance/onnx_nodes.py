"""An ONNX recurrent node run by a Gatewise layer with the node's own weights."""

import numpy as np
import onnx.helper
from keras import ops

from gatewise import layers

KINDS = {"LSTM": "LSTM", "GRU": "GRU", "RNN": "SimpleRNN"}
# Where each gate of Keras's order lies in ONNX's: i f c o from i o f c, z r h from z r h.
GATES = {"LSTM": (0, 2, 3, 1), "GRU": (0, 1, 2), "RNN": (0,)}
# What Gatewise's layers do not have, by what a node says it with.
OUT_OF_SCOPE = {
    "P": "peepholes: Keras's LSTM has none",
    "clip": "clipped pre-activations: Keras's cells have none",
    "input_forget": "coupled gates: Keras's LSTM has none",
    "activations": "activations of its own: held by the layers' tests",
}


def out_of_scope(node) -> str | None:
    """Why no Gatewise layer computes this node, or None where one does."""
    said = {attribute.name for attribute in node.attribute} | set(node.input)
    return next((why for name, why in OUT_OF_SCOPE.items() if name in said), None)


def run_node(node, inputs) -> dict[str, np.ndarray]:
    """Y [T,D,B,U], Y_h and for an LSTM Y_c [D,B,U]; with layout=1 the batch comes first."""
    said = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    given = dict(zip((name for name in node.input if name), inputs, strict=True))
    batch_first = said.get("layout", 0) == 1
    x = given["X"] if batch_first else np.swapaxes(given["X"], 0, 1)  # [B,T,I]
    direction = said.get("direction", b"forward").decode()
    layer = layer_of(node.op_type, said, direction)
    layer.build(x.shape)
    weights = [keras_weights(node.op_type, said, given, d) for d in range(len(given["W"]))]
    layer.set_weights([array for one in weights for array in one])
    states = [given.get(name) for name in ("initial_h", "initial_c")]
    states = [s if batch_first or s is None else np.swapaxes(s, 0, 1) for s in states]  # [B,D,U]
    by_direction = [s[:, d] for d in range(len(weights)) for s in states if s is not None]
    mask = None
    if "sequence_lens" in given:
        mask = np.arange(x.shape[1]) < given["sequence_lens"][:, None]
    results = layer(x, initial_state=by_direction or None, mask=mask)
    return onnx_results([ops.convert_to_numpy(r) for r in results], direction, batch_first)


def layer_of(op, said, direction):
    options = {"return_sequences": True, "return_state": True}
    if op == "GRU":
        options["reset_after"] = said.get("linear_before_reset", 0) == 1
    if direction != "bidirectional":
        options["go_backwards"] = direction == "reverse"
    # ONNX's Y is 0 at the steps that sequence_lens leaves out
    options["zero_output_for_mask"] = True
    layer = getattr(layers, KINDS[op])(said["hidden_size"], **options)
    if direction != "bidirectional":
        return layer
    return layers.Bidirectional(layer, merge_mode=None)


def keras_weights(op, said, given, d) -> list[np.ndarray]:
    """kernel [I,G·U], recurrent kernel [U,G·U] and bias of direction d, as Keras has them."""
    U = said["hidden_size"]

    def reordered(array):  # [G·U, ...]
        gates = np.split(array, len(GATES[op]))
        return np.concatenate([gates[place] for place in GATES[op]])

    both = given["B"][d] if "B" in given else np.zeros(2 * len(GATES[op]) * U, "float32")
    biases = [reordered(bias) for bias in np.split(both, 2)]
    two = op == "GRU" and said.get("linear_before_reset", 0) == 1
    bias = np.stack(biases) if two else biases[0] + biases[1]
    return [reordered(given["W"][d]).T, reordered(given["R"][d]).T, bias]


def onnx_results(results, direction, batch_first) -> dict[str, np.ndarray]:
    D = 2 if direction == "bidirectional" else 1
    hidden, states = np.stack(results[:D], axis=2), results[D:]  # [B,T,D,U], each [B,U]
    if direction == "reverse":
        hidden = hidden[:, ::-1]  # Keras gives the outputs in the order taken
    per_direction = len(states) // D
    last = [np.stack(states[k::per_direction], axis=1) for k in range(per_direction)]  # [B,D,U]
    if not batch_first:
        hidden = hidden.transpose(1, 2, 0, 3)
        last = [state.swapaxes(0, 1) for state in last]
    return dict(zip(("Y", "Y_h", "Y_c"), [hidden, *last], strict=False))
