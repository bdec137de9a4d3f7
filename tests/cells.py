"""The cells under test, and Keras's layers and our equations run on the same arrays."""

from functools import partial

import keras
import numpy as np
from keras import ops

from gatewise.equations import gru_step, lstm_step, run_sequence, simple_rnn_step

from .gradients import run_and_differentiate

CELLS = {
    "lstm": ("LSTM", {}),
    "lstm, no bias": ("LSTM", {"use_bias": False}),
    "lstm, other activations": (
        "LSTM",
        {"activation": "softsign", "recurrent_activation": "hard_sigmoid"},
    ),
    "gru, reset after": ("GRU", {}),
    "gru, reset after, no bias": ("GRU", {"use_bias": False}),
    "gru, reset before": ("GRU", {"reset_after": False}),
    "gru, reset before, no bias": ("GRU", {"reset_after": False, "use_bias": False}),
    "simple": ("SimpleRNN", {}),
    "simple, no bias": ("SimpleRNN", {"use_bias": False}),
}
GATES = {"LSTM": 4, "GRU": 3, "SimpleRNN": 1}

# Every pattern of padding in one batch: none, right, left, middle, all, scattered.
MASK = np.array(
    [
        [1, 1, 1, 1, 1],
        [1, 1, 1, 0, 0],
        [0, 0, 1, 1, 1],
        [1, 0, 0, 1, 1],
        [0, 0, 0, 0, 0],
        [0, 1, 0, 1, 0],
    ],
    bool,
)


def arrays(cell, batch=6, steps=5, features=2, units=3, seed=0):
    """Random (x, states, weights) for a cell: [B,T,I], each [B,U], as Keras lays them out."""
    rng = np.random.default_rng(seed)
    kind, options = CELLS[cell]
    width = GATES[kind] * units
    bias = (2, width) if kind == "GRU" and options.get("reset_after", True) else (width,)
    shapes = [(features, width), (units, width)] + [bias] * options.get("use_bias", True)
    draw = lambda shape: rng.normal(size=shape).astype("float32")  # noqa: E731
    states = [draw((batch, units)) for _ in range(2 if kind == "LSTM" else 1)]
    return draw((batch, steps, features)), states, [draw(shape) for shape in shapes]


def run_layer(cell, x, states, weights, mask=None, source=keras.layers, **options):
    """(outputs, *states) of the layer of that name in `source`, with these very weights."""
    kind, own = CELLS[cell]
    layer = getattr(source, kind)(
        weights[1].shape[0], return_sequences=True, return_state=True, **own, **options
    )
    layer.build(tuple(x.shape))
    rest = [v.value for v in layer.non_trainable_variables]
    results, _ = layer.stateless_call(weights, rest, x, initial_state=list(states), mask=mask)
    return results


def run_equations(cell, x, states, weights, mask=None, **options):
    """The same from `gatewise.equations`."""
    run = sequence(cell, x, states, weights, mask, **options)
    return (run.outputs, *run.states)


def sequence(cell, x, states, weights, mask=None, **options):
    """The whole result of `run_sequence`, gates included."""
    step, bias = step_of(cell, weights)
    return run_sequence(step, ops.matmul(x, weights[0]) + bias, tuple(states), mask, **options)


def step_of(cell, weights):
    """A cell's step with its weights filled in, and the bias of the input."""
    kind, own = CELLS[cell]
    bias = weights[2] if len(weights) > 2 else 0
    options = {"recurrent_kernel": weights[1]}
    for name in ("activation", "recurrent_activation"):
        if name in own:
            options[name] = keras.activations.get(own[name])
    if kind == "GRU":
        options["reset_after"] = own.get("reset_after", True)
        if options["reset_after"] and len(weights) > 2:
            bias, options["recurrent_bias"] = weights[2][0], weights[2][1]
    step = {"LSTM": lstm_step, "GRU": gru_step, "SimpleRNN": simple_rnn_step}[kind]
    return partial(step, **options), bias


def comparable(mask, go_backwards=False, zero_output_for_mask=False, **_):
    """[B, T, 1]: 1 where Keras's back ends agree on the output, in processing order.

    Before a row's first real step torch gives zeros and JAX the initial hidden state.
    """
    if mask is None or zero_output_for_mask or keras.backend.backend() != "torch":
        return np.float32(1)
    mask = mask[:, ::-1] if go_backwards else mask
    return np.maximum.accumulate(mask, axis=1)[..., None].astype("float32")


def results_and_gradients(run, cell, given_arrays, mask=None, options=None):
    """Outputs, last states, then the gradients of x, the initial states and the weights.

    `run` is `run_layer` or `run_equations`. Outputs on which Keras's back ends differ are left
    out of all of it; each of the others weighs differently.
    """
    x, states, weights = given_arrays
    options = options or {}
    seen = comparable(mask, **options)
    rng = np.random.default_rng(1)
    probes = [rng.normal(size=(*x.shape[:2], states[0].shape[1])) * seen]
    probes += [rng.normal(size=state.shape) for state in states]

    def function(tensors):
        before, own = tensors[1 : len(states) + 1], tensors[len(states) + 1 :]
        marks = None if mask is None else ops.convert_to_tensor(mask)
        return run(cell, tensors[0], before, own, mask=marks, **options)

    (outputs, *after), gradients = run_and_differentiate(
        function, [x, *states, *weights], [probe.astype("float32") for probe in probes]
    )
    return [outputs * seen, *after, *gradients]
