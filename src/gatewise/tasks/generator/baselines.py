"""A generator's baselines: n-grams of the same tokens, told the same of each text."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gatewise.tasks.generator.ngram import NGram, best_share, mixed
from gatewise.tasks.generator.scoring import Score

ORDERS = {"character": 5, "bpe": 3, "word": 3}
NAMES = {"witten-bell": "Witten-Bell", "kneser-ney": "Kneser-Ney"}


def baselines(generator: Any, train: Any, held: Any, shown: Any, score: Score) -> list[dict]:
    """N-gram models with both smoothings, counted on what the generator learned from.

    Where the generator is told a label there are two more: the label's own n-gram mixed with that
    of all labels, with the weight for each label that suits the validation part best.

    Args:
        generator: a trained `Generator`.
        train, held, shown: `Examples` to count, to weigh mixtures on (or None) and to be judged on.
        score: the generator's own, which says what is counted.
    """
    order = ORDERS[generator.options["tokens"]]
    ids = {"train": _ids(generator, train), "shown": _ids(generator, shown)}
    ids["held"] = _ids(generator, held) if held is not None else ids["train"][:1]
    found = []
    for smoothing, name in NAMES.items():
        title = f"{order}-gram, {name}"
        every = _fitted(generator, ids["train"], order, smoothing)
        found.append({"name": title, **_told(_nats(every, ids["shown"]), generator, score)})
        if generator.labels is not None and held is not None:
            answers = {part: one.answers for part, one in
                       (("train", train), ("held", held), ("shown", shown))}  # fmt: skip
            nats = _by_label(generator, every, ids, answers, order, smoothing)
            found.append({"name": f"{title}, told the label", **_told(nats, generator, score)})
    return found


def _ids(generator: Any, examples: Any) -> list[np.ndarray]:
    """Token ids of each text, with the end where there is one."""
    if generator.running:
        return [generator.encoder.running(examples.inputs)]
    end = [generator.encoder.boundary]
    return [np.concatenate([one, end]) for one in generator.encoder.encode(examples.inputs)]


def _fitted(generator: Any, ids: Sequence[np.ndarray], order: int, smoothing: str) -> NGram:
    encoder = generator.encoder
    # Padding is never foreseen; "unknown" is, and so is the end.
    model = NGram(order, vocabulary=encoder.size, possible=encoder.size - 1, smoothing=smoothing)
    return model.fit(ids, encoder.boundary)


def _nats(model: NGram, ids: Sequence[np.ndarray]) -> list[np.ndarray]:
    return [model.nats(one, model.vocabulary - 1) for one in ids]  # the boundary is the last id


def _by_label(
    generator: Any, every: NGram, ids: dict, answers: dict, order: int, smoothing: str
) -> list[np.ndarray]:
    """−ln p of each token with each text's label known."""
    whole = {part: _nats(every, ids[part]) for part in ("held", "shown")}
    found = list(whole["shown"])
    for label in set(answers["shown"]):
        places = {part: [i for i, one in enumerate(answers[part]) if one == label]
                  for part in answers}  # fmt: skip
        own = _fitted(generator, [ids["train"][i] for i in places["train"]], order, smoothing)
        share = 0.5
        if places["held"]:
            ours = np.concatenate(_nats(own, [ids["held"][i] for i in places["held"]]))
            theirs = np.concatenate([whole["held"][i] for i in places["held"]])
            share = best_share(ours, theirs)
        for place in places["shown"]:
            own_nats = own.nats(ids["shown"][place], generator.encoder.boundary)
            found[place] = mixed(own_nats, whole["shown"][place], share)
    return found


def _told(nats: list[np.ndarray], generator: Any, score: Score) -> dict[str, Any]:
    """Perplexity and bits a character over the same parts as the generator's score, and how many
    bits a character the generator saves."""
    if generator.running:
        cuts = np.cumsum(score.tokens)[:-1].astype(int)
        nats = np.split(nats[0], cuts)
    sums = np.array([one.sum() for one in nats])
    own = Score(sums, score.tokens, score.characters)
    return own.told() | {"saved": score.saved(own)}
