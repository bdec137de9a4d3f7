"""What a report shows of the inside: exact, of different examples, for every kind of network."""

import numpy as np
import pytest

from gatewise.data import Examples
from gatewise.tasks.classifier.inside import chosen, inside

from ...toys import fit, series, texts, tiny


def examples_of(inputs, answers):
    kind = "text" if isinstance(inputs[0], str) else "series"
    return Examples(kind, inputs, answers, list(range(len(inputs))))


@pytest.fixture(scope="module")
def trained():
    classifier = tiny()
    x, y = texts()
    fit(classifier, x, y)
    return classifier, examples_of(x, y)


def test_parts_and_rest_add_up_to_the_score(trained):
    found = inside(*trained)
    assert {row["kind"] for row in found["examples"]} <= {"right", "wrong", "unsure"}
    for row in found["examples"]:
        assert len(row["parts"]) == len(row["words"]) == row["steps"]
        assert sum(row["parts"]) + row["rest"] == pytest.approx(row["score"], abs=2e-3)


def test_each_example_is_shown_once(trained):
    classifier, examples = trained
    twice = examples_of(examples.inputs[:3] * 2, examples.answers[:3] * 2)
    rows = [row["row"] for row in inside(classifier, twice)["examples"]]
    assert sorted(rows) == [0, 1, 2]


def test_spans_ascend_and_gradients_start_at_the_last_step(trained):
    found = inside(*trained)
    [layer] = found["spans"]
    assert layer["units"] == sorted(layer["units"])
    assert len(layer["units"]) == 3
    [flow] = found["flow"]
    assert flow["verdict"] in ("healthy", "vanishing", "exploding")
    assert all(low <= mid <= high for low, mid, high in zip(
        flow["low"], flow["median"], flow["high"], strict=True))  # fmt: skip


def test_series_keep_their_values():
    classifier = tiny(cell="gru")
    x, y = series()
    fit(classifier, x, y)
    row = inside(classifier, examples_of(x, y))["examples"][0]
    np.testing.assert_allclose(row["series"], x[row["row"]], rtol=1e-3)
    assert len(row["parts"]) == row["steps"] == len(x[row["row"]])


def test_a_simple_rnn_has_parts_but_no_memory_of_its_own():
    classifier = tiny(cell="simple_rnn")
    x, y = texts()
    fit(classifier, x, y)
    found = inside(classifier, examples_of(x, y))
    assert len(found["examples"][0]["parts"]) == found["examples"][0]["steps"]
    assert (found["spans"], len(found["flow"])) == ([], 1)


def test_a_network_that_diverged_has_nothing_to_show(trained):
    classifier, examples = tiny(), trained[1]
    fit(classifier, examples.inputs, examples.answers, epochs=1)
    head = classifier.network.get_layer("head")
    head.set_weights([np.full_like(one, np.nan) for one in head.get_weights()])
    assert inside(classifier, examples) is None


def test_the_chosen_are_of_their_kind():
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet(np.ones(3), 50)
    true = rng.integers(3, size=50)
    found = chosen(true, probabilities, 4)
    predicted = probabilities.argmax(1)
    assert (predicted[found["right"]] == true[found["right"]]).all()
    assert (predicted[found["wrong"]] != true[found["wrong"]]).all()
    everything = np.concatenate(list(found.values()))
    assert len(set(everything)) == len(everything) == 12
    assert len(set(true[found["right"][:3]])) == 3
