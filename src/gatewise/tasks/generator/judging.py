"""How well a generator foresees texts: its scores, batch by batch."""

from typing import Any

import keras
import numpy as np
from keras import ops

from gatewise.architectures.one_to_many import zero_states
from gatewise.data.running import RunningBatches
from gatewise.tasks.generator.scoring import Score, log_softmax

SCORED = 512  # steps of a running text scored at a time


def sequences(generator: Any, x: list, y: Any) -> Score:
    """The score of each sequence, read from its beginning."""
    batches = generator.batches(x, y)
    nats = np.empty(len(x))
    for place in range(batches.num_batches):
        read, targets, weights = batches[place]
        found = generator.network.predict_on_batch(arrays(generator.begun(read)))
        nats[batches.members(place)] = (_missed(found["logits"], targets) * weights).sum(axis=1)
    encoder = generator.encoder
    ids = encoder.encode(x)
    return Score(
        nats,
        np.array([len(one) + 1 for one in ids]),
        np.array([encoder.characters(one) + 1 for one in ids]),
    )


def running(generator: Any, x: list) -> Score:
    """The score of each chunk of a running text, the state carried from one to the next."""
    encoder, network = generator.encoder, generator.network
    ids = encoder.running(x)
    batches = RunningBatches(ids, encoder.boundary, streams=1, steps=SCORED)
    states, parts = arrays(zero_states(network, 1)), []
    for place in range(batches.num_batches):
        read, targets, weights = batches[place]
        found = network.predict_on_batch({**read, "states": states})
        states = list(found["states"])
        parts.append(float((_missed(found["logits"], targets) * weights).sum()))
    tokens = np.full(len(parts), SCORED)
    tokens[-1] = len(ids) - SCORED * (len(parts) - 1)
    share = encoder.characters(ids) / len(ids)
    return Score(np.array(parts), tokens, tokens * share)


def arrays(tree: Any) -> Any:
    """A tree of tensors as NumPy arrays."""
    return keras.tree.map_structure(ops.convert_to_numpy, tree)


def _missed(scores: Any, targets: np.ndarray) -> np.ndarray:
    """−ln p of each target, `[B, T]`."""
    logs = log_softmax(ops.convert_to_numpy(scores).astype("float64"))
    return -np.take_along_axis(logs, targets[..., None], axis=-1)[..., 0]
