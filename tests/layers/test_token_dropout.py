"""Tokens replaced by the unknown one, while training only."""

import keras
import numpy as np
import pytest
from keras import ops

from gatewise.errors import ArgumentError
from gatewise.layers import TokenDropout

IDS = np.random.default_rng(0).integers(2, 50, size=(20, 100)).astype("int32")
IDS[:, 80:] = 0


def applied(layer, ids=IDS, training=True):
    return ops.convert_to_numpy(layer(ops.array(ids), training=training))


def test_the_share_replaced_is_the_rate_and_padding_stays():
    found = applied(TokenDropout(0.3, seed=1))
    changed = found != IDS
    assert 0.25 < changed[:, :80].mean() < 0.35
    assert not changed[:, 80:].any()
    assert set(found[changed]) == {1}
    assert found.dtype == IDS.dtype


def test_nothing_changes_outside_training_or_at_rate_zero():
    np.testing.assert_array_equal(applied(TokenDropout(0.9), training=False), IDS)
    np.testing.assert_array_equal(applied(TokenDropout(0)), IDS)


def test_rate_one_replaces_every_token():
    np.testing.assert_array_equal(applied(TokenDropout(1)), np.where(IDS == 0, 0, 1))


def test_unknown_and_padding_can_be_any_ids():
    found = applied(TokenDropout(1, unknown=7, padding=9), [[0, 9, 3]])
    np.testing.assert_array_equal(found, [[7, 9, 7]])


def test_a_seed_gives_the_same_choices_and_every_call_new_ones():
    one, other = TokenDropout(0.5, seed=4), TokenDropout(0.5, seed=4)
    first = applied(one)
    np.testing.assert_array_equal(first, applied(other))
    assert (first != applied(one)).any()


def test_a_saved_layer_makes_the_choices_of_its_seed(tmp_path):
    inputs = keras.Input((None,), dtype="int32")
    layer = TokenDropout(0.5, unknown=3, padding=2, seed=4, name="drop")
    model = keras.Model(inputs, layer(inputs))
    model.save(tmp_path / "m.keras")
    again = keras.saving.load_model(tmp_path / "m.keras")
    assert again.get_layer("drop").get_config() == layer.get_config()
    both = [ops.convert_to_numpy(m(IDS, training=True)) for m in (model, again)]
    np.testing.assert_array_equal(*both)


def test_ids_stay_integers_in_a_model_and_the_mask_passes():
    inputs = keras.Input((None,), dtype="int32")
    dropped = TokenDropout(0.5)(inputs)
    assert (dropped.dtype, dropped.shape) == ("int32", (None, None))
    embedded = keras.layers.Embedding(50, 4, mask_zero=True)(dropped)
    model = keras.Model(inputs, keras.layers.GRU(2)(embedded))
    model.compile("sgd", "mse")
    model.fit(IDS, np.zeros((20, 2)), verbose=0)


@pytest.mark.parametrize("rate", [-0.1, 1.5, float("nan")])
def test_a_rate_that_is_no_share_is_refused(rate):
    with pytest.raises(ArgumentError, match="rate: expected a number from 0 to 1, got"):
        TokenDropout(rate)


def test_padding_as_the_unknown_token_is_refused():
    with pytest.raises(ArgumentError, match="unknown: expected an id other than that of padding"):
        TokenDropout(0.1, unknown=0)
