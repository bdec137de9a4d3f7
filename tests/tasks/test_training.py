"""The best epoch is kept, and a training goes on bit for bit from its checkpoint."""

import keras
import numpy as np
import pytest

from gatewise.errors import DataError
from gatewise.tasks.training import Checkpoint, KeepBest

from ..toys import fit, texts, tiny

X, Y = texts(32)


@pytest.mark.parametrize(
    ("logs", "best"),
    [
        ([{"val_accuracy": 0.5, "val_loss": 1.0}, {"val_accuracy": 0.6, "val_loss": 2.0}], 2),
        ([{"val_accuracy": 0.5, "val_loss": 1.0}, {"val_accuracy": 0.5, "val_loss": 0.9}], 2),
        ([{"val_accuracy": 0.5, "val_loss": 1.0}, {"val_accuracy": 0.5, "val_loss": 1.0}], 1),
        ([{"val_loss": 1.0}, {"val_loss": 2.0}], 1),
        ([{"loss": 1.0}, {"loss": 2.0}], 2),
    ],
    ids=["accuracy", "loss at equal accuracy", "no better", "loss alone", "no validation"],
)
def test_which_epoch_is_the_best(logs, best):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    keep = KeepBest()
    keep.set_model(model)
    for epoch, told in enumerate(logs):
        model.set_weights([np.full((1, 1), epoch + 1.0), np.zeros(1)])
        keep.on_epoch_end(epoch, told)
    keep.on_train_end()
    assert keep.best_epoch == best
    assert model.get_weights()[0] == best


def test_a_late_epoch_within_one_standard_error_takes_the_place_of_the_best():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    keep = KeepBest(patience=9, examples=100)
    keep.set_model(model)
    kept = []
    for epoch, accuracy in enumerate([0.5, 0.9, 0.88, 0.86, 0.87, 0.92, 0.89]):
        keep.on_epoch_end(epoch, {"val_accuracy": accuracy, "val_loss": 1.0})
        kept.append(keep.best_epoch)
    # The standard error of 0.9 on 100 examples is 0.03, that of 0.92 is 0.027.
    assert kept == [1, 2, 3, 3, 5, 6, 6]


def test_an_epoch_that_cannot_be_told_from_the_best_is_kept_in_its_place():
    keep = KeepBest(examples=100)  # one standard error of 0.5 is 0.05
    keep.set_model(keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)]))
    kept = []
    for epoch, accuracy in enumerate((0.5, 0.46, 0.44, 0.45, 0.3)):
        keep.on_epoch_end(epoch, {"val_accuracy": accuracy, "val_loss": 1.0})
        kept.append(keep.best_epoch)
    assert kept == [1, 2, 2, 4, 4]
    assert keep.best_score == (0.5, -1.0)


def test_without_an_epoch_there_is_nothing_to_restore():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    before = model.get_weights()
    KeepBest().restore(model)
    assert np.array_equal(model.get_weights()[0], before[0])


def train(epochs, path, *, resume=False, total=4):
    """A training of `epochs` of the `total` planned ones, with all that draws random numbers."""
    classifier = tiny(dropout=0.4, token_dropout=0.3)
    keep = KeepBest()
    checkpoint = Checkpoint(path, keep)
    done = checkpoint.read() if resume else 0

    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = epoch + 1 == epochs

    fit(
        classifier, X, Y, epochs=total, initial_epoch=done, callbacks=[keep, checkpoint, Stop()],
        validation_split=0.25,
    )  # fmt: skip
    return classifier, checkpoint


@pytest.mark.parametrize("stop", [2, pytest.param(3, marks=pytest.mark.slow)])
def test_a_training_goes_on_bit_for_bit(tmp_path, stop):
    whole, seen = train(4, tmp_path / "whole.npz")
    train(stop, tmp_path / "part.npz")
    resumed, checkpoint = train(4, tmp_path / "part.npz", resume=True)
    assert [row["epoch"] for row in checkpoint.history] == [1, 2, 3, 4]
    assert checkpoint.history == seen.history
    assert checkpoint.keep_best.best_epoch == seen.keep_best.best_epoch
    for one, other in zip(resumed.get_weights(), whole.get_weights(), strict=True):
        assert np.array_equal(one, other)


def test_a_damaged_checkpoint_is_told(tmp_path):
    _, checkpoint = train(1, tmp_path / "c.npz", total=1)
    content = checkpoint.path.read_bytes()
    for broken in (content[: len(content) // 2], b"", b"PK\x03\x04", b"not a checkpoint"):
        checkpoint.path.write_bytes(broken)
        with pytest.raises(DataError, match=r"c\.npz: expected the checkpoint of a training"):
            Checkpoint(checkpoint.path, KeepBest()).read()


def test_a_checkpoint_of_another_network_is_told(tmp_path):
    train(1, tmp_path / "c.npz", total=1)
    checkpoint = Checkpoint(tmp_path / "c.npz", KeepBest())
    checkpoint.read()
    with pytest.raises(DataError, match="checkpoint of this very network"):
        fit(tiny(depth=2), X, Y, callbacks=[checkpoint])
