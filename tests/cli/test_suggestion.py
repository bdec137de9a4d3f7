"""The task is seen from the file where it is plain, and said aloud."""

import json

import pytest

from gatewise.cli.suggestion import suggested
from gatewise.data import read_pairs
from gatewise.errors import DataError

from ..toys import texts, write_csv

REVIEWS = "id,text,stars,label\n" + "".join(
    f"{n % 6},the {n} plums were {word},{n % 5},{label}\n"
    for n in range(12)
    for word, label in (("ripe", "good"), ("old", "bad"))
)
RECORDED = "recording,x,activity\n" + "".join(
    f"walk {name},{n}.5,{'sit' if n < 4 else 'go'}\n" for name in "abc" for n in range(8)
)
FILES = {
    "tagged.jsonl": ('{"words": ["a", "b"], "tags": ["A", "B"]}\n', "tagger"),
    "slashed.txt": ("The/DET dog/NOUN runs/VERB ./.\n" * 5, "tagger"),
    "novel.txt": ("It was and/or was not the best of times.\n" * 5, "generator"),
    "nixtla.csv": ("unique_id,ds,y\na,2020-01-01,1.5\na,2020-02-01,2.5\n", "forecaster"),
    "sents.tsv": ("english\tspanish\nGo.\tVe.\n", "translator"),
    "bare.tsv": (
        "Go.\tVe.\nStop now.\tPara ya.\nSee it.\tMira.\nEat.\tCome.\nRun.\tCorre.\n",
        "translator",
    ),
    "bare_spam.tsv": (
        "ham\tsee you\nspam\twin now\nham\ton my way\nham\tcall me\nham\tok\n",
        "classifier",
    ),
    "pairs.csv": ("source,target\ncat,K AE T\n", "translator"),
    "sounds.tsv": ("spelling\tpronunciation\ncat\tK AE T\n", "translator"),
    "corpus.tsv": ("src\ttrg\nGo.\tVe.\n", "translator"),
    "locales.tsv": ("en_US\tes_MX\nGo.\tVe.\n", "translator"),
    "outputs.tsv": (
        "input\toutput\n" + "".join(f"see {a}\tmira {a}\n" for a in "abcdef"),
        "translator",
    ),
    "outcomes.tsv": (
        "input\toutput\n" + "".join(f"see {a}\t{b}\n" for a in "abc" for b in ("yes", "no")),
        "classifier",
    ),
    "phrases.tsv": (
        "phrase\tmeaning\n" + "".join(f"see {a}\tmira {a}\n" for a in "abcdef"),
        "translator",
    ),
    "numbered.tsv": (
        "".join(f"{n}\tsee {a}\t{n}9\tmira {a}\n" for n, a in enumerate("abcdef", 1)),
        "translator",
    ),
    "spam.csv": ("text,label\nhi you,ham\nwin now,spam\n", "classifier"),
    "watch.csv": ("time,x,activity\n1,0.1,sit\n2,0.9,walk\n3,0.8,sit\n4,0.2,walk\n", "tagger"),
    "reviews.csv": (REVIEWS, "classifier"),
    "recorded.csv": (RECORDED, "tagger"),
    "lower.txt": ("The/at dog/nn runs/vb ./.\nA/at cat/nn sleeps/vb ./.\n" * 3, "tagger"),
    "chinese.txt": ("我/r 爱/v 你/r\n" * 5, "tagger"),
    "fractions.txt": ("1/2 3/4 7/8\n" * 5, "generator"),
    "paths.txt": ("src/one lib/two src/three lib/four src/five\n", "generator"),
    "hub.jsonl": ('{"tokens": ["a", "b"], "ner_tags": [0, 1]}\n', "tagger"),
    "a.conllu": ("1\ta\ta\tDET\t_\t_\t_\t_\t_\t_\n", "tagger"),
}


@pytest.mark.parametrize("name", FILES)
def test_the_task_is_seen_from_the_file(name, tmp_path):
    text, task = FILES[name]
    (tmp_path / name).write_text(text)
    reading = {"target": "activity"} if name == "watch.csv" else {}
    found = suggested(str(tmp_path / name), reading)
    assert found.task == task
    assert found.seen
    assert f"(--task {task}" in found.told(name)


PAIRED = [
    ("english,swahili", "english,catalan"), ("word,IPA",), ("inputs,targets",), ("id,eng,spa",),
    ("document,summary",), ("id,en,es,license",), ("sentence1,sentence2",), ("pair_id,left,right",),
    (",en,fr",), ("Source Text,Target Text",), ("input,target",), ("en,ca",),
]  # fmt: skip


@pytest.mark.parametrize("head", [head for some in PAIRED for head in some])
def test_two_columns_of_texts_that_all_differ_are_pairs(tmp_path, head):
    names = head.split(",")
    texts = {"": "{n}", "id": "{n}", "pair_id": "{n}", "license": "CC BY"}
    own = ("you see a dog " + name[:1] * 2 + " {letter}" for name in names)
    cells = ",".join(texts.get(name, one) for name, one in zip(names, own, strict=True))
    rows = [cells.format(n=n, letter=chr(97 + n)) for n in range(20)]
    (tmp_path / "some.csv").write_text("\n".join([head, *rows]))
    assert suggested(str(tmp_path / "some.csv"), {}).task == "translator"
    found = read_pairs(tmp_path / "some.csv")
    assert len(found) == 20
    assert not found.inputs[0].isdecimal()


@pytest.mark.parametrize(
    "head", ["question,answer,label", "question1,question2,is_duplicate", "Is it so,It is so,1"]
)
def test_a_column_of_labels_beside_texts_makes_no_translator(tmp_path, head):
    rows = [f"is it {n} of these,it is {n} of those,{n % 2}" for n in range(20)]
    (tmp_path / "some.csv").write_text("\n".join([head, *rows]))
    assert suggested(str(tmp_path / "some.csv"), {}).task == "classifier"


