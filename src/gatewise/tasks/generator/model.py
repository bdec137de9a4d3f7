"""Write sequences: given a label or a vector, after a prompt, or freely."""

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any

import keras
import numpy as np
from keras import ops

from gatewise import architectures, layers
from gatewise.architectures.one_to_many import zero_states
from gatewise.architectures.parts import check_whole
from gatewise.data.examples import excerpt
from gatewise.data.running import STEPS, STREAMS, RunningBatches, SequenceBatches
from gatewise.data.sequence_tokens import SequenceEncoder
from gatewise.errors import ArgumentError, DataError
from gatewise.tasks import defaults, inputs
from gatewise.tasks import labels as labelling
from gatewise.tasks.generator import judging
from gatewise.tasks.generator.judging import arrays
from gatewise.tasks.generator.sampling import Sampling, whole_number
from gatewise.tasks.generator.scoring import Score
from gatewise.tasks.generator.stepping import Steps, steps
from gatewise.tasks.task import BATCH_SIZE, Task

WRITTEN = 500  # tokens of a running text that are written where no length is asked for
RARE_WORD = 3  # occurrences that give a word an id, as in WikiText-2
BUILT = ("cell", "units", "depth", "embedding", "condition", "dropout", "token_dropout")
TRAINED, FEWEST_EPOCHS = 3_000, 20  # batches, and epochs, that sequences are trained on at least


