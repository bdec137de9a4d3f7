import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

import gatewise
from gatewise.errors import ArgumentError
from gatewise.tasks import Generator
from gatewise.tasks.generator.scoring import log_softmax
from gatewise.tasks.generator.stepping import NetworkSteps, StreamSteps

NAMES = ["aba", "abba", "dede", "dedde"] * 8
LABELS = ["ab", "ab", "de", "de"] * 8
TEXT = "the cat sat on the mat. the dog sat on the log.\n" * 60
SMALL = {"units": 8, "embedding": 4, "dropout": 0.0, "token_dropout": 0.0}


def untrained(**options) -> Generator:
    return Generator(**SMALL, **options).adapt(NAMES, LABELS)


@pytest.mark.parametrize("cell", ["lstm", "gru", "simple_rnn"])
def test_both_ways_to_step_give_what_the_whole_network_gives(cell: str) -> None:
    generator = untrained(cell=cell, depth=2)
    read = generator.network_input(["abdea"], ["de"])
    whole = keras.ops.convert_to_numpy(generator.network(read)["logits"])[0]
    tokens = keras.ops.convert_to_numpy(read["tokens"])[0]
    for way in (StreamSteps, NetworkSteps):
        steps = way(generator.network)
        for _ in range(2):  # beginning again forgets
            steps.begin(generator.labels.index("de"))
            found = np.stack([steps(int(token)) for token in tokens])
            np.testing.assert_allclose(found, whole, rtol=1e-4, atol=1e-5)


def test_the_score_is_the_sum_over_the_chain() -> None:
    generator = untrained()
    score = generator.score(["aba", "dedde"], ["ab", "de"])
    expected = []
    for text, label in (("aba", "ab"), ("dedde", "de")):
        logits = keras.ops.convert_to_numpy(
            generator.network(generator.network_input([text], [label]))["logits"]
        )
        ids = [*generator.encoder.encode([text])[0], generator.encoder.boundary]
        expected.append(-log_softmax(logits[0].astype("float64"))[range(len(ids)), ids].sum())
    np.testing.assert_allclose(score.nats, expected, rtol=1e-5)
    assert score.tokens.tolist() == [4, 6]
    assert score.perplexity == pytest.approx(np.exp(sum(expected) / 10), rel=1e-5)
    assert score.bits_per_character == pytest.approx(np.log2(score.perplexity))


def test_a_running_text_is_scored_in_its_order() -> None:
    generator = Generator(**SMALL, steps=8).adapt([TEXT])
    score = generator.score([TEXT])
    assert score.tokens.sum() == len(TEXT)
    steps, nats = generator.steps(), 0.0
    steps.begin()
    ids = generator.encoder.running([TEXT])
    for token, target in zip([generator.encoder.boundary, *ids[:-1]], ids, strict=True):
        nats -= log_softmax(steps(int(token)).astype("float64"))[target]
    assert score.nats.sum() == pytest.approx(nats, rel=1e-4)


def test_a_running_text_is_read_whole_whatever_the_length_of_its_lines() -> None:
    text = "abcdefgh " * 300
    generator = Generator(**SMALL, steps=16, streams=2).adapt([text])
    assert generator.score([text]).tokens.sum() == len(text) > generator.encoder.max_length
    assert generator.batches([text]).examples == len(text)


@pytest.mark.parametrize("running", [True, False])
def test_what_is_written_goes_on_from_the_end_of_a_long_prompt(running: bool) -> None:
    texts = [TEXT] if running else NAMES
    generator = Generator(**SMALL, max_length=8).adapt(texts)
    steps = generator.steps()
    heard: list[int] = []

    class Heard:
        def begin(self, condition=None):
            steps.begin(condition)

        def __call__(self, token: int):
            heard.append(token)
            return steps(token)

    prompt = "ade" * 5 + "dd"
    list(generator.write(prompt=prompt, length=1, run=Heard()))
    assert generator.encoder.text(heard[1 : 1 + len(prompt)]) == prompt


def test_states_are_carried_in_training_and_between_epochs_begin_anew() -> None:
    generator = Generator(**SMALL, steps=8, streams=4).adapt([TEXT])
    batches = generator.batches([TEXT])
    outputs = []
    for _ in range(2):
        for place in range(3):
            last = keras.ops.convert_to_numpy(generator(batches[place][0], training=True))
        outputs.append(last)
    np.testing.assert_allclose(*outputs, rtol=1e-6)  # the first batch is fresh
    alone = {"tokens": batches[2][0]["tokens"]}
    assert np.abs(keras.ops.convert_to_numpy(generator(alone)) - outputs[0]).max() > 1e-4


def test_training_writes_what_it_learned_and_a_fresh_process_does_the_same(tmp_path: Path) -> None:
    generator = Generator(units=16, embedding=8, dropout=0.0, token_dropout=0.0)
    generator.fit(NAMES, LABELS, epochs=40, verbose=0)
    assert generator.generate(label="de", temperature=0) == ["dede"]
    assert set(generator.generate(20, label="ab")) & {"aba", "abba"}
    path = tmp_path / "names.keras"
    generator.save(path)
    code = f"import gatewise; print(gatewise.load({str(path)!r}).generate(3, label='ab', seed=5))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == str(generator.generate(3, label="ab", seed=5))


