"""The conditional random field against every sequence of tags there is."""

import itertools

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from gatewise.layers import CRF


def field(seed, tags):
    """A CRF whose weights are drawn, and those weights."""
    rng = np.random.default_rng(seed)
    crf = CRF()
    crf.build((None, None, tags))
    weights = [rng.normal(size=shape).astype("float32") for shape in ((tags, tags), tags, tags)]
    crf.set_weights(weights)
    return crf, [one.astype("float64") for one in weights], rng


def every_score(scores, weights):
    """All sequences of tags with their scores, in float64; `scores` [T, K] without padding."""
    transitions, first, last = weights
    found = {}
    for tags in itertools.product(range(scores.shape[1]), repeat=len(scores)):
        total = sum(scores[t, tag] for t, tag in enumerate(tags))
        total += sum(transitions[a, b] for a, b in itertools.pairwise(tags))
        found[tags] = total + first[tags[0]] + last[tags[-1]]
    return found


BATCH, STEPS, TAGS = 24, 4, 3  # one shape: under JAX each other one is compiled anew


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 999), st.sampled_from([0.1, 2.0, 10.0]))
def test_everything_equals_the_sum_over_all_sequences(seed, spread):
    crf, weights, rng = field(seed, TAGS)
    scores = rng.normal(size=(BATCH, STEPS, TAGS), scale=spread).astype("float32")
    lengths = np.concatenate([[1, STEPS], rng.integers(1, STEPS + 1, size=BATCH - 2)])
    mask = np.arange(STEPS) < lengths[:, None]
    given_tags = rng.integers(0, TAGS, size=(BATCH, STEPS))

    x, real = ops.convert_to_tensor(scores), ops.convert_to_tensor(mask)
    log_z = ops.convert_to_numpy(crf.log_partition(x, real))
    best = ops.convert_to_numpy(crf.viterbi(x, real))
    marginals = ops.convert_to_numpy(crf.marginals(x, real))
    chosen = ops.convert_to_numpy(crf.log_probability(x, ops.convert_to_tensor(given_tags), real))

    for row, length in enumerate(lengths):
        every = every_score(scores[row, :length].astype("float64"), weights)
        summed = np.logaddexp.reduce(list(every.values()))
        assert log_z[row] == pytest.approx(summed, abs=1e-4)
        assert chosen[row] == pytest.approx(
            every[tuple(given_tags[row, :length])] - summed, abs=1e-4
        )
        found = tuple(best[row, :length])
        assert every[found] == pytest.approx(max(every.values()), abs=1e-4)
        assert not best[row, length:].any()
        expected = np.zeros((length, TAGS))
        for sequence, score in every.items():
            expected[np.arange(length), sequence] += np.exp(score - summed)
        np.testing.assert_allclose(marginals[row, :length], expected, atol=1e-4)


def test_padding_changes_nothing():
    crf, _, rng = field(0, 3)
    scores = rng.normal(size=(2, 4, 3)).astype("float32")
    more = np.concatenate([scores, rng.normal(size=(2, 3, 3)).astype("float32")], axis=1)
    mask = np.arange(7) < np.array([[4], [4]])
    alone = ops.convert_to_numpy(crf.log_partition(ops.convert_to_tensor(scores)))
    padded = crf.log_partition(ops.convert_to_tensor(more), ops.convert_to_tensor(mask))
    np.testing.assert_allclose(ops.convert_to_numpy(padded), alone, rtol=1e-5)


@pytest.mark.parametrize("known", [0.0, 0.5, 1.0])
def test_an_unknown_tag_is_summed_over_all_that_could_stand_there(known):
    crf, weights, rng = field(5, TAGS)
    scores = rng.normal(size=(BATCH, STEPS, TAGS), scale=3.0).astype("float32")
    lengths = rng.integers(1, STEPS + 1, size=BATCH)
    tags = rng.integers(0, TAGS, size=(BATCH, STEPS))
    tags[rng.random(tags.shape) >= known] = -1
    mask = np.arange(STEPS) < lengths[:, None]
    found = ops.convert_to_numpy(
        crf.log_probability(*map(ops.convert_to_tensor, (scores, tags, mask)))
    )
    for row, length in enumerate(lengths):
        every = every_score(scores[row, :length].astype("float64"), weights)
        agreeing = [
            score
            for path, score in every.items()
            if all(there in (-1, tag) for tag, there in zip(path, tags[row], strict=False))
        ]
        wanted = np.logaddexp.reduce(agreeing) - np.logaddexp.reduce(list(every.values()))
        assert found[row] == pytest.approx(wanted, abs=1e-4)


def test_a_forbidden_transition_is_never_taken():
    crf = CRF()
    crf.build((None, None, 2))
    crf.set_weights([np.array([[0, -1e4], [0, 0]], "float32"), np.zeros(2), np.zeros(2)])
    wanted = ops.convert_to_tensor(np.array([[[1, 0], [0, 1], [0, 1]]], "float32"))  # 0 1 1
    tags = ops.convert_to_numpy(crf.viterbi(wanted))[0].tolist()
    assert (0, 1) not in list(itertools.pairwise(tags))
    assert tags == [1, 1, 1]


def test_the_gradient_of_log_z_is_the_marginals():
    """A property of exponential families, which ties the two to each other."""
    crf, _, rng = field(3, 3)
    scores = rng.normal(size=(1, 4, 3)).astype("float32")
    marginals = ops.convert_to_numpy(crf.marginals(ops.convert_to_tensor(scores)))
    step = 1e-2
    shifts = step * np.eye(12, dtype="float32").reshape(12, 4, 3)
    shifted = np.concatenate([scores + shifts, scores - shifts])
    up, down = ops.convert_to_numpy(crf.log_partition(ops.convert_to_tensor(shifted))).reshape(
        2, 12
    )
    slopes = ((up - down) / (2 * step)).reshape(4, 3)
    np.testing.assert_allclose(slopes, marginals[0], atol=1e-3)


def test_saved_and_loaded_it_has_its_weights(tmp_path):
    inputs = keras.Input((None, 3))
    model = keras.Model(inputs, CRF(name="crf")(inputs))
    _, weights, _ = field(1, 3)
    model.get_layer("crf").set_weights(weights)
    model.save(tmp_path / "crf.keras")
    again = keras.models.load_model(tmp_path / "crf.keras").get_layer("crf")
    for one, other in zip(again.get_weights(), weights, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6)
