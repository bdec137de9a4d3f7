"""What every task shares: options, training on raw data, and saving all of it in one file."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import keras
import numpy as np

from gatewise.errors import ArgumentError
from gatewise.tasks import defaults, inputs
from gatewise.tasks.training import EpochOrder

BATCH_SIZE = 128  # where nothing is learned


class Task(keras.Model):
    """A recurrent network for raw data: a `keras.Model` that carries its preprocessors.

    A task is a preprocessor, an architecture, a head and metrics. It says so in these methods,
    and the rest is shared:

    - `_learn` learns the preprocessors from the training part,
    - `_architecture` gives the network for what was learned,
    - `batches` gives encoded, padded batches of raw data,
    - `_learned` and `_recall` put what was learned into a file and take it out again.

    Args:
        options: the arguments of the task, which its file keeps.
        name: of the model.
    """

    task: ClassVar[str]  # as `--task` has it
    default_loss: Any = "sparse_categorical_crossentropy"
    default_metrics: Sequence[Any] = ("accuracy",)
    monitor: str = "val_accuracy"  # what the best epoch is chosen by; see KeepBest
    peak_rate: ClassVar[float] = defaults.LEARNING_RATE
    answered: ClassVar[bool] = True  # whether each input has a target `y` beside it

    def __init__(self, options: Mapping[str, Any], name: str | None = None):
        super().__init__(name=name)
        self.options: dict[str, Any] = dict(options)
        # How the training file was to be read, and the columns that were, to read others alike.
        self.reading: dict[str, Any] = {}
        self.columns: dict[str, str] = {}
        self.network: Any = None  # keras.Model, once adapted

    @abstractmethod
    def _learn(self, x: list, y: Any) -> None:
        """Learn the preprocessors from the training part."""

    @abstractmethod
    def _architecture(self) -> keras.Model:
        """The network for what was learned."""

    @abstractmethod
    def batches(
        self,
        x: Sequence,
        y: Sequence | None = None,
        *,
        weights: np.ndarray | None = None,
        batch_size: int = BATCH_SIZE,
        seed: int | None = None,
    ) -> Any:
        """Encoded, padded batches of raw inputs, as `network` takes them: a `PyDataset` with
        `start_epoch` and `examples`."""

    @abstractmethod
    def network_input(self, x: Any) -> Any:
        """Raw inputs as `network` takes them, in their order: encoded and padded."""

    @abstractmethod
    def _learned(self) -> dict[str, Any]:
        """What was learned, as plain data."""

    @abstractmethod
    def _recall(self, learned: dict[str, Any]) -> None:
        """Take back what `_learned` gave."""

    @property
    def adapted(self) -> bool:
        """Whether the preprocessors and the network are there."""
        return self.network is not None

    @property
    def resolved(self) -> dict[str, Any]:
        """The arguments, with those filled in that the data decided."""
        return dict(self.options)

    def adapt(self, x: Sequence, y: Sequence | None = None) -> Self:
        """Learn the preprocessors and build the network; `fit` does so by itself on its training
        part.

        Args:
            x: raw inputs.
            y: their answers, where the task has some.

        Raises:
            ArgumentError: it has been trained already, or as `fit` does.
        """
        if self.adapted:
            raise ArgumentError(
                f"This {type(self).__name__} has learned from data already. Make a new one for "
                "other data."
            )
        self._learn(*self._checked(x, y))
        self._build_network()
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
            self.usual_metrics() if metrics == "auto" else metrics,
            *more,
            **options,
        )

    def usual_metrics(self) -> list[Any]:
        """The metrics that `compile` takes unless it is given others."""
        return list(self.default_metrics)

    def compile_from_config(self, config: dict[str, Any]) -> None:
        self.compile(**keras.saving.deserialize_keras_object(config))
        if self.adapted:
            self.optimizer.build(self.trainable_variables)

    def plan(
        self, examples: Sequence, batch_size: int | None = None, epochs: int | None = None
    ) -> tuple[int, int]:
        """Batch size and most epochs for a training set, where they were not asked for."""
        batch_size = batch_size or defaults.batch_size(len(examples))
        return batch_size, epochs or defaults.epochs(-(-len(examples) // batch_size))

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
        class_weight: Any = "auto",
        sample_weight: Sequence[float] | None = None,
        initial_epoch: int = 0,
        *more: Any,
        patience: int | None = None,
        **options: Any,
    ) -> keras.callbacks.History:
        """Train on raw data; arguments as in `keras.Model.fit`, and these differ:

        Args:
            x: raw inputs. A `keras.utils.PyDataset`, as `batches` gives it, is left to Keras as
                it is.
            y: their answers, as many as `x`, where the task has some.
            batch_size: by default 32, fewer for less than 512 examples.
            epochs: most epochs; by default 12 to 100, fewer the more batches
                there are. With validation data, training stops sooner once
                `patience` epochs bring nothing better, and the best epoch's weights are
                kept: by accuracy the last one that is within a standard error of the best.
            validation_split: part of the examples, drawn at random (Keras takes the last ones), to
                validate on. Equal inputs stay on one side.
            validation_data: raw inputs and answers, and weights if you like; or a `PyDataset`.
            shuffle: False for the same batches, by length, in every epoch.
            class_weight: of a classifier: `"auto"` weighs rare labels up, by the fourth root of
                their rarity, where one label is over 20 times as frequent as another; a mapping
                from label, or from its position in `labels`, to weight; or None.
            patience: see `epochs`; default half of them, 5 at least. A callback `KeepBest` or
                `EarlyStopping` of yours replaces this.

        Raises:
            ArgumentError: lengths of `x` and `y` differ, or they are not what the task takes.
            DataError: an input or answer cannot be encoded.
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
        x, y = self._checked(x, y)
        weights = inputs.sample_weights(sample_weight, len(x))
        if validation_split and validation_data is None:
            kept, held = self._held_out(x, y, validation_split)
            validation_data = inputs.at(x, held), y and inputs.at(y, held)
            x, y = inputs.at(x, kept), y and inputs.at(y, kept)
            weights = None if weights is None else weights[kept]
        if not self.adapted:
            self.adapt(x, y)
        batch_size, epochs = self.plan(x, batch_size, epochs)
        train = self.batches(
            x, y, batch_size=batch_size, seed=self.options["seed"] if shuffle else None,
            weights=self._weighed(y, class_weight, weights),
        )  # fmt: skip
        validation = self._validation(validation_data, options.pop("validation_batch_size", None))
        patience = patience or defaults.patience(epochs)
        self._schedule(train.num_batches, epochs, initial_epoch)
        keep = defaults.keep_best(self.monitor, patience, getattr(validation, "examples", 0))
        callbacks = [
            EpochOrder(train), *self.judges(validation_data), *defaults.callbacks(callbacks, keep)
        ]  # fmt: skip
        return super().fit(
            train, None, None, epochs, verbose, callbacks, 0.0, validation, False, None, None,
            initial_epoch, *more, **options,
        )  # fmt: skip

    def examined(self, x: Sequence) -> int:
        """In how many pieces inputs are learned and judged; each is one, usually."""
        return len(x)

    def judges(self, validation: Any) -> list[keras.callbacks.Callback]:
        """What measures the validation part beyond loss and metrics, before the best epoch is
        chosen; nothing, usually. `validation` is as `fit` was given it."""
        return []

    def settle(self, validation: Sequence | None) -> None:
        """What is learned from the validation part once the weights stand; nothing, usually."""

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
        """Loss and metrics on raw inputs and their answers, as `keras.Model.evaluate`."""
        if not self.compiled:
            self.compile()
        if not isinstance(x, keras.utils.PyDataset):
            x = self._validation((x, y, sample_weight), batch_size)
            y = sample_weight = batch_size = None
        return super().evaluate(x, y, batch_size, verbose, sample_weight, *more, **options)

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
        """What `network` gives for encoded, padded inputs."""
        self._check_adapted()
        return self.network(inputs, training=training)

    def build(self, input_shape: Any = None) -> None:
        """Nothing to build: the network is there once the data is known."""
        self.built = True

    def get_config(self) -> dict[str, Any]:
        config = {**self.options, "name": self.name}
        if self.adapted:
            read = {"reading": self.reading, "columns": self.columns}
            config["adapted"] = {**self._learned(), **read}
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        config = dict(config)
        adapted = config.pop("adapted", None)
        task = cls(**config)
        if adapted:
            task.reading, task.columns = adapted["reading"], adapted.get("columns", {})
            task._recall(adapted)
            task._build_network()
        return task

    def _checked(self, x: Any, y: Any) -> tuple[list, list | None]:
        """Inputs, and answers where the task has some, as lists of one length."""
        return inputs.paired(x, y) if self.answered else (inputs.listed(x), None)

    def _held_out(self, x: list, y: Any, fraction: float) -> tuple[list[int], list[int]]:
        """Positions to learn from and positions held out."""
        return inputs.held_out(x, fraction, self.options["seed"])

    def _weighed(self, y: Any, class_weight: Any, weights: np.ndarray | None) -> np.ndarray | None:
        """A weight for each example of the training part."""
        if class_weight not in ("auto", None):
            raise ArgumentError(
                f"class_weight: expected None, got {class_weight!r}. Only a Classifier weighs "
                "classes; sample_weight weighs examples."
            )
        return weights

    def _check_adapted(self) -> None:
        if not self.adapted:
            raise ArgumentError(
                f"This {type(self).__name__} has not been trained yet: call fit first."
            )

    def _validation(self, data: Any, batch_size: int | None = None) -> Any:
        """Batches of raw inputs, answers and perhaps weights; a `PyDataset` or None as it is."""
        if data is None or isinstance(data, keras.utils.PyDataset):
            return data
        self._check_adapted()
        x, y, weights = keras.utils.unpack_x_y_sample_weight(tuple(data))
        x, y = self._checked(x, y)
        weights = inputs.sample_weights(weights, len(x))
        return self.batches(x, y, weights=weights, batch_size=batch_size or BATCH_SIZE)

    def _build_network(self) -> None:
        self.network = self._architecture()
        self.built = True

    def _schedule(self, batches: int, epochs: int, initial_epoch: int) -> None:
        """Plan the default optimizer's learning rate over this training; a resumed one
        (`initial_epoch` above 0) goes on where it was."""
        if self.optimizer.name == defaults.OPTIMIZER_NAME:
            self.optimizer.learning_rate = defaults.learning_rate(batches, epochs, self.peak_rate)
            if initial_epoch == 0:
                for variable in self.optimizer.variables:
                    variable.assign(keras.ops.zeros(variable.shape, variable.dtype))
            self.train_function = None  # the compiled step holds the former schedule
