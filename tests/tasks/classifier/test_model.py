"""`Classifier` as a Keras model: fit, evaluate and predict on raw inputs."""

import keras
import numpy as np
import pytest

from gatewise.tasks import Classifier, Prediction
from gatewise.tasks.training import KeepBest

from ...toys import fit, series, texts, tiny

X, Y = texts()


def same(one, other):
    return all(
        np.array_equal(a, b) for a, b in zip(one.get_weights(), other.get_weights(), strict=True)
    )


def test_it_learns_and_answers_in_the_order_of_the_inputs(trained):
    assert trained.labels == ("glad", "sad")
    probabilities = trained.predict(X)
    assert probabilities.shape == (len(X), 2)
    assert probabilities.dtype == np.float32
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    turned = trained.predict(X[::-1])
    np.testing.assert_allclose(turned[::-1], probabilities, rtol=1e-5)
    right = [trained.labels[row.argmax()] == label for row, label in zip(probabilities, Y)]  # noqa: B905
    assert np.mean(right) > 0.9


def test_one_input_is_answered_as_among_many(trained):
    mixed = ["good", "bad day " * 300, "", "the awful grey morning"]
    together = trained.predict(mixed)
    for row, text in zip(together, mixed, strict=True):
        np.testing.assert_allclose(trained.predict([text])[0], row, rtol=1e-5)


def test_no_input_gives_no_answer(trained):
    assert trained.predict([]).shape == (0, 2)
    assert trained.classify([]) == []


def test_classify_gives_labels_with_probabilities(trained):
    answer, other = trained.classify(["lovely bright", "awful"])
    assert isinstance(answer, Prediction)
    assert (answer.label, other.label) == ("glad", "sad")
    assert answer.probability == max(answer.probabilities.values())
    assert list(answer.probabilities) == ["glad", "sad"]
    assert list(other.probabilities) == ["sad", "glad"]


def test_evaluate_gives_what_keras_gives(trained):
    loss, accuracy = trained.evaluate(X, Y, verbose=0)
    named = trained.evaluate(X, Y, verbose=0, return_dict=True)
    assert named == {"loss": pytest.approx(loss), "accuracy": pytest.approx(accuracy)}
    probabilities = trained.predict(X)
    true = [trained.labels.index(label) for label in Y]
    expected = -np.log(probabilities[np.arange(len(X)), true]).mean()
    assert loss == pytest.approx(expected, rel=1e-4)
    assert accuracy == pytest.approx(np.mean(probabilities.argmax(axis=1) == true))


