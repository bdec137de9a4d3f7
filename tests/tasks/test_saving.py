"""A saved classifier answers alike in a fresh process; a foreign file runs nothing."""

import json
import subprocess
import sys
import zipfile

import keras
import numpy as np
import pytest

import gatewise as gw
from gatewise import layers
from gatewise.errors import ArgumentError, ModelFileError
from gatewise.tasks import Classifier

from ..toys import fit, series, texts, tiny

ASK = """
import sys, json, numpy as np
{imports}
model = {load}
texts = json.load(open(sys.argv[2]))
inputs = texts if isinstance(texts[0], str) else [np.array(one) for one in texts]
np.save(sys.argv[3], model.predict(inputs))
print(json.dumps([model.labels, model.classify(inputs)[0].label]))
"""
WAYS = {
    "gatewise": ("import gatewise as gw", "gw.load(sys.argv[1])"),
    "keras": ("import gatewise, keras", "keras.models.load_model(sys.argv[1])"),
}


def ask_elsewhere(tmp_path, classifier, inputs, way):
    """Probabilities, labels and the first answer from a process that only has the file."""
    model, given, answer = (tmp_path / name for name in ("m.keras", "x.json", "p.npy"))
    classifier.save(model)
    plain = [one if isinstance(one, str) else one.tolist() for one in inputs]
    given.write_text(json.dumps(plain))
    script = ASK.format(imports=WAYS[way][0], load=WAYS[way][1])
    files = [str(model), str(given), str(answer)]
    told = subprocess.run(
        [sys.executable, "-c", script, *files], capture_output=True, text=True, check=True
    )
    return np.load(answer), *json.loads(told.stdout.splitlines()[-1])


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_a_fresh_process_gives_the_same_bits_for_raw_texts(trained, tmp_path, way):
    given = ["The DAY is lovely!", "never seen words", "", "so very awful 你好 😀"]
    found, labels, first = ask_elsewhere(tmp_path, trained, given, way)
    assert np.array_equal(found, trained.predict(given))
    assert labels == ["glad", "sad"]
    assert first == trained.classify(given)[0].label


@pytest.mark.slow
def test_a_fresh_process_gives_the_same_bits_for_series(tmp_path):
    x, _ = series(8)
    classifier = tiny(bidirectional=True, depth=2)
    fit(classifier, x, [1, 2] * 4, epochs=1)
    found, labels, first = ask_elsewhere(tmp_path, classifier, x, "gatewise")
    assert np.array_equal(found, classifier.predict(x))
    assert labels == [1, 2]
    assert first == classifier.classify(x)[0].label


@pytest.mark.parametrize("tokens", ["word", "character", "bpe"])
def test_a_loaded_one_is_equal_in_all(tmp_path, tokens):
    x, y = texts(16)
    classifier = tiny(tokens=tokens, max_length=5, name="mine")
    classifier.adapt(x, y)
    classifier.reading = {"input": "message"}
    classifier.save(tmp_path / "m.keras")
    loaded = gw.load(tmp_path / "m.keras")
    assert type(loaded) is Classifier
    assert loaded.get_config() == classifier.get_config()
    assert loaded.encoder.decode(range(5)) == classifier.encoder.decode(range(5))
    assert np.array_equal(loaded.predict(x), classifier.predict(x))


def test_a_loaded_one_trains_on_where_it_was(trained, tmp_path):
    trained.save(tmp_path / "m.keras")
    loaded = gw.load(tmp_path / "m.keras")
    assert loaded.compiled
    x, y = texts(longest=3)
    assert loaded.evaluate(x, y, verbose=0) == pytest.approx(trained.evaluate(x, y, verbose=0))
    steps = int(loaded.optimizer.iterations)
    assert steps > 0
    fit(loaded, x, y, epochs=1)
    assert int(loaded.optimizer.iterations) == steps + 5


