"""Many-to-many, unaligned: one sequence is read, another one written."""

from typing import Any, NamedTuple

import keras
from keras import ops

from gatewise import layers
from gatewise.architectures import parts
from gatewise.padding import PADDING_ID

ATTENTIONS = ("luong", "bahdanau")
DECODER_CELLS = ("lstm", "gru")


class Read(NamedTuple):
    """What the decoder knows of a source: `encode` gives it and `decode` takes it.

    Shapes: S steps read, M width of the memory, U units.
    """

    memory: Any  # [B, S, M]
    keys: Any  # [B, S, U], the memory as the attention compares it
    real: Any  # bool [B, S]
    states: list[Any]  # of each decoder layer, [B, U] each


class Written(NamedTuple):
    """What the decoder gives for the tokens written so far."""

    logits: Any  # [B, T, V]
    attention: Any  # [B, T, S]
    states: list[Any]


@keras.saving.register_keras_serializable(package="gatewise")
class EncoderDecoder(keras.Model):
    """A `keras.Model` of an encoder and a decoder; `encoder_decoder` makes one.

    Called with `(source, given)`, token ids `[B, S]` and `[B, T]`, it gives the logits
    `[B, T, V]` of the tokens that come next. In training, with `scheduled_sampling` above 0, a
    part of the given tokens is replaced by what the decoder itself would have written (Bengio et
    al., "Scheduled Sampling for Sequence Prediction with Recurrent Neural Networks", 2015). The
    decoder's choices come from one pass over the true tokens (Duckworth et al., "Parallel
    Scheduled Sampling", 2019), so that both passes are sequence calls.
    """

    def __init__(self, **arguments: Any):
        super().__init__(name=arguments.get("name", "encoder_decoder"))
        self.arguments = arguments
        self.encoder, self.decoder = _networks(**arguments)
        self.decoder.supports_masking = True  # `real` says what the memory's mask would
        self.sampling = self.add_weight(
            shape=(), initializer="zeros", trainable=False, name="sampling"
        )
        self.sampling.assign(arguments["scheduled_sampling"])
        self.seed_generator = keras.random.SeedGenerator(arguments["seed"])
        self.built = True

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        source, given = inputs
        read = self.encode(source, training)
        if training and self.arguments["scheduled_sampling"]:
            given = self._sampled(read, given)
        return self.decode(given, read, training=training).logits

    def encode(self, source: Any, training: bool | None = None) -> Read:
        """What is read of sources, ids `[B, S]`, 0 for padding."""
        memory, keys, *states = self.encoder(source, training=training)
        return Read(memory, keys, source != PADDING_ID, states)

    def decode(
        self, given: Any, read: Read, states: Any = None, training: bool | None = None
    ) -> Written:
        """The decoder over given tokens `[B, T]`, from `states` or the beginning: a whole sequence
        in training, one token at a time in a search."""
        states = read.states if states is None else states
        inputs = [given, read.memory, read.keys, read.real, *states]
        logits, attention, *states = self.decoder(inputs, training=training)
        return Written(logits, attention, states)

    def _sampled(self, read: Read, given: Any) -> Any:
        likeliest = ops.cast(ops.argmax(self.decode(given, read).logits, axis=-1), given.dtype)
        own = ops.concatenate([given[:, :1], likeliest[:, :-1]], axis=1)
        chance = keras.random.uniform(ops.shape(given), seed=self.seed_generator)
        replaced = ops.logical_and(chance < self.sampling, given != PADDING_ID)
        first = ops.arange(ops.shape(given)[1]) == 0  # the start token is nobody's choice
        return ops.where(ops.logical_and(replaced, ops.logical_not(first)), own, given)

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        return (*input_shape[1], self.arguments["target_vocabulary"])

    def get_config(self) -> dict[str, Any]:
        return dict(self.arguments)

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "EncoderDecoder":
        return cls(**config)


