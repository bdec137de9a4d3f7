"""Read one sequence and write another: sentences and translations, words and their sounds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops

from gatewise import architectures
from gatewise.architectures.parts import check_one_of, check_part, check_whole
from gatewise.data.batches import LengthBatches, pad
from gatewise.data.sequence_tokens import SequenceEncoder
from gatewise.data.tokens import UNITS
from gatewise.errors import ArgumentError
from gatewise.padding import PADDING_ID
from gatewise.tasks import defaults, inputs
from gatewise.tasks.task import BATCH_SIZE, Task
from gatewise.tasks.translator.judging import Answers, grouped
from gatewise.tasks.translator.searching import ROWS, Searches

LARGE_BATCH = 128  # sources in a batch of a large set
LARGE = 20_000  # pairs from which a set is large
NETWORK = ("cell", "units", "depth", "bidirectional", "attention", "embedding", "dropout",
           "scheduled_sampling")  # fmt: skip


@dataclass(frozen=True)
class Translation:
    """What was written for a source; `probability` is the geometric mean of its tokens' own."""

    text: str
    probability: float


@dataclass(frozen=True)
class Alignment:
    """What the decoder looked at: `weights` `[T, S]`, a row for each token written, the end token
    last, a column for each token read."""

    read: list[str]
    written: list[str]
    weights: np.ndarray