def test_a_mistyped_file_of_targets_is_told_as_such(tmp_path, refused):
    for name in ("news.en", "news.es"):
        (tmp_path / name).write_text("a line\n")
    err = refused("train", tmp_path / "news.en", "--target", tmp_path / "nope.es")
    assert "nope.es: there is no such file" in err


def test_two_files_of_lines_are_pairs(tmp_path):
    for name in ("p.src", "p.trg", "p.txt"):
        (tmp_path / name).write_text("a line\n")
    target = {"target": str(tmp_path / "p.trg")}
    for source in ("p.src", "p.txt"):
        assert suggested(str(tmp_path / source), target).task == "translator"


def test_it_is_said_before_the_training(gatewise, tmp_path):
    (tmp_path / "tags.jsonl").write_text('{"words": ["a", "b"], "tags": ["A", "B"]}\n' * 9)
    _, _, err = gatewise("train", tmp_path / "tags.jsonl", "--epochs", 1, "--units", 2,
                         "--embedding", 2, "--out", tmp_path / "run")  # fmt: skip
    assert err.startswith("tags.jsonl: words with their tags, so a tagger is trained")


@pytest.mark.parametrize("name", ["a.csv", "a.json"])
def test_words_and_tags_are_not_promised_where_they_cannot_be_read(name, tmp_path, refused):
    rows = [{"words": ["a", "b"], "tags": ["A", "B"]}] * 9
    text = json.dumps(rows) if name == "a.json" else "words,tags\na b,A B\n" * 9
    (tmp_path / name).write_text(text)
    with pytest.raises(DataError, match=r"as JSON lines \(\.jsonl\), got \.(csv|json)\."):
        suggested(str(tmp_path / name), {})
    err = refused("train", tmp_path / name, "--out", tmp_path / "run")
    assert "is trained" not in err
    assert suggested(str(tmp_path / name), {"target": "tags"}).task == "classifier"


def test_a_column_in_runs_is_the_id_of_the_series(tmp_path, gatewise):
    (tmp_path / "recorded.csv").write_text(RECORDED)
    found = suggested(str(tmp_path / "recorded.csv"), {"target": "activity"})
    assert found == ("tagger", "a label for every step of a series, told apart by 'recording'",
                     "recording")  # fmt: skip
    code, _, err = gatewise("train", tmp_path / "recorded.csv", "--target", "activity",
                            "--epochs", 1, "--units", 2, "--out", tmp_path / "run")  # fmt: skip
    assert code == 0, err
    assert "so a tagger is trained (--task tagger --id recording)." in err
    stored = json.loads((tmp_path / "run" / "config.json").read_text())
    assert stored["reading"]["id"] == "recording"


def test_a_classifier_is_said_too(gatewise, tmp_path):
    x, y = texts(24)
    path = write_csv(tmp_path / "days.csv", {"text": x, "label": y})
    _, _, err = gatewise("train", path, "--epochs", 1, "--units", 2, "--embedding", 2,
                         "--out", tmp_path / "run")  # fmt: skip
    said = "days.csv: a label for each row, so a classifier is trained (--task classifier).\n"
    assert err == said


def test_no_classifier_is_promised_where_its_columns_are_not_clear(tmp_path, refused):
    rows = [
        f"{name},{t},{t % 7}.5,{'on' if t % 9 < 4 else 'off'}" for t in range(30) for name in "AB"
    ]
    (tmp_path / "machines.csv").write_text("\n".join(["machine,minute,x,state", *rows]))
    err = refused("train", tmp_path / "machines.csv", "--out", tmp_path / "run")
    assert err.startswith("Error: ")
    assert "add --task tagger" in err


def test_an_option_of_another_task_than_the_one_seen_asks_for_the_task(tmp_path, refused):
    path = write_csv(tmp_path / "some.csv", {"text": ["a", "b"], "label": ["x", "y"]})
    err = refused("train", path, "--horizon", 5, "--out", tmp_path / "run", code=2)
    assert "the classifier that the data suggest. Name the task with --task" in err


@pytest.mark.parametrize("name", ["days.xlsx", "gone.ts", "nosuchset"])
def test_nothing_is_promised_of_what_cannot_be_read(name, refused, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "days.xlsx").write_text("text,label\n")
    assert "is trained" not in refused("train", name)


@pytest.mark.parametrize(
    ("head", "row", "options", "task"),
    [
        ("date,y", "2020-01-{day:02},{day}", {}, "forecaster"),
        ("month,sales", "2020-01-{day:02},{day}", {}, "forecaster"),
        ("date,sales,price", "1/{day}/2020,{day},2", {"target": "sales"}, "forecaster"),
        ("date,shop,sales", "2020-01-{day:02},north,{day}", {"target": "sales"}, "classifier"),
        ("date,shop,sales", "2020-01-{day:02},n,{day}", {"target": "sales", "id": "shop"},
         "forecaster"),
        ("date,text,target", "2020-01-{day:02},good day {day},{day}", {}, "classifier"),
        ("date,label", "2020-01-{day:02},{few}", {}, "classifier"),
        ("day,y", "{day},{day}", {}, "classifier"),
    ],
)  # fmt: skip
def test_dates_with_numbers_are_to_be_forecast(tmp_path, head, row, options, task):
    path = tmp_path / "some.csv"
    rows = [row.format(day=day, few=day % 2) for day in range(1, 29)]
    path.write_text("\n".join([head, *rows]))
    assert suggested(str(path), options).task == task