def encoder_decoder(
    *,
    source_vocabulary: int,
    target_vocabulary: int,
    cell: str = "lstm",
    units: int = 256,
    depth: int = 1,
    bidirectional: bool = True,
    attention: str = "luong",
    embedding: int = 128,
    dropout: float = 0.3,
    scheduled_sampling: float = 0.0,
    seed: int = 0,
    name: str = "encoder_decoder",
) -> EncoderDecoder:
    r"""An encoder that reads a sequence, and a decoder that attends to it and writes another.

        source → embedding → recurrent × depth (both ways) → memory, and the decoder's first states
        written → embedding → recurrent × depth → attention to the memory → next token

    With Luong attention, which lies behind the recurrent layers, the decoder's layers run over a
    whole training sequence in one call. Bahdanau attention lies inside the first of them.

    Args:
        source_vocabulary: number of token ids of the source, padding (0) among them.
        target_vocabulary: the same for the target.
        cell: `"lstm"` or `"gru"`; default `"lstm"`.
        units: U, units of each recurrent layer and direction; default 256.
        depth: recurrent layers of the encoder, and of the decoder; default 1.
        bidirectional: whether the encoder reads both ways; default True.
        attention: `"luong"` or `"bahdanau"`; default `"luong"`.
        embedding: length of a token's vector; default 128.
        dropout: part of the values dropped in training after each embedding, between recurrent
            layers and before the head; default 0.3.
        scheduled_sampling: part of the given tokens that are the decoder's own choice in
            training; default 0, teacher forcing.
        seed: seed of the initial weights, of dropout and of the sampling; default 0.
        name: name of the model.

    Raises:
        ArgumentError: an argument is out of its range.

    Example:
        >>> model = encoder_decoder(source_vocabulary=20, target_vocabulary=30, units=4)
        >>> tuple(model([ops.ones((2, 5), "int32"), ops.ones((2, 3), "int32")]).shape)
        (2, 3, 30)
    """
    check_encoder_decoder(
        cell=cell, units=units, depth=depth, attention=attention, embedding=embedding,
        dropout=dropout, scheduled_sampling=scheduled_sampling, seed=seed,
    )  # fmt: skip
    parts.check_whole(2, source_vocabulary=source_vocabulary, target_vocabulary=target_vocabulary)
    return EncoderDecoder(
        source_vocabulary=source_vocabulary, target_vocabulary=target_vocabulary, cell=cell,
        units=units, depth=depth, bidirectional=bidirectional, attention=attention,
        embedding=embedding, dropout=dropout, scheduled_sampling=scheduled_sampling, seed=seed,
        name=name,
    )  # fmt: skip


def check_encoder_decoder(
    *,
    cell: str,
    units: int,
    depth: int,
    attention: str,
    embedding: int,
    dropout: float,
    scheduled_sampling: float,
    seed: int,
) -> None:
    """Raise an `ArgumentError` for options that `encoder_decoder` cannot build."""
    parts.check_one_of("cell", cell, DECODER_CELLS)
    parts.check_one_of("attention", attention, ATTENTIONS)
    parts.check_whole(1, units=units, depth=depth, embedding=embedding)
    parts.check_part(dropout=dropout, scheduled_sampling=scheduled_sampling)
    parts.check_whole(0, seed=seed)


def _networks(*, seed, scheduled_sampling, name, source_vocabulary, target_vocabulary, **given):
    seeds = parts.seeds_from(seed)
    encoder = _encoder(source_vocabulary, seeds, **given)
    memory = encoder.outputs[0]
    return encoder, _decoder(target_vocabulary, memory.shape[-1], seeds, **given)


