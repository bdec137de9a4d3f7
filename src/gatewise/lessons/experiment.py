"""The lesson on the vanishing gradient: the classic experiment, run live."""

import datetime
import tempfile
from pathlib import Path
from typing import Any

import keras

import gatewise
from gatewise.errors import ArgumentError
from gatewise.lessons.adding import BASELINE, baseline
from gatewise.lessons.folder import LessonFolder
from gatewise.lessons.options import LessonOptions
from gatewise.lessons.training import CLIP, EXAMPLES, SOLVED, Watch, examples, train_network
from gatewise.tasks.stopping import TrainingInterrupted, stop_on_signal


def vanishing_gradient(
    options: LessonOptions | None = None,
    folder: LessonFolder | None = None,
    watch: Watch | None = None,
) -> dict[str, Any]:
    """Train each cell on the adding problem at each length, and follow the gradient back in time.

    Ctrl-C (or SIGTERM) ends it after the training step that is going on; what was found so far is
    returned, and stays in the folder to go on from.

    Args:
        options: what to do. Default: `LessonOptions()`, all cells at all lengths.
        folder: where the results and the state are kept; one in which the same lesson was begun is
            gone on with. Default: nowhere.
        watch: told of the progress. Default: nobody is.

    Returns:
        The results as plain data, which `gatewise.report.write_lesson` makes a page of: `options`,
        `baseline`, `finished` and, for each network trained, its `curve`, `test_error`, `solved`
        and `gradient` at the start and at the end.

    Raises:
        ArgumentError: the folder holds a lesson with other options.

    Example:
        >>> tiny = LessonOptions(lengths=(6,), cells=("gru",), steps=50, units=4, batch_size=8)
        >>> found = vanishing_gradient(tiny)
        >>> [(one["cell"], one["length"]) for one in found["networks"]], found["finished"]
        ([('gru', 6)], True)
    """
    options, watch = options or LessonOptions(), watch or Watch()
    with tempfile.TemporaryDirectory() as scratch:
        folder = folder or LessonFolder(Path(scratch))
        found = _begun(options, folder)
        done = {(one["length"], one["cell"]) for one in found["networks"]}
        ahead = [one for one in options.plan if one not in done]
        with stop_on_signal() as stop:
            for number, (length, cell) in enumerate(ahead, 1):
                trained = _trained(options, length, cell, folder, watch, stop)
                found["networks"] += [trained] if trained else []
                if trained is None or trained["interrupted"]:
                    return found  # not written: the folder keeps the checkpoint to go on from
                found["finished"] = number == len(ahead)
                folder.write(found)
                folder.checkpoint.unlink(missing_ok=True)
                watch.end(trained)
                keras.utils.clear_session(free_memory=False)
        return found


def _begun(options: LessonOptions, folder: LessonFolder) -> dict[str, Any]:
    """The results to go on from: those in the folder, or none yet."""
    if folder.options.exists():
        stored = LessonOptions.read(folder.options)
        if stored != options:
            raise ArgumentError(
                f"folder: expected {folder.path} to hold a lesson with the same options, but it "
                "was begun with others. Name another folder."
            )
        if folder.metrics.exists():
            return folder.read()
    else:
        folder.clear()
        options.write(folder.options)
    answers = {length: examples(options, length, "test")[1] for length in sorted(options.lengths)}
    return {
        "lesson": "vanishing-gradient",
        "gatewise": gatewise.__version__,
        "date": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
        "options": options.plain(),
        "clip": CLIP,
        "solved_below": SOLVED,
        "test_sequences": EXAMPLES["test"],
        "baseline": {
            "exact": BASELINE,
            "measured": {str(length): baseline(y) for length, y in answers.items()},
        },
        "finished": False,
        "networks": [],
    }


def _trained(options, length, cell, folder, watch, stop) -> dict[str, Any] | None:
    """A network's results; None where it was stopped before there were any."""
    try:
        return train_network(options, length, cell, folder.checkpoint, watch, stop)
    except TrainingInterrupted:
        return None