def test_evaluate_weighs_the_examples(trained):
    weights = np.array([1.0, 0.0] * (len(X) // 2))
    glad = trained.evaluate(X[::2], Y[::2], verbose=0, return_dict=True)["loss"]
    weighed = trained.evaluate(X, Y, None, 0, weights, return_dict=True)["loss"]
    assert weighed == pytest.approx(glad / 2, rel=1e-4)


def test_a_batch_size_changes_no_answer(trained):
    found = trained.predict(X, batch_size=7)
    np.testing.assert_allclose(found, trained.predict(X), rtol=1e-5)


def test_series_of_unequal_lengths_are_learned():
    x, y = series()
    classifier = tiny(cell="gru", units=4)
    classifier.compile(keras.optimizers.Adam(0.05))
    history = fit(classifier, x, y, epochs=12, validation_split=0.2)
    assert classifier.evaluate(x, y, verbose=0)[1] > 0.9
    assert set(history.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert [one.label for one in classifier.classify(x[:2])] == ["up", "down"]


def test_series_in_one_array_are_taken_too():
    x = np.stack([np.full((4, 1), value) for value in (0.0, 1.0, 0.1, 1.1)])
    classifier = tiny()
    fit(classifier, x, np.array([0, 1, 0, 1]), epochs=1)
    assert classifier.predict(x).shape == (4, 2)
    flat = classifier.predict([one[:, 0] for one in x])
    np.testing.assert_allclose(flat, classifier.predict(x), rtol=1e-6)


def test_integer_labels_come_back_as_integers():
    x = np.array(X[:20])
    classifier = tiny().adapt(x, np.array([7, -1] * 10, "int64"))
    assert classifier.labels == (-1, 7)
    assert type(classifier.classify(x[:1])[0].label) is int


@pytest.mark.parametrize("to", ["tensor", "strings", "column", "floats"])
def test_labels_and_texts_come_in_any_kind_of_list(to):
    y = [1, 0] * 10
    kinds = {
        "tensor": lambda: keras.ops.convert_to_tensor(y),
        "strings": lambda: np.array(["1", "0"] * 10),
        "column": lambda: np.array(y)[:, None],
        "floats": lambda: np.array(y, "float32"),
    }
    classifier = tiny().adapt(tuple(X[:20]), kinds[to]())
    assert classifier.labels == (("0", "1") if to == "strings" else (0, 1))


def handed_to_keras(monkeypatch, classifier, *given, **options):
    """The training and the validation batches that Keras gets; nothing is trained."""
    with monkeypatch.context() as patch:
        patch.setattr(keras.Model, "fit", lambda self, *arguments, **_: arguments)
        arguments = fit(classifier, *given, **options)
    return arguments[0], arguments[7]


def test_the_split_is_drawn_within_each_label_and_from_the_seed(monkeypatch):
    def validated(seed):
        y = ["a", "a", "a", "b"] * 10
        _, held = handed_to_keras(monkeypatch, tiny(seed=seed), X, y, validation_split=0.2)
        return [tuple(ids) for ids in held.sequences], held.targets.tolist()

    inputs, labels = validated(0)
    assert sorted(labels) == [0] * 6 + [1] * 2
    assert validated(0)[0] == inputs
    assert validated(1)[0] != inputs


def test_what_is_validated_on_teaches_no_word(monkeypatch):
    x = [letter * 3 for letter in "abcdefghijklmnopqrst"]
    classifier = tiny()
    handed_to_keras(monkeypatch, classifier, x, ["a", "b"] * 10, validation_split=0.3)
    assert len(set(x) & set(classifier.encoder.vocabulary)) == 14


def test_repeated_texts_can_be_split_by_whole_groups():
    x, y = ["aa", "ab", "bb", "ba"] * 8, ["a", "a", "b", "b"] * 8
    history = fit(tiny(tokens="character"), x, y, epochs=1, validation_split=0.1)
    assert "val_accuracy" in history.history


def test_validation_data_with_weights():
    weights = np.zeros(len(X))
    history = fit(tiny(), X, Y, epochs=1, validation_data=(X, Y, weights))
    assert history.history["val_loss"] == [0.0]


def test_callbacks_of_the_caller_run():
    seen = []
    each = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(epoch))
    fit(tiny(), X, Y, epochs=3, callbacks=each)
    assert seen == [0, 1, 2]


def test_early_stopping_of_the_caller_replaces_ours():
    stop = keras.callbacks.EarlyStopping(monitor="loss", min_delta=9.0, patience=1)
    history = fit(tiny(), X, Y, epochs=5, callbacks=[stop], validation_split=0.2)
    assert len(history.epoch) == 2


def test_a_checkpoint_of_the_caller_can_be_loaded(tmp_path):
    path = tmp_path / "best.keras"
    checkpoint = keras.callbacks.ModelCheckpoint(path, monitor="val_loss", save_best_only=True)
    classifier = tiny()
    fit(classifier, X, Y, epochs=1, validation_split=0.2, callbacks=[checkpoint])
    loaded = keras.models.load_model(path)
    assert np.array_equal(loaded.predict(X), classifier.predict(X))


def test_training_stops_and_keeps_the_best_epoch():
    weights = []

    class Worse(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            weights.append(self.model.get_weights())
            logs["val_accuracy"] = [0.5, 0.9, 0.1, 0.1, 0.1][epoch]

    classifier = tiny()
    keep = KeepBest(patience=2)
    fit(classifier, X, Y, epochs=5, validation_split=0.2, callbacks=[Worse(), keep])
    assert keep.best_epoch == 2
    assert len(weights) == 4
    for kept, best in zip(classifier.get_weights(), weights[1], strict=True):
        assert np.array_equal(kept, best)


def test_the_callers_compile_holds():
    classifier = tiny()
    metric = keras.metrics.SparseTopKCategoricalAccuracy(2, name="top2")
    classifier.compile(keras.optimizers.SGD(0.25), metrics=[metric])
    history = fit(classifier, X, Y, epochs=1)
    assert set(history.history) == {"loss", "top2"}
    assert isinstance(classifier.optimizer, keras.optimizers.SGD)
    assert float(classifier.optimizer.learning_rate) == 0.25


def test_a_loss_of_the_caller_and_keras_order_of_arguments():
    classifier = tiny()
    loss = keras.losses.SparseCategoricalCrossentropy()
    classifier.compile("adam", loss, None, ["accuracy"], None, False)
    history = classifier.fit(X, Y, 8, 1, 0, None, 0.0, (X, Y), True, None, None, 0)
    assert set(history.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}


def weights(monkeypatch, often=32, **options):
    """The weight of each class id among many a and eight b."""
    y = ["a"] * often + ["b"] * (len(X) - often)
    train, _ = handed_to_keras(monkeypatch, tiny(), X, y, **options)
    if train.weights is None:
        return None
    return dict(zip(train.targets.tolist(), train.weights.tolist(), strict=True))


def test_rare_labels_weigh_more_unless_asked_otherwise(monkeypatch):
    found = weights(monkeypatch, often=39)
    assert found[1] > 1.5 * found[0]
    assert weights(monkeypatch, often=39, class_weight=None) is None
    assert weights(monkeypatch, often=20) is None
    assert weights(monkeypatch, class_weight={"b": 3.0}) == {0: 1.0, 1: 3.0}


def test_sample_weights_multiply_class_weights(monkeypatch):
    given = {"class_weight": {"a": 2.0}, "sample_weight": [0.5] * 32 + [4.0] * 8}
    assert weights(monkeypatch, **given) == {0: 1.0, 1: 4.0}


def test_weights_reach_the_loss():
    heavy, light = (
        fit(tiny(), X, Y, epochs=1, class_weight=None, sample_weight=np.full(len(X), weight))
        for weight in (10.0, 0.0)
    )
    assert heavy.history["loss"][0] > 5
    assert light.history["loss"] == [0.0]


def test_a_second_fit_starts_the_learning_rate_anew_and_keeps_the_vocabulary():
    seen = []
    classifier = tiny().adapt(X, Y)
    read = keras.callbacks.LambdaCallback(
        on_train_begin=lambda logs: seen.append(
            (int(classifier.optimizer.iterations), float(classifier.optimizer.learning_rate))
        )
    )
    fit(classifier, X, Y, callbacks=[read])
    vocabulary, steps = classifier.encoder.vocabulary, int(classifier.optimizer.iterations)
    fit(classifier, ["quite another sad story", *X[1:]], Y, callbacks=[read])
    assert steps == 10
    assert seen[0] == seen[1] == (0, pytest.approx(2e-4))
    assert classifier.encoder.vocabulary == vocabulary


@pytest.mark.slow
def test_the_same_seed_trains_the_same_weights():
    one, two, other = (tiny(seed=seed, dropout=0.3, token_dropout=0.2) for seed in (5, 5, 6))
    fit(one, X, Y, epochs=1)
    keras.utils.set_random_seed(99)
    fit(two, X, Y, epochs=1)
    fit(other, X, Y, epochs=1)
    assert same(one, two)
    assert not same(one, other)


@pytest.mark.slow
@pytest.mark.parametrize(
    "options",
    [
        {"cell": "simple_rnn", "pooling": "last", "bidirectional": True},
        {"cell": "gru", "pooling": "mean", "depth": 2},
        {"cell": "binary_gate_lstm", "pooling": "max", "bidirectional": True},
        {"cell": "lstm", "pooling": "max", "depth": 2, "bidirectional": True, "tokens": "bpe"},
    ],
    ids=lambda options: options["cell"],
)
def test_every_kind_of_network_trains(options):
    classifier = tiny(**options)
    losses = fit(classifier, X, Y, epochs=3).history["loss"]
    assert losses[-1] < losses[0]


def test_encoded_batches_are_left_to_keras():
    classifier = tiny().adapt(X, Y)
    batches = classifier.batches(X, Y, batch_size=8)
    history = classifier.fit(batches, epochs=1, verbose=0, validation_data=(X, Y))
    assert "val_loss" in history.history
    again = classifier.evaluate(batches, verbose=0)
    assert again == pytest.approx(classifier.evaluate(X, Y, verbose=0), rel=1e-4)
    np.testing.assert_allclose(
        classifier.predict(batches), classifier.predict(X)[batches.order], rtol=1e-5
    )


def test_batches_without_shuffling_are_the_same_each_epoch(monkeypatch):
    def orders(shuffle):
        train, _ = handed_to_keras(monkeypatch, tiny(), X, Y, shuffle=shuffle)
        return [(train.start_epoch(epoch), train.order.tolist())[1] for epoch in (0, 1)]

    assert len({tuple(order) for order in orders(False)}) == 1
    assert len({tuple(order) for order in orders(True)}) == 2


VECTORS = {"good": [1.0, 2.0], "bad": [3.0, 4.0], "xyzzy": [5.0, 6.0]}


def test_vectors_of_a_mapping_become_the_embedding():
    classifier = tiny(vectors={word: np.array(vector) for word, vector in VECTORS.items()})
    classifier.adapt(X, Y)
    table = classifier.network.get_layer("embedding").get_weights()[0]
    vocabulary = classifier.encoder.vocabulary
    assert table.shape == (len(vocabulary), 2)
    assert table[vocabulary.index("bad")].tolist() == [3.0, 4.0]
    assert np.abs(table[vocabulary.index("the")]).max() <= 0.5
    assert "xyzzy" in vocabulary  # a word that training lacks, known by its vector
    assert classifier.vectors_found == {"name": "a mapping", "found": 2, "of": len(vocabulary) - 1}


def test_vectors_of_a_file_become_the_embedding(tmp_path):
    path = tmp_path / "glove.txt"
    path.write_text("".join(f"{word} {one} {two}\n" for word, (one, two) in VECTORS.items()))
    for given in (path, str(path)):
        classifier = tiny(vectors=given).adapt(X, Y)
        table = classifier.network.get_layer("embedding").get_weights()[0]
        assert table[classifier.encoder.vocabulary.index("good")].tolist() == [1.0, 2.0]
        assert classifier.get_config()["vectors"] == str(path)


def test_keras_can_describe_it(trained, capsys):
    trained.summary()
    assert "network" in capsys.readouterr().out
    assert trained.count_params() == trained.network.count_params() > 0
    assert len(trained.trainable_weights) == len(trained.network.trainable_weights)


def test_an_untrained_one_survives_its_configuration():
    classifier = Classifier(cell="gru", units=7, pooling="mean", seed=4, max_length=9, name="mine")
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(classifier))
    assert again.get_config() == classifier.get_config()
    assert again.name == "mine"
    assert not again.adapted
    assert set(classifier.get_config()) - {"name"} == set(classifier.options)


@pytest.mark.slow
def test_mixed_precision_trains_on_series():
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        x, y = series(12)
        classifier = tiny()
        history = fit(classifier, x, y, epochs=1)
    finally:
        keras.config.set_dtype_policy(before)
    assert np.isfinite(history.history["loss"]).all()
    assert np.isfinite(classifier.predict(x)).all()