def test_running_text_learns_is_saved_and_goes_on_after_a_prompt(tmp_path: Path) -> None:
    generator = Generator(
        units=24, embedding=8, dropout=0.0, token_dropout=0.0, steps=16, streams=4
    )
    history = generator.fit([TEXT], epochs=12, verbose=0, validation_data=([TEXT[:480]], None))
    assert history.history["val_loss"][-1] < history.history["val_loss"][0] / 2
    written = generator.generate(prompt="the c", length=30, temperature=0)[0]
    assert written.startswith("the c")
    assert len(written) == 35
    generator.save(tmp_path / "t.keras")
    again = gatewise.load(tmp_path / "t.keras")
    assert again.generate(prompt="the c", length=30, temperature=0) == [written]


def test_a_text_is_the_same_however_many_are_asked_for() -> None:
    generator = untrained()
    three = generator.generate(3, label="ab", seed=1, length=12)
    assert generator.generate(1, label="ab", seed=1, length=12) == three[:1]
    assert generator.generate(3, label="ab", seed=2, length=12) != three


def test_vectors_as_conditions() -> None:
    vectors = [np.array([1.0, 0.0]) if label == "ab" else np.array([0.0, 1.0]) for label in LABELS]
    generator = Generator(units=16, embedding=8, dropout=0.0, token_dropout=0.0)
    generator.fit(NAMES, vectors, epochs=40, verbose=0)
    assert generator.generate(vector=[0.0, 1.0], temperature=0) == ["dede"]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda g: g.generate(), "label: expected a label"),
        (lambda g: g.network_input(["aba"]), "y: expected the label or vector"),
        (lambda g: g.score(["aba"]), "y: expected a condition"),
        (lambda g: g.generate(label="zz"), "seen in training"),
        (lambda g: g.generate(0, label="ab"), "number: expected"),
        (lambda g: g.generate(label="ab", temperature=-1), "temperature: expected"),
        (lambda g: g.generate(label="ab", top_p=0.0), "top_p: expected"),
        (lambda g: g.generate(label="ab", top_k=0), "top_k: expected"),
        (lambda g: g.generate(label="ab", length=0), "length: expected"),
        (lambda g: g.generate(label="ab", top_k=2.5), "top_k: expected a whole number"),
        (lambda g: g.generate(label="ab", top_k="a"), "top_k: expected a whole number"),
        (lambda g: g.generate(label="ab", temperature="a"), "temperature: expected a number"),
        (lambda g: g.generate(label="ab", prompt=5), "prompt: expected a text, got int"),
        (lambda g: g.fit([np.zeros(2)] * 8, NAMES[:8]), "x: expected texts, got ndarray"),
        (lambda g: g.generate(label="ab", seed=-1), "seed: expected a whole number from 0"),
    ],
)
def test_wrong_arguments_are_told(call, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        call(untrained())


@pytest.mark.parametrize(
    "vector", [[0.0, 1.0], [np.nan] * 3, "abc", [[0.0, 1.0, 0.0]], 3.0, [0.0, "a", 1.0]]
)
def test_a_vector_unlike_those_of_training_is_told(vector) -> None:
    generator = Generator(**SMALL).adapt(NAMES, [[0.0, 1.0, 2.0]] * len(NAMES))
    assert generator.generate(vector=(0, 1, 0), length=2, top_k=np.int64(2), seed=np.int64(1))
    with pytest.raises(ArgumentError, match="vector: expected"):
        generator.generate(vector=vector)


@pytest.mark.parametrize("vectors", [[[0.0, 1.0], [0.0]] * 16, [1.5] * 32, [[]] * 32])
def test_vectors_that_cannot_be_learned_are_told(vectors) -> None:
    with pytest.raises(ArgumentError, match="y: expected"):
        Generator(**SMALL).adapt(NAMES, vectors)


def test_few_parts_give_no_interval() -> None:
    generator = Generator(**SMALL, steps=8).adapt([TEXT])
    few = generator.score(["the cat sat on the mat."])
    assert set(few.told()["perplexity"]) == set(few.saved(few)) == {"value"}
    many = generator.score([TEXT])
    assert len(many.nats) >= 5
    assert set(many.told()["bits_per_character"]) == {"value", "low", "high"}


def test_what_cannot_be_trained_on_is_told() -> None:
    with pytest.raises(ArgumentError, match="batch_size: expected None for a running text"):
        Generator(**SMALL).fit([TEXT], batch_size=7, verbose=0)
    with pytest.raises(ArgumentError, match="running text, got labels"):
        Generator(**SMALL, running=True).fit(NAMES, LABELS, verbose=0)


def test_bits_a_character_count_the_text_as_it_is_read():
    from gatewise.tasks import Generator

    text = "one two three one two three\n" * 20
    generator = Generator(units=4, embedding=4, tokens="word", running=True, streams=2, steps=8)
    generator.fit([text], epochs=1, verbose=0)
    plain = generator.score([text])
    spaced = generator.score([text.replace(" ", "    ")])
    assert spaced.bits_per_character == pytest.approx(plain.bits_per_character, rel=1e-6)
    unknown = generator.score([text.replace("three", "Constantinople")])
    assert unknown.characters.sum() == pytest.approx(plain.characters.sum() - 40 * 4)
