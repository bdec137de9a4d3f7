"""Classify texts or series of measurements: raw inputs in, labels with probabilities out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from gatewise import architectures
from gatewise.data.batches import BucketedBatches, pad
from gatewise.data.scaling import SeriesScaler
from gatewise.data.tokens import TextEncoder
from gatewise.errors import ArgumentError
from gatewise.tasks import defaults, inputs, pretrained
from gatewise.tasks import labels as labelling
from gatewise.tasks.task import BATCH_SIZE, Task

ENCODERS: dict[str, Any] = {"text": TextEncoder, "series": SeriesScaler}


@dataclass(frozen=True)
class Prediction:
    """One answer of a classifier: its label, that label's probability, and every label's."""

    label: Any
    probability: float
    probabilities: dict[Any, float]  # most probable first


@keras.saving.register_keras_serializable(package="gatewise")
class Classifier(Task):
    """A recurrent classifier for raw texts or series; a `keras.Model` that carries its vocabulary.

    `fit`, `evaluate` and `predict` take raw inputs: a list of strings, or a list of arrays
    `[T, I]` of any lengths. The vocabulary or the scale, and the labels, are learned from the
    first `fit`'s training part; everything is saved in one `.keras` file.

    Args:
        cell: `"lstm"`, `"gru"`, `"simple_rnn"` or `"binary_gate_lstm"`; default `"lstm"`.
        units: U, units of each recurrent layer and direction; default 64.
        depth: number of recurrent layers; default 1.
        bidirectional: whether each layer reads both ways; default True.
        pooling: `"max"` or `"mean"` over the steps, or the `"last"` state; default `"max"`.
        embedding: length of a token's vector; default 200.
        dropout: part of the values dropped in training around the recurrent stack; default 0.5.
        token_dropout: part of the tokens read as unknown in training; default 0.2, with
            pretrained vectors 0.1.
        tokens: `"word"`, `"character"` or `"bpe"`; default `"word"`.
        vocabulary_size: most token ids kept; default 20,000.
        max_length: steps kept of each input; default 512 tokens or 2,048 measurements.
        vectors: pretrained vectors that the embedding starts from: the name of a set
            (`"glove-6b-50d"`), a file in GloVe or word2vec text format, or a mapping from token to
            array; default None. They decide the length of a vector. The configuration of a
            classifier that was not trained yet keeps a name or path, but no mapping.
        seed: seed of weights, dropout and the order of the batches; default 0.

    Raises:
        ArgumentError: an argument is out of its range; see the message.

    Example:
        >>> classifier = Classifier(units=8, embedding=8, tokens="character")
        >>> texts, labels = ["aaa", "aa", "bbb", "bb"] * 8, ["a", "a", "b", "b"] * 8
        >>> history = classifier.fit(texts, labels, epochs=20, verbose=0)
        >>> [answer.label for answer in classifier.classify(["aaaa", "bbbb"])]
        ['a', 'b']
    """

    task = "classifier"

    def __init__(
        self,
        cell: str = "lstm",
        units: int = 64,
        depth: int = 1,
        bidirectional: bool = True,
        pooling: str = "max",
        embedding: int = 200,
        dropout: float = 0.5,
        token_dropout: float | None = None,
        tokens: str = "word",
        vocabulary_size: int = 20_000,
        max_length: int | None = None,
        vectors: str | Path | Mapping[str, np.ndarray] | None = None,
        seed: int = 0,
        name: str | None = None,
    ):
        vectors = str(vectors) if isinstance(vectors, Path) else vectors
        options = {
            "cell": cell,
            "units": units,
            "depth": depth,
            "bidirectional": bidirectional,
            "pooling": pooling,
            "embedding": embedding,
            "dropout": dropout,
            "token_dropout": token_dropout,
            "tokens": tokens,
            "vocabulary_size": vocabulary_size,
            "max_length": max_length,
            "vectors": vectors if isinstance(vectors, str) else None,
            "seed": seed,
        }
        super().__init__(options, name)
        self._vectors = vectors
        self.vectors_found: dict[str, Any] | None = None
        self.encoder: Any = None  # TextEncoder or SeriesScaler, once adapted
        self.labels: tuple[Any, ...] = ()
        self._widths: tuple[int, ...] = ()
        self._check_options()

    @property
    def token_dropout(self) -> float:
        """Part of the tokens read as unknown in training: as asked, or the default."""
        asked = self.options["token_dropout"]
        usual = defaults.PRETRAINED_TOKEN_DROPOUT if self.vectors_found else defaults.TOKEN_DROPOUT
        return usual if asked is None else asked

    @property
    def resolved(self) -> dict[str, Any]:
        """The arguments, with those filled in that the data decided."""
        decided = {"token_dropout": self.token_dropout, "max_length": self.encoder.max_length}
        return self.options | decided

    def adapt(self, x: Sequence, y: Sequence | None = None) -> "Classifier":
        """Learn the vocabulary or scale and the labels, and build the network; `fit` does so by
        itself on its training part.

        Args:
            x: texts, or series `[T, I]`.
            y: their labels, strings or whole numbers.

        Raises:
            ArgumentError: it has been trained already, or as `fit` does.
        """
        super().adapt(x, y)
        if self._vectors:
            pretrained.put(self._found, self.encoder, self.network.get_layer("embedding"))
            del self._found
        return self

    def predict(
        self, x: Any, batch_size: int | None = None, verbose: Any = 0, *more: Any, **options: Any
    ) -> Any:
        """Probabilities `[N, classes]` of raw inputs, in their order and that of `labels`."""
        if isinstance(x, keras.utils.PyDataset):
            return super().predict(x, None, verbose, *more, **options)
        self._check_adapted()
        x = inputs.listed(x)
        if not x:
            return np.empty((0, len(self.labels)), "float32")
        batches = self.batches(x, batch_size=batch_size or BATCH_SIZE)
        found = super().predict(batches, None, verbose, *more, **options)
        probabilities = np.empty_like(found)
        probabilities[batches.order] = found
        return probabilities

    def classify(self, x: Any, batch_size: int | None = None) -> list[Prediction]:
        """The label of each raw input, with the probabilities of all labels."""
        return [
            Prediction(
                self.labels[(order := np.argsort(-row, kind="stable"))[0]],
                float(row[order[0]]),
                {self.labels[i]: float(row[i]) for i in order},
            )
            for row in self.predict(x, batch_size=batch_size)
        ]

    def batches(
        self,
        x: Sequence,
        y: Sequence | None = None,
        *,
        weights: np.ndarray | None = None,
        batch_size: int = BATCH_SIZE,
        seed: int | None = None,
    ) -> BucketedBatches:
        """Encoded, padded batches of raw inputs, as `network` takes them."""
        return BucketedBatches(
            self._encoded(inputs.listed(x)),
            None if y is None else self.network_target(y),
            weights,
            batch_size=batch_size,
            widths=self._widths,
            seed=seed,
        )

    def network_input(self, x: Any) -> np.ndarray:
        """Raw inputs as `network` takes them, in their order: encoded, and padded to the longest,
        `[B, T]` or `[B, T, I]`."""
        sequences = self._encoded(inputs.listed(x))
        return pad(sequences, max(map(len, sequences)))

    def network_target(self, y: Any) -> np.ndarray:
        """Raw labels as the loss takes them: class ids int32 `[N]`.

        Raises: DataError for a label that training never saw.
        """
        self._check_adapted()
        return labelling.ids([labelling.plain(one) for one in inputs.listed(y, "y")], self.labels)

    def _encoded(self, x: list) -> list[np.ndarray]:
        self._check_adapted()
        if (kind := labelling.kind(x)) != self.encoder.kind:
            raise ArgumentError(
                f"x: expected {self.encoder.kind} inputs as in training, got {kind} inputs."
            )
        return self.encoder.encode(x)

    def _check_options(self) -> None:
        """Complain about arguments at once, not when there is data."""
        checked = ("cell", "units", "depth", "pooling", "embedding", "dropout", "seed")
        architectures.check_many_to_one(
            token_dropout=self.token_dropout, **{name: self.options[name] for name in checked}
        )
        self._new_encoder("text")

    def _new_encoder(self, kind: str, examples: int = 0) -> Any:
        limits = {"max_length": self.options["max_length"]}
        limits = {} if limits["max_length"] is None else limits
        if kind == "text":
            limits |= {name: self.options[name] for name in ("tokens", "vocabulary_size")}
            # A rare word that has a vector is no stranger.
            limits["min_frequency"] = 1 if self._vectors else defaults.min_frequency(examples)
        return ENCODERS[kind](**limits)

    def _checked(self, x: Any, y: Any) -> tuple[list, list]:
        return labelling.paired(x, y)

    def _held_out(self, x: list, y: Any, fraction: float) -> tuple[list[int], list[int]]:
        """As every task, but within each label."""
        return labelling.held_out(x, y, fraction, self.options["seed"])

    def _weighed(self, y: Any, class_weight: Any, weights: np.ndarray | None) -> Any:
        return labelling.weights(y, self.labels, class_weight, weights)

    def _learn(self, x: list, y: Any) -> None:
        kind, self.labels = labelling.kind(x), labelling.distinct(y)
        self.encoder = self._new_encoder(kind, len(x)).adapt(x)
        encoded = self.encoder.encode(x)
        self._widths = tuple(defaults.widths([len(one) for one in encoded]))
        if self._vectors:
            self._found, self.vectors_found = pretrained.find(self._vectors, self.encoder)
            self.options["embedding"] = len(next(iter(self._found.values())))

    def _learned(self) -> dict[str, Any]:
        return {
            "kind": self.encoder.kind,
            "encoder": self.encoder.get_config(),
            "labels": list(self.labels),
            "widths": list(self._widths),
            "vectors_found": self.vectors_found,
        }

    def _recall(self, learned: dict[str, Any]) -> None:
        self.encoder = ENCODERS[learned["kind"]].from_config(learned["encoder"])
        self.labels = tuple(learned["labels"])
        self._widths = tuple(int(width) for width in learned["widths"])
        self.vectors_found = learned["vectors_found"]

    def _architecture(self) -> keras.Model:
        size = {"text": "vocabulary", "series": "features"}[self.encoder.kind]
        used = ("cell", "units", "depth", "bidirectional", "pooling", "embedding", "dropout")
        return architectures.many_to_one(
            classes=len(self.labels),
            embedding_dropout=defaults.PRETRAINED_DROPOUT if self.vectors_found else None,
            token_dropout=self.token_dropout,
            seed=self.options["seed"] * 1000,
            name="network",
            **{size: self.encoder.size},
            **{name: self.options[name] for name in used},
        )