@keras.saving.register_keras_serializable(package="gatewise")
class Translator(Task):
    """A recurrent encoder and decoder with attention, for raw pairs; a `keras.Model` that carries
    its vocabularies.

    `fit` takes sources and targets as texts. What a token is follows from the data unless it is
    said: where the sources are single words, their characters are read, and parts between spaces
    (phones) written, or characters; else byte-pair pieces of both sides.

    With validation data, each epoch's weights answer the validation sources by greedy search;
    the part of right answers, `val_accuracy`, chooses the best epoch. The loss would choose an
    earlier one: it grows with the confidence of wrong answers, whether or not there are more.

    Args:
        cell: `"lstm"` or `"gru"`; default `"lstm"`.
        units: U, units of each recurrent layer and direction; default 256.
        depth: recurrent layers of the encoder, and of the decoder; default 2.
        bidirectional: whether the encoder reads both ways; default True.
        attention: `"luong"`, or `"bahdanau"`, which is slower; default `"luong"`.
        embedding: length of a token's vector; default 128.
        dropout: part of the values dropped in training around the recurrent layers; default 0.3.
        label_smoothing: part of the target that is spread over all tokens in training (Szegedy et
            al., "Rethinking the Inception Architecture for Computer Vision", 2016, section 7), so
            that the network does not grow sure of what it knows by heart; default 0.1.
        scheduled_sampling: part of the target's tokens that are the decoder's own choice in
            training; default 0.
        tokens: of the source: `"character"`, `"bpe"` or `"word"` (between spaces); default as
            the data suggest.
        target_tokens: of the target; default as the data suggest.
        vocabulary_size: most token ids kept of each side; default 4,000.
        max_length: tokens kept of each source, and of each target in training; default 128.
        beams: answers that the search follows side by side; 1 is greedy; default 5.
        seed: seed of weights, dropout and the order of the batches; default 0.

    Raises:
        ArgumentError: an argument is out of its range; see the message.

    Example:
        >>> translator = Translator(units=16, embedding=8, dropout=0.0)
        >>> words, sounds = ["ab", "ba", "abb", "bab"] * 8, ["A B", "B A", "A B B", "B A B"] * 8
        >>> history = translator.fit(words, sounds, epochs=40, verbose=0)
        >>> translator.translate(["bab"])[0].text
        'B A B'
    """

    task = "translator"
    default_loss: Any = None  # the loss is `compute_loss`
    default_metrics = ()

    def __init__(
        self,
        cell: str = "lstm",
        units: int = 256,
        depth: int = 2,
        bidirectional: bool = True,
        attention: str = "luong",
        embedding: int = 128,
        dropout: float = 0.3,
        label_smoothing: float = 0.1,
        scheduled_sampling: float = 0.0,
        tokens: str | None = None,
        target_tokens: str | None = None,
        vocabulary_size: int = 4_000,
        max_length: int = 128,
        beams: int = 5,
        seed: int = 0,
        name: str | None = None,
    ):
        options = {
            "cell": cell, "units": units, "depth": depth, "bidirectional": bidirectional,
            "attention": attention, "embedding": embedding, "dropout": dropout,
            "label_smoothing": label_smoothing, "scheduled_sampling": scheduled_sampling,
            "tokens": tokens, "target_tokens": target_tokens, "vocabulary_size": vocabulary_size,
            "max_length": max_length, "beams": beams, "seed": seed,
        }  # fmt: skip
        super().__init__(options, name)
        self.source: Any = None  # SequenceEncoder of each side, once adapted
        self.target: Any = None
        self._widths: tuple[int, ...] = ()
        self._searches: Any = None
        self._check_options()

    @property
    def resolved(self) -> dict[str, Any]:
        if self.source is None:
            return dict(self.options)
        sides = {"tokens": self.source.tokens, "target_tokens": self.target.tokens}
        return self.options | sides

    @property
    def spells(self) -> bool:
        """Whether sources are read by characters: words, whose answers are right or wrong."""
        return self.source.tokens == "character"

    def plan(
        self, examples: Sequence, batch_size: int | None = None, epochs: int | None = None
    ) -> tuple[int, int]:
        """As every task, with larger batches for a large set, and fewer epochs where its tokens
        are costly pieces."""
        large = len(examples) >= LARGE
        batch_size = batch_size or (LARGE_BATCH if large else None)
        batch_size, usual = super().plan(examples, batch_size, epochs)
        return batch_size, epochs or (LARGE_EPOCHS[self.spells] if large else usual)

    def translate(
        self,
        x: Any,
        *,
        beams: int | None = None,
        length_power: float = 1.0,
        batch_size: int = ROWS,
    ) -> list[Translation]:
        """What is written for each source; the same however many are given together.

        Args:
            x: sources, a list of texts.
            beams: answers followed side by side, 1 for the greedy search; default `beams` of the
                model.
            length_power: see `gatewise.architectures.decoding.Search`; default 1.
            batch_size: most sources searched side by side; default 64.

        Raises:
            ArgumentError: an argument is out of its range, or `x` is no list of texts.
        """
        self._check_adapted()
        sources = _sources(x)
        beams = self.options["beams"] if beams is None else beams
        check_whole(1, beams=beams, batch_size=batch_size)
        ids = self.source.encode(sources)
        found = self._searches.found(ids, beams, length_power, batch_size)
        return [
            Translation(self._text(tokens), float(np.exp(min(score, 0.0))))
            for tokens, score in found
        ]

    def align(self, source: str, target: str | None = None) -> Alignment:
        """What the decoder looks at while it writes `target`, by default what it writes itself.

        An empty `target` has no tokens, so that only the end is written.

        Raises:
            ArgumentError: `source` is no text or an empty one, or `target` is no text.
        """
        self._check_adapted()
        for name, one in (("source", source), ("target", "" if target is None else target)):
            if not isinstance(one, str):
                raise ArgumentError(
                    f"{name}: expected one text, got {type(one).__name__}. Give the text itself."
                )
        if not source.strip():
            raise ArgumentError(
                f"source: expected a text to read, got {source!r}, which is empty. Give one."
            )
        if target is None:
            target = self.translate([source])[0].text
        given, _ = self._given(self._written([target]))
        read = self.network.encode(ops.convert_to_tensor(self.source.encode([source])[0][None]))
        written = self.network.decode(ops.convert_to_tensor(given[0][None]), read)
        return Alignment(
            _shown(self.source, self.source.encode([source])[0]),
            [*_shown(self.target, given[0][1:]), "end"],
            ops.convert_to_numpy(written.attention)[0],
        )

    def predict(self, x: Any, *more: Any, **options: Any) -> Any:
        """As `keras.Model.predict`, of encoded input, which `network_input` gives; raw sources are
        for `translate`."""
        if isinstance(x, str) or (_many(x) and any(isinstance(one, str) for one in x)):
            raise ArgumentError(
                "x: expected encoded input, as network_input(x) gives it, got text. Call "
                "translate(x) for what is written for each text."
            )
        return super().predict(x, *more, **options)

    def batches(
        self,
        x: Sequence,
        y: Sequence | None = None,
        *,
        weights: np.ndarray | None = None,
        batch_size: int = BATCH_SIZE,
        seed: int | None = None,
    ) -> LengthBatches:
        """Encoded, padded batches of raw pairs: `(source, given)` and the tokens that come next,
        all `[B, T]` of one width."""
        self._check_adapted()
        x, y = inputs.paired(x, y)
        source = self.source.encode(x)
        given, wanted = self._given(self.target.encode(y))

        def collate(members: np.ndarray, width: int) -> tuple[Any, ...]:
            sides = [pad([rows[i] for i in members], width) for rows in (source, given, wanted)]
            batch: tuple[Any, ...] = (tuple(sides[:2]), sides[2])
            if weights is None:
                return batch
            return (*batch, np.repeat(weights[members][:, None], width, axis=1))

        lengths = [max(map(len, sides)) for sides in zip(source, given, strict=True)]
        return LengthBatches(
            lengths, collate, batch_size=batch_size, widths=self._widths, seed=seed
        )

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True) -> Any:
        """The mean of -log p a token, in training with `label_smoothing`; or the loss that
        `compile` was given."""
        if self.loss is not None:
            return super().compute_loss(x, y, y_pred, sample_weight, training)
        logs = ops.log_softmax(y_pred, axis=-1)
        losses = -ops.squeeze(ops.take_along_axis(logs, y[..., None], axis=-1), axis=-1)
        if training and (part := self.options["label_smoothing"]):
            losses = (1 - part) * losses - part * ops.mean(logs[..., PADDING_ID + 1 :], axis=-1)
        real = ops.cast(y != PADDING_ID, losses.dtype)
        counted = real if sample_weight is None else real * ops.cast(sample_weight, losses.dtype)
        return ops.sum(losses * counted) / ops.maximum(ops.sum(real), 1.0)

    def judges(self, validation: Any) -> list[keras.callbacks.Callback]:
        if validation is None or isinstance(validation, keras.utils.PyDataset):
            return []
        sources, targets = self._checked(*validation[:2])
        return [Answers(self, *grouped(sources, targets or []))]

    def network_input(self, x: Any) -> Any:
        """Raw sources and what is written for them as `network` takes them: `[B, S]`, `[B, T]`."""
        sources = inputs.listed(x)
        written = [one.text for one in self.translate(sources)]
        given, _ = self._given(self._written(written))
        sides = self.source.encode(sources), given
        return tuple(pad(rows, max(map(len, rows))) for rows in sides)

    def _learn(self, x: list, y: Any) -> None:
        source, target = suggested_tokens(x, y)
        size, most = self.options["vocabulary_size"], self.options["max_length"]
        frequent = defaults.min_frequency(len(x))
        self.source = SequenceEncoder(self.options["tokens"] or source, size, most, frequent)
        self.target = SequenceEncoder(self.options["target_tokens"] or target, size, most, frequent)
        self.source.adapt(x)
        self.target.adapt(y)
        # One token more: what the decoder is given begins with the boundary.
        sides = self.source.lengths(x), self.target.lengths(y)
        lengths = [max(pair) for pair in zip(*sides, strict=True)]
        self._widths = tuple(defaults.widths([min(one, most) + 1 for one in lengths]))

    def _learned(self) -> dict[str, Any]:
        return {
            "source": self.source.get_config(),
            "target": self.target.get_config(),
            "widths": list(self._widths),
        }

    def _recall(self, learned: dict[str, Any]) -> None:
        self.source, self.target = (
            SequenceEncoder.from_config(learned[side]) for side in ("source", "target")
        )
        self._widths = tuple(int(width) for width in learned["widths"])

    def _architecture(self) -> keras.Model:
        return architectures.encoder_decoder(
            source_vocabulary=self.source.size,
            target_vocabulary=self.target.size,
            seed=self.options["seed"] * 1000,
            name="network",
            **{name: self.options[name] for name in NETWORK},
        )

    def _build_network(self) -> None:
        super()._build_network()
        self._searches = Searches(self.network, self.target.boundary, self.target.unwritten)

    def _checked(self, x: Any, y: Any) -> tuple[list, list | None]:
        x, y = inputs.paired(x, y)
        for name, side in (("x", x), ("y", y)):
            for row, one in enumerate(side):
                if not isinstance(one, str) or not one.strip():
                    raise ArgumentError(
                        f"{name}: expected a text in each row, got {one!r} in row {row}. Leave the "
                        "pair out."
                    )
        return x, y

    def _given(self, targets: list[np.ndarray]) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """What the decoder is given for each target, and what it is to write."""
        boundary = np.array([self.target.boundary], "int32")
        return (
            [np.concatenate([boundary, ids]) for ids in targets],
            [np.concatenate([ids, boundary]) for ids in targets],
        )

    def _written(self, answers: list[str]) -> list[np.ndarray]:
        """The tokens of each answer; none of an empty one, which `encode` would call unknown."""
        encoded = self.target.encode(answers)
        return [ids if one.strip() else ids[:0] for ids, one in zip(encoded, answers, strict=True)]

    def _text(self, ids: np.ndarray) -> str:
        return self.target.text(ids).strip()

    def _check_options(self) -> None:
        options = self.options
        used = {name: options[name] for name in NETWORK if name != "bidirectional"}
        architectures.check_encoder_decoder(**used, seed=options["seed"])
        for name in ("tokens", "target_tokens"):
            check_one_of(name, options[name], (*UNITS, None))
        check_part(label_smoothing=options["label_smoothing"])
        check_whole(1, max_length=options["max_length"], beams=options["beams"])
        check_whole(3, vocabulary_size=options["vocabulary_size"])


