r"""What each step wrote, as parts of a sum over hidden states: exact, as the states are sums.

A GRU's hidden state is a sum of writes, and an LSTM's cell (see `memory`), which it shows as

.. math::
    h_t = m_t \odot c_t, \qquad m_t = \Gamma_o \odot \tanh(c_t) / c_t .

The factor m takes the output nonlinearity apart without a remainder: DeepLIFT's rescale rule
(Shrikumar et al. 2017, arXiv:1704.02685) from the empty cell, which is the integrated gradient of
tanh along the straight path from it (Sundararajan et al. 2017, arXiv:1703.01365). So of
:math:`\sum_t a_t \cdot h_t`, what step s wrote brings

.. math::
    w_s \odot g_s, \qquad g_s = a_s \odot m_s + k_{s+1} \odot g_{s+1} .
"""

from typing import Any

import keras
import numpy as np
from keras import ops

from gatewise.errors import ArgumentError
from gatewise.insight.memory import state_name, terms
from gatewise.insight.recording import LayerRecording


def written_parts(
    recording: LayerRecording, on_hidden: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Of Σ on_hidden · hidden, what each step's write brings [B, T, U], and the initial state [B].

    Args:
        recording: of an LSTM or a GRU, with all steps and units.
        on_hidden: [B, T, U], the weight of each hidden state in the order of time; 0 where masked.
    """
    keep, written = terms(recording)
    order = slice(None, None, -1 if recording.backwards else 1)
    on_state = (on_hidden * shown_part(recording))[:, order]
    keep = keep[:, order]
    reached = np.empty_like(on_state)  # g: of the sum, by the state after each step
    after = np.zeros_like(on_state[:, 0])
    for t in range(on_state.shape[1] - 1, -1, -1):
        reached[:, t] = on_state[:, t] + after
        after = keep[:, t] * reached[:, t]
    before = recording.initial[state_name(recording)].astype("float64")
    return written * reached[:, order], (after * before).sum(-1)


def shown_part(recording: LayerRecording) -> np.ndarray:
    """m [B, T, U]: what of its memory a cell shows, as hidden = m · state; 1 for a GRU."""
    if recording.kind == "GRU":
        return np.ones_like(recording.hidden, "float64")
    cell, hidden = recording.cell.astype("float64"), recording.hidden.astype("float64")
    # As tanh goes through 0 with slope 1, an empty cell is shown by its output gate.
    shown = recording.output.astype("float64")
    return np.divide(hidden, cell, out=shown, where=np.abs(cell) > 1e-30)


def check_writes(path: str, layer: Any) -> None:
    """Raise an ArgumentError for a layer whose output is no sum of what its steps wrote."""
    if isinstance(layer, keras.layers.SimpleRNN):
        raise ArgumentError(
            f"layer {path!r}: expected an LSTM or a GRU, got a simple RNN, whose state is no sum "
            "of what its steps wrote. jacobian_products(recording) is what it has."
        )
    if isinstance(layer, keras.layers.LSTM):
        nothing = float(ops.convert_to_numpy(layer.activation(ops.zeros((1,))))[0])
        if nothing != 0:
            raise ArgumentError(
                f"layer {path!r}: expected an activation that is 0 at 0 (tanh is), so that an "
                f"empty cell shows nothing, got {nothing:g}."
            )
