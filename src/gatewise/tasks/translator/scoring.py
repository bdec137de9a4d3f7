"""How good answers are: BLEU and chrF of sentences, error rates of words and of their parts.

- **BLEU** and **chrF**: by sacrebleu, whose signature says exactly what was computed (Post, "A Call
  for Clarity in Reporting BLEU Scores", 2018).
- **Word error rate**: the part of the words whose answer is none of the right ones.
- **Token error rate** (of phones: phone error rate): insertions, deletions and substitutions, by
  jiwer, for each token of the right answer; of several right answers the nearest counts.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gatewise.tasks.evaluation import Z, accuracy, ratio

SAMPLES = 200  # of the bootstrap


def sentence_scores(answers: Sequence[str], right: Sequence[Sequence[str]]) -> dict[str, Any]:
    """BLEU and chrF with 95% intervals (bootstrap) and sacrebleu's signatures.

    Args:
        answers: what was written `[N]`.
        right: for each all that is right, one or more.

    >>> found = sentence_scores(["the cat sat on the mat"], [["the cat sat on the mat"]])
    >>> round(found["bleu"]["value"]), found["bleu"]["signature"][:6]
    (100, 'nrefs:')
    """
    from sacrebleu.metrics import BLEU, CHRF

    most = max(map(len, right))
    streams = [[one[k] if k < len(one) else None for one in right] for k in range(most)]
    return {
        name: _bootstrapped(metric, answers, streams)
        for name, metric in (("bleu", BLEU()), ("chrf", CHRF()))
    }


def _bootstrapped(metric: Any, answers: Sequence[str], streams: list[list]) -> dict[str, Any]:
    score = metric.corpus_score(list(answers), streams)
    rng = np.random.default_rng(0)
    drawn = []
    for _ in range(SAMPLES if len(answers) > 1 else 0):
        rows = rng.integers(len(answers), size=len(answers))
        drawn.append(
            metric.corpus_score(
                [answers[i] for i in rows], [[stream[i] for i in rows] for stream in streams]
            ).score
        )
    low, high = np.percentile(drawn, [2.5, 97.5]) if drawn else (score.score, score.score)
    return {
        "value": float(score.score), "low": float(low), "high": float(high),
        "signature": str(metric.get_signature()),
    }  # fmt: skip


def error_rates(answers: Sequence[str], right: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Word and token error rate with 95% intervals.

    Args:
        answers: what was written `[N]`, tokens between spaces.
        right: for each all that is right, one or more.

    >>> found = error_rates(["K AE T", "D AO G"], [["K AE T"], ["D AA G", "D AO G Z"]])
    >>> found["word_error_rate"]["value"], round(found["token_error_rate"]["value"], 3)
    (0.5, 0.143)
    """
    wrong = sum(answer not in one for answer, one in zip(answers, right, strict=True))
    counted = [_nearest(answer, one) for answer, one in zip(answers, right, strict=True)]
    edits, lengths = np.array(counted, float).T
    return {
        "word_error_rate": accuracy(wrong, len(answers)),
        "token_error_rate": _ratio(edits, lengths),
    }


def _nearest(answer: str, right: Sequence[str]) -> tuple[int, int]:
    """Edits to the nearest right answer, and the tokens of that."""
    if answer in right:
        return 0, len(answer.split())
    import jiwer

    found = []
    for one in right:
        told = jiwer.process_words(one, answer)
        edits = told.substitutions + told.deletions + told.insertions
        found.append((edits, len(one.split())))
    return min(found, key=lambda pair: pair[0] / pair[1])


def _ratio(total: np.ndarray, size: np.ndarray) -> dict[str, float]:
    value, error = ratio(total, size)
    return {"value": value, "low": max(value - Z * error, 0.0), "high": value + Z * error}