LARGE_EPOCHS = {True: 16, False: 12}  # of words by characters, of sentences by pieces


def suggested_tokens(x: Sequence[str], y: Sequence[str]) -> tuple[str, str]:
    """Tokens of sources and targets that fit the data.

    >>> suggested_tokens(["cat", "dog"], ["K AE T", "D AO G"])
    ('character', 'word')
    >>> suggested_tokens(["Go on."], ["Sigue."])
    ('bpe', 'bpe')
    """
    single = sum(" " not in one.strip() for one in x)
    if single < 0.95 * len(x):
        return "bpe", "bpe"
    parted = sum(" " in one.strip() for one in y)
    return "character", "word" if 2 * parted > len(y) else "character"


def _many(x: Any) -> bool:
    """Whether `x` may hold raw texts: a list, a column, or an array of objects or letters."""
    kind = getattr(getattr(x, "dtype", None), "kind", "O" if isinstance(x, list | tuple) else "")
    return kind in ("O", "U", "T") and getattr(x, "ndim", 1) == 1


def _sources(x: Any) -> list[str]:
    """A list of texts, sure to be one."""
    found = inputs.listed(x)
    for row, one in enumerate(found):
        if not isinstance(one, str) or not one.strip():
            raise ArgumentError(
                f"x: expected a text in each row, got {one!r:.60} in row {row}. Leave it out."
            )
    return found


def _shown(encoder: SequenceEncoder, ids: np.ndarray) -> list[str]:
    """Each token as a reader knows it."""
    return [encoder.text([int(one)]).strip() or "␣" for one in ids]
