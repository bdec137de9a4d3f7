"""Model files on the command line: one message, the right exit code, and nothing runs."""

import json
import zipfile

import keras
import pytest

from ..toys import series, tiny

COMMANDS = {
    "predict": lambda path: ("predict", path, "a text"),
    "evaluate": lambda path: ("evaluate", path, "sms-spam"),
    "doctor": lambda path: ("doctor", path),
}


def stock(path, layer):
    keras.Sequential([keras.Input((4, 2)), layer]).save(path)


def truncated(path):
    stock(path, keras.layers.GRU(2))
    path.write_bytes(path.read_bytes()[:500])


def other_zip(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("photo.jpg", b"x")


def hostile(path):
    canary = str(path.parent / "canary")
    stock(path, keras.layers.GRU(2))
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    config = json.loads(parts["config.json"])
    command = {"class_name": "system", "module": "os", "config": {"command": f"touch {canary}"}}
    config["compile_config"] = {"optimizer": {**command, "registered_name": None}}
    parts["config.json"] = json.dumps(config)
    with zipfile.ZipFile(path, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)


MISTAKES = {
    "missing": (lambda path: None, "expected a model file, but there is none"),
    "folder": (lambda path: path.mkdir(), "expected a model file, got a folder"),
    "empty": (lambda path: path.touch(), "truncated or of another kind"),
    "text": (lambda path: path.write_text("text,label\n"), "truncated or of another kind"),
    "truncated": (truncated, "truncated or of another kind"),
    "other zip": (other_zip, "is missing inside"),
    "hostile": (hostile, "got os.system, which could run any code"),
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("kind", MISTAKES)
def test_a_file_that_is_no_model(gatewise, tmp_path, command, kind):
    make, message = MISTAKES[kind]
    path = tmp_path / "m.keras"
    make(path)
    code, _, err = gatewise(*COMMANDS[command](path))
    assert code == 1
    assert err.startswith(f"Error: {path}")
    assert err.count("Error") == 1
    assert message in err
    assert not (tmp_path / "canary").exists()


def test_a_stock_model_is_sent_to_the_doctor(gatewise, refused, tmp_path):
    stock(tmp_path / "m.keras", keras.layers.GRU(2, name="encoder"))
    message = refused("predict", tmp_path / "m.keras", "a text")
    assert "expected a model that Gatewise saved, got a Keras Sequential" in message
    assert "gatewise doctor MODEL" in message
    code, out, _ = gatewise("doctor", tmp_path / "m.keras")
    assert code == 0
    assert "encoder: Keras — a stock keras.layers.GRU" in out


def test_the_doctor_tells_each_layer_of_ours(gatewise, tmp_path):
    classifier = tiny(bidirectional=True, depth=2).adapt(*series(8))
    classifier.save(tmp_path / "m.keras")
    code, out, _ = gatewise("doctor", tmp_path / "m.keras")
    assert code == 0
    for name in ("lstm_1", "lstm_1_backward", "lstm_2", "lstm_2_backward"):
        assert f"{name}: " in out  # which path it takes, tests/cli/test_doctor.py asks
    assert f"back end     {keras.backend.backend()} on" in out


def test_the_doctor_finds_no_recurrent_layer(gatewise, tmp_path):
    stock(tmp_path / "m.keras", keras.layers.Dense(2))
    code, out, _ = gatewise("doctor", tmp_path / "m.keras")
    assert code == 0
    assert "has no recurrent layer" in out


def test_the_doctor_needs_no_model(gatewise):
    code, out, _ = gatewise("doctor")
    assert code == 0
    assert [name for name in ("LSTM", "GRU", "SimpleRNN") if f"\n{name}: " in out] == [
        "LSTM", "GRU", "SimpleRNN",
    ]  # fmt: skip


def test_a_wrong_setting_is_told(gatewise, monkeypatch):
    monkeypatch.setenv("GATEWISE_KERNELS", "fast")
    code, _, err = gatewise("doctor")
    assert code == 2
    assert err == (
        "Error: GATEWISE_KERNELS: expected one of auto, native, reference, got 'fast'. Unset it "
        "for the default, auto.\n"
    )