def test_an_untrained_one_is_saved_as_such(tmp_path):
    tiny(cell="gru").save(tmp_path / "m.keras")
    loaded = gw.load(tmp_path / "m.keras")
    assert not loaded.adapted
    assert loaded.options["cell"] == "gru"


# Files that are not what they seem.


@pytest.fixture(scope="module")
def good_file(trained, tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "good.keras"
    trained.save(path)
    return path


def with_config(source, path, change):
    """A copy of a model file whose configuration went through `change`."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "config.json":
                content = json.dumps(change(json.loads(content)))
            new.writestr(name, content)
    return path


def stock(path, layer):
    keras.Sequential([keras.Input((4, 2)), layer]).save(path)
    return path


def truncated(source, path):
    path.write_bytes(source.read_bytes()[: source.stat().st_size // 2])


def flipped(source, path):
    content = bytearray(source.read_bytes())
    with zipfile.ZipFile(source) as archive:
        info = archive.getinfo("model.weights.h5")
    content[info.header_offset + 2000] ^= 0xFF
    path.write_bytes(content)


def other_zip(source, path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")


DAMAGE = {
    "truncated": (truncated, "truncated or of another kind"),
    "flipped": (flipped, "damaged inside .model.weights.h5"),
    "text": (lambda _, path: path.write_text("text,label\n"), "truncated or of another kind"),
    "empty": (lambda _, path: path.write_bytes(b""), "truncated or of another kind"),
    "other zip": (other_zip, "config.json, metadata.json, model.weights.h5 is missing inside"),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_file_is_told_from_a_whole_one(good_file, tmp_path, kind):
    damage, message = DAMAGE[kind]
    damage(good_file, tmp_path / "m.keras")
    with pytest.raises(ModelFileError, match=message):
        gw.load(tmp_path / "m.keras")


def test_what_is_no_file_at_all(tmp_path):
    with pytest.raises(ModelFileError, match="expected a model file, but there is none"):
        gw.load(tmp_path / "m.keras")
    with pytest.raises(ModelFileError, match=r"got a folder\. Name the \.keras file"):
        gw.load(tmp_path)
    (tmp_path / "model.keras").touch()
    with pytest.raises(ModelFileError, match=r"Did you mean .*model\.keras"):
        gw.load(tmp_path)
    (tmp_path / "model.h5").touch()
    with pytest.raises(ModelFileError, match=r"ends in \.keras, got '\.h5'"):
        gw.load(tmp_path / "model.h5")


@pytest.mark.parametrize(
    "text", ["[]", "null", '"x"', "{", "[" * 100_000, "{}"], ids=lambda text: text[:3]
)
def test_a_configuration_that_is_none(good_file, tmp_path, text):
    path = tmp_path / "m.keras"
    with zipfile.ZipFile(good_file) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, text if name == "config.json" else old.read(name))
    with pytest.raises(ModelFileError):
        gw.load(path)


def test_a_configuration_of_a_huge_declared_size_is_not_read(good_file, tmp_path):
    path = tmp_path / "m.keras"
    zeros = 300 << 20
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("metadata.json", "model.weights.h5"):
            archive.writestr(name, "x")
        with archive.open("config.json", "w") as file:
            for _ in range(zeros >> 20):
                file.write(b" " * (1 << 20))
    assert path.stat().st_size < 1 << 20
    with pytest.raises(ModelFileError, match="too large to be honest"):
        gw.load(path)


def test_a_stock_model_is_told_from_a_task(tmp_path):
    path = stock(tmp_path / "m.keras", keras.layers.LSTM(2))
    with pytest.raises(ModelFileError, match=r"saved, got a Keras Sequential.*gatewise doctor"):
        gw.load(path)
    ours = stock(tmp_path / "ours.keras", layers.LSTM(2))
    with pytest.raises(ModelFileError, match="got a Keras Sequential"):
        gw.load(ours)
    assert isinstance(gw.tasks.saving.load_any(path).layers[0], keras.layers.LSTM)


def _function(module, name):
    return {"class_name": "function", "module": module, "config": name, "registered_name": name}


def _object(module, name, /, **config):
    return {"class_name": name, "module": module, "config": config, "registered_name": None}


def hostile_parts(canary):
    touch = f"touch {canary}"
    return {
        "os.system": _object("os", "system", command=touch),
        "os.system as ours": _object("os", "system") | {"registered_name": "gatewise>LSTM2"},
        "subprocess": _function("subprocess", "getoutput"),
        "builtins": _function("os", "system"),
        "foreign class": _object("antigravity", "Layer", units=2),
        "get_file": _function("keras.utils", "get_file"),
        "unsafe switch": _function("keras.config", "enable_unsafe_deserialization"),
        "lambda": {"class_name": "__lambda__", "config": {"value": "AA=="}, "module": "builtins"},
        "torch": _object("keras.layers", "TorchModuleWrapper", module="gASV"),
        "saved model": _object("keras.layers", "TFSMLayer", filepath="/tmp"),
    }


@pytest.mark.parametrize("load", [gw.load, lambda path: gw.tasks.saving.load_any(path)])
@pytest.mark.parametrize("part", hostile_parts(""))
@pytest.mark.parametrize("where", ["compile_config", "config"])
def test_a_file_that_names_foreign_code_runs_nothing(good_file, tmp_path, part, where, load):
    canary = tmp_path / "canary"

    def change(config):
        config[where] = {**config[where], "optimizer": hostile_parts(canary)[part]}
        return config

    path = with_config(good_file, tmp_path / "m.keras", change)
    with pytest.raises(ModelFileError, match="expected only classes of Keras and Gatewise"):
        load(path)
    assert not canary.exists()


def test_a_lambda_layer_with_marshalled_code_runs_nothing(tmp_path):
    canary = tmp_path / "canary"
    code = f"lambda x: (__import__('pathlib').Path({str(canary)!r}).touch(), x)[1]"
    path = stock(tmp_path / "m.keras", keras.layers.Lambda(eval(code)))
    canary.unlink(missing_ok=True)
    with pytest.raises(ModelFileError, match=r"got keras\.layers\.Lambda"):
        gw.tasks.saving.load_any(path)
    assert not canary.exists()


def test_the_canary_would_sing(tmp_path):
    """The same layer, loaded with trust, does run: the test above can fail."""
    canary = tmp_path / "canary"
    code = f"lambda x: (__import__('pathlib').Path({str(canary)!r}).touch(), x)[1]"
    path = stock(tmp_path / "m.keras", keras.layers.Lambda(eval(code)))
    canary.unlink(missing_ok=True)
    keras.models.load_model(path, safe_mode=False)
    assert canary.exists()


def test_the_class_of_a_root_that_is_no_task(good_file, tmp_path):
    def change(config):
        return _object("gatewise.layers.recurrent", "LSTM", units=2) | {
            "registered_name": "gatewise>LSTM"
        }

    path = with_config(good_file, tmp_path / "m.keras", change)
    with pytest.raises(ModelFileError, match="got a Keras LSTM"):
        gw.load(path)


@pytest.mark.parametrize("field", ["kind", "encoder", "labels", "widths"])
def test_a_configuration_that_was_tampered_with_gives_one_message(good_file, tmp_path, field):
    def change(config):
        config["config"]["adapted"][field] = {"nonsense": 1}
        return config

    path = with_config(good_file, tmp_path / "m.keras", change)
    with pytest.raises(ModelFileError, match="cannot be loaded"):
        gw.load(path)


def test_only_the_format_that_keeps_the_vocabulary_is_written(tmp_path):
    with pytest.raises(ArgumentError, match=r"ends in \.keras, got"):
        Classifier().save(tmp_path / "model.h5")
    assert not list(tmp_path.iterdir())
