"""One or two inputs run through a model: everything that their page and pictures show."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from gatewise.errors import ArgumentError, GatewiseWarning
from gatewise.insight.attribution import Attribution, Attributor
from gatewise.insight.recorder import Recorder
from gatewise.insight.recording import LayerRecording, Recording
from gatewise.insight.taps import readable
from gatewise.layers.paths import find_recurrent
from gatewise.report import words
from gatewise.report.look import own, window
from gatewise.report.look.answers import Answers
from gatewise.report.look.inputs import Shown

MOST_INPUTS = 2


@dataclass(frozen=True)
class Side:
    """One input and what the network made of it."""

    shown: Shown
    start: int  # the first step shown
    end: int  # the step after the last one
    answers: Answers  # to the whole input, or at the steps shown
    layers: dict[str, LayerRecording]  # of this input and these steps alone
    recording: Recording  # as `gatewise.record` gave it
    parts: Attribution | None = None  # what each step brings to the score, where it is known
    target: str = ""  # the answer that the score is of

    @property
    def cut(self) -> bool:
        """Whether only some of the steps are shown."""
        return self.end - self.start < self.shown.length


@dataclass(frozen=True)
class Look:
    """What a page shows."""

    model: str
    sides: list[Side]
    activations: dict[str, str]  # by layer: what a cell's state is shown through
    no_parts: str = ""  # why there are no parts in the decision
    notes: list[str] = field(default_factory=list)


def see(
    model: Any,
    inputs: Sequence[Any],
    *,
    steps: tuple[int, int] | None = None,
    channels: Sequence[str] | None = None,
) -> Look:
    """Run a model on one or two inputs and gather what there is to see.

    Args:
        model: a task such as `Classifier`, or any Keras model with recurrent layers.
        inputs: one or two; of a task raw ones: texts, series `[T, I]`, lists of words, pairs of a
            text and a label; of another model arrays `[T]` or `[T, I]`.
        steps: the first step to show, from 0, and the one after the last; default all, of an input
            of more than 2,048 steps the last 2,048.
        channels: names of a series' channels.

    More units than a page holds (4 million numbers in all) are left out, the quietest first.

    Raises: ArgumentError for no input or more than two, for an input the model cannot take, and as
        `gatewise.record` does.

    >>> import keras
    >>> import numpy as np
    >>> model = keras.Sequential([keras.Input((None, 3)), keras.layers.LSTM(4, name="lstm")])
    >>> look = see(model, [np.ones((5, 3))])
    >>> look.sides[0].layers["lstm"].forget.shape
    (1, 5, 4)
    """
    if isinstance(inputs, str) or not 1 <= len(inputs) <= MOST_INPUTS:
        given = "one text" if isinstance(inputs, str) else str(len(inputs))
        raise ArgumentError(f"inputs: expected a list of one or two inputs, got {given}.")
    task = own.of(model)
    with _noted() as notes:
        readable(getattr(model, "network", model))  # said before anything of the inputs is
        sides = [_side(model, task, task.shown(model, one, channels), steps) for one in inputs]
    kept = window.most_active([side.layers for side in sides])
    sides = [replace(side, layers=layers) for side, layers in zip(sides, kept, strict=True)]
    no_parts = "the model gives several answers, and parts are of one."
    if task.PARTS and not sides[0].answers.steps:
        sides, no_parts = _with_parts(model, inputs, sides)
    return Look(
        model=getattr(model, "name", ""),
        sides=sides,
        activations=_activations(model, sides[0].layers),
        no_parts=no_parts,
        notes=[*dict.fromkeys(notes), *_units_left_out(sides[0])],
    )


@contextmanager
def _noted() -> Iterator[list[str]]:
    """What the recorder warns of, as notes for the page; other warnings go on."""
    notes: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", GatewiseWarning)
        yield notes
    for one in caught:
        if issubclass(one.category, GatewiseWarning):
            notes.append(str(one.message))
        else:
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)


def _side(model: Any, task: Any, one: Shown, steps: tuple[int, int] | None) -> Side:
    start, end = window.chosen_steps(one.length, steps)
    partly = end - start < one.length
    network = getattr(model, "network", model)
    recorder = Recorder(network, steps=window.around(start, end, one.length) if partly else None)
    recording = recorder(one.network)
    layers = {
        name: window.cut(layer, start, end)
        for name, layer in _along_the_steps(recording, one.length).items()
    }
    if partly:
        told = f"Of {words.number(one.length)} steps {words.number(start + 1)} to "
        one = replace(one, notes=[*one.notes, f"{told}{words.number(end)} are shown."])
    answers = task.answered(model, recording.outputs, one)
    answers = replace(answers, steps=answers.steps[start:end])
    return Side(one, start, end, answers, layers, recording)


def _along_the_steps(recording: Recording, T: int) -> dict[str, LayerRecording]:
    """The layers that take the steps of the input. One that reads the characters of each word, or
    what a convolution left, has steps of its own, for which a page has no place.

    Raises: ArgumentError where there is none.
    """
    found = {name: layer for name, layer in recording.items() if layer.mask.shape == (1, T)}
    left_out = [name for name in recording if name not in found]
    if left_out and found:
        told = ", ".join(name.rpartition("/")[2] for name in left_out)
        warnings.warn(
            "Not on this page are layers that read other steps than the input's, such as the "
            f"letters of a word: {told}. gatewise.record has them.",
            GatewiseWarning,
            stacklevel=2,
        )
    if not found:
        raise ArgumentError(
            f"model: expected a recurrent layer that takes the {T} steps of the input, but each "
            "has steps of its own. gatewise.record(model, x) records them."
        )
    return found


def _with_parts(model: Any, inputs: Sequence[Any], sides: list[Side]) -> tuple[list[Side], str]:
    """The sides with each step's part in the decision, or as they are and the reason."""
    if any(side.cut for side in sides):
        return sides, "only some of the steps are shown."
    try:
        attributor = Attributor(model)
        found = [attributor(one) for one in _batches(model, inputs, sides)]
    except ArgumentError as error:
        return sides, str(error)
    names = getattr(model, "labels", None)
    named = [str(names[one.target[0]] if names else f"class {one.target[0]}") for one in found]
    return [
        replace(side, parts=one, target=name)
        for side, one, name in zip(sides, found, named, strict=True)
    ], ""


def _batches(model: Any, inputs: Sequence[Any], sides: list[Side]) -> list[Any]:
    """Each input as `attribute` takes it: raw for a task, which it encodes itself."""
    if hasattr(model, "network_input"):
        return [[one] for one in inputs]
    return [side.shown.network for side in sides]


def _activations(model: Any, layers: dict[str, LayerRecording]) -> dict[str, str]:
    """By layer the name of its activation, of an LSTM that through which the cell is shown."""
    found = dict(find_recurrent(getattr(model, "network", model)))
    return {name: found[name.partition("#")[0]].activation.__name__ for name in layers}


def _units_left_out(side: Side) -> list[str]:
    notes = []
    for name, layer in side.layers.items():
        all_of_them = next(iter(layer.initial.values())).shape[1]
        if len(layer.units) < all_of_them:
            notes.append(
                f"Of the {words.number(all_of_them)} units of {name} the "
                f"{words.number(len(layer.units))} that move most are shown."
            )
    return notes
