"""How a task trains unless it is told otherwise; docs/decisions/training-defaults.md has the
measurements behind the numbers."""

from collections.abc import Sequence

import keras

from gatewise.data.batches import bucket_widths
from gatewise.tasks.training import KeepBest

OPTIMIZER_NAME = "gatewise_adamw"
LEARNING_RATE = 2e-3
CLIP_NORM = 1.0
WEIGHT_DECAY = 0.0
# Time steps of a training set (in all), and the most padded lengths it is batched to.
WIDTHS = ((50_000, 2), (200_000, 3), (1_000_000, 5), (float("inf"), 8))
STEPS, FEWEST_EPOCHS, MOST_EPOCHS = 2_000, 12, 100


def optimizer() -> keras.optimizers.Optimizer:
    """AdamW with clipped gradients (Pascanu et al. 2013); `learning_rate` sets its schedule."""
    return keras.optimizers.AdamW(
        LEARNING_RATE, weight_decay=WEIGHT_DECAY, clipnorm=CLIP_NORM, name=OPTIMIZER_NAME
    )


def learning_rate(
    batches: int, epochs: int, peak: float = LEARNING_RATE
) -> keras.optimizers.schedules.LearningRateSchedule:
    """Half an epoch of warm-up to the `peak`, then a cosine to zero: a function of the step alone,
    so that a resumed training needs no further state."""
    return keras.optimizers.schedules.CosineDecay(
        peak / 10,
        decay_steps=max(1, batches * epochs),
        warmup_target=peak,
        warmup_steps=max(1, batches // 2),
    )


def epochs(batches: int) -> int:
    """Most epochs: a small set needs many to take enough steps, a large one learns in few."""
    return min(max(-(-STEPS // max(1, batches)), FEWEST_EPOCHS), MOST_EPOCHS)


def patience(epochs: int) -> int:
    """Epochs without improvement worth waiting for: late ones, at a small rate, are the best."""
    return max(5, epochs // 2)


def batch_size(examples: int) -> int:
    """32, and fewer for a small set, which would else have few steps in an epoch."""
    return min(max(examples // 16, 4), 32)


def min_frequency(texts: int) -> int:
    """How often a token must occur to get an id. A word met once is learned by heart and teaches
    nothing; read as unknown, it teaches what unknown words mean. Few texts can spare none."""
    return 2 if texts >= 1_000 else 1


TOKEN_DROPOUT = 0.2
# Pretrained vectors: words of the source that get an id though training lacks them (sources list
# the most frequent first), and the dropout that their few, dense values bear.
PRETRAINED_WORDS = 30_000
PRETRAINED_DROPOUT = 0.25
PRETRAINED_TOKEN_DROPOUT = 0.1


def widths(lengths: Sequence[int]) -> list[int]:
    """Padded lengths for a training set: each costs a compilation of seconds, so a small set,
    whose epoch lasts no longer than that, gets few."""
    steps = sum(lengths)
    return bucket_widths(lengths, count=next(n for limit, n in WIDTHS if steps < limit))


def keep_best(monitor: str, patience: int, validated: int) -> KeepBest:
    """The usual judge of epochs; `validated` is the number of validation examples, which bounds
    how well an accuracy is known."""
    return KeepBest(patience, validated if monitor == "val_accuracy" else 0, monitor)


def callbacks(
    given: Sequence[keras.callbacks.Callback] | None, keep: KeepBest
) -> list[keras.callbacks.Callback]:
    """The caller's callbacks, with `keep` first unless they stop training by themselves."""
    given = list(given or [])
    if any(isinstance(one, KeepBest | keras.callbacks.EarlyStopping) for one in given):
        return given
    return [keep, *given]
