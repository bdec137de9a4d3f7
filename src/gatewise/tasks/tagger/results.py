"""What a tagger's run has to tell beside what every run tells."""

import warnings
from collections import Counter, defaultdict
from itertools import chain
from typing import Any

import numpy as np

from gatewise.data import Examples
from gatewise.tasks import evaluation
from gatewise.tasks.options import RunOptions
from gatewise.tasks.preparation import Parts
from gatewise.tasks.tagger import step_results
from gatewise.tasks.tagger.model import Tagger

SHOWN = 12  # sentences with mistakes
LONGEST = 60  # words of a sentence that are shown


def results(tagger: Tagger, parts: Parts, options: RunOptions) -> dict[str, Any]:
    """Scores, a baseline, and sentences with mistakes; see `gatewise.tasks.results`."""
    if tagger.scaler is not None:
        return step_results.results(tagger, parts)
    shown = parts.test or parts.validation
    judged = None if shown is None else judge(tagger, shown)
    spans = bool(judged and "span_f1" in judged["scores"])
    return {
        "kind": "sentences",
        "counted": "words",
        "title": f"{len(tagger.tags)} tags",
        "measures": ["token_accuracy", *(["span_f1"] if spans else []), "macro_f1"],
        "test": judged and judged["scores"],
        "notes": [] if shown is None else unseen(tagger, shown),
        "baselines": None if shown is None else [most_frequent_tag(tagger, parts.train, shown)],
        "sentences": judged["sentences"] if judged else [],
        "data": _data(tagger, parts),
        "model": {"vocabulary": tagger.words.size if tagger.words else None},
    }


def judge(tagger: Tagger, examples: Examples) -> dict[str, Any]:
    """Scores of a tagger on tagged sentences, and the sentences with the surest mistakes."""
    found = tagger.tag(examples.inputs)
    predicted = [one.tags for one in found]
    return {
        "scores": scores(tagger, examples.answers, predicted),
        "sentences": _mistaken(examples, found),
    }


def scores(tagger: Tagger, true: list[list[str]], predicted: list[list[str]]) -> dict[str, Any]:
    """Token accuracy and macro F1 with intervals, each tag's scores, and of IOB tags span F1.

    A tag that training never saw counts as a mistake.
    """
    known = [*tagger.tags, *sorted({tag for row in true for tag in row} - set(tagger.tags))]
    places = {tag: place for place, tag in enumerate(known)}
    right, given = (
        np.array([places[tag] for row in rows for tag in row]) for rows in (true, predicted)
    )
    found = evaluation.score(right, given, known)
    found["token_accuracy"] = found.pop("accuracy")
    if iob(tagger.tags):
        found["span_f1"] = span_f1(true, predicted)
    return found


def span_f1(true: list[list[str]], predicted: list[list[str]]) -> dict[str, float]:
    """seqeval's F1 of spans, with a 95% interval, the sentences drawn at random.

    Where all sentences agree, so that drawing them tells nothing, the interval is Wilson's of as
    many answers as there are sentences with spans; of fewer than five such there is none.

    >>> span_f1([["B-A", "I-A", "O", "B-C"]], [["B-A", "I-A", "O", "O"]])["value"]
    0.6666666666666666
    """
    from seqeval.metrics import f1_score
    from seqeval.metrics.sequence_labeling import get_entities

    with warnings.catch_warnings():
        # Of tags that mark no span, which `unseen` tells of.
        warnings.simplefilter("ignore", UserWarning)
        value = float(f1_score(true, predicted, zero_division=0))
        spans = [[set(get_entities(tags)) for tags in rows] for rows in (true, predicted)]
    pairs = list(zip(*spans, strict=True))
    both = np.array([2 * len(right & given) for right, given in pairs])
    every = np.array([len(right) + len(given) for right, given in pairs])
    sentences = int((every > 0).sum())
    if sentences < evaluation.FEWEST_PARTS:
        return {"value": value}
    error = evaluation.ratio(both, every)[1]
    if error == 0:
        return evaluation.accuracy(round(value * sentences), sentences) | {"value": value}
    low, high = value - evaluation.Z * error, value + evaluation.Z * error
    return {"value": value, "low": max(low, 0.0), "high": min(high, 1.0)}


def unseen(tagger: Tagger, examples: Examples) -> list[str]:
    """A note on tags that training never saw, if there are some."""
    strange = Counter(tag for tags in examples.answers for tag in tags if tag not in tagger.tags)
    if not strange:
        return []
    named = ", ".join(str(tag) for tag, _ in strange.most_common(5))
    return [
        f"{strange.total():,} words of {examples.source} carry tags that training never saw "
        f"({named}{', …' * (len(strange) > 5)}): they count as mistakes."
    ]


def iob(tags: tuple[str, ...]) -> bool:
    """Whether tags mark spans: B-PER, I-PER, O and the like.

    >>> iob(("B-PER", "I-PER", "O")), iob(("NOUN", "VERB"))
    (True, False)
    """
    marked = [tag for tag in tags if tag != "O"]
    return bool(marked) and all(tag[:2] in ("B-", "I-", "E-", "S-") for tag in marked)


def most_frequent_tag(tagger: Tagger, train: Examples, shown: Examples) -> dict[str, Any]:
    """The baseline: each word's most frequent tag in training, and of a new word the most frequent
    tag among words met once."""
    counts: dict[str, Counter] = defaultdict(Counter)
    for words, tags in zip(train.inputs, train.answers, strict=True):
        for word, tag in zip(words, tags, strict=True):
            counts[_key(word)][tag] += 1
    best = {word: found.most_common(1)[0][0] for word, found in counts.items()}
    once = Counter(best[word] for word, found in counts.items() if found.total() == 1)
    new = (once or Counter(best.values())).most_common(1)[0][0]
    answers = [[best.get(_key(word), new) for word in words] for words in shown.inputs]
    found = scores(tagger, shown.answers, answers)
    kept = ("token_accuracy", "macro_f1", "span_f1")
    told = {name: found[name] for name in kept if name in found}
    return {"name": "most frequent tag", "detail": "of each word, without context", **told}


def _key(word: Any) -> str:
    return word.lower() if isinstance(word, str) else str(np.asarray(word).tolist())


def _mistaken(examples: Examples, found: list) -> list[dict[str, Any]]:
    """Sentences with mistakes, those with the surest one first."""
    shown = []
    rows = zip(examples.rows, examples.inputs, examples.answers, found, strict=True)
    for row, words, true, one in rows:
        wrong = [i for i, tag in enumerate(true) if tag != one.tags[i]]
        if wrong:
            surest = max(one.probabilities[i] for i in wrong)
            shown.append((surest, row, words, true, one))
    shown.sort(key=lambda item: -item[0])
    return [
        {
            "row": int(row),
            "words": [
                {"word": str(word), "true": tag, "predicted": got, "probability": float(p)}
                for word, tag, got, p in zip(words, true, one.tags, one.probabilities, strict=True)
            ][:LONGEST],
        }
        for _, row, words, true, one in shown[:SHOWN]
    ]


def _data(tagger: Tagger, parts: Parts) -> dict[str, Any]:
    lengths = {
        name: [len(words) for words in part.inputs]
        for name, part in parts.present.items()
        if name != "validation"
    }
    return {
        "labels": parts.counted(tagger.tags, lambda part: chain(*part.answers)),
        "lengths": {"unit": "words", "values": lengths, "limit": None, "truncated": 0},
    }
