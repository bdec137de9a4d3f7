"""A small classifier of texts, trained once for all tests that only ask it."""

import keras
import pytest

from ..toys import fit, texts, tiny


@pytest.fixture(scope="session")
def trained():
    classifier = tiny(seed=3)
    classifier.compile(keras.optimizers.Adam(0.05))
    fit(classifier, *texts(longest=3), epochs=10, validation_split=0.2)
    return classifier
