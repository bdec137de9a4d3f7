"""A case run by Keras's stock layers: the reference path, held to the same oracle."""

import keras
import numpy as np

from ..gradients import run_and_differentiate
from .cases import Case

OPTIONS = {
    "LSTM": ("LSTM", {}),
    "GRU": ("GRU", {"reset_after": True}),
    "GRU reset before": ("GRU", {"reset_after": False}),
    "SimpleRNN tanh": ("SimpleRNN", {"activation": "tanh"}),
    "SimpleRNN relu": ("SimpleRNN", {"activation": "relu"}),
}
# What Keras's back ends hold at a masked step, and what zero_output_for_mask gives.
FILLS = ("hold_zero" if keras.backend.backend() == "torch" else "hold", "zero")


def run_stock(case: Case) -> dict[str, np.ndarray]:
    """The results that `oracle.expected` names, from one layer a direction."""
    directions = [_direction(case, d) for d in range(len(case.kernel))]
    found = {name: np.stack([one[name] for one in directions]) for name in directions[0]}
    found["hidden"] = np.moveaxis(found["hidden"], 0, 2)
    found["d_x"] = found["d_x"].sum(axis=0)
    return found


def _direction(case: Case, d: int) -> dict[str, np.ndarray]:
    assert case.fill in FILLS
    layer = _layer(case, d)
    flip = case.backwards(d) and case.in_time(d)
    in_order = lambda array: array[:, ::-1] if flip else array  # noqa: E731
    weights = [case.kernel[d], case.recurrent[d]]
    weights += [] if case.bias is None else [case.bias[d]]
    states = [state[d] for state in case.states]
    rest = [variable.value for variable in layer.non_trainable_variables]

    def function(tensors):
        before, own = tensors[1 : 1 + len(states)], tensors[1 + len(states) :]
        mask = None if case.mask is None else keras.ops.convert_to_tensor(case.mask)
        results, _ = layer.stateless_call(
            own, rest, tensors[0], initial_state=before, mask=mask, training=True
        )
        return results

    probes = [np.ascontiguousarray(in_order(case.probes[0][:, :, d] * case.filled()[:, :, d]))]
    probes += [probe[d] for probe in case.probes[1:]]
    (hidden, *last), gradients = run_and_differentiate(
        function, [case.x, *states, *weights], probes
    )
    found = {"hidden": in_order(hidden)} | dict(zip("hc", last, strict=False))
    names = ["x", *"hc"[: len(states)], "kernel", "recurrent", "bias"]
    return found | {"d_" + name: array for name, array in zip(names, gradients, strict=False)}


def _layer(case: Case, d: int):
    kind, options = OPTIONS[case.cell]
    layer = getattr(keras.layers, kind)(
        case.recurrent.shape[1],
        use_bias=case.bias is not None,
        go_backwards=case.backwards(d),
        zero_output_for_mask=case.fill == "zero",
        return_sequences=True,
        return_state=True,
        recurrent_dropout=0.0 if case.dropout is None else 0.5,
        **options,
    )
    layer.build(case.x.shape)
    if case.dropout is not None:  # the case's own marks in the place of drawn ones
        masks = [keras.ops.convert_to_tensor(mask) for mask in case.dropout[d]]
        layer.cell.get_recurrent_dropout_mask = lambda _: masks if len(masks) > 1 else masks[0]
    return layer
