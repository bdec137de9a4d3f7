"""A run that is killed, stopped or out of disk goes on, and ends as if nothing had happened."""

import os
import random
import resource
import signal
import subprocess
import time

import pytest

import gatewise as gw

from .runs import SMALL, assert_same_outcome, data, epochs_done, finish, outcome, run, start
from .runs import wait_until as wait

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The outcome of an undisturbed run on each kind of data, and its file."""
    made = {}

    def of(kind):
        if kind not in made:
            folder = tmp_path_factory.mktemp(kind)
            file = data(kind, folder)
            code, _, err = run(file, *SMALL, "--out", folder / "run")
            assert code == 0, err
            made[kind] = file, outcome(folder / "run")
        return made[kind]

    return of


def killed_at(moment, folder, *arguments):
    process = start(*arguments)
    wait(moment, process)
    time.sleep(random.uniform(0, 0.05))
    process.kill()
    finish(process)
    names = sorted(path.name for path in folder.iterdir())
    print("killed with", epochs_done(folder), "epochs and", *names)


@pytest.mark.parametrize("kind", ["text", "series"])
def test_kill_9_at_any_moment_changes_nothing(kind, undisturbed, tmp_path):
    file, expected = undisturbed(kind)
    out = tmp_path / "run"
    resume = ["--resume", "--out", out]
    # Before the first epoch has ended, amid the epochs, and while results are written.
    killed_at((out / "config.json").exists, out, file, *SMALL, "--out", out)
    killed_at(lambda: epochs_done(out) >= random.randint(1, 3), out, *resume)
    killed_at(lambda: epochs_done(out) == 6, out, *resume)
    code, said, err = run(*resume)
    assert code == 0, err
    assert "is finished" in said or "Going on after epoch" in said
    assert_same_outcome(outcome(out), expected)
    left = {path.name for path in out.iterdir()}
    assert left == {
        "config.json", "data.sha256", "history.csv", "metrics.json", "model.keras", "report.html",
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["text", "series"])
def test_ctrl_c_keeps_the_best_so_far_and_says_how_to_go_on(kind, undisturbed, tmp_path):
    file, expected = undisturbed(kind)
    out = tmp_path / "a run"
    process = start(file, *SMALL, "--out", out)
    wait(lambda: epochs_done(out) == 2, process)
    process.send_signal(signal.SIGINT)
    code, said, err = finish(process)
    assert code == 130
    assert err == ""
    assert said.splitlines()[-1] == f"To go on: gatewise train --resume --out '{out}'"
    assert (out / "report.html").exists()
    best = gw.load(out / "model.keras")
    assert best.compiled
    assert all(abs(weights).max() < 1e3 for weights in best.get_weights())
    code, said, err = run("--resume", "--out", out)
    assert code == 0, err
    assert_same_outcome(outcome(out), expected)


def test_ctrl_c_before_the_first_epoch_has_ended(undisturbed, tmp_path):
    file, expected = undisturbed("text")
    out = tmp_path / "run"
    process = start(file, *SMALL, "--out", out)
    wait((out / "config.json").exists, process)
    process.send_signal(signal.SIGINT)
    code, said, err = finish(process)
    assert (code, err) == (130, "")
    assert "no weights to keep yet" in said
    assert f"gatewise train --resume --out {out}" in said
    assert run("--resume", "--out", out)[0] == 0
    assert_same_outcome(outcome(out), expected)


def test_ctrl_c_while_results_are_written(undisturbed, tmp_path):
    file, expected = undisturbed("text")
    out = tmp_path / "run"
    process = start(file, *SMALL, "--out", out)
    wait((out / "model.keras").exists, process)
    process.send_signal(signal.SIGINT)
    code, said, err = finish(process)
    assert code in (0, 130)
    assert "Traceback" not in err
    assert code == 0 or f"To go on: gatewise train --resume --out {out}" in said
    assert run("--resume", "--out", out)[0] == 0
    assert_same_outcome(outcome(out), expected)


def test_changed_data_are_refused_and_nothing_is_lost(undisturbed, tmp_path):
    file = data("text", tmp_path)
    out = tmp_path / "run"
    killed_at(lambda: epochs_done(out) >= 1, out, file, *SMALL, "--out", out)
    checkpoint = (out / "checkpoint.npz").read_bytes()
    before = file.read_bytes()
    file.write_bytes(before + b"one more,glad\n")
    code, _, err = run("--resume", "--out", out)
    assert code == 1
    assert "a file has changed since" in err
    assert (out / "checkpoint.npz").read_bytes() == checkpoint
    file.write_bytes(before)
    assert run("--resume", "--out", out)[0] == 0
    assert_same_outcome(outcome(out), undisturbed("text")[1])


# A disk that fills up.


@pytest.fixture
def small_disk(tmp_path):
    """A file system of one megabyte."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(tmp_path)]
    if os.getuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small file system needs root")
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


def one_message(code, err):
    assert code == 1
    assert err.count("Error: ") == 1
    assert len(err.strip().splitlines()) == 1
    assert "Traceback" not in err


@pytest.mark.parametrize("free", [12, 40, 80])
def test_a_full_disk_ends_in_one_message_and_loses_nothing(undisturbed, small_disk, free):
    file, expected = undisturbed("text")
    out, ballast = small_disk / "run", small_disk / "ballast"
    out.mkdir()
    (out / "model.keras").write_text("the model of an earlier run")
    ballast.write_bytes(bytes((1 << 20) - (free << 10)))
    code, _, err = run(file, *SMALL, "--out", out, "--overwrite")
    one_message(code, err)
    assert "No space left on device. Free some space or name another folder" in err
    assert (out / "model.keras").read_text() == "the model of an earlier run"
    ballast.unlink()
    code, _, err = run("--resume", "--out", out)
    assert code == 0, err
    assert_same_outcome(outcome(out), expected)


def test_a_file_that_may_not_grow_further_ends_in_one_message(undisturbed, tmp_path):
    file, expected = undisturbed("text")
    out = tmp_path / "run"

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (6_000, 6_000))

    code, _, err = run(file, *SMALL, "--out", out, preexec_fn=limit)
    one_message(code, err)
    assert "File too large" in err
    assert not list(out.glob(".part-*"))
    assert run("--resume", "--out", out)[0] == 0
    assert_same_outcome(outcome(out), expected)
