"""Ways to say how much each word counts in a classifier's answer, for deletion.py to compare."""

from collections.abc import Callable
from typing import Any

import numpy as np

IG_STEPS = 32  # points on the path of integrated gradients
RANDOM_SEED = 1

# A method takes token ids [B, T] and positions of classes [B], and gives a part for each token.
Method = Callable[[np.ndarray, np.ndarray], np.ndarray]


def methods(classifier: Any) -> dict[str, Method]:
    """All that are compared, by name: our two, and three others; `*_unknown` with the vector of
    the unknown token as the baseline, else with zeros."""
    gradient = embedding_gradient(classifier)
    path, end = midpoints(IG_STEPS), np.ones(1, "float32")
    return {
        "inputs": exact_parts(classifier, "inputs"),
        "writes": exact_parts(classifier, "writes"),
        "telescoped": telescoped_writes(classifier),
        "integrated_unknown": lambda ids, target: gradient(ids, target, path, True),
        "integrated": lambda ids, target: gradient(ids, target, path, False),
        "gradient_unknown": lambda ids, target: gradient(ids, target, end, True),
        "gradient": lambda ids, target: gradient(ids, target, end, False),
        "random": random_order(),
    }


def exact_parts(classifier: Any, of: str) -> Method:
    """`gatewise.attribute`, and a stop if its parts miss the score."""
    from gatewise.insight import Attributor

    attributor = Attributor(classifier, of=of)

    def parts(ids: np.ndarray, target: np.ndarray) -> np.ndarray:
        found = attributor(ids, target)
        if found.error > 1e-4:
            raise SystemExit(f"The parts miss the score by {found.error:g}.")
        return found.parts

    return parts


def telescoped_writes(classifier: Any) -> Method:
    """Writes again, with tanh(c) taken apart as Murdoch & Szlam 2017 do (arXiv:1702.02540): step s
    gets the difference that its term makes to tanh of the sum so far. LSTM, largest over time."""
    from gatewise.insight import Recorder
    from gatewise.insight.head import find_head

    head = find_head(classifier.network)
    recorder = Recorder(classifier.network, layers=list(head.directions))

    def parts(ids: np.ndarray, target: np.ndarray) -> np.ndarray:
        layers = list(recorder(ids).values())
        slopes = np.split(head.weights.T[target], len(layers), axis=-1)
        return sum(
            (telescoped(layer) * slope[:, None]).sum(-1)
            for layer, slope in zip(layers, slopes, strict=True)
        )

    return parts


def telescoped(layer: Any) -> np.ndarray:
    """Each step's part [B, T, U] in the largest hidden state of each unit."""
    from gatewise.insight.memory import terms

    order = slice(None, None, -1 if layer.backwards else 1)
    keep, written = (one[:, order] for one in terms(layer))
    hidden = np.where(layer.mask[:, :, None], layer.hidden, -np.inf)[:, order]
    read = np.zeros_like(written)
    np.put_along_axis(read, hidden.argmax(1)[:, None], 1.0, axis=1)
    survival, after = np.zeros_like(written), np.zeros_like(written[:, 0])
    for t in range(written.shape[1] - 1, -1, -1):
        survival[:, t] = read[:, t] + after
        after = keep[:, t] * survival[:, t]
    so_far = np.tanh((survival * written).cumsum(1))
    shown = (read * layer.output[:, order]).sum(1)[:, None]
    return (shown * np.diff(so_far, axis=1, prepend=0.0))[:, order]


def random_order() -> Method:
    rng = np.random.default_rng(RANDOM_SEED)
    return lambda ids, target: rng.random(ids.shape)


def midpoints(steps: int) -> np.ndarray:
    return ((np.arange(steps) + 0.5) / steps).astype("float32")


def embedding_gradient(classifier: Any) -> Callable[..., np.ndarray]:
    """The mean gradient of the score at places on the way from the baseline to the word vectors,
    times the difference.

    At the end of the way alone that is gradient times input (Shrikumar et al. 2016), at the
    midpoints of its parts the integrated gradient (Sundararajan et al. 2017).
    """
    import jax
    import jax.numpy as jnp

    from gatewise.padding import PADDING_ID, UNKNOWN_ID

    vectors_of = classifier.network.get_layer("embedding").embeddings
    score = score_of_vectors(classifier.network)

    @jax.jit
    def found(ids, target, places, unknown):
        baseline = vectors_of.value[UNKNOWN_ID] * unknown
        moved, mask = vectors_of.value[ids] - baseline, ids != PADDING_ID
        slope = jax.grad(lambda at: score(at, mask, target).sum())
        slopes = jax.lax.map(lambda place: slope(baseline + place * moved), places)
        return (jnp.mean(slopes, axis=0) * moved).sum(-1)

    return lambda *given: np.asarray(found(*given))


def score_of_vectors(network: Any) -> Callable[..., Any]:
    """The logit of a class less the mean of all, as a function of the embedding's outputs."""
    import jax.numpy as jnp
    import keras

    places = [layer.name for layer in network.layers]
    layers = network.layers[places.index("embedding") + 1 : -1]
    layers = [layer for layer in layers if not isinstance(layer, keras.layers.Dropout)]
    head = network.layers[-1]

    def score(x, mask, target):
        for layer in layers:
            x = layer(x, mask=mask)
        logits = x @ head.kernel.value + head.bias.value
        return logits[jnp.arange(len(logits)), target] - logits.mean(-1)

    return score
