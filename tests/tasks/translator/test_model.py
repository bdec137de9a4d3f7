"""The translator learns, answers whatever the batch, and comes back from its file the same."""

import keras
import numpy as np
import pytest

import gatewise as gw
from gatewise.errors import ArgumentError
from gatewise.tasks import Translator
from gatewise.tasks.translator.model import Translation, suggested_tokens


def pairs(count=64, seed=0):
    """Words of a, b and c; the sound of `ab` is X, of every other letter its capital."""
    rng = np.random.default_rng(seed)
    words = ["".join(rng.choice(list("abc"), rng.integers(2, 6))) for _ in range(count)]
    return words, [" ".join(word.replace("ab", "x").upper()) for word in words]


@pytest.fixture(scope="module")
def translator():
    found = Translator(units=24, embedding=12, dropout=0.0, seed=1)
    found.fit(*pairs(256), epochs=25, batch_size=16, verbose=0)
    return found


def test_it_learns_to_spell(translator):
    words, sounds = pairs(seed=9)
    right = [one.text == sound for one, sound in
             zip(translator.translate(words), sounds, strict=True)]  # fmt: skip
    assert np.mean(right) > 0.9


@pytest.mark.parametrize("beams", [1, 3])
def test_an_answer_does_not_depend_on_its_company(translator, beams):
    words, _ = pairs(20, seed=2)
    among = translator.translate(words, beams=beams)
    for batch_size in (1, 7):
        alone = translator.translate(words, beams=beams, batch_size=batch_size)
        assert [one.text for one in alone] == [one.text for one in among]
        np.testing.assert_allclose(
            [one.probability for one in alone], [one.probability for one in among], rtol=1e-4
        )


def test_a_loaded_one_answers_the_same(translator, tmp_path):
    translator.save(tmp_path / "t.keras")
    words, sounds = pairs(20, seed=3)
    loaded = gw.load(tmp_path / "t.keras")
    assert [one.text for one in loaded.translate(words)] == [
        one.text for one in translator.translate(words)
    ]
    losses = [one.evaluate(words, sounds, verbose=0) for one in (loaded, translator)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)


def test_the_loss_is_the_mean_over_real_tokens(translator):
    words, sounds = pairs(12, seed=4)
    told = translator.evaluate(words, sounds, verbose=0, batch_size=12)
    nats, tokens = 0.0, 0
    for word, sound in zip(words, sounds, strict=True):
        ((source, given), wanted) = translator.batches([word], [sound])[0]
        logits = np.asarray(translator.predict_on_batch((source, given)), "float64")[0]
        logs = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
        real = wanted[0] > 0
        nats -= logs[np.flatnonzero(real), wanted[0][real]].sum()
        tokens += real.sum()
    assert told == pytest.approx(nats / tokens, rel=1e-4)


def test_attention_has_a_row_for_each_token_and_looks_where_the_letters_are(translator):
    seen = translator.align("cba")
    assert seen.read == ["c", "b", "a"]
    assert seen.written[-1] == "end"
    assert seen.weights.shape == (len(seen.written), 3)
    np.testing.assert_allclose(seen.weights.sum(axis=1), 1.0, atol=1e-5)
    assert translator.align("cba", "C").written == ["C", "end"]


def test_tokens_follow_from_the_data():
    assert suggested_tokens(["cat", "dog"], ["cat", "dog"]) == ("character", "character")
    assert suggested_tokens(["a cat", "dog"], ["un gato", "perro"]) == ("bpe", "bpe")
    words, _ = pairs()
    small = Translator(units=4, embedding=4, tokens="bpe", target_tokens="character")
    small.adapt(words, words)
    assert (small.resolved["tokens"], small.resolved["target_tokens"]) == ("bpe", "character")


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (["a"], ["A", "B"], "one target for each"),
        (["a", " "], ["A", "B"], "row 1"),
        ("a", ["A"], "one text"),
        (["a"], [["A"]], "expected a text"),
    ],
)
def test_what_does_not_fit_is_said(x, y, message):
    with pytest.raises(ArgumentError, match=message):
        Translator().fit(x, y)


