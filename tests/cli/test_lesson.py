"""`gatewise lesson`: from the command to a page, stopped and gone on with."""

import json
import signal
import subprocess
import sys
import time

import pytest

COMMAND = [sys.executable, "-c", "from gatewise_cli import main; main()", "lesson"]
TINY = ["--lengths", "6", "--cells", "gru", "--steps", "60"]


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    """The folder of a lesson, and what was said."""
    folder = tmp_path_factory.mktemp("lesson") / "run"
    done = subprocess.run(
        [*COMMAND, "vanishing-gradient", *TINY, "--out", folder], capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


def test_it_ends_in_results_and_a_page(lesson):
    folder, said = lesson
    assert {path.name for path in folder.iterdir()} == {"config.json", "lesson.json", "lesson.html"}
    results = json.loads((folder / "lesson.json").read_text())
    assert results["finished"]
    (network,) = results["networks"]
    assert network["curve"]["step"] == [50, 100]  # the budget in whole rounds
    page = (folder / "lesson.html").read_text()
    assert f"{network['test_error']:.4f}" in page
    assert "length    6  GRU" in said
    assert f"open {folder / 'lesson.html'} in a browser" in said


def test_a_finished_lesson_only_gets_its_page_again(lesson, gatewise):
    folder, _ = lesson
    (folder / "lesson.html").unlink()
    code, said, _ = gatewise("lesson", "vanishing-gradient", "--resume", "--out", folder)
    assert code == 0
    assert "is finished" in said
    assert (folder / "lesson.html").exists()


def test_a_folder_that_holds_files_is_not_written_to(lesson, refused):
    folder, _ = lesson
    before = (folder / "lesson.json").read_text()
    err = refused("lesson", "vanishing-gradient", *TINY, "--out", folder, code=2)
    assert "--resume" in err
    assert "--overwrite" in err
    assert (folder / "lesson.json").read_text() == before


def test_resuming_with_other_options_is_refused(lesson, refused):
    folder, _ = lesson
    err = refused("lesson", "vanishing-gradient", "--resume", "--seed", 5, "--out", folder, code=2)
    assert "--seed" in err
    assert "was begun with 0, got 5" in err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["vanishing-gradients"], "vanishing-gradient"),
        (["nonsense"], "expected a lesson (vanishing-gradient), got 'nonsense'"),
        (["vanishing-gradient", "--lengths", "50,x"], "expected whole numbers such as 50,100"),
        (["vanishing-gradient", "--lengths", "3"], "--lengths: expected one or more steps from 4"),
        (["vanishing-gradient", "--lengths", "50,50"], "none twice, got 50, 50"),
        (["vanishing-gradient", "--cells", "lstm,rnn"], "--cells: expected one or more of"),
        (["vanishing-gradient", "--steps", "0"], "--steps"),
        (["vanishing-gradient", "--resume", "--out", "nowhere"], "there is none"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_mistakes_are_named(arguments, told, refused):
    assert told in refused("lesson", *arguments, code=2)


def test_quick_gives_way_to_what_is_asked_for(gatewise, tmp_path):
    quick = ["lesson", "vanishing-gradient", "--quick", "--lengths", "5", "--cells", "simple_rnn"]
    assert gatewise(*quick, "--steps", "50", "--out", tmp_path / "run")[0] == 0
    options = json.loads((tmp_path / "run" / "config.json").read_text())
    assert (options["lengths"], options["steps"]) == ([5], 50)


@pytest.mark.slow
def test_ctrl_c_keeps_what_is_there_and_the_lesson_goes_on(tmp_path):
    folder = tmp_path / "a run"
    long = ["--lengths", "30", "--cells", "lstm", "--steps", "5000", "--out", folder]
    process = subprocess.Popen(
        [*COMMAND, "vanishing-gradient", *long], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    end = time.monotonic() + 120
    while not (folder / "checkpoint.npz").exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    said, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    assert err == ""
    again = f"To go on: gatewise lesson vanishing-gradient --resume --out '{folder}'"
    assert said.splitlines()[-1] == again
    page = (folder / "lesson.html").read_text()
    assert "The lesson was stopped" in page
    assert (folder / "checkpoint.npz").exists()
    done = subprocess.run(
        [*COMMAND, "vanishing-gradient", "--resume", "--out", folder], capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (network,) = json.loads((folder / "lesson.json").read_text())["networks"]
    assert network["solved"]
    assert not network["interrupted"]
