import keras
import numpy as np
import pytest
from keras import ops

from gatewise.architectures import encoder_decoder
from gatewise.errors import ArgumentError
from gatewise.layers import find_recurrent

SOURCE = np.array([[4, 5, 6], [7, 8, 0]], "int32")
GIVEN = np.array([[2, 3, 4, 5], [2, 6, 7, 0]], "int32")


def network(**options):
    given = {"units": 6, "embedding": 5, "dropout": 0.0, "seed": 3} | options
    return encoder_decoder(source_vocabulary=9, target_vocabulary=8, **given)


@pytest.mark.parametrize("attention", ["luong", "bahdanau"])
@pytest.mark.parametrize("cell", ["lstm", "gru"])
@pytest.mark.parametrize("depth", [1, 2])
def test_a_step_at_a_time_gives_what_the_sequence_gives(attention, cell, depth):
    net = network(attention=attention, cell=cell, depth=depth)
    whole = ops.convert_to_numpy(net((SOURCE, GIVEN)))
    read = net.encode(ops.convert_to_tensor(SOURCE))
    states = None
    for t in range(GIVEN.shape[1]):
        written = net.decode(ops.convert_to_tensor(GIVEN[:, t : t + 1]), read, states)
        states = written.states
        np.testing.assert_allclose(
            ops.convert_to_numpy(written.logits)[:, 0], whole[:, t], atol=1e-5
        )


@pytest.mark.parametrize("attention", ["luong", "bahdanau"])
def test_padding_of_the_source_changes_nothing(attention):
    net = network(attention=attention)
    wider = np.pad(SOURCE, ((0, 0), (0, 4)))
    np.testing.assert_allclose(
        ops.convert_to_numpy(net((SOURCE, GIVEN))), ops.convert_to_numpy(net((wider, GIVEN))),
        atol=1e-5,
    )  # fmt: skip
    weights = net.decode(
        ops.convert_to_tensor(GIVEN), net.encode(ops.convert_to_tensor(wider))
    ).attention
    assert np.all(ops.convert_to_numpy(weights)[1, :, 2:] == 0)


def test_with_luong_every_recurrent_layer_is_one_of_gatewise():
    kinds = {type(layer).__module__.split(".")[0] for _, layer in find_recurrent(network(depth=2))}
    assert kinds == {"gatewise"}


def test_scheduled_sampling_gives_the_decoder_its_own_choices():
    """With a share of 1 every given token but the first is the likeliest one after teacher
    forcing."""
    net = network(scheduled_sampling=0.5)
    net.sampling.assign(1.0)
    forced = ops.convert_to_numpy(net((SOURCE, GIVEN)))
    own = np.concatenate([GIVEN[:, :1], forced.argmax(-1)[:, :-1].astype("int32")], axis=1)
    own = np.where(GIVEN == 0, 0, own)
    np.testing.assert_allclose(
        ops.convert_to_numpy(net((SOURCE, GIVEN), training=True)),
        ops.convert_to_numpy(net((SOURCE, own))),
        atol=1e-5,
    )


def test_it_comes_back_from_its_file(tmp_path):
    net = network()
    net.save(tmp_path / "n.keras")
    again = keras.models.load_model(tmp_path / "n.keras")
    np.testing.assert_allclose(
        ops.convert_to_numpy(net((SOURCE, GIVEN))), ops.convert_to_numpy(again((SOURCE, GIVEN))),
        atol=1e-6,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"attention": "self"}, "luong, bahdanau"),
        ({"cell": "simple_rnn"}, "lstm, gru"),
        ({"units": 0}, "units"),
        ({"scheduled_sampling": 1.0}, "scheduled_sampling"),
    ],
)
def test_arguments_out_of_range_are_refused(options, said):
    with pytest.raises(ArgumentError, match=said):
        network(**options)