@keras.saving.register_keras_serializable(package="gatewise")
class Generator(Task):
    """A recurrent model that writes: names of a nationality, tunes, running text.

    `fit`, `evaluate` and `score` take raw texts, and a label or a vector for each where it is to be
    written on a condition. One text alone is a *running text*: it is read in chunks with the state
    carried from each to the next (truncated backpropagation through time), and what is written has
    no end of its own. Several texts are *sequences*, each written from its beginning to its end.

    Args:
        cell: `"lstm"`, `"gru"`, `"simple_rnn"` or `"binary_gate_lstm"`; default `"lstm"`.
        units: U, units of each recurrent layer; default 512.
        depth: number of recurrent layers; default 1.
        embedding: length of a token's vector; default 64.
        condition: length of the vector that a label or vector becomes; default 32.
        dropout: part of each recurrent layer's outputs dropped in training; default 0.5.
        token_dropout: part of the tokens read as unknown in training; default 0.1.
        tokens: `"character"`, `"bpe"` or `"word"`; default `"character"`.
        vocabulary_size: most token ids kept; default 20,000.
        max_length: tokens kept of each sequence, and written at most; default 1,024.
        running: whether the texts are one running text; default only where there is one alone.
        streams: parts of a running text that are read side by side, its batch size; default 32.
        steps: steps of a chunk of running text, over which gradients go back; default 128.
        seed: seed of weights, dropout and the order of the batches; default 0.

    Raises:
        ArgumentError: an argument is out of its range; see the message.

    Example:
        >>> generator = Generator(units=16, embedding=8, dropout=0.0, token_dropout=0.0)
        >>> names, labels = ["aba", "abba", "dede", "dedde"] * 8, ["ab", "ab", "de", "de"] * 8
        >>> history = generator.fit(names, labels, epochs=40, verbose=0)
        >>> generator.generate(2, label="de", temperature=0)
        ['dede', 'dede']
    """

    task = "generator"
    default_loss = keras.losses.SparseCategoricalCrossentropy(
        from_logits=True, reduction="mean_with_sample_weight"
    )
    default_metrics = ()
    monitor = "val_loss"

    def __init__(
        self,
        cell: str = "lstm",
        units: int = 512,
        depth: int = 1,
        embedding: int = 64,
        condition: int = 32,
        dropout: float = 0.5,
        token_dropout: float = 0.1,
        tokens: str = "character",
        vocabulary_size: int = 20_000,
        max_length: int = 1_024,
        running: bool | None = None,
        streams: int = STREAMS,
        steps: int = STEPS,
        seed: int = 0,
        name: str | None = None,
    ):
        options = {
            "cell": cell,
            "units": units,
            "depth": depth,
            "embedding": embedding,
            "condition": condition,
            "dropout": dropout,
            "token_dropout": token_dropout,
            "tokens": tokens,
            "vocabulary_size": vocabulary_size,
            "max_length": max_length,
            "running": running,
            "streams": streams,
            "steps": steps,
            "seed": seed,
        }
        super().__init__(options, name)
        self.encoder: Any = None  # SequenceEncoder, once adapted
        self.labels: tuple[Any, ...] | None = None  # those that it writes for, if any
        self.features: int | None = None  # length of the vector that it writes for, if any
        self.running = False
        self.carried: Any = None  # CarriedStates of a running text
        self._widths: tuple[int, ...] = ()
        self._streams = streams
        self._check_options()

    @property
    def resolved(self) -> dict[str, Any]:
        return self.options | {"running": self.running, "streams": self._streams}

    def plan(
        self, examples: Sequence, batch_size: int | None = None, epochs: int | None = None
    ) -> tuple[int, int]:
        """Batch size and most epochs; of a running text the batch size is `streams`."""
        if not self.running:
            batch_size, _ = super().plan(examples, batch_size, epochs)
            return batch_size, epochs or _epochs(-(-len(examples) // batch_size))
        if batch_size not in (None, self._streams):
            raise ArgumentError(
                f"batch_size: expected None for a running text, got {batch_size}. Its batches are "
                f"the streams that it is read in, here {self._streams}: give streams instead "
                "(--streams)."
            )
        tokens = sum(map(len, examples))  # characters, no fewer than tokens
        return self._streams, epochs or defaults.epochs(tokens // (self._streams * self._steps))

    def generate(
        self,
        number: int = 1,
        *,
        label: Any = None,
        vector: Any = None,
        prompt: str = "",
        length: int | None = None,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float = 1.0,
        seed: int = 0,
    ) -> list[str]:
        """Write texts.

        Args:
            number: how many; default 1. Text i is the same however many are asked for.
            label: what to write for, where training had labels.
            vector: what to write for, `[C]`, where training had vectors.
            prompt: what each text begins with, all of it read; default nothing.
            length: most tokens to write; by default `max_length`, of a running text 500.
            temperature, top_k, top_p: see `Sampling`.
            seed: decides what is drawn; default 0.

        Raises:
            ArgumentError: an argument is out of its range, or the label is not one of training.
        """
        if not whole_number(number) or number < 1:
            raise ArgumentError(f"number: expected a whole number above 0, got {number!r}.")
        if not whole_number(seed) or seed < 0:
            raise ArgumentError(f"seed: expected a whole number from 0, got {seed!r}.")
        sampling = Sampling(temperature, top_k, top_p)
        run = self.steps()
        given = {"label": label, "vector": vector, "prompt": prompt, "length": length}
        return [
            "".join(self.write(run=run, sampling=sampling, seed=[seed, place], **given))
            for place in range(number)
        ]

    def write(
        self,
        *,
        label: Any = None,
        vector: Any = None,
        prompt: str = "",
        length: int | None = None,
        sampling: Sampling | None = None,
        seed: Any = 0,
        run: Steps | None = None,
    ) -> Iterator[str]:
        """Write one text, a token at a time: the prompt first, then each token as it is drawn.

        Arguments as `generate` has them; `run` is what `steps` gave, to be used again.
        """
        self._check_adapted()
        if not isinstance(prompt, str):
            raise ArgumentError(f"prompt: expected a text, got {type(prompt).__name__}.")
        told = self._told(label, vector)
        read = self._read(prompt)
        if length is None:
            length = WRITTEN if self.running else max(1, self.options["max_length"] - len(read))
        if not whole_number(length) or length < 1:
            raise ArgumentError(f"length: expected a whole number above 0, got {length!r}.")
        if prompt:
            yield prompt
        drawn = self._drawn(run or self.steps(), told, read, sampling or Sampling(), seed)
        parts = self.encoder.writing(chain(read, islice(drawn, length)))
        yield from islice(parts, len(read), None)

    def steps(self) -> Steps:
        """The network a step at a time, with the weights that it has now."""
        self._check_adapted()
        return steps(self.network)

    def score(self, x: Any, y: Any = None) -> Score:
        """How well raw texts are foreseen: each sequence, or each chunk of a running text, read in
        its order with the state carried."""
        self._check_adapted()
        x, y = self._checked(x, y)
        if self.running:
            return judging.running(self, x)
        return judging.sequences(self, x, y)

    def batches(
        self,
        x: Sequence,
        y: Sequence | None = None,
        *,
        weights: np.ndarray | None = None,
        batch_size: int = BATCH_SIZE,
        seed: int | None = None,
    ) -> Any:
        """Encoded batches of raw texts: `SequenceBatches`, or `RunningBatches` of a running text,
        whose batch size is always `streams`."""
        self._check_adapted()
        if self.running:
            if weights is not None:
                raise ArgumentError("sample_weight: expected None for a running text, got weights.")
            return RunningBatches(
                self.encoder.running(x), self.encoder.boundary,
                streams=self._streams, steps=self._steps, seed=seed,
            )  # fmt: skip
        return SequenceBatches(
            self.encoder.encode(inputs.listed(x)),
            self._conditions(y),
            boundary=self.encoder.boundary,
            weights=weights,
            batch_size=batch_size,
            widths=self._widths,
            seed=seed,
        )

    def network_input(self, x: Any, y: Any = None) -> dict[str, Any]:
        """Raw texts as `network` takes them, each from its beginning, padded to the longest."""
        x = inputs.listed(x)
        (read, *_) = SequenceBatches(
            self.encoder.encode(x), self._conditions(y), boundary=self.encoder.boundary,
            batch_size=len(x),
        )._padded(np.arange(len(x)), 1 + max(self.encoder.lengths(x)))  # fmt: skip
        return arrays(self.begun(read))

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Scores `[B, T, V]` of the next token at each step of a batch; the states of a running
        text are taken up and kept."""
        self._check_adapted()
        if "fresh" not in inputs:
            return self.network(self.begun(inputs), training=training)["logits"]
        found = self.network({**inputs, "states": self.carried.states}, training=training)
        self.carried.keep(found["states"])
        return found["logits"]

    @property
    def _steps(self) -> int:
        return self.options["steps"]

    def begun(self, read: dict[str, Any]) -> dict[str, Any]:
        """A batch of sequences at their beginning."""
        rows = ops.shape(read["tokens"])[0]
        return {**read, "fresh": ops.ones((rows,)), "states": zero_states(self.network, rows)}

    def _read(self, prompt: str) -> list[int]:
        """The token ids of a prompt, tokenized as training's texts were."""
        encoder = self.encoder
        return (encoder.running([prompt]) if self.running else encoder.uncut([prompt])[0]).tolist()

    def _drawn(
        self, run: Steps, told: Any, read: list[int], sampling: Sampling, seed: Any
    ) -> Iterator[int]:
        """Token ids after those read, until the end is drawn."""
        end = self.encoder.boundary
        barred = self.encoder.unwritten + [end] * self.running
        rng = np.random.default_rng(seed)
        run.begin(told)
        for token in [end, *read]:
            scores = run(token)
        while True:
            scores[barred] = -np.inf
            token = sampling.draw(scores, rng)
            if token == end:
                return
            yield token
            scores = run(token)

    def _told(self, label: Any, vector: Any) -> Any:
        """The condition of one text as the network takes it."""
        if (label is None) != (self.labels is None) or (vector is None) != (self.features is None):
            asked = "label" if self.labels else "vector" if self.features else None
            expected = f"a {asked}" if asked else "no label and no vector, as in training"
            shown = ", ".join(map(str, (self.labels or ())[:8]))
            raise ArgumentError(
                f"{asked or 'label'}: expected {expected}, got label={label!r}."
                + (
                    f" The labels are {shown}{' …' * (len(self.labels or ()) > 8)}."
                    if shown
                    else ""
                )
            )
        if vector is not None:
            return _vectors([vector], self.features, "vector")[0]
        found = self._conditions([label])
        return None if found is None else found[0]

    def _conditions(self, y: Any) -> np.ndarray | None:
        """Class ids `[N]` or vectors `[N, C]` of raw conditions."""
        if y is None and (self.labels is not None or self.features is not None):
            raise ArgumentError(
                "y: expected the label or vector that each text is for, got None. This generator "
                "was trained with them; gatewise generate --label writes for one."
            )
        if self.labels is not None:
            return labelling.ids([labelling.plain(one) for one in y], self.labels)
        if self.features is not None:
            return _vectors(y, self.features, "y")
        return None

    def _checked(self, x: Any, y: Any) -> tuple[list, list | None]:
        x = inputs.listed([x] if isinstance(x, str) else x)
        if strange := [one for one in x if not isinstance(one, str)]:
            raise ArgumentError(
                f"x: expected texts, got {type(strange[0]).__name__}. A label or vector to write "
                "for goes into y."
            )
        conditioned = self.labels is not None or self.features is not None
        if not x or not any(x):
            raise DataError("x: expected texts to learn to write, got none.")
        if self.adapted and not conditioned:
            return x, None
        return (x, None) if y is None and not self.adapted else inputs.paired(x, y, "condition")

    def _learn(self, x: list, y: Any) -> None:
        asked = self.options["running"]
        self.running = len(x) == 1 if asked is None else asked
        if self.running and y is not None:
            raise ArgumentError(
                "y: expected None for a running text, got labels. Give several texts."
            )
        self._learn_conditions(y)
        sizes = {name: self.options[name] for name in ("tokens", "vocabulary_size", "max_length")}
        rare = RARE_WORD if sizes["tokens"] == "word" and sum(map(len, x)) > 1_000_000 else 1
        self.encoder = SequenceEncoder(**sizes, min_frequency=rare).adapt(x)
        if self.running:
            length = len(self.encoder.running(x))
            self._streams = max(1, min(self.options["streams"], length // (2 * self._steps)))
        else:
            lengths = [len(one) + 1 for one in self.encoder.encode(x)]
            self._widths = tuple(defaults.widths(lengths))

    def _learn_conditions(self, y: Any) -> None:
        if y is None:
            return
        if isinstance(y[0], str | int | np.integer):
            self.labels = labelling.distinct(y)
        else:
            self.features = _vectors(y, None, "y").shape[1]

    def _held_out(self, x: list, y: Any, fraction: float) -> tuple[list[int], list[int]]:
        if len(x) == 1:
            raise ArgumentError(
                "validation_split: expected several texts, got one running text. Give its last "
                "part as validation_data=([text], None)."
            )
        return super()._held_out(x, y, fraction)

    def _check_options(self) -> None:
        architectures.check_one_to_many(
            seed=self.options["seed"], **{name: self.options[name] for name in BUILT}
        )
        check_whole(1, **{name: self.options[name] for name in ("streams", "steps")})
        sizes = ("tokens", "vocabulary_size", "max_length")
        SequenceEncoder(**{name: self.options[name] for name in sizes})

    def _learned(self) -> dict[str, Any]:
        return {
            "encoder": self.encoder.get_config(),
            "labels": None if self.labels is None else list(self.labels),
            "features": self.features,
            "running": self.running,
            "streams": self._streams,
            "widths": list(self._widths),
        }

    def _recall(self, learned: dict[str, Any]) -> None:
        self.encoder = SequenceEncoder.from_config(learned["encoder"])
        self.labels = None if learned["labels"] is None else tuple(learned["labels"])
        self.features, self.running = learned["features"], learned["running"]
        self._streams = learned["streams"]
        self._widths = tuple(int(width) for width in learned["widths"])

    def _architecture(self) -> keras.Model:
        network = architectures.one_to_many(
            vocabulary=self.encoder.size,
            classes=len(self.labels) if self.labels else None,
            features=self.features,
            seed=self.options["seed"] * 1000,
            name="network",
            **{name: self.options[name] for name in BUILT},
        )
        if self.running:
            widths = [one.shape[-1] for one in network.input["states"]]
            self.carried = layers.CarriedStates(self._streams, widths, name="carried")
        return network


def _vectors(given: Sequence, features: int | None, name: str) -> np.ndarray:
    """Conditions `[N, C]` of `features` finite numbers each, or of as many as the first has."""
    found = []
    for one in given:
        try:
            vector = np.asarray(keras.ops.convert_to_numpy(one), "float32")
        except (TypeError, ValueError):
            vector = np.zeros(())
        if vector.ndim != 1 or not vector.size:
            raise ArgumentError(
                f"{name}: expected a vector of numbers [C] to write for, got {excerpt(one)!r}."
            )
        features = features or len(vector)
        if len(vector) != features or not np.isfinite(vector).all():
            raise ArgumentError(
                f"{name}: expected {features} finite numbers, as in training or as the first "
                f"vector has, got {excerpt(one)!r}."
            )
        found.append(vector)
    return np.stack(found)


def _epochs(batches: int) -> int:
    """Most epochs: to foresee every token takes more steps than to tell a few classes apart."""
    return min(max(-(-TRAINED // max(1, batches)), FEWEST_EPOCHS), defaults.MOST_EPOCHS)
