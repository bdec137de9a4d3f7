"""What a run on series with a label a step has to tell beside what every run tells."""

from collections.abc import Iterable
from itertools import chain, pairwise
from typing import Any

import numpy as np

from gatewise.data import Examples
from gatewise.tasks.preparation import Parts
from gatewise.tasks.tagger.model import Tagged, Tagger
from gatewise.tasks.tagger.step_baselines import by_window, majority
from gatewise.tasks.tagger.step_scores import step_scores

STRIPS, STRIP = 4, 600  # stretches drawn, and most steps of one
CHANNELS = 6
MEASURES = ["step_accuracy", "macro_f1"]


def results(tagger: Tagger, parts: Parts) -> dict[str, Any]:
    """Scores, baselines, and stretches to be drawn; see `gatewise.tasks.results`."""
    shown = parts.test or parts.validation
    judged = None if shown is None else judge(tagger, shown)
    return {
        "kind": "steps",
        "counted": "steps",
        "title": f"{len(tagger.tags)} labels",
        "measures": MEASURES,
        "test": judged and judged["scores"],
        "baselines": None if shown is None else baselines(tagger, parts.train, shown),
        "strips": judged["strips"] if judged else [],
        "notes": [] if shown is None else unseen(tagger, shown),
        "data": _data(tagger, parts),
        "model": {"window": tagger.options["window"]},
    }


def judge(tagger: Tagger, examples: Examples) -> dict[str, Any]:
    """Scores of a tagger on series with labels, and stretches of them from the worst to the
    best."""
    found = tagger.tag(examples.inputs)
    scores = _scores(tagger, examples, [one.tags for one in found])
    return {"scores": scores, "strips": _strips(examples, found)}


def baselines(tagger: Tagger, train: Examples, shown: Examples) -> list[dict[str, Any]]:
    """The majority answer, and a classifier that sees each step alone."""
    best, always = majority(train, shown)
    told = [
        ("majority answer", f"always {best}", always),
        ("each step alone", "a random forest on its values", by_window(train, shown)),
    ]
    return [
        {"name": name, "detail": detail,
         **{one: _scores(tagger, shown, answers)[one] for one in MEASURES}}
        for name, detail, answers in told
    ]  # fmt: skip


def _scores(tagger: Tagger, examples: Examples, answers: list[list[str]]) -> dict[str, Any]:
    return step_scores(tagger.tags, examples.answers, answers, tagger.options["window"])


def unseen(tagger: Tagger, shown: Examples) -> list[str]:
    """A note on labels that training never saw, if there are some."""
    labels = [label for label in chain(*shown.answers) if label]
    strange = [label for label in labels if label not in tagger.tags]
    if not strange:
        return []
    names = ", ".join(sorted(set(strange))[:5])
    return [
        f"{len(strange):,} of the {len(labels):,} steps judged have labels that training never "
        f"saw ({names}): no answer to them could be right, and they count as mistakes."
    ]


def _strips(examples: Examples, found: list[Tagged]) -> list[dict[str, Any]]:
    """The liveliest stretches of series spread from the worst to the best."""
    labelled = [at for at, row in enumerate(examples.answers) if any(row)]
    ordered = sorted(labelled, key=lambda at: _right(examples.answers[at], found[at].tags))
    count = min(STRIPS, len(ordered))
    chosen = [ordered[round(at * (len(ordered) - 1) / max(1, count - 1))] for at in range(count)]
    return [_strip(examples, at, found[at]) for at in dict.fromkeys(chosen)]


def _right(true: list[str], given: list[str]) -> float:
    return float(np.mean([one == other for one, other in zip(true, given, strict=True) if one]))


def _strip(examples: Examples, at: int, answer: Tagged) -> dict[str, Any]:
    assert examples.steps is not None
    true, place = examples.answers[at], examples.steps[at]
    begin = _liveliest(true, STRIP)
    part = slice(begin, begin + STRIP)
    names = examples.channels or [
        f"channel {n}" for n in range(1, examples.inputs[at].shape[1] + 1)
    ]
    return {
        "series": place.name,
        "rows": [place.rows[part][0], place.rows[part][-1]],
        "times": place.times[part][:1] + place.times[part][-1:],
        "accuracy": _right(true, answer.tags),
        "steps": len(true),
        "begin": begin,
        "channels": [
            {"name": name, "values": [float(f"{value:.4g}") for value in column]}
            for name, column in zip(
                names[:CHANNELS], examples.inputs[at][part].T[:CHANNELS], strict=True
            )
        ],
        "true": list(true[part]),
        "found": answer.tags[part],
        "probabilities": [round(one, 3) for one in answer.probabilities[part]],
    }


def _liveliest(labels: list[str], width: int) -> int:
    """Where the stretch of `width` steps with the most changes of label begins."""
    if len(labels) <= width:
        return 0
    changes = np.array([one != other for one, other in pairwise(labels)], int)
    sums = np.convolve(changes, np.ones(width - 1, int), mode="valid")
    return int(sums.argmax())


def _data(tagger: Tagger, parts: Parts) -> dict[str, Any]:
    lengths = {
        name: [len(one) for one in part.inputs]
        for name, part in parts.present.items()
        if name != "validation"
    }
    return {
        "channels": parts.train.channels,
        "labels": parts.counted(tagger.tags, _labels),
        "lengths": {"unit": "steps", "values": lengths, "limit": None, "truncated": 0},
    }


def _labels(part: Examples) -> Iterable[str]:
    return chain(*part.answers)
