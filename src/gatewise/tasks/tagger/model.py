"""Tag every step: words in, a tag each out; or measurements in, a label a step out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops

from gatewise import architectures
from gatewise.data.batches import LengthBatches, pad
from gatewise.data.scaling import SeriesScaler
from gatewise.data.step_labels import NO_LABEL
from gatewise.data.vocabulary import Vocabulary
from gatewise.errors import DataError
from gatewise.layers.crf import Decoder
from gatewise.padding import PADDING_ID
from gatewise.tasks import defaults, inputs
from gatewise.tasks.tagger import reading, stretches
from gatewise.tasks.tagger.measures import TokenAccuracy
from gatewise.tasks.task import BATCH_SIZE, Task

NO_TAG = -1  # the target of padding, and of a step without a label
UNKNOWN = -2  # to a CRF, the target of a step without a label: it stands between its neighbours
ANY_LENGTH = 1 << 31  # steps of a series: the stretches bound what is read at once
LARGE_EPOCHS, LARGE = 4, 200_000  # epochs for a set of at least so many words


@dataclass(frozen=True)
class Tagged:
    """A tag for each step, and how probable each is."""

    tags: list[str]
    probabilities: list[float]


@keras.saving.register_keras_serializable(package="gatewise")
class Tagger(Task):
    """A recurrent tagger of raw sentences or series; a `keras.Model` that carries its vocabulary.

    `fit` takes sentences as lists of words and a list of tags for each; or series `[T, I]` and a
    label for each step, `""` where none is known. Words are read lower-cased, their characters as
    they stand. Long series are learned in stretches, and answered in stretches that overlap.

    Args:
        cell: `"lstm"`, `"gru"`, `"simple_rnn"` or `"binary_gate_lstm"`; default `"lstm"`.
        units: U, units of each recurrent layer and direction; default 128.
        depth: number of recurrent layers; default 1.
        bidirectional: whether each layer reads both ways; default True.
        embedding: length of a word's vector; default 100.
        characters: most characters of a word that are read, from both of its ends; 0 for none;
            default 16.
        dropout: part of the values dropped in training around the recurrent stack; default 0.4.
        token_dropout: part of the words read as unknown in training; default 0.05.
        vocabulary_size: most word ids kept; default 50,000.
        crf: whether a conditional random field judges whole sequences of tags (Huang et al. 2015,
            arXiv:1508.01991): for tags that depend on their neighbours, IOB for instance; default
            False.
        window: most steps of a series that are read at once; default 256.
        seed: seed of weights, dropout and the order of the batches; default 0.

    Raises:
        ArgumentError: an argument is out of its range; see the message.

    Example:
        >>> tagger = Tagger(units=8, embedding=8, characters=4)
        >>> words = [["a", "b"], ["b", "a", "a"]] * 16
        >>> tags = [["A", "B"], ["B", "A", "A"]] * 16
        >>> history = tagger.fit(words, tags, epochs=20, verbose=0)
        >>> tagger.tag(["a a b".split()])[0].tags
        ['A', 'A', 'B']
    """

    task = "tagger"
    default_loss: Any = keras.losses.SparseCategoricalCrossentropy(ignore_class=NO_TAG)

    def __init__(
        self,
        cell: str = "lstm",
        units: int = 128,
        depth: int = 1,
        bidirectional: bool = True,
        embedding: int = 100,
        characters: int = 16,
        dropout: float = 0.4,
        token_dropout: float = 0.05,
        vocabulary_size: int = 50_000,
        crf: bool = False,
        window: int = 256,
        seed: int = 0,
        name: str | None = None,
    ):
        options = {
            "cell": cell, "units": units, "depth": depth, "bidirectional": bidirectional,
            "embedding": embedding, "characters": characters, "dropout": dropout,
            "token_dropout": token_dropout, "vocabulary_size": vocabulary_size,
            "crf": crf, "window": window, "seed": seed,
        }  # fmt: skip
        super().__init__(options, name)
        if crf:  # the loss is `compute_loss`
            self.default_loss, self.monitor = None, "val_loss"
        self.tags: tuple[str, ...] = ()
        self.words: Vocabulary | None = None
        self.spelling: Vocabulary | None = None
        self.scaler: SeriesScaler | None = None
        self._widths: tuple[int, ...] = ()
        stretches.check_window(window)
        shared = ("cell", "units", "depth", "embedding", "dropout", "token_dropout", "seed")
        architectures.check_many_to_many(**{one: self.options[one] for one in shared})

    def usual_metrics(self) -> list[Any]:
        """Token accuracy; none with a CRF, where the scores of a step alone are no answer."""
        return [] if self.options["crf"] else [TokenAccuracy(name="accuracy")]

    def plan(
        self, examples: Sequence, batch_size: int | None = None, epochs: int | None = None
    ) -> tuple[int, int]:
        """As every task, but a sentence teaches as often as it has words: a large set needs few
        epochs."""
        if self.scaler is not None:
            return super().plan(range(self.examined(examples)), batch_size, epochs)
        batch_size, usual = super().plan(examples, batch_size, epochs)
        words = sum(map(len, examples))
        return batch_size, epochs or (usual if words < LARGE else LARGE_EPOCHS)

    def examined(self, x: Sequence) -> int:
        """In how many pieces inputs are learned: sentences, or stretches of series."""
        if self.scaler is None:
            return len(x)
        return len(stretches.even([len(one) for one in x], self.options["window"]))

    def tag(self, x: Any) -> list[Tagged]:
        """The tags of each sentence or series, in their order, with their probabilities."""
        self._check_adapted()
        x = inputs.listed(x)
        if not x:
            return []
        if self.scaler is None:
            return self._tag(x)
        reading.check_series(x)
        parts = stretches.overlapping([len(one) for one in x], self.options["window"])
        read = self._tag([np.asarray(x[one.owner])[one.begin : one.end] for one in parts])
        found = [Tagged([], []) for _ in x]
        for one, answer in zip(parts, read, strict=True):
            found[one.owner].tags.extend(answer.tags[one.kept])
            found[one.owner].probabilities.extend(answer.probabilities[one.kept])
        return found

    def _tag(self, x: list) -> list[Tagged]:
        """The tags of what is read as a whole."""
        found: list[Tagged | None] = [None] * len(x)
        batches = self.batches(x)
        lengths = batches.lengths
        for place in range(batches.num_batches):
            members = batches.members(place)
            given = self.predict_on_batch(batches[place][0])
            best, probabilities = self.decode(given, lengths[members])
            for row, member in enumerate(members):
                steps = range(lengths[member])
                found[member] = Tagged(
                    [self.tags[best[row, t]] for t in steps],
                    [float(probabilities[row, t, best[row, t]]) for t in steps],
                )
        return [one for one in found if one is not None]

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True) -> Any:
        """With a CRF and the default loss, the mean of -log p of the known tags a tag."""
        if not self._by_crf:
            return super().compute_loss(x, y, y_pred, sample_weight, training)
        losses = -self._crf.log_probability(y_pred, y, ops.not_equal(y, NO_TAG))
        known = ops.sum(ops.cast(ops.greater_equal(y, 0), "float32"), axis=1)
        weights = 1.0 if sample_weight is None else sample_weight[:, 0]
        return ops.sum(losses * weights) / ops.maximum(ops.sum(known * weights), 1.0)

    @property
    def _by_crf(self) -> bool:
        """Whether the loss is that of the CRF, rather than one asked for with `compile`."""
        return self.options["crf"] and self.loss is None

    def _build_network(self) -> None:
        super()._build_network()
        if self.options["crf"]:
            decoder = Decoder(self._crf)
            # A function, which Keras does not look into: the weights are the network's already.
            self._decoded = lambda scores, real: decoder.predict_on_batch((scores, real))

    @property
    def _crf(self) -> Any:
        return self.network.get_layer("crf")

    def decode(self, given: np.ndarray, lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The best tags of a batch, as positions in `tags`, and how probable every tag is.

        Args:
            given: `[B, T, K]`, what the network gave.
            lengths: `[B]`, the real steps of each example.

        Returns: positions `[B, T]` and probabilities `[B, T, K]`.
        """
        if not self.options["crf"]:
            return given.argmax(axis=-1), given
        real = np.arange(given.shape[1])[None, :] < lengths[:, None]
        return self._decoded(given, real)

    def batches(
        self,
        x: Sequence,
        y: Sequence | None = None,
        *,
        weights: np.ndarray | None = None,
        batch_size: int = BATCH_SIZE,
        seed: int | None = None,
    ) -> LengthBatches:
        """Encoded, padded batches of raw sentences or series, as `network` takes them."""
        x = inputs.listed(x)
        parts = self._encoded(x)
        targets = None if y is None else self._targets(x, y)
        if self.scaler is not None and y is not None:
            cut = stretches.even([len(one) for one in x], self.options["window"])
            parts = [[parts[0][one.owner][one.begin : one.end] for one in cut]]
            assert targets is not None
            targets = [targets[one.owner][one.begin : one.end] for one in cut]
            weights = None if weights is None else weights[[one.owner for one in cut]]

        def collate(members: np.ndarray, width: int) -> tuple[Any, ...]:
            batch: list[Any] = [self._padded(parts, members, width)]
            if targets is not None:
                batch.append(pad([targets[i] for i in members], width, NO_TAG))
            if weights is not None:
                batch.append(np.repeat(weights[members][:, None], width, axis=1))
            return tuple(batch)

        lengths = [len(one) for one in parts[0]]
        return LengthBatches(
            lengths, collate, batch_size=batch_size, widths=self._widths, seed=seed
        )

    def network_input(self, x: Any) -> Any:
        """Raw sentences or series as `network` takes them, in their order: `[B, T]` word ids and
        `[B, T, C]` character ids, or `[B, T, I]`."""
        parts = self._encoded(inputs.listed(x))
        return self._padded(parts, np.arange(len(parts[0])), max(map(len, parts[0])))

    def network_target(self, y: Any) -> np.ndarray:
        """Raw tags as the loss takes them: tag ids int32 `[B, T]`, -1 for padding and, but for
        a CRF, for what has no tag."""
        ids = [self._tag_ids(one) for one in inputs.listed(y, "y")]
        return pad(ids, max(map(len, ids)), NO_TAG)

    def _learn(self, x: list, y: Any) -> None:
        reading.check_rows(x, y)
        self.tags = tuple(sorted({str(tag) for tags in y for tag in tags} - {NO_LABEL}))
        if len(self.tags) < 2:
            raise DataError(
                f"tags: expected at least two different ones to tell apart, got {list(self.tags)}. "
                "Give examples of another, or check that these are the tags."
            )
        if not reading.is_text(x):
            cut = stretches.even([len(one) for one in x], self.options["window"])
            self._widths = tuple(defaults.widths([one.end - one.begin for one in cut]))
            self.scaler = SeriesScaler(max_length=ANY_LENGTH).adapt(x)
            return
        self._widths = tuple(defaults.widths([len(one) for one in x]))
        frequent = defaults.min_frequency(len(x))
        lowered = ([word.lower() for word in words] for words in x)
        self.words = Vocabulary.of(lowered, self.options["vocabulary_size"], frequent)
        if self.options["characters"]:
            self.spelling = Vocabulary.of(word for words in x for word in words)

    def _learned(self) -> dict[str, Any]:
        kept = {"words": self.words, "spelling": self.spelling, "scaler": self.scaler}
        return {
            "tags": list(self.tags),
            "widths": list(self._widths),
            **{name: one and one.get_config() for name, one in kept.items()},
        }

    def _recall(self, learned: dict[str, Any]) -> None:
        self.tags = tuple(learned["tags"])
        self._widths = tuple(int(width) for width in learned["widths"])
        classes: dict[str, Any] = {
            "words": Vocabulary, "spelling": Vocabulary, "scaler": SeriesScaler,
        }  # fmt: skip
        for name, one in classes.items():
            setattr(self, name, learned[name] and one.from_config(learned[name]))

    def _architecture(self) -> keras.Model:
        used = ("cell", "units", "depth", "bidirectional", "embedding", "dropout", "token_dropout",
                "crf")  # fmt: skip
        given: dict[str, Any] = {name: self.options[name] for name in used}
        return architectures.many_to_many(
            classes=len(self.tags),
            seed=self.options["seed"] * 1000,
            name="network",
            vocabulary=self.words.size if self.words else None,
            characters=self.spelling.size if self.spelling else None,
            features=self.scaler.size if self.scaler else None,
            **given,
        )

    def _checked(self, x: Any, y: Any) -> tuple[list, list | None]:
        x, y = inputs.paired(x, y)
        reading.check_rows(x, y)
        return x, y

    def _encoded(self, x: list) -> list[list[np.ndarray]]:
        """For each input of the network the rows, unpadded."""
        self._check_adapted()
        if self.scaler is not None:
            return [self.scaler.encode(x)]
        assert self.words is not None
        return reading.sentences(x, self.words, self.spelling, self.options["characters"])

    def _padded(self, parts: list[list[np.ndarray]], members: np.ndarray, width: int) -> Any:
        if self.scaler is not None:
            return pad([parts[0][i] for i in members], width)
        batch = [pad([rows[i] for i in members], width, PADDING_ID) for rows in parts]
        return tuple(batch) if len(batch) > 1 else batch[0]

    def _targets(self, x: Sequence, y: Sequence) -> list[np.ndarray]:
        reading.check_rows(list(x), list(y))
        return [self._tag_ids(tags) for tags in y]

    def _tag_ids(self, tags: Sequence[Any]) -> np.ndarray:
        places = {tag: place for place, tag in enumerate(self.tags)}
        # A tag that training never saw cannot be answered: it counts as none does.
        none = UNKNOWN if self._by_crf else NO_TAG
        return np.array([places.get(str(tag), none) for tag in tags], "int32")
