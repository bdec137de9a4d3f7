"""Results as training would give them: a good one of each kind, and one that tries everything."""

import math
import random
from typing import Any

TEXTS = [
    "Ok lar i double check wif da hair dresser already he said wun cut v short.",
    "Your account has been credited with 500 FREE text messages. To activate, txt CREDIT to 80488",
    "Do you realize that in about 40 years, we'll have thousands of old ladies running around with "
    "tattoos?",
    "FreeMsg: Hey, I'm Buffy. 25 and love to satisfy men. Home alone feeling randy. Reply for pix",
    "Just a quick note to say the parcel desk has moved. " * 14,
    "Call me when u r free, the landline is 2 min away",
    "Dear Voucher Holder, to claim this week's offer, at your PC go to the link below. Ts&Cs apply",
]
SCRIPT = '<script>alert("gotcha")</script>'


def text_results() -> dict[str, Any]:
    """Messages sorted into ham and spam: clearly better than both baselines."""
    rng = random.Random(1)
    sizes = {"ham": (3474, 387, 966), "spam": (538, 60, 149)}
    sets = ("train", "validation", "test")
    draw = [max(1, round(rng.lognormvariate(2.6, 0.7))) for _ in range(5127)]
    return {
        "gatewise": "0.1.0",
        "task": "classifier",
        "kind": "text",
        "title": "Spam or ham, from messages.csv",
        "date": "2025-03-04T09:05:31",
        "notes": ["403 texts occur more than once; all copies of a text are in the same set."],
        "data": {
            "source": "messages.csv",
            "sha256": "7e1f" * 16,
            "test_source": "a fifth held out, stratified",
            "train": 4012,
            "validation": 447,
            "test": 1115,
            "labels": {k: dict(zip(sets, v, strict=True)) for k, v in sizes.items()},
            "lengths": {
                "unit": "tokens",
                "values": {"train": draw[:4012], "test": draw[4012:]},
                "limit": 64,
                "truncated": sum(length > 64 for length in draw),
            },
            "left_out": {
                "counts": {"the text is empty": 3, "the label is missing": 1},
                "rows": [
                    {"row": 118, "reason": "the text is empty", "excerpt": "",
                     "source": "messages.csv"},
                    {"row": 2044, "reason": "the label is missing", "excerpt": TEXTS[0],
                     "source": "messages.csv"},
                ],
            },
            "channels": None,
        },
        "model": {
            "cell": "lstm",
            "units": 64,
            "layers": 1,
            "bidirectional": True,
            "pooling": "max",
            "parameters": 682_562,
            "tokens": "word",
            "vocabulary": 7_940,
            "vectors": {"name": "glove-50", "found": 6_101, "of": 7_940},
            "paths": [
                {"layer": "forward_lstm", "kernel": "native, AVX-512",
                 "reason": "float32, no recurrent dropout, standard activations"},
                {"layer": "backward_lstm", "kernel": None,
                 "reason": "recurrent_dropout is 0.2, which no native kernel computes"},
            ],
        },
        "training": training(12, best=7, planned=30, stopped="early"),
        "test": {
            "accuracy": {"value": 0.98744, "low": 0.97902, "high": 0.99251},
            "macro_f1": {"value": 0.97240, "low": 0.95591, "high": 0.98612},
            "per_class": [
                {"label": "ham", "precision": 0.9918, "recall": 0.9938, "f1": 0.9928,
                 "support": 966},
                {"label": "spam", "precision": 0.9592, "recall": 0.9463, "f1": 0.9527,
                 "support": 149},
            ],
            "confusion": {"labels": ["ham", "spam"], "counts": [[960, 6], [8, 141]]},
        },
        "baselines": [
            {"name": "majority answer",
             "accuracy": {"value": 0.86637, "low": 0.84513, "high": 0.88506},
             "macro_f1": {"value": 0.4642, "low": 0.4581, "high": 0.4699}},
            {"name": "bag of words", "detail": "tf-idf of words, logistic regression",
             "accuracy": {"value": 0.96502, "low": 0.95258, "high": 0.97430},
             "macro_f1": {"value": 0.9171, "low": 0.8907, "high": 0.9411}},
        ],
        "mistakes": [
            {"row": 31 + 97 * place, "true": "spam" if place % 3 else "ham",
             "predicted": "ham" if place % 3 else "spam", "probability": 0.999 - 0.03 * place,
             "text": TEXTS[place % len(TEXTS)]}
            for place in range(14)
        ],
        "mistakes_total": 14,
        "reproduce": reproduce(
            "gatewise train messages.csv --input text --target label --out runs/spam --seed 7"
        ),
    }  # fmt: skip


