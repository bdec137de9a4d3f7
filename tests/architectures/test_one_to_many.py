import keras
import numpy as np
import pytest

from gatewise.architectures import one_to_many
from gatewise.architectures.one_to_many import zero_states
from gatewise.errors import ArgumentError

VOCABULARY = 9


def run(network: keras.Model, tokens: np.ndarray, **given) -> dict:
    batch = len(tokens)
    inputs = {
        "tokens": tokens,
        "fresh": np.ones(batch, "float32"),
        "states": zero_states(network, batch),
    }
    # Keras takes arrays of one kind only.
    found = network(keras.tree.map_structure(keras.ops.convert_to_tensor, inputs | given))
    return keras.tree.map_structure(keras.ops.convert_to_numpy, found)


def ids(batch: int, steps: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, VOCABULARY, (batch, steps)).astype("int32")


@pytest.mark.parametrize("cell", ["lstm", "gru", "simple_rnn"])
@pytest.mark.parametrize("depth", [1, 2])
def test_chunks_with_the_state_carried_are_the_whole(cell: str, depth: int) -> None:
    network = one_to_many(vocabulary=VOCABULARY, cell=cell, units=4, depth=depth)
    tokens = ids(2, 7)
    whole = run(network, tokens)
    first = run(network, tokens[:, :3])
    rest = run(network, tokens[:, 3:], fresh=np.zeros(2, "float32"), states=first["states"])
    logits = np.concatenate([first["logits"], rest["logits"]], axis=1)
    np.testing.assert_allclose(logits, whole["logits"], rtol=1e-5, atol=1e-6)


def test_a_fresh_sequence_does_not_read_the_state() -> None:
    network = one_to_many(vocabulary=VOCABULARY, units=4)
    tokens, states = ids(2, 3), [np.ones((2, 4), "float32")] * 2
    given = run(network, tokens, states=states, fresh=np.array([1, 0], "float32"))["logits"]
    plain = run(network, tokens)["logits"]
    np.testing.assert_array_equal(given[0], plain[0])
    assert np.abs(given[1] - plain[1]).max() > 1e-3


def test_no_step_sees_what_comes_after() -> None:
    network = one_to_many(vocabulary=VOCABULARY, units=4, classes=2)
    tokens, condition = ids(1, 6), np.array([1], "int32")
    before = run(network, tokens, condition=condition)["logits"]
    tokens[0, 4] = (tokens[0, 4] + 1) % VOCABULARY
    after = run(network, tokens, condition=condition)["logits"]
    np.testing.assert_array_equal(before[:, :4], after[:, :4])
    assert np.abs(before[:, 4:] - after[:, 4:]).max() > 1e-4


@pytest.mark.parametrize(
    ("options", "conditions"),
    [({"classes": 3}, np.array([0, 2], "int32")),
     ({"features": 2}, np.array([[0, 1], [1, 0]], "float32"))],
)  # fmt: skip
def test_the_condition_reaches_the_first_step(options: dict, conditions: np.ndarray) -> None:
    network = one_to_many(vocabulary=VOCABULARY, units=4, **options)
    logits = run(network, np.zeros((2, 1), "int32"), condition=conditions)["logits"]
    assert np.abs(logits[0] - logits[1]).max() > 1e-4


def test_what_cannot_be_built_is_refused() -> None:
    with pytest.raises(ArgumentError, match="classes or features"):
        one_to_many(vocabulary=5, classes=2, features=2)
    with pytest.raises(ArgumentError, match="vocabulary"):
        one_to_many(vocabulary=1)
