"""What simpler methods reach on the same examples: without them a score says little."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gatewise.data.scaling import SeriesScaler
from gatewise.data.tokens import TextEncoder
from gatewise.padding import UNKNOWN_ID
from gatewise.tasks.evaluation import score


def baselines(
    encoder: TextEncoder | SeriesScaler,
    train: tuple[Sequence, np.ndarray],
    test: tuple[Sequence, np.ndarray],
    labels: Sequence,
) -> list[dict[str, Any]]:
    """Scores of the majority answer and of a linear model, learned from the network's own training
    part, read with its own tokens or scale.

    Args:
        encoder: the network's encoder.
        train: raw inputs and class ids `[N]`.
        test: the same for the held-out part.
        labels: the label of each class id.
    """
    majority = int(np.bincount(train[1], minlength=len(labels)).argmax())
    linear = _bag_of_words() if encoder.kind == "text" else _summary_statistics()
    model, name, detail = linear
    model.fit(encoder.encode(train[0]), train[1])
    answers = {
        ("majority answer", f"always {labels[majority]}"): np.full(len(test[1]), majority),
        (name, detail): model.predict(encoder.encode(test[0])),
    }
    return [
        {"name": name, "detail": detail, **_brief(score(test[1], predicted, labels))}
        for (name, detail), predicted in answers.items()
    ]


def _bag_of_words() -> tuple[Any, str, str]:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    words = TfidfVectorizer(analyzer=_known_tokens, sublinear_tf=True)
    model = make_pipeline(words, LogisticRegression(C=10.0, max_iter=1_000))
    return model, "bag of words", "tf-idf of the same tokens, logistic regression"


def _summary_statistics() -> tuple[Any, str, str]:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, StandardScaler

    model = make_pipeline(
        FunctionTransformer(_statistics), StandardScaler(), LogisticRegression(max_iter=1_000)
    )
    detail = "mean, deviation, extremes and ends of each channel, logistic regression"
    return model, "summary statistics", detail


def _known_tokens(ids: np.ndarray) -> list[int]:
    known = [int(i) for i in ids if i != UNKNOWN_ID]
    return known or [UNKNOWN_ID]  # scikit-learn refuses texts that hold nothing at all


def _statistics(series: Sequence[np.ndarray]) -> np.ndarray:
    parts = (np.mean, np.std, np.min, np.max)
    return np.stack(
        [
            np.concatenate([*(part(one, axis=0) for part in parts), one[0], one[-1], [len(one)]])
            for one in series
        ]
    )


def _brief(scores: dict[str, Any]) -> dict[str, Any]:
    return {name: scores[name] for name in ("accuracy", "macro_f1")}
