"""The lesson from the first network to the last: the same numbers however it got there."""

import copy
import signal

import numpy as np
import pytest

from gatewise.errors import ArgumentError, DataError
from gatewise.lessons import LessonFolder, LessonOptions, Watch, vanishing_gradient
from gatewise.lessons.adding import baseline
from gatewise.lessons.training import EXAMPLES, FreshExamples, examples

TINY = LessonOptions(lengths=(6,), cells=("simple_rnn", "lstm"), steps=150, units=4, batch_size=8)


class Stops(Watch):
    """Presses Ctrl-C after so many steps; remembers what it was told."""

    def __init__(self, after=None):
        self.after, self.steps, self.begun, self.ended = after, 0, [], []

    def begin(self, length, cell, steps):
        self.begun.append((length, cell, steps))

    def step(self, loss):
        assert np.isfinite(loss)
        self.steps += 1
        if self.steps == self.after:
            signal.raise_signal(signal.SIGINT)

    def end(self, trained):
        self.ended.append((trained["length"], trained["cell"]))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = LessonFolder(tmp_path_factory.mktemp("lesson"))
    watch = Stops()
    found = vanishing_gradient(TINY, folder, watch)
    assert watch.ended == TINY.plan
    assert watch.steps == 2 * 150
    assert folder.finished
    assert folder.read() == found
    assert not folder.checkpoint.exists()
    return found


def comparable(found):
    """Results without what a clock measured."""
    found = copy.deepcopy(found)
    del found["date"]
    for one in found["networks"]:
        del one["seconds"]
    return found


def test_results_say_what_was_found(undisturbed):
    assert [(one["length"], one["cell"]) for one in undisturbed["networks"]] == TINY.plan
    for one in undisturbed["networks"]:
        assert one["curve"]["step"] == [50, 100, 150]
        assert one["solved"] == (one["test_error"] < undisturbed["solved_below"])
        best = int(np.argmin(one["curve"]["validation"]))
        assert one["best_step"] == one["curve"]["step"][best]
        for when in ("start", "end"):
            gradient = one["gradient"][when]
            assert gradient["state"] == ("c" if one["cell"] == "lstm" else "h")
            assert gradient["lag"] == list(range(one["length"]))
            assert gradient["median"][0] == 1.0
            assert (np.array(gradient["low"]) <= gradient["high"]).all()
    for length, value in undisturbed["baseline"]["measured"].items():
        assert value == baseline(examples(TINY, int(length), "test")[1])


@pytest.mark.parametrize("after", [20, 75, 290])
def test_stopped_and_gone_on_with_it_ends_with_the_same_numbers(undisturbed, tmp_path, after):
    folder = LessonFolder(tmp_path)
    stopped = vanishing_gradient(TINY, folder, Stops(after))
    assert not stopped["finished"]
    assert not folder.finished
    rounds = [len(one["curve"]["step"]) for one in stopped["networks"]]
    assert sum(rounds) == after // 50
    for one in stopped["networks"][:-1]:
        assert not one["interrupted"]
    watch = Stops()
    found = vanishing_gradient(TINY, folder, watch)
    assert comparable(found) == comparable(undisturbed)
    assert watch.steps == 2 * 150 - 50 * (after // 50)


def test_a_finished_lesson_is_not_run_again(undisturbed, tmp_path):
    folder = LessonFolder(tmp_path)
    TINY.write(folder.options)
    folder.write(undisturbed)
    watch = Stops()
    assert vanishing_gradient(TINY, folder, watch) == undisturbed
    assert watch.begun == []


def test_a_folder_with_other_options_is_refused(tmp_path):
    LessonOptions(seed=7).write(tmp_path / "config.json")
    with pytest.raises(ArgumentError, match="to hold a lesson with the same options"):
        vanishing_gradient(TINY, LessonFolder(tmp_path))


def test_damaged_results_are_told(tmp_path):
    TINY.write(tmp_path / "config.json")
    (tmp_path / "lesson.json").write_text('{"networks": [{}]}')
    with pytest.raises(DataError, match=r"lesson\.json: expected the results of a lesson"):
        vanishing_gradient(TINY, LessonFolder(tmp_path))


def test_no_sequence_is_seen_twice():
    fresh = FreshExamples(TINY, 8)
    seen = []
    for fresh.round in range(2):
        seen += [fresh[index][0][..., 0] for index in range(len(fresh))]
    seen += [examples(TINY, 8, part)[0][..., 0] for part in EXAMPLES]
    firsts = np.concatenate([batch[:, :3] for batch in seen])
    assert len(np.unique(firsts, axis=0)) == len(firsts)


@pytest.mark.slow
def test_gates_solve_what_the_simple_cell_does_not():
    options = LessonOptions(lengths=(100,), cells=("simple_rnn", "gru"), steps=1_000)
    simple, gru = vanishing_gradient(options)["networks"]
    assert gru["solved"]
    assert gru["gradient"]["start"]["median"][-1] > 20 * simple["gradient"]["start"]["median"][-1]
