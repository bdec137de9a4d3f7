"""Searches against trying all answers, and against the network over whole sequences."""

import itertools

import numpy as np
import pytest
from keras import ops

from gatewise.architectures import encoder_decoder
from gatewise.architectures.decoding import Search
from gatewise.architectures.encoder_decoder import Read, Written
from gatewise.errors import ArgumentError

END = 2
SOURCES = np.array([[4, 5, 6, 7, 3], [7, 3, 0, 0, 0], [5, 0, 0, 0, 0]], "int32")
LONGEST = 20


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


def logs(net, sources, answers):
    """Log probabilities `[N, LONGEST, V]` of each next token, by one teacher-forced call."""
    given = np.zeros((len(answers), LONGEST), "int32")
    for row, answer in enumerate(answers):
        before = [END, *answer][:LONGEST]
        given[row, : len(before)] = before
    logits = np.asarray(net.predict_on_batch((np.stack(sources), given)), "float64")
    return logits - np.log(np.exp(logits).sum(-1, keepdims=True))


def log_probabilities(net, sources, answers):
    """Those of whole answers, their ends included."""
    every = logs(net, sources, answers)
    return [
        sum(every[row, t, token] for t, token in enumerate(one)) for row, one in enumerate(answers)
    ]


@pytest.mark.parametrize("attention", ["luong", "bahdanau"])
@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_greedy_takes_the_likeliest_token_at_each_step(attention, cell):
    net = network(attention=attention, cell=cell)
    limit = 6
    rows, scores = found(net, length_power=0.0, growth=0, slack=limit)
    every = logs(net, SOURCES, rows)
    every[:, :, 0] = -np.inf  # padding is not written
    for row, here in zip(rows, every, strict=True):
        likeliest = here.argmax(-1).tolist()
        assert row[: limit - 1] == likeliest[: len(row)][: limit - 1]
        assert row.index(END) == len(row) - 1
        assert len(row) <= limit
    np.testing.assert_allclose(scores, log_probabilities(net, SOURCES, rows), rtol=1e-4)


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
    lengths = np.array([len(answer) for answer in every])
    for source, row, score in zip(SOURCES, rows, scores, strict=True):
        judged = log_probabilities(net, [source] * len(every), every) / lengths**length_power
        assert row == every[int(judged.argmax())]
        assert score == pytest.approx(judged.max(), rel=1e-4)


def test_the_score_of_an_answer_is_what_the_network_gives_it():
    net = network()
    rows, scores = found(net, beams=3, length_power=0.0, growth=0)
    np.testing.assert_allclose(scores, log_probabilities(net, SOURCES, rows), rtol=1e-4)
    assert all(row.index(END) == len(row) - 1 for row in rows)


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


class Chain:
    """Stands for a network that guesses the next token by the last alone."""

    def __init__(self, chances):
        self.logits = np.full((5, 5), -50.0, "float32")
        for last, nexts in chances.items():
            for token, chance in nexts.items():
                self.logits[last, token] = np.log(chance)

    def encode(self, source):
        nothing = ops.zeros((ops.shape(source)[0], 1))
        return Read(nothing, nothing, nothing, [nothing])

    def decode(self, last, read, states):
        logits = ops.take(ops.convert_to_tensor(self.logits), last, axis=0)
        return Written(logits, None, states)


def test_an_answer_that_has_ended_stays_while_others_lead():
    never = 1e-4
    chain = Chain(
        {
            END: {1: 0.85, END: 0.1, 3: 0.05},
            1: {3: 0.5, 4: 0.5},  # both lead before the ended answer, and neither ends
            3: {3: 1 - never, END: never},
            4: {4: 1 - never, END: never},
        }
    )
    rows, scores = found(chain, SOURCES[:1], beams=2, length_power=0.0, growth=0, slack=5)
    assert rows == [[END]]
    assert scores[0] == pytest.approx(np.log(0.1), rel=1e-4)


def test_unwritten_tokens_are_not_written():
    rows, _ = found(network(), beams=3, unwritten=(0, 1, 5, 6))
    assert not {0, 1, 5, 6} & {token for row in rows for token in row}


def test_arguments_out_of_range_are_refused():
    net = network()
    for wrong in ({"beams": 0}, {"length_power": -1.0}, {"slack": 0}):
        with pytest.raises(ArgumentError, match=next(iter(wrong))):
            Search(net, boundary=END, **wrong)
