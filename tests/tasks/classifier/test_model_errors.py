"""What `Classifier` says to inputs, labels and arguments it cannot use."""

import keras
import numpy as np
import pytest

from gatewise.errors import ArgumentError, DataError
from gatewise.tasks import Classifier

from ...toys import fit, series, texts, tiny

X, Y = texts(8)


def refused(message, x=X, y=Y, error=ArgumentError, **options):
    classifier = tiny()
    with pytest.raises(error, match=message):
        fit(classifier, x, y, **options)
    assert not classifier.adapted


@pytest.mark.parametrize(
    ("x", "message"),
    [
        ("one text", r"x: expected a list, got one text \('one text'\). Put it in a list"),
        (None, "x: expected a list or an array, got NoneType"),
        (7, "x: expected a list or an array, got int"),
        (iter(X), "expected a list or an array, got list_iterator. Make a list"),
        ({"text": X}, "expected a list or an array, got dict"),
        ([*X[:7], 3], "only strings, or only arrays .* got a int .'3'"),
        ([*X[:7], np.ones((2, 2))], "only strings, or only arrays .* got a ndarray"),
        ([1.0] * 8, "only strings, or only arrays .* got a float"),
        ([[4, 2, 9]] * 8, "look like token ids. Give the texts themselves"),
        (np.ones((8, 5), "int64"), "look like token ids"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else "",
)
def test_inputs_of_the_wrong_kind(x, message):
    refused(message, x=x)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (None, "y: expected a label for each input, got None"),
        (Y[:5], "y: expected one label for each of the 8 inputs, got 5"),
        ("glad", "y: expected a list, got one text"),
        (np.eye(8), r"y: expected class labels .* One-hot rows become labels by y.argmax"),
        ([0.5] * 8, "y: expected class labels .* got '0.5' of type float"),
        ([None] * 8, "got 'None' of type NoneType"),
    ],
    ids=["none", "fewer", "one", "one-hot", "fractions", "missing"],
)
def test_labels_of_the_wrong_kind(y, message):
    refused(message, y=y)


def test_nothing_to_learn_from():
    refused("x: expected at least one input, got none", x=[], y=[])
    refused("at least two different ones to tell apart, got .'a'", y=["a"] * 8, error=DataError)


def test_weights_that_fit_nothing():
    refused("sample_weight: expected one number for each of the 8", sample_weight=[1.0, 2.0])
    for weight, message in (
        ({"happy": 2.0}, "class_weight: expected labels seen in training .* got also happy"),
        ("balanced", "class_weight: expected 'auto', None or a mapping"),
    ):
        with pytest.raises((ArgumentError, DataError), match=message):
            fit(tiny(), X, Y, class_weight=weight)


def test_a_split_that_cannot_be_made():
    refused("validation_split: expected a part between 0 and 1, got 1.5", validation_split=1.5)
    refused(
        "validation_split: too few different examples .* validate on yourself",
        x=["yes", "no"] * 4,
        error=DataError,
        validation_split=0.2,
    )


def test_series_that_do_not_fit_together():
    x, y = series(8)
    refused("Series 3: expected 2 channels .* got 1", x=[*x[:2], x[2][:, :1], *x[3:]], y=y,
            error=DataError)  # fmt: skip
    refused("Series 2 has no steps", x=[x[0], x[1][:0], *x[2:]], y=y, error=DataError)
    refused("expected numbers of shape", x=[[[1.0], [2.0, 3.0]]] * 8, y=y, error=DataError)
    for bad in (np.nan, np.inf):
        broken = [x[0], np.where(x[1] > -1e9, bad, x[1]), *x[2:]]
        refused("Series 2 has a value that is NaN or infinite", x=broken, y=y, error=DataError)


def test_a_trained_one_refuses_what_it_never_saw(trained):
    with pytest.raises(DataError, match=r"y: .* seen in training \(glad, sad\), got also angry"):
        trained.evaluate(X, ["angry"] * 8)
    with pytest.raises(DataError, match="got also angry"):
        fit(trained, X, ["angry"] * 8)
    with pytest.raises(ArgumentError, match="expected text inputs as in training, got series"):
        trained.predict(series(2)[0])
    with pytest.raises(ArgumentError, match="x: expected a list, got one text"):
        trained.classify("one text")
    with pytest.raises(ArgumentError, match="token ids"):
        trained.predict([[1, 2], [3]])
    with pytest.raises(ArgumentError, match="Make a new one"):
        trained.adapt(X, Y)


@pytest.mark.parametrize("ask", ["predict", "classify", "batches", "evaluate", "call"])
def test_an_untrained_one_says_so(ask):
    given = (X, Y) if ask == "evaluate" else (np.ones((1, 2)) if ask == "call" else X,)
    with pytest.raises(ArgumentError, match="has not been trained yet: call fit"):
        getattr(tiny(), ask)(*given)


def test_batches_cannot_teach_a_vocabulary():
    class Empty(keras.utils.PyDataset):
        num_batches = 1

        def __getitem__(self, index):
            return np.ones((1, 2)), np.ones(1)

    with pytest.raises(ArgumentError, match="has not been trained yet"):
        tiny().fit(Empty())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cell": "rnn"}, "cell: expected one of"),
        ({"units": 0}, "units: expected"),
        ({"embedding": 0}, "embedding: expected"),
        ({"dropout": 2}, "dropout: expected"),
        ({"tokens": "letters"}, "tokens: expected one of word, character, bpe, got 'letters'"),
        ({"max_length": 0}, "max_length: expected a whole number above 0"),
        ({"vocabulary_size": 1.5}, "vocabulary_size: expected"),
        ({"seed": -3}, "seed: expected"),
    ],
)
def test_arguments_are_checked_before_any_data(options, message):
    with pytest.raises(ArgumentError, match=message):
        Classifier(**options)


def test_vectors_that_cannot_be_used(tmp_path):
    with pytest.raises(ArgumentError, match="vectors: expected texts to use them on, got series"):
        fit(tiny(vectors={"a": np.ones(2)}), *series(8))
    with pytest.raises(ArgumentError, match="vectors: no word of the training texts is in"):
        fit(tiny(vectors={"xyzzy": np.ones(2)}), X, Y)
    with pytest.raises(ArgumentError, match="expected vectors of one length, got shapes"):
        tiny(vectors={"the": np.ones(2), "day": np.ones(3)}).adapt(X, Y)
    with pytest.raises(DataError, match="there is no such file"):
        fit(tiny(vectors=str(tmp_path / "none.txt")), X, Y)
