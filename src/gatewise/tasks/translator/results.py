"""What a translator's run has to tell beside what every run tells."""

from typing import Any

import numpy as np

from gatewise.data import Examples
from gatewise.tasks.options import RunOptions
from gatewise.tasks.preparation import Parts
from gatewise.tasks.translator.baselines import nearest_answers
from gatewise.tasks.translator.judging import grouped
from gatewise.tasks.translator.model import Translator
from gatewise.tasks.translator.scoring import error_rates, sentence_scores

SHOWN = 10  # sample translations, drawn at random
DRAWN = 3  # of which attention is drawn
LONGEST = 40  # tokens of a drawn source


def results(translator: Translator, parts: Parts, options: RunOptions) -> dict[str, Any]:
    """Scores, a baseline, samples and what the decoder looked at; see `gatewise.tasks.results`."""
    shown = parts.test or parts.validation
    measures = ["word_error_rate", "token_error_rate"] if translator.spells else ["bleu", "chrf"]
    found: dict[str, Any] = {"test": None, "baselines": None, "translations": [], "attention": []}
    if shown is not None:
        judged = judge(translator, shown)
        found |= {"test": judged["scores"], "translations": judged["translations"]}
        found["baselines"] = [_memory(translator, parts.train, shown)]
        found["attention"] = attention(translator, [one["source"] for one in found["translations"]])
    return {
        "kind": "pairs",
        "title": "words to sounds" if translator.spells else "pairs",
        "measures": measures,
        **found,
        "training": {"told": _losses(translator)},
        "data": {"labels": {}, "lengths": parts.lengths(translator.source, "tokens")},
        "model": {
            "attention": translator.options["attention"],
            "vocabulary": translator.source.size,
            "target_vocabulary": translator.target.size,
            "tokens": translator.source.tokens,
            "target_tokens": translator.target.tokens,
        },
    }


def judge(translator: Translator, examples: Examples) -> dict[str, Any]:
    """Scores of a translator on pairs, and some of its answers. The targets of equal sources are
    all right."""
    sources, right = grouped(examples.inputs, examples.answers)
    found = translator.translate(sources)
    chosen = np.random.default_rng(0).permutation(len(sources))[:SHOWN]
    return {
        "scores": scores(translator, [one.text for one in found], right),
        "translations": [
            {
                "source": sources[i],
                "answer": found[i].text,
                "right": right[i],
                "probability": found[i].probability,
            }
            for i in chosen
        ],
    }


def scores(translator: Translator, answers: list[str], right: list[list[str]]) -> dict[str, Any]:
    """Error rates where words are spelt, else BLEU and chrF."""
    if not translator.spells:
        return sentence_scores(answers, right)
    if translator.target.tokens == "word":
        answers = [" ".join(one.split()) for one in answers]
        return error_rates(answers, [[" ".join(one.split()) for one in row] for row in right])
    return error_rates(list(map(" ".join, answers)), [list(map(" ".join, row)) for row in right])


def attention(translator: Translator, sources: list[str]) -> list[dict[str, Any]]:
    """What the decoder looked at for some sources, as plain data."""
    found = [translator.align(source) for source in sources]
    short = [one for one in found if len(one.read) <= LONGEST]
    return [
        {"read": one.read, "written": one.written, "weights": np.round(one.weights, 4).tolist()}
        for one in short[:DRAWN]
    ]


def _losses(translator: Translator) -> str:
    """Why the training loss is not the validation loss's equal."""
    if not translator.options["label_smoothing"]:
        return ""
    return (
        "The training loss is that of targets softened by label smoothing, which cannot reach 0; "
        "the validation loss is that of the true targets alone."
    )


def _memory(translator: Translator, train: Examples, shown: Examples) -> dict[str, Any]:
    sources, right = grouped(shown.inputs, shown.answers)
    answers = nearest_answers(train.inputs, train.answers, sources)
    return {
        "name": "translation memory",
        "detail": "the answer to the likest source of training",
        **scores(translator, answers, right),
    }