@pytest.mark.parametrize(
    ("options", "said"),
    [({"beams": 0}, "beams"), ({"tokens": "phone"}, "tokens"), ({"cell": "elman"}, "cell")],
)
def test_arguments_out_of_range_are_refused(options, said):
    with pytest.raises(ArgumentError, match=said):
        Translator(**options)


@pytest.mark.parametrize("weights", [None, [1.0, 0.5, 2.0, 0.0] * 2])
def test_label_smoothing_is_the_cross_entropy_against_a_softened_target(weights):
    words, sounds = pairs(8, seed=5)
    tasks = [Translator(units=6, embedding=5, label_smoothing=part) for part in (0.2, 0.0)]
    smooth, plain = (task.adapt(words, sounds) for task in tasks)
    weighed = None if weights is None else np.array(weights, "float32")
    for task in (smooth, plain):
        task.compile()
    given, wanted, *more = smooth.batches(words, sounds, weights=weighed)[0]
    w = more[0] if more else np.ones(wanted.shape, "float32")
    logits = keras.ops.convert_to_numpy(smooth(given)).astype("float64")
    logs = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    size = logits.shape[-1]
    real = wanted > 0
    target = 0.8 * np.eye(size)[wanted] + 0.2 * (np.arange(size) > 0) / (size - 1)
    by_hand = (-(target * logs).sum(-1) * real * w).sum() / real.sum()
    found = smooth.compute_loss(given, wanted, logits.astype("float32"), more[0] if more else None)
    assert float(found) == pytest.approx(by_hand, rel=1e-5)
    # Judging is not softened.
    told = [
        float(task.compute_loss(given, wanted, logits.astype("float32"), training=False))
        for task in (smooth, plain)
    ]
    assert told[0] == told[1]


def test_a_loss_of_the_users_own_is_not_softened():
    words, sounds = pairs(8, seed=5)
    task = Translator(units=4, embedding=4, label_smoothing=0.5).adapt(words, sounds)
    own = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=0)
    task.compile(loss=own)
    given, wanted = task.batches(words, sounds)[0]
    logits = keras.ops.convert_to_numpy(task(given))
    assert float(task.compute_loss(given, wanted, logits)) == pytest.approx(
        float(own(wanted, logits)), rel=1e-6
    )


@pytest.mark.parametrize("sides", [{}, {"tokens": "bpe", "target_tokens": "bpe"}])
def test_an_empty_answer_has_no_tokens_but_the_end(sides):
    small = Translator(units=4, embedding=4, **sides).adapt(*pairs(8))
    for target in ("", "  "):
        seen = small.align("ab", target)
        assert seen.written == ["end"]
        assert seen.weights.shape == (1, len(seen.read))


def test_encoded_input_of_an_empty_answer_holds_the_start_alone(monkeypatch):
    small = Translator(units=4, embedding=4).adapt(*pairs(8))
    monkeypatch.setattr(small, "translate", lambda x: [Translation("", 1.0) for _ in x])
    _, given = small.network_input(["ab"])
    assert given.tolist() == [[small.target.boundary]]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda one: one.translate([None]), "x: expected a text in each row, got None in row 0"),
        (lambda one: one.translate(["a", 5]), "got 5 in row 1"),
        (lambda one: one.translate(["a", " "]), "x: expected a text in each row, got ' ' in row 1"),
        (lambda one: one.align(["a"]), "source: expected one text, got list"),
        (lambda one: one.align("a", ["A"]), "target: expected one text, got list"),
        (lambda one: one.align(""), "source: expected a text to read"),
        (lambda one: one.align(" ", "A"), "source: expected a text to read"),
        (lambda one: one.predict(["ab"]), r"Call translate\(x\)"),
        (lambda one: one.predict("ab"), r"Call translate\(x\)"),
        (lambda one: one.predict(np.array(["ab"])), r"Call translate\(x\)"),
    ],
)
def test_what_is_no_text_is_said(call, message):
    small = Translator(units=4, embedding=4).adapt(*pairs(8))
    with pytest.raises(ArgumentError, match=message):
        call(small)


def test_encoded_input_is_predicted_on_as_keras_does():
    small = Translator(units=4, embedding=4).adapt(*pairs(8))
    encoded = small.network_input(["ab", "ba"])
    assert small.predict(encoded, verbose=0).shape[:2] == encoded[1].shape
