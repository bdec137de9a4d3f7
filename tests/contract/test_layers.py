"""Our layers on the native kernel against Keras's own, in every option a layer can be given."""

import keras
import numpy as np
import pytest
from keras import ops

from gatewise import layers

from ..gradients import run_and_differentiate

CELLS = {
    "LSTM": ("LSTM", {}),
    "GRU": ("GRU", {}),
    "GRU reset before": ("GRU", {"reset_after": False}),
    "SimpleRNN tanh": ("SimpleRNN", {}),
    "SimpleRNN relu": ("SimpleRNN", {"activation": "relu"}),
}
# [B, T]: no padding, on the right, on the left, in the middle, all.
MASK = np.array([[1, 1, 1, 1], [1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 0, 1], [0, 0, 0, 0]], bool)
B, T, FEATURES, UNITS = (*MASK.shape, 3, 7)


def single(**options):
    return lambda recurrent, _: recurrent(UNITS, **options)


def stacked(recurrent, _):
    inputs = keras.Input((T, FEATURES))
    hidden = recurrent(UNITS, return_sequences=True)(keras.layers.Masking()(inputs))
    hidden = recurrent(5, return_sequences=True, go_backwards=True)(hidden)
    return keras.Model(inputs, recurrent(3)(hidden))


def both_ways(merge_mode, **options):
    def build(recurrent, bidirectional):
        layer = bidirectional(recurrent(UNITS, **options), merge_mode=merge_mode)
        for part in (layer.forward_layer, layer.backward_layer):
            # the configuration they are made from leaves out the seed of SimpleRNN
            part.cell.seed_generator = keras.random.SeedGenerator(3)
        return layer

    return build


SEQUENCES = {"return_sequences": True}
OPTIONS = {
    "last output": single(),
    "every output": single(return_sequences=True),
    "every output and the states": single(return_sequences=True, return_state=True),
    "the states": single(return_state=True),
    "backwards, zeros": single(go_backwards=True, zero_output_for_mask=True, **SEQUENCES),
    "no bias": single(use_bias=False),
    "stateful": single(stateful=True, **SEQUENCES),
    "dropout": single(dropout=0.4, seed=3, **SEQUENCES),
    "recurrent dropout": single(recurrent_dropout=0.4, seed=3, **SEQUENCES),
    "both dropouts": single(dropout=0.3, recurrent_dropout=0.3, seed=3),
    "stacked": stacked,
    **{f"both ways, {merge}": both_ways(merge, **SEQUENCES) for merge in ("concat", "sum")},
    **{f"both ways, {merge}": both_ways(merge) for merge in ("mul", "ave", None)},
    "both ways, zeros": both_ways("concat", zero_output_for_mask=True, **SEQUENCES),
    "both ways, states": both_ways("concat", return_state=True, **SEQUENCES),
    "both ways, both dropouts": both_ways("concat", dropout=0.3, recurrent_dropout=0.3, seed=3),
}


def in_turn(start):
    """Each option once, with one of the cells in turn."""
    return [(list(CELLS)[(start + i) % len(CELLS)], option) for i, option in enumerate(OPTIONS)]


# A back end that compiles takes seconds for each: two cells an option, for some one quickly.
QUICK = ("every output and the states", "backwards, zeros", "stateful", "both dropouts", "stacked")
QUICK += ("last output", "no bias", "both ways, concat", "both ways, None", "both ways, zeros")
PAIRS = [pair for pair in in_turn(0) if pair[1] in QUICK]
PAIRS += [
    pytest.param(*pair, marks=pytest.mark.slow)
    for pair in in_turn(0) + in_turn(2)
    if pair not in PAIRS
]


@pytest.mark.parametrize(("cell", "option"), PAIRS)
def test_a_native_layer_equals_keras(cell, option, best_isa, monkeypatch):
    monkeypatch.setenv("GATEWISE_KERNELS", "native")
    theirs = results_and_gradients(keras.layers, cell, option)
    ours = results_and_gradients(layers, cell, option)
    for found, expected in zip(ours, theirs, strict=True):
        size = max(1, np.abs(expected).max(initial=0))
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5 * size)


def results_and_gradients(source, cell, option):
    """All outputs side by side, then the gradients of x and the weights."""
    kind, own = CELLS[cell]
    layer = OPTIONS[option](
        lambda units, **options: getattr(source, kind)(units, **own, **options),
        source.Bidirectional,
    )
    layer.build((B, T, FEATURES))
    rng = np.random.default_rng(0)
    draw = lambda shape: (rng.normal(size=shape) / 2).astype("float32")  # noqa: E731
    weights = [draw(variable.shape) for variable in layer.trainable_variables]
    rest = [variable.value for variable in layer.non_trainable_variables]
    x = draw((B, T, FEATURES)) * MASK[..., None]
    masked = {} if option == "stacked" else {"mask": ops.convert_to_tensor(MASK)}

    def function(tensors):
        results, after = [], rest
        # a second call carries on: with states, or the next random numbers
        for _ in range(2 if option in ("stateful", "both dropouts") else 1):
            outputs, after = layer.stateless_call(
                tensors[1:], after, tensors[0], training=True, **masked
            )
            results += [ops.reshape(one, (-1,)) for one in keras.tree.flatten(outputs)]
        flat = ops.concatenate(results)
        return flat, ops.sum(flat * ops.cos(ops.arange(flat.shape[0], dtype="float32")))

    # the gradient of the second: each output weighs differently
    (found, _), gradients = run_and_differentiate(function, [x, *weights], np.float32([0, 1]))
    return [found, *gradients]
