import itertools

import numpy as np
import pytest
from keras import ops

from gatewise.architectures import encoder_decoder
from gatewise.architectures.decoding import Search
from gatewise.errors import ArgumentError

END = 2
SOURCES = np.array([[4, 5, 6, 7, 3], [7, 3, 0, 0, 0], [5, 0, 0, 0, 0]], "int32")


def network(vocabulary=8, attention="luong", cell="lstm", sharpness=6.0):
    """A network whose guesses differ enough to be told apart."""
    made = encoder_decoder(
        source_vocabulary=9, target_vocabulary=vocabulary, units=6, embedding=5, seed=3,
        attention=attention, cell=cell,
    )  # fmt: skip
    head = made.decoder.get_layer("head")
    head.kernel.assign(head.kernel * sharpness)
    return made


def found(net, sources=SOURCES, **options):
    tokens, scores = Search(net, boundary=END, **options).predict_on_batch(sources)
    rows = [[int(token) for token in row if token] for row in ops.convert_to_numpy(tokens)]
    return rows, ops.convert_to_numpy(scores)


def log_probability(net, source, answer):
    """That of a whole answer, its end included, by one teacher-forced call."""
    given = np.array([[END, *answer[:-1]]], "int32")
    logits = ops.convert_to_numpy(net((source[None], given)))[0].astype("float64")
    logs = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    return sum(logs[t, token] for t, token in enumerate(answer))


@pytest.mark.parametrize("attention", ["luong", "bahdanau"])
@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_greedy_takes_the_likeliest_token_at_each_step(attention, cell):
    net = network(attention=attention, cell=cell)
    limit = 4
    rows, scores = found(net, length_power=0.0, growth=0, slack=limit)
    for source, row, score in zip(SOURCES, rows, scores, strict=True):
        real = source[source > 0]
        answer = []
        while not answer or answer[-1] != END:
            given = np.array([[END, *answer]], "int32")
            logits = ops.convert_to_numpy(net((real[None], given)))[0, -1]
            logits[0] = -np.inf
            answer.append(END if len(answer) + 1 == limit else int(np.argmax(logits)))
        assert row == answer
        assert score == pytest.approx(log_probability(net, real, answer), rel=1e-4)


def test_one_beam_is_greedy():
    net = network()
    search = Search(net, boundary=END)
    tokens, scores = search._by_beams(ops.convert_to_tensor(SOURCES))
    greedy_tokens, greedy_scores = search._greedy(ops.convert_to_tensor(SOURCES))
    assert np.array_equal(ops.convert_to_numpy(tokens), ops.convert_to_numpy(greedy_tokens))
    np.testing.assert_allclose(
        ops.convert_to_numpy(scores), ops.convert_to_numpy(greedy_scores), rtol=1e-5
    )


@pytest.mark.parametrize("length_power", [0.0, 0.6, 1.0])
def test_a_wide_beam_finds_what_trying_all_answers_finds(length_power):
    net = network(vocabulary=5, sharpness=3.0)  # tokens 1, 3, 4 and the end
    limit = 4
    every = [
        [*body, END]
        for length in range(limit)
        for body in itertools.product([1, 3, 4], repeat=length)
    ]
    rows, scores = found(
        net, beams=len(every) + 1, length_power=length_power, growth=0, slack=limit
    )
    for source, row, score in zip(SOURCES, rows, scores, strict=True):
        real = source[source > 0]
        judged = {
            tuple(answer): log_probability(net, real, answer) / len(answer) ** length_power
            for answer in every
        }
        best = max(judged, key=judged.__getitem__)
        assert row == list(best)
        assert score == pytest.approx(judged[best], rel=1e-4)


def test_the_score_of_an_answer_is_what_the_network_gives_it():
    net = network()
    rows, scores = found(net, beams=3, length_power=0.0)
    for source, row, score in zip(SOURCES, rows, scores, strict=True):
        assert score == pytest.approx(log_probability(net, source[source > 0], row), rel=1e-4)
        assert row.index(END) == len(row) - 1


@pytest.mark.parametrize("beams", [1, 4])
def test_an_answer_does_not_depend_on_its_batch(beams):
    net = network()
    together, scores = found(net, beams=beams)
    wider = np.pad(SOURCES[::-1], ((0, 0), (0, 6)))
    others, _ = found(net, wider, beams=beams)
    assert together == others[::-1]
    for source, row, score in zip(SOURCES, together, scores, strict=True):
        alone, own = found(net, source[source > 0][None], beams=beams)
        assert alone[0] == row
        assert own[0] == pytest.approx(score, rel=1e-4)


def test_unwritten_tokens_are_not_written():
    net = network()
    rows, _ = found(net, beams=3, unwritten=(0, 1, 5, 6))
    assert not {0, 1, 5, 6} & {token for row in rows for token in row}


def test_arguments_out_of_range_are_refused():
    net = network()
    for wrong in ({"beams": 0}, {"length_power": -1.0}, {"slack": 0}):
        with pytest.raises(ArgumentError, match=next(iter(wrong))):
            Search(net, boundary=END, **wrong)
