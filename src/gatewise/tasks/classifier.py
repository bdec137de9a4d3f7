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
from gatewise.tasks import defaults, pretrained
from gatewise.tasks import labels as labelling
from gatewise.tasks.training import EpochOrder

ENCODERS: dict[str, Any] = {"text": TextEncoder, "series": SeriesScaler}
BATCH_SIZE = 128  # where nothing is learned


@dataclass(frozen=True)
class Prediction:
    """One answer of a classifier: its label, that label's probability, and every label's."""

    label: Any
    probability: float
    probabilities: dict[Any, float]  # most probable first


@keras.saving.register_keras_serializable(package="gatewise")
class Classifier(keras.Model):
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

    default_loss = "sparse_categorical_crossentropy"

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
        super().__init__(name=name)
        vectors = str(vectors) if isinstance(vectors, Path) else vectors
        self.options: dict[str, Any] = {
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
        self._vectors = vectors
        self.vectors_found: dict[str, Any] | None = None
        self._check_options()
        # How the training file was read (column names), for reading further files alike.
        self.reading: dict[str, Any] = {}
        self.encoder: Any = None  # TextEncoder or SeriesScaler, once adapted
        self.labels: tuple[Any, ...] = ()
        self.network: Any = None  # keras.Model, once adapted
        self._widths: tuple[int, ...] = ()

    @property
    def adapted(self) -> bool:
        """Whether the vocabulary or scale, the labels and the network are there."""
        return self.network is not None

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

    def adapt(self, x: Sequence, y: Sequence) -> "Classifier":
        """Learn the vocabulary or scale and the labels, and build the network; `fit` does so by
        itself on its training part.

        Args:
            x: texts, or series `[T, I]`.
            y: their labels, strings or whole numbers.

        Raises:
            ArgumentError: it has been trained already, or as `fit` does.
        """
        if self.adapted:
            raise ArgumentError(
                "This Classifier has its vocabulary and labels already. Make a new one for others."
            )
        x, y = labelling.paired(x, y)
        kind, self.labels = labelling.kind(x), labelling.distinct(y)
        self.encoder = self._new_encoder(kind, len(x)).adapt(x)
        encoded = self.encoder.encode(x)
        self._widths = tuple(defaults.widths([len(one) for one in encoded]))
        if self._vectors:
            vectors, self.vectors_found = pretrained.find(self._vectors, self.encoder)
            self.options["embedding"] = len(next(iter(vectors.values())))
        self._build_network()
        if self._vectors:
            pretrained.put(vectors, self.encoder, self.network.get_layer("embedding"))
        return self

    def compile(
        self, optimizer="auto", loss="auto", loss_weights=None, metrics="auto", *more, **options
    ) -> None:
        """As `keras.Model.compile`; what is not given gets Gatewise's default.

        The default optimizer is AdamW with gradients clipped to norm 1; `fit` gives it a learning
        rate that warms up and then falls along a cosine over the epochs planned.
        """
        super().compile(
            defaults.optimizer() if optimizer == "auto" else optimizer,
            self.default_loss if loss == "auto" else loss,
            loss_weights,
            ["accuracy"] if metrics == "auto" else metrics,
            *more,
            **options,
        )

    def compile_from_config(self, config: dict[str, Any]) -> None:
        self.compile(**keras.saving.deserialize_keras_object(config))
        if self.adapted:
            self.optimizer.build(self.trainable_variables)

    def fit(
        self,
        x: Any,
        y: Sequence | None = None,
        batch_size: int | None = None,
        epochs: int | None = None,
        verbose: Any = "auto",
        callbacks: Sequence[keras.callbacks.Callback] | None = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: Mapping[Any, float] | str | None = "auto",
        sample_weight: Sequence[float] | None = None,
        initial_epoch: int = 0,
        *more: Any,
        patience: int | None = None,
        **options: Any,
    ) -> keras.callbacks.History:
        """Train on raw inputs and labels; arguments as in `keras.Model.fit`, and these differ:

        Args:
            x: texts or series. A `keras.utils.PyDataset`, as `batches` gives it, is left to
                Keras as it is.
            y: labels, as many as `x`.
            batch_size: by default 32, fewer for less than 512 examples.
            epochs: most epochs; by default 12 to 100, fewer the more batches
                there are. With validation data, training stops sooner once
                `patience` epochs bring nothing better, and the best epoch's weights are
                kept: the last one whose `val_accuracy` is within a standard error of the best.
            validation_split: part of the examples, drawn at random within each label (Keras takes
                the last ones), to validate on. Equal inputs stay on one side.
            validation_data: raw inputs and labels, and weights if you like; or a `PyDataset`.
            shuffle: False for the same batches, by length, in every epoch.
            class_weight: `"auto"` weighs rare labels up, by the fourth root of their rarity, where
                one label is over 20 times as frequent as another; a mapping from label, or from
                its position in `labels`, to weight; or None.
            patience: see `epochs`; default half of them, 5 at least. A callback `KeepBest` or
                `EarlyStopping` of yours replaces this.

        Raises:
            ArgumentError: lengths of `x` and `y` differ, only one label, an unknown label.
            DataError: an input cannot be encoded.
        """
        if not self.compiled:
            self.compile()
        callbacks = keras.tree.flatten(callbacks or [])
        if isinstance(x, keras.utils.PyDataset):
            self._check_adapted()
            return super().fit(
                x, y, batch_size, epochs or 1, verbose, callbacks, validation_split,
                self._validation(validation_data), False,
                None if class_weight == "auto" else class_weight, sample_weight, initial_epoch,
                *more, **options,
            )  # fmt: skip
        x, y = labelling.paired(x, y)
        weights = labelling.sample_weights(sample_weight, len(x))
        if validation_split and validation_data is None:
            kept, held = labelling.held_out(x, y, validation_split, self.options["seed"])
            validation_data = labelling.at(x, held), labelling.at(y, held)
            x, y = labelling.at(x, kept), labelling.at(y, kept)
            weights = None if weights is None else weights[kept]
        if not self.adapted:
            self.adapt(x, y)
        batch_size = batch_size or defaults.batch_size(len(x))
        train = self.batches(
            x, y, batch_size=batch_size, seed=self.options["seed"] if shuffle else None,
            weights=labelling.weights(y, self.labels, class_weight, weights),
        )  # fmt: skip
        validation = self._validation(validation_data, options.pop("validation_batch_size", None))
        epochs = epochs or defaults.epochs(train.num_batches)
        patience = patience or defaults.patience(epochs)
        self._schedule(train.num_batches, epochs, initial_epoch)
        validated = len(validation.sequences) if isinstance(validation, BucketedBatches) else 0
        callbacks = [EpochOrder(train), *defaults.callbacks(callbacks, patience, validated)]
        return super().fit(
            train, None, None, epochs, verbose, callbacks, 0.0, validation, False, None, None,
            initial_epoch, *more, **options,
        )  # fmt: skip

    def evaluate(
        self,
        x: Any,
        y: Sequence | None = None,
        batch_size: int | None = None,
        verbose: Any = "auto",
        sample_weight: Sequence[float] | None = None,
        *more: Any,
        **options: Any,
    ) -> Any:
        """Loss and metrics on raw inputs and their labels, as `keras.Model.evaluate`."""
        if not self.compiled:
            self.compile()
        if not isinstance(x, keras.utils.PyDataset):
            x = self._validation((x, y, sample_weight), batch_size)
            y = sample_weight = batch_size = None
        return super().evaluate(x, y, batch_size, verbose, sample_weight, *more, **options)

    def predict(
        self, x: Any, batch_size: int | None = None, verbose: Any = 0, *more: Any, **options: Any
    ) -> Any:
        """Probabilities `[N, classes]` of raw inputs, in their order and that of `labels`."""
        if isinstance(x, keras.utils.PyDataset):
            return super().predict(x, None, verbose, *more, **options)
        self._check_adapted()
        x = labelling.listed(x)
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
            self._encoded(labelling.listed(x)),
            None if y is None else self.network_target(y),
            weights,
            batch_size=batch_size,
            widths=self._widths,
            seed=seed,
        )

    def network_input(self, x: Any) -> np.ndarray:
        """Raw inputs as `network` takes them, in their order: encoded, and padded to the longest,
        `[B, T]` or `[B, T, I]`."""
        sequences = self._encoded(labelling.listed(x))
        return pad(sequences, max(map(len, sequences)))

    def network_target(self, y: Any) -> np.ndarray:
        """Raw labels as the loss takes them: class ids int32 `[N]`.

        Raises: DataError for a label that training never saw.
        """
        self._check_adapted()
        return labelling.ids(
            [labelling.plain(one) for one in labelling.listed(y, "y")], self.labels
        )

    def save(self, filepath: str | Path, *more: Any, **options: Any) -> None:
        """Save everything in one `.keras` file.

        Raises:
            ArgumentError: the name ends otherwise: no other format keeps the vocabulary.
        """
        if Path(filepath).suffix != ".keras":
            raise ArgumentError(
                f"filepath: expected a name that ends in .keras, got {str(filepath)!r}. Only that "
                "format keeps the vocabulary and the labels."
            )
        super().save(filepath, *more, **options)

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Probabilities `[B, classes]` of encoded, padded inputs `[B, T]` or `[B, T, I]`."""
        self._check_adapted()
        return self.network(inputs, training=training)

    def build(self, input_shape: Any = None) -> None:
        """Nothing to build: the network is there once the labels are known."""
        self.built = True

    def get_config(self) -> dict[str, Any]:
        config = {**self.options, "name": self.name}
        if self.encoder is not None:
            config["adapted"] = {
                "kind": self.encoder.kind,
                "encoder": self.encoder.get_config(),
                "labels": list(self.labels),
                "widths": list(self._widths),
                "reading": self.reading,
                "vectors_found": self.vectors_found,
            }
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "Classifier":
        config = dict(config)
        adapted = config.pop("adapted", None)
        classifier = cls(**config)
        if adapted:
            encoder = ENCODERS[adapted["kind"]].from_config(adapted["encoder"])
            classifier.encoder = encoder
            classifier.labels = tuple(adapted["labels"])
            classifier._widths = tuple(int(width) for width in adapted["widths"])
            classifier.reading = adapted["reading"]
            classifier.vectors_found = adapted["vectors_found"]
            classifier._build_network()
        return classifier

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

    def _check_adapted(self) -> None:
        if not self.adapted:
            raise ArgumentError("This Classifier has not been trained yet: call fit(x, y) first.")

    def _validation(self, data: Any, batch_size: int | None = None) -> Any:
        """Batches of raw inputs, labels and perhaps weights; a `PyDataset` or None as it is."""
        if data is None or isinstance(data, keras.utils.PyDataset):
            return data
        x, y, weights = keras.utils.unpack_x_y_sample_weight(tuple(data))
        x, y = labelling.paired(x, y)
        weights = labelling.sample_weights(weights, len(x))
        return self.batches(x, y, weights=weights, batch_size=batch_size or BATCH_SIZE)

    def _new_encoder(self, kind: str, examples: int = 0) -> Any:
        limits = {"max_length": self.options["max_length"]}
        limits = {} if limits["max_length"] is None else limits
        if kind == "text":
            limits |= {name: self.options[name] for name in ("tokens", "vocabulary_size")}
            # A rare word that has a vector is no stranger.
            limits["min_frequency"] = 1 if self._vectors else defaults.min_frequency(examples)
        return ENCODERS[kind](**limits)

    def _build_network(self) -> None:
        size = {"text": "vocabulary", "series": "features"}[self.encoder.kind]
        used = ("cell", "units", "depth", "bidirectional", "pooling", "embedding", "dropout")
        self.network = architectures.many_to_one(
            classes=len(self.labels),
            embedding_dropout=defaults.PRETRAINED_DROPOUT if self.vectors_found else None,
            token_dropout=self.token_dropout,
            seed=self.options["seed"] * 1000,
            name="network",
            **{size: self.encoder.size},
            **{name: self.options[name] for name in used},
        )
        self.built = True

    def _schedule(self, batches: int, epochs: int, initial_epoch: int) -> None:
        """Plan the default optimizer's learning rate over this training; a resumed one
        (`initial_epoch` above 0) goes on where it was."""
        if self.optimizer.name == defaults.OPTIMIZER_NAME:
            self.optimizer.learning_rate = defaults.learning_rate(batches, epochs)
            if initial_epoch == 0:
                for variable in self.optimizer.variables:
                    variable.assign(keras.ops.zeros(variable.shape, variable.dtype))
            self.train_function = None  # the compiled step holds the former schedule
