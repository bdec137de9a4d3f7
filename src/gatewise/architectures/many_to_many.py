"""Many-to-many, aligned: a sequence goes in, an answer a step comes out."""

from typing import Any

import keras
from keras import ops

from gatewise import layers
from gatewise.architectures import parts
from gatewise.errors import ArgumentError


def many_to_many(
    *,
    classes: int,
    vocabulary: int | None = None,
    features: int | None = None,
    characters: int | None = None,
    cell: str = "lstm",
    units: int = 128,
    depth: int = 1,
    bidirectional: bool = True,
    embedding: int = 100,
    character_embedding: int = 25,
    character_units: int = 25,
    dropout: float = 0.5,
    token_dropout: float = 0.0,
    crf: bool = False,
    seed: int = 0,
    name: str = "many_to_many",
) -> keras.Model:
    r"""A recurrent tagger: words and their characters, or measurements, and an answer a step.

        x₁ … x_T → (embedding, characters) → recurrent × depth → softmax at every step

    The characters of a word are read by a recurrent layer both ways, whose two last states stand
    beside the word's vector (Lample et al., "Neural Architectures for Named Entity Recognition",
    2016, section 4.1).

    Args:
        classes: number of tags, 2 or more.
        vocabulary: number of word ids, padding and unknown among them, for input `[B, T]` of ids;
            0 is padding. Give this or `features`.
        features: number of channels, for input `[B, T, I]` of measurements, standardised, padded
            with `gatewise.padding.SERIES_PADDING`.
        characters: number of character ids, for a second input `[B, T, C]`; default none.
        cell: as in `many_to_one`; default `"lstm"`.
        units: U, units of each recurrent layer and direction; default 128.
        depth: number of recurrent layers; default 1.
        bidirectional: whether each layer reads both ways; default True.
        embedding: length of a word's vector; default 100.
        character_embedding: length of a character's vector; default 25.
        character_units: units of the characters' layer in each direction; default 25.
        dropout: part of the values dropped in training before and after each recurrent layer;
            default 0.5.
        token_dropout: part of the words read as unknown in training; default 0.
        crf: whether the head gives scores for a `gatewise.layers.CRF`, the last layer, instead of
            probabilities; default False.
        seed: seed of the initial weights and of dropout; default 0.
        name: name of the model.

    Returns:
        A functional `keras.Model`: `[B, T]`, `[B, T, I]` or both inputs in, probabilities
        `[B, T, classes]` out; scores with `crf`.

    Raises:
        ArgumentError: an argument is out of its range, or both or neither of `vocabulary` and
            `features` are given.

    Example:
        >>> model = many_to_many(classes=5, vocabulary=50, characters=30, units=4)
        >>> [one.shape for one in model.inputs], model.output_shape
        ([(None, None), (None, None, None)], (None, None, 5))
    """
    check_many_to_many(
        cell=cell, units=units, depth=depth, embedding=embedding, dropout=dropout,
        token_dropout=token_dropout, seed=seed,
    )  # fmt: skip
    parts.check_whole(1, character_embedding=character_embedding, character_units=character_units)
    parts.check_whole(2, classes=classes)
    if (vocabulary is None) == (features is None):
        raise ArgumentError(
            "many_to_many: expected either vocabulary (token ids) or features (measurements), got "
            f"vocabulary={vocabulary}, features={features}. Give the one that fits the input."
        )
    seeds = parts.seeds_from(seed)
    if features:
        inputs, x = parts.series_input(features)
        inputs = [inputs]
    else:
        inputs, x = _words(vocabulary, characters, embedding, character_embedding,
                           character_units, token_dropout, cell, seeds)  # fmt: skip
        x = keras.layers.Dropout(dropout, seed=next(seeds), name="embedding_dropout")(x)
    for level in range(1, depth + 1):
        layer = parts.recurrent(cell, units, seeds, f"{cell}_{level}", bidirectional=bidirectional)
        x = layer(x)
        x = keras.layers.Dropout(dropout, seed=next(seeds), name=f"dropout_{level}")(x)
    head = keras.layers.Dense(
        classes, None if crf else "softmax", kernel_initializer=parts.glorot(seeds),
        dtype="float32", name="head",
    )  # fmt: skip
    answers = layers.CRF(dtype="float32", name="crf")(head(x)) if crf else head(x)
    return keras.Model(inputs if len(inputs) > 1 else inputs[0], answers, name=name)


def _words(
    vocabulary, characters, embedding, character_embedding, character_units, dropped, cell, seeds
) -> tuple[list[Any], Any]:
    words = x = parts.token_input("words")
    if dropped:
        x = parts.token_dropout(dropped, seeds)(x)
    x = parts.embedding(vocabulary, embedding, seeds)(x)
    if not characters:
        return [words], x
    spelled = keras.Input((None, None), dtype="int32", name="characters")
    seen = WordSpelling(
        parts.embedding(characters, character_embedding, seeds, "character_embedding"),
        parts.recurrent(
            cell, character_units, seeds, "characters", sequences=False, bidirectional=True
        ),
        name="spelling",
    )(spelled)
    return [words, spelled], keras.layers.Concatenate(name="word_and_spelling")([x, seen])


@keras.saving.register_keras_serializable(package="gatewise")
class WordSpelling(keras.layers.Layer):
    """What a recurrent layer makes of the characters of each word: `[B, T, C]` ids in,
    `[B, T, 2U]` out.

    Args:
        embedding: vectors of the characters, padding masked.
        recurrent: reads a word's characters and gives one vector.
    """

    def __init__(self, embedding: keras.layers.Layer, recurrent: keras.layers.Layer, **options):
        super().__init__(**options)
        self.embedding, self.recurrent = embedding, recurrent

    def build(self, input_shape: Any) -> None:
        self.embedding.build((None, None))
        self.recurrent.build((None, None, self.embedding.output_dim))
        self.built = True

    def call(self, ids: Any, training: bool | None = None) -> Any:
        B, T, C = ops.shape(ids)
        flat = ops.reshape(ids, (B * T, C))
        seen = self.recurrent(self.embedding(flat), mask=flat != 0, training=training)
        return ops.reshape(seen, (B, T, seen.shape[-1]))

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        width = self.recurrent.compute_output_shape((None, None, self.embedding.output_dim))[-1]
        return (*input_shape[:2], width)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return ops.any(inputs != 0, axis=-1)

    def get_config(self) -> dict[str, Any]:
        save = keras.saving.serialize_keras_object
        own = {"embedding": save(self.embedding), "recurrent": save(self.recurrent)}
        return super().get_config() | own

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "WordSpelling":
        load = keras.saving.deserialize_keras_object
        inner = {name: load(config.pop(name)) for name in ("embedding", "recurrent")}
        return cls(**inner, **config)


def check_many_to_many(
    *,
    cell: str,
    units: int,
    depth: int,
    embedding: int,
    dropout: float,
    token_dropout: float,
    seed: int,
) -> None:
    """Raise an `ArgumentError` for options that `many_to_many` cannot build."""
    parts.check_one_of("cell", cell, tuple(parts.CELLS))
    parts.check_whole(1, units=units, depth=depth, embedding=embedding)
    parts.check_part(dropout=dropout, token_dropout=token_dropout)
    parts.check_whole(0, seed=seed)
