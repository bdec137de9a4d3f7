"""What an import, and an answer of the command line, does not pay for."""

import subprocess
import sys

import pytest

import gatewise

HEAVY = {"jax", "torch", "tensorflow", "keras", "sklearn", "scipy", "matplotlib", "tokenizers"}
TRACED = """
import sys
sys.argv = ["gatewise", *sys.argv[1:]]
from gatewise_cli import main
try:
    main()
finally:
    print("MODULES", *{name.split(".")[0] for name in sys.modules}, file=sys.stderr)
"""


def imported(*arguments):
    """The exit code of `gatewise ARGUMENTS` and the packages it imported."""
    done = subprocess.run(
        [sys.executable, "-c", TRACED, *arguments], capture_output=True, text=True, check=False
    )
    return done.returncode, set(done.stderr.split("MODULES ")[1].split())


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--help"], 0),
        (["--version"], 0),
        (["train", "--help"], 0),
        (["predict", "--help"], 0),
        (["evaluate", "--help"], 0),
        (["lesson", "vanishing-gradient", "--help"], 0),
        (["lesson", "vanishing-gradient", "--lengths", "2"], 2),
        (["lesson", "nonsense"], 2),
        (["look", "--help"], 0),
        (["trian"], 2),
        (["train"], 2),
        (["train", "x.csv", "--units", "0"], 2),
        (["train", "x.csv", "--holdout", "2"], 2),
        (["train", "x.csv", "--cell", "rnn"], 2),
        (["train", "no such file.csv"], 1),
        (["train", "--resume", "--out", "nowhere"], 2),
        (["predict", "model.keras"], 2),
        (["look", "model.keras"], 2),
        (["data", "list"], 0),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_help_and_mistakes_come_without_heavy_imports(arguments, code):
    found, packages = imported(*arguments)
    assert found == code
    assert not packages & HEAVY
    if "--help" in arguments:
        assert "numpy" not in packages


def test_the_public_names_are_there():
    assert set(gatewise.__all__) < set(dir(gatewise))
    for name in gatewise.__all__:
        assert getattr(gatewise, name).__name__.split(".")[-1] == name
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        gatewise.nonsense  # noqa: B018


@pytest.mark.slow
def test_keras_knows_our_classes_once_gatewise_is_imported():
    script = "import gatewise, keras; print(keras.saving.get_registered_object('gatewise>LSTM'))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert "gatewise.layers.recurrent.LSTM" in done.stdout
