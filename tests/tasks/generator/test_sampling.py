import numpy as np
import pytest

from gatewise.tasks.generator.ngram import NGram, best_share, mixed
from gatewise.tasks.generator.sampling import Sampling

SCORES = np.log(np.array([0.5, 0.3, 0.15, 0.05]))


@pytest.mark.parametrize(
    ("sampling", "expected"),
    [
        (Sampling(), [0.5, 0.3, 0.15, 0.05]),
        (Sampling(temperature=0), [1, 0, 0, 0]),
        (Sampling(temperature=0.5), np.square([0.5, 0.3, 0.15, 0.05]) / 0.365),
        (Sampling(top_k=2), [0.625, 0.375, 0, 0]),
        (Sampling(top_p=0.6), [0.625, 0.375, 0, 0]),
        (Sampling(top_p=0.5), [1, 0, 0, 0]),
        (Sampling(top_k=3, top_p=0.9), np.array([0.5, 0.3, 0.15, 0]) / 0.95),
    ],
)
def test_probabilities(sampling: Sampling, expected: list) -> None:
    np.testing.assert_allclose(sampling.probabilities(SCORES), expected, atol=1e-12)


def test_draws_follow_the_probabilities_and_the_seed() -> None:
    rng = np.random.default_rng(0)
    drawn = np.bincount([Sampling().draw(SCORES, rng) for _ in range(20_000)], minlength=4)
    np.testing.assert_allclose(drawn / 20_000, np.exp(SCORES), atol=0.02)
    barred = np.where(np.arange(4) == 0, -np.inf, SCORES)
    assert all(Sampling().draw(barred, rng) for _ in range(500))


def by_hand(counts: dict, history: tuple, token: int, possible: int) -> float:
    """Witten-Bell from its definition."""
    if history is None:
        return 1 / possible
    shorter = by_hand(counts, history[1:] if history else None, token, possible)
    after = counts.get(history, {})
    if not after:
        return shorter
    total = sum(after.values())
    return (after.get(token, 0) + len(after) * shorter) / (total + len(after))


def test_witten_bell_is_its_definition() -> None:
    sequences, boundary, order = [[0, 1, 0, 2], [1, 1, 0]], 3, 3
    counts: dict = {}
    for one in sequences:
        led = [boundary] * (order - 1) + one
        for place in range(order - 1, len(led)):
            for n in range(order):
                after = counts.setdefault(tuple(led[place - n : place]), {})
                after[led[place]] = after.get(led[place], 0) + 1
    model = NGram(order, vocabulary=4).fit([np.array(one) for one in sequences], boundary)
    test = [0, 1, 2, 2, 0]
    led = [boundary] * 2 + test
    expected = [by_hand(counts, tuple(led[i : i + 2]), test[i], 4) for i in range(len(test))]
    np.testing.assert_allclose(np.exp(-model.nats(np.array(test), boundary)), expected)


@pytest.mark.parametrize("smoothing", ["witten-bell", "kneser-ney"])
def test_probabilities_sum_to_one(smoothing: str) -> None:
    rng = np.random.default_rng(0)
    sequences = [rng.integers(0, 5, 30) for _ in range(6)]
    model = NGram(4, vocabulary=6, smoothing=smoothing).fit(sequences, boundary=5)
    for history in ([0, 1, 2], [4, 4, 4], [5, 5, 0]):
        last = [model.nats(np.array([*history, token]), 5)[-1] for token in range(6)]
        assert np.exp(-np.array(last)).sum() == pytest.approx(1)


def test_mixtures() -> None:
    ours, theirs = np.array([0.5, 2.0, 1.0]), np.array([1.0, 0.7, 3.0])
    share = best_share(ours, theirs)
    around = [mixed(ours, theirs, s).sum() for s in (share - 0.02, share, share + 0.02)]
    assert around[1] == min(around)