def _encoder(
    vocabulary, seeds, cell, units, depth, bidirectional, attention, embedding, dropout
) -> keras.Model:
    """Ids `[B, S]` in; memory, keys and the first states of each decoder layer out."""
    source = parts.token_input("source")
    x = parts.embedding(vocabulary, embedding, seeds, "source_embedding")(source)
    x = keras.layers.Dropout(dropout, seed=next(seeds), name="source_dropout")(x)
    states: list[Any] = []
    for level in range(1, depth + 1):
        if level > 1:
            x = keras.layers.Dropout(dropout, seed=next(seeds), name=f"encoder_dropout_{level}")(x)
        layer = parts.recurrent(
            cell, units, seeds, f"encoder_{level}", bidirectional=bidirectional, return_state=True
        )
        x, *last = layer(x)
        states += _bridged(last, cell, units, level, seeds)
    keys = keras.layers.Dense(
        units, use_bias=False, kernel_initializer=parts.glorot(seeds), name="attention_keys"
    )(x)
    return keras.Model(source, [x, keys, *states], name="encoder")


def _bridged(last: list[Any], cell: str, units: int, level: int, seeds) -> list[Any]:
    """The encoder's last states, of both directions, as the decoder's first ones."""
    kinds = ("hidden", "cell")[: 2 if cell == "lstm" else 1]
    bridged = []
    for place, kind in enumerate(kinds):
        both = last[place :: len(kinds)]
        joined = (
            keras.layers.Concatenate(name=f"last_{kind}_{level}")(both) if both[1:] else both[0]
        )
        dense = keras.layers.Dense(
            units,
            "tanh" if kind == "hidden" else None,
            kernel_initializer=parts.glorot(seeds),
            name=f"first_{kind}_{level}",
        )
        bridged.append(dense(joined))
    return bridged


def _decoder(
    vocabulary, width, seeds, cell, units, depth, bidirectional, attention, embedding, dropout
) -> keras.Model:
    """Ids `[B, T]`, memory, keys, mask and states in; logits, attention and states out."""
    given = parts.token_input("given")
    memory = keras.Input((None, width), name="memory")
    keys = keras.Input((None, units), name="keys")
    real = keras.Input((None,), dtype="bool", name="real")
    kinds = 2 if cell == "lstm" else 1
    first = [keras.Input((units,), name=f"state_{n}") for n in range(1, depth * kinds + 1)]
    # Padding comes last and its logits do not count, so nothing is masked.
    x = keras.layers.Embedding(
        vocabulary,
        embedding,
        embeddings_initializer=keras.initializers.RandomUniform(
            -parts.SPREAD, parts.SPREAD, seed=next(seeds)
        ),
        name="target_embedding",
    )(given)
    x = keras.layers.Dropout(dropout, seed=next(seeds), name="target_dropout")(x)
    last: list[Any] = []
    context = weights = None
    for level in range(1, depth + 1):
        states = first[(level - 1) * kinds : level * kinds]
        if level > 1:
            x = keras.layers.Dropout(dropout, seed=next(seeds), name=f"decoder_dropout_{level}")(x)
        if level == 1 and attention == "bahdanau":
            layer = layers.BahdanauDecoder(units, cell, seed=next(seeds), name="decoder_1")
            x, context, weights, *states = layer([x, memory, keys, real, *states])
        else:
            recurrent = parts.recurrent(cell, units, seeds, f"decoder_{level}", return_state=True)
            x, *states = recurrent(x, initial_state=states)
        last += states
    if attention == "luong":
        context, weights = layers.LuongAttention(name="attention")([x, memory, keys, real])
    x = keras.layers.Concatenate(name="context_and_state")([context, x])
    x = keras.layers.Dense(units, "tanh", kernel_initializer=parts.glorot(seeds), name="attended")(
        x
    )
    x = keras.layers.Dropout(dropout, seed=next(seeds), name="attended_dropout")(x)
    head = keras.layers.Dense(
        vocabulary, kernel_initializer=parts.glorot(seeds), dtype="float32", name="head"
    )
    return keras.Model(
        [given, memory, keys, real, *first], [head(x), weights, *last], name="decoder"
    )