def series_results() -> dict[str, Any]:
    """Wrist movements in six classes and seven channels: the baseline's interval overlaps."""
    names = ["walking", "upstairs", "downstairs", "sitting", "standing", "lying"]
    confusion = [
        [182, 6, 3, 0, 0, 0], [9, 160, 8, 0, 0, 0], [2, 7, 149, 0, 0, 0],
        [0, 1, 0, 171, 24, 0], [0, 0, 0, 18, 190, 0], [0, 0, 0, 0, 0, 215],
    ]  # fmt: skip
    results = text_results()
    total = sum(map(sum, confusion))
    return results | {
        "kind": "series",
        "title": "Movements of the wrist",
        "notes": [],
        "data": results["data"] | {
            "source": "wrist.npz",
            "test": total,
            "test_source": "wrist-test.npz",
            "labels": {name: {"train": 4 * sum(row), "validation": sum(row) // 2, "test": sum(row)}
                       for name, row in zip(names, confusion, strict=True)},
            "lengths": {"unit": "steps", "values": {"train": [128] * 90, "test": [128] * 20},
                        "limit": None, "truncated": 0},
            "left_out": {"counts": {}, "rows": []},
            "channels": [f"{kind} {axis}" for kind in ("acceleration", "gyroscope")
                         for axis in "xyz"] + ["heart rate"],
        },
        "model": results["model"] | {"cell": "gru", "tokens": None, "vocabulary": None,
                                     "vectors": None, "layers": 2},
        "training": training(48, best=41, planned=48, stopped="finished")
        | {"resumed": 2, "class_weights": {name: 0.8 + 0.1 * i for i, name in enumerate(names)}},
        "test": {
            "accuracy": {"value": 0.9319, "low": 0.9160, "high": 0.9450},
            "macro_f1": {"value": 0.9312, "low": 0.9153, "high": 0.9451},
            "per_class": scores_of(names, confusion),
            "confusion": {"labels": names, "counts": confusion},
        },
        "baselines": [
            {"name": "majority answer", "accuracy": {"value": 0.188, "low": 0.166, "high": 0.212},
             "macro_f1": {"value": 0.053, "low": 0.047, "high": 0.058}},
            {"name": "summary statistics",
             "detail": "mean, spread, extremes of each channel, logistic regression",
             "accuracy": {"value": 0.9214, "low": 0.9046, "high": 0.9355},
             "macro_f1": {"value": 0.9198, "low": 0.9021, "high": 0.9350}},
        ],
        "mistakes": [
            {"row": 10 + 61 * place, "true": "sitting", "predicted": "standing",
             "probability": 0.98 - 0.04 * place, "series": wave(128, 7, place)}
            for place in range(5)
        ],
        "mistakes_total": 78,
        "reproduce": reproduce("gatewise train wrist.npz --test wrist-test.npz --out runs/wrist"),
    }  # fmt: skip


def ugly_results() -> dict[str, Any]:
    """Many classes in many scripts, texts that attack the page, worse than the baseline."""
    names = [
        SCRIPT, '"><img src=x onerror=alert(1)>', "", "   ", "עברית עם <b>תגית</b>", "العربية",
        "日本語のとても長いラベルがここにありますので切り取られます必ず",
        "中文", "한국어", "🙂👩‍👩‍👧‍👦", "$x^2$ & co",
        "a" * 5000, "ไทย", "हिन्दी", "ქართული", "Ελληνικά", "кириллица", "amharic አማርኛ",
        "a perfectly ordinary label that goes on for rather longer than any column would like",
        "\u202eright to left override", "tab\tand\nnewline", "nul \x00 \x1b[31m \ud83d",
    ]  # fmt: skip
    rng = random.Random(5)
    counts = [
        [rng.randrange(20, 60) if i == j else int(rng.random() ** 6 * 14) for j in range(22)]
        for i in range(22)
    ]
    results = text_results()
    texts = [
        SCRIPT,
        "w" * 5000,
        "שלום <i>עולם</i> abc",
        "日本語の文章です。" * 60,
        "🙂 " * 300,
        "",
        "\x00\x07",
    ]
    return results | {
        "title": f"Everything at once {SCRIPT}",
        "notes": [SCRIPT, "The test file shares 12 texts with the training file."],
        "data": results["data"] | {
            "source": f'a "quoted" {SCRIPT} file name that is long.csv',
            "labels": {n: {"train": 4 * sum(c), "validation": 5, "test": sum(c)}
                       for n, c in zip(names, counts, strict=True)},
            "left_out": {
                "counts": {f"reason {SCRIPT}": 2, "too long to fit " * 20: 140},
                "rows": [{"row": i, "reason": SCRIPT, "excerpt": texts[i % 7], "source": SCRIPT}
                         for i in range(142)],
            },
        },
        "training": training(3, best=3, planned=30, stopped="interrupted") | {"resumed": 1},
        "test": {
            "accuracy": {"value": 0.552, "low": 0.521, "high": 0.583},
            "macro_f1": {"value": 0.541, "low": 0.508, "high": 0.569},
            "per_class": scores_of(names, counts),
            "confusion": {"labels": names, "counts": counts},
        },
        "baselines": [
            {"name": "majority answer", "accuracy": {"value": 0.058, "low": 0.045, "high": 0.074},
             "macro_f1": {"value": 0.005, "low": 0.004, "high": 0.006}},
            {"name": "bag of words", "detail": "tf-idf of words, logistic regression",
             "accuracy": {"value": 0.671, "low": 0.641, "high": 0.700},
             "macro_f1": {"value": 0.662, "low": 0.632, "high": 0.690}},
        ],
        "mistakes": [
            {"row": i, "true": names[i], "predicted": names[-i - 1], "probability": 0.9,
             "text": text}
            for i, text in enumerate(texts)
        ],
        "mistakes_total": 412,
        "reproduce": reproduce(f"gatewise train {'long-' * 80} '{SCRIPT}'"),
    }  # fmt: skip


def bare_results() -> dict[str, Any]:
    """Interrupted in the first epoch: no test, one epoch, most parts missing."""
    return {
        "gatewise": "0.1.0",
        "task": "classifier",
        "kind": "text",
        "title": "Interrupted at once",
        "date": "2025-03-04T09:05:31",
        "data": {"source": "messages.csv", "train": 4012, "validation": 447, "test": 0,
                 "labels": {}, "lengths": None, "left_out": None, "channels": None},
        "model": {"cell": "simple_rnn", "units": 8, "layers": 1, "paths": []},
        "training": training(1, best=1, planned=30, stopped="interrupted"),
        "test": None,
        "baselines": [],
        "mistakes": [],
        "reproduce": None,
    }  # fmt: skip


def perfect_results() -> dict[str, Any]:
    """No mistake at all, no validation set, and one baseline without its interval."""
    results = text_results()
    for epoch in results["training"]["history"]:
        epoch["val_loss"] = epoch["val_accuracy"] = None
    results["training"]["history"][3]["loss"] = math.nan
    return results | {
        "test": results["test"]
        | {
            "accuracy": {"value": 1.0, "low": 0.9966, "high": 1.0},
            "macro_f1": {"value": 1.0, "low": 1.0, "high": 1.0},
            "per_class": scores_of(["ham", "spam"], [[966, 0], [0, 149]]),
            "confusion": {"labels": ["ham", "spam"], "counts": [[966, 0], [0, 149]]},
        },
        "baselines": [results["baselines"][0], {"name": "bag of words", "accuracy": None}],
        "mistakes": [],
        "mistakes_total": 0,
    }


def training(epochs: int, best: int, planned: int, stopped: str) -> dict[str, Any]:
    rng = random.Random(epochs)
    history = []
    for epoch in range(1, epochs + 1):
        late = max(0, epoch - best)
        loss = 0.62 * math.exp(-epoch / 3) + 0.012
        history.append({
            "epoch": epoch,
            "loss": loss,
            "accuracy": 1 - 0.5 * loss,
            "val_loss": 0.5 * math.exp(-epoch / 3) + 0.055 + 0.006 * late + rng.uniform(0, 0.01),
            "val_accuracy": 0.986 - 0.2 * math.exp(-epoch / 2) - 0.001 * late,
            "learning_rate": 0.002 if epoch <= best else 0.001,
            "seconds": 3.4 + rng.uniform(0, 0.3),
        })  # fmt: skip
    return {
        "epochs": epochs,
        "planned_epochs": planned,
        "best_epoch": best,
        "seconds": 6.1 * epochs,
        "stopped": stopped,
        "resumed": 0,
        "batch_size": 64,
        "class_weights": None,
        "history": history,
    }


def scores_of(names: list[str], counts: list[list[int]]) -> list[dict[str, Any]]:
    rows = []
    for i, name in enumerate(names):
        hit, support = counts[i][i], sum(counts[i])
        precision, recall = hit / sum(row[i] for row in counts), hit / support
        f1 = 2 * precision * recall / (precision + recall)
        rows.append({"label": name, "precision": precision, "recall": recall, "f1": f1,
                     "support": support})  # fmt: skip
    return rows


def wave(steps: int, channels: int, seed: int) -> list[list[float]]:
    rng = random.Random(seed)
    return [
        [math.sin(step / (3 + c + seed)) * (c + 1) + rng.gauss(0, 0.2) for c in range(channels)]
        for step in range(steps)
    ]


def reproduce(command: str) -> dict[str, Any]:
    versions = {"python": "3.12.4", "keras": "3.13.1", "jax": "0.6.2", "numpy": "2.3.1"}
    return {"command": command, "seed": 7, "versions": versions, "backend": "jax",
            "machine": "Linux x86_64, 8 cores, AVX-512"}  # fmt: skip
