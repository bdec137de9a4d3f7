"""What is measured of a model, and how each figure is worded."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gatewise.report import words


@dataclass(frozen=True)
class Measure:
    """One figure that model and baselines are compared by."""

    key: str  # in `results["test"]` and in each baseline
    title: str
    wording: Callable[[Any], str]
    phrase: str  # after the figure: "of 300 held-out texts right"; {held} is what was held out
    higher: bool = True  # whether more is better
    told: str = ""  # what it means, under the table

    def interval(self, measured: Any) -> str:
        """Its 95% interval in words."""
        return words.interval(measured, self.wording)


ACCURACY = Measure("accuracy", "Accuracy", words.percent, "of {held} right")
MEASURES = {
    one.key: one
    for one in (
        ACCURACY,
        Measure(
            "macro_f1", "Macro F1", words.score, "macro F1 on {held}",
            told="Macro F1 counts every class alike, however rare.",
        ),
        Measure("token_accuracy", "Token accuracy", words.percent, "of the tokens of {held} right"),
        Measure("step_accuracy", "Step accuracy", words.percent, "of the steps of {held} right"),
        Measure(
            "span_f1", "Span F1", words.score, "span F1 on {held}",
            told="Span F1 counts a span as found where its ends and its kind are right (seqeval).",
        ),
        Measure(
            "perplexity", "Perplexity", words.number, "perplexity on {held}", higher=False,
            told="Perplexity: among how many equally likely tokens the model is in doubt.",
        ),
        Measure(
            "bits_per_character", "Bits a character", words.number, "bits a character on {held}",
            higher=False,
            told="Bits a character: the bits that a perfect coder would need with this model.",
        ),
        Measure("bleu", "BLEU", words.number, "BLEU on {held}"),
        Measure("chrf", "chrF", words.number, "chrF on {held}"),
        Measure(
            "word_error_rate", "Word error rate", words.percent, "of {held} not quite right",
            higher=False,
        ),
        Measure(
            "token_error_rate", "Token error rate", words.percent, "token error rate on {held}",
            higher=False, told="Token error rate: edits to the right answer, for each token of it.",
        ),
        Measure("smape", "sMAPE", words.number, "sMAPE on {held}", higher=False),
        Measure("mase", "MASE", words.number, "MASE on {held}", higher=False),
        Measure("coverage", "Coverage of the 80% interval", words.percent, "of {held} covered"),
    )
}  # fmt: skip


def of(results: dict[str, Any]) -> list[Measure]:
    """The measures of these results, the chief one first.

    >>> [measure.title for measure in of({"measures": ["token_accuracy", "span_f1"]})]
    ['Token accuracy', 'Span F1']
    """
    return [MEASURES[key] for key in results.get("measures") or ("accuracy", "macro_f1")]
