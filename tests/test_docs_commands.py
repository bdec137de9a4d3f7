"""Every command on the pages runs as it is printed, on small files of the names there."""

import io
import os
import random
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from gatewise.cli.main import main

from .toys import series as toy_series
from .toys import texts, write_csv, write_ts

ROOT = Path(__file__).parent.parent
SMALL = ["--epochs", "1", "--units", "4"]
# What is added to a page's `train`, and the files that stand for its named sets.
PAGES: dict[str, tuple[list[str], dict[str, str]]] = {
    "README.md": ([], {}),
    "docs/train.md": (
        [],
        {"reuters-r8": "messages.csv", "names": "names.csv", "glove-6b-50d": "vectors.txt"},
    ),
    "docs/choose.md": ([], {"names": "names.csv"}),
    "docs/data.md": (
        [],
        {
            "sensors.csv": "series.csv",
            "JapaneseVowels_TRAIN.ts": "vowels.ts",
            "sms-spam": "messages.csv",
        },
    ),
    "docs/benchmarks.md": ([], {"sms-spam": "messages.csv"}),
    "docs/predict.md": ([], {"japanese-vowels": "vowels.ts"}),
    "docs/look.md": ([], {}),
    "docs/gradients.md": ([], {"sms-spam": "messages.csv"}),
    "docs/binary-gates.md": ([], {"sms-spam": "messages.csv"}),
    "docs/install.md": ([], {}),
    "docs/speed.md": ([], {}),
    "docs/tagger.md": ([], {"brown": "news.conllu", "hapt": "sensors.csv"}),
    "docs/translator.md": (["--embedding", "4"], {"cmudict": "sounds.tsv"}),
    "docs/generator.md": (["--embedding", "4"], {"names": "names.csv"}),
    "docs/forecaster.md": (
        ["--members", "1"],
        {"m3-monthly": "months.csv", "beijing-pm25": "air.csv"},
    ),
}
# Runs that pages take as there already.
BEFORE = {
    "runs/spam": ["train", "messages.csv", "--out", "runs/spam"],
    "runs/vowels": ["train", "vowels.ts", "--out", "runs/vowels"],
    "runs/news": ["train", "news.conllu", "--out", "runs/news"],
    "runs/names": [
        "train",
        "names.csv",
        "--task",
        "generator",
        "--target",
        "label",
        "--out",
        "runs/names",
    ],
}
CHANCE = random.Random(0)


def sentences(count):
    rows = []
    for _ in range(count):
        words = [CHANCE.choice(("time", "flies", "like", "an", "arrow")) for _ in range(5)]
        lines = (
            f"{n}\t{word}\t_\t{word[0].upper()}" + "\t_" * 6 for n, word in enumerate(words, 1)
        )
        rows.append("\n".join(lines) + "\n")
    return "\n".join(rows)


def pairs(count, mark="\t"):
    words = ["".join(CHANCE.choice("abc") for _ in range(4)) + str(n) for n in range(count)]
    return [f"{word}{mark}{' '.join(word.upper())}" for word in words]


def steps():
    rows = ["recording,seconds,acc-x,acc-y,acc-z,activity"]
    for recording in range(8):
        for second in range(20):
            values = ",".join(f"{CHANCE.random():.3f}" for _ in range(3))
            label = "sit" if second < 10 else "walk"
            rows.append(f"{recording},{second + 20 * recording},{values},{label}")
    return "\n".join(rows)


def long_table():
    rows = ["run,when,ax,ay,activity"]
    for run in range(40):
        label = ("walking", "resting")[run % 2]
        rows += [f"r{run},{when},{CHANCE.random():.3f},0.5,{label}" for when in range(5)]
    return "\n".join(rows)


def series(head, steps):
    names = ("a",) if head.count(",") == 2 else ("",)
    rows = [
        f"{2000 + n // 12}-{n % 12 + 1:02d}-01,{10 + n % 12 + CHANCE.random():.2f}"
        + (f",{name}" if name else "")
        for name in names
        for n in range(steps)
    ]
    return "\n".join([head, *rows])


def build(folder):
    """The files that the pages name."""
    lines = pairs(60)
    two = [line.split("\t") for line in lines]
    files = {
        "news.conllu": sentences(60), "more.conllu": sentences(12),
        "new.txt": "time flies\nan arrow\n",
        "sensors.csv": steps(), "new.csv": steps(), "more.csv": steps(),
        "steps.csv": steps(), "series.csv": long_table(),
        "sounds.tsv": "word\tphones\n" + "\n".join(lines),
        "vectors.txt": "\n".join(f"{word} 0.1 0.2 0.3 0.4" for word in ("good", "bad", "day")),
        "notes.txt": "a good day\na bad day\n", "messages.txt": "a good day\n",
        "pairs.tsv": "\n".join(lines), "more.tsv": "\n".join(pairs(10)),
        "news.en": "\n".join(one for one, _ in two), "news.es": "\n".join(two for _, two in two),
        "names.csv": "text,label\n" + "\n".join(
            f"{word},{CHANCE.choice(('Italian', 'Greek'))}" for word, _ in two),
        "novel.txt": "It was the best of times, it was the worst of times.\n" * 80,
        "sales.csv": series("date,y,shop", 72), "history.csv": series("date,y,shop", 72),
        "months.csv": series("ds,y", 90), "air.csv": series("ds,y", 200),
    }  # fmt: skip
    for name, text in files.items():
        (folder / name).write_text(text.rstrip("\n") + "\n")


def build_labelled(folder):
    """The tables of texts and the series with one label each, and a model of the user's own."""
    for name in ("messages.csv", "more.csv", "new.csv"):
        x, y = texts(60)
        write_csv(folder / name, {"text": x, "label": y})
    for name in ("vowels.ts", "new.ts"):
        write_ts(folder / name, *toy_series(40))
    import keras
    import numpy as np

    own = keras.Sequential([keras.Input((5, 3)), keras.layers.LSTM(4), keras.layers.Dense(1)])
    own.save(folder / "other.keras")
    given, up = toy_series(40)
    np.savez(
        folder / "sensors.npz",
        values=np.concatenate(given),
        lengths=[len(one) for one in given],
        y=up,
    )
    np.savez(folder / "x.npz", x=np.ones((3, 5, 3), "float32"))


def lines_of(page):
    """The lines of a page's blocks of commands, and its whole commands in running text."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for block in re.finditer(
        r"^```(\w*)\n(.*?)^```|`(gatewise\s[^`]+)`", text, re.DOTALL | re.MULTILINE
    ):
        language, lines, in_text = block.groups()
        if language == "bash":
            yield from lines.replace("\\\n", " ").splitlines()
        elif in_text and is_whole(in_text.split()):
            yield " ".join(in_text.split())  # it may go over the end of a line


def is_whole(words):
    """More than a name such as `gatewise look`, and nothing to fill in such as MODEL."""
    return len(words) > 2 and not any(word.isupper() for word in words)


def commands(page):
    for line in lines_of(page):
        told, _, command = line.rpartition(" | ")
        words = shlex.split(command.split(" > ")[0], comments=True)
        variables = dict(word.split("=", 1) for word in words if re.match("[A-Z_]+=", word))
        words = words[len(variables) :]
        if words[:1] == ["gatewise"] and words[1] != "lesson":  # minutes; tests/lessons has it
            yield words[1:], told.removeprefix("cat "), variables


def with_variables(words, variables):
    """A command in a process of its own: settings are read once."""
    code = "from gatewise.cli.main import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *words], env=os.environ | variables, capture_output=True,
        text=True, check=False,
    )  # fmt: skip


def test_every_page_with_commands_is_among_these():
    pages = ["README.md", *(str(p.relative_to(ROOT)) for p in (ROOT / "docs").rglob("*.md"))]
    assert {page for page in pages if list(commands(page))} <= set(PAGES)


def test_commands_in_running_text_are_found_even_over_the_end_of_a_line():
    found = [words for words, _, _ in commands("docs/choose.md")]
    assert ["train", "pairs.tsv", "--task", "translator"] in found
    assert not any("MODEL" in words for words, _, _ in commands("docs/layers.md"))


def test_variables_before_a_command_are_no_part_of_it():
    found = [(words, variables) for words, _, variables in commands("docs/install.md")]
    assert (["doctor"], {"GATEWISE_KERNELS": "reference"}) in found


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_the_page_s_commands_run(page, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BROWSER", "true")
    build(tmp_path)
    if page != "docs/tagger.md":  # its tables have a label in each step
        build_labelled(tmp_path)
    more, sets = PAGES[page]
    printed_commands = list(commands(page))
    named = {word.split("/model")[0] for words, _, _ in printed_commands for word in words}
    made = {words[-1] for words, _, _ in printed_commands if words[-2:-1] == ["--out"]}
    first = [(BEFORE[run], "", {}) for run in BEFORE if run in named - made]
    for words, stdin, variables in [*first, *printed_commands]:
        if variables:
            done = with_variables(words, variables)
            assert (done.returncode, bool(done.stdout)) == (0, True), done.stderr
            continue
        added = [*SMALL, *more] if words[0] == "train" and "--resume" not in words else []
        given = [sets.get(word, word) for word in words]
        if stdin:
            text = (tmp_path / stdin).read_bytes()
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
        monkeypatch.setattr(sys, "argv", ["gatewise", *given, *added])
        with pytest.raises(SystemExit) as stop:
            main()
        printed = capsys.readouterr()
        assert stop.value.code == 0, f"gatewise {shlex.join(given)}\n{printed.err}"
        assert printed.out
