"""The lesson's account in plain words, each sentence from the numbers found."""

from typing import Any

from gatewise.report import words
from gatewise.report.lesson_figures import share

SHORT = (10, 20, 30)  # lengths at which a simple RNN may still learn the problem
FAILURES = {
    "part": "better than always answering 1, so it learned part of the problem",
    "mean": "no better than always answering 1: it learned the mean alone",
    "worse": "worse than always answering 1",
}
# An error within this part of the baseline is no better than it: two standard errors of 2,000
# test sequences.
NEAR = 0.05
FADED = 10  # how many times less of the gradient is left where it explains a failure


def headline(found: dict[str, Any]) -> str:
    """The outcome in one line: who solved what.

    >>> networks = [dict(cell="gru", name="GRU", length=n, solved=n < 9) for n in (5, 9)]
    >>> headline({"networks": networks})
    'GRU: solved 5, not 9.'
    """
    return " ".join(f"{name}: {outcome}." for name, outcome in outcomes(found["networks"])) or (
        "Stopped before a network was trained."
    )


def outcomes(networks: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Each cell's name, and which lengths it solved."""
    found = []
    for name, ones in by_cell(networks).items():
        solved = [str(one["length"]) for one in ones if one["solved"]]
        failed = [str(one["length"]) for one in ones if not one["solved"]]
        found.append((name, _outcome(solved, failed)))
    return found


def _outcome(solved: list[str], failed: list[str]) -> str:
    if not solved:
        return f"did not solve {words.listed(failed, 'or')}"
    return f"solved {words.listed(solved)}" + (f", not {words.listed(failed)}" if failed else "")


def _lengths(which: list[str]) -> str:
    return f"length{'s' * (len(which) > 1)} {words.listed(which)}"


def by_cell(networks: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The networks of each cell by its name, in the order in which they were trained."""
    found: dict[str, list[dict[str, Any]]] = {}
    for one in networks:
        found.setdefault(one["name"], []).append(one)
    return found


def by_length(networks: list[dict[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    """The networks of each length."""
    found: dict[int, list[dict[str, Any]]] = {}
    for one in networks:
        found.setdefault(one["length"], []).append(one)
    return found


def account(found: dict[str, Any]) -> list[str]:
    """What happened and why, in paragraphs.

    Args:
        found: the results of `gatewise.lessons.vanishing_gradient`.

    Returns: paragraphs. What was not trained, or failed, is said; an explanation is given only
        where the gradients measured support it.
    """
    networks = found["networks"]
    if not networks:
        return ["The lesson was stopped before the first network had been trained for a round."]
    parts = [_learning(name, ones, found) for name, ones in by_cell(networks).items()]
    length = max(one["length"] for one in networks)
    same = [one for one in networks if one["length"] == length]
    parts += [_left(same, length, "start"), _left(same, length, "end"), explanation(networks)]
    return [*parts, *_missing(found)]


def _learning(name: str, ones: list[dict[str, Any]], found: dict[str, Any]) -> str:
    """How a cell fared, length by length."""
    sentences = []
    solved = [one for one in ones if one["solved"]]
    shortest = min(one["length"] for one in found["networks"])
    if solved:
        which = words.listed(
            [f"length {one['length']} (error {one['test_error']:.4f} after "
             f"{words.number(one['curve']['step'][-1])} steps)" for one in solved]
        )  # fmt: skip
        sentences.append(f"The {name} solved {which}.")
    for what in FAILURES:
        alike = [one for one in ones if not one["solved"] and _failure(one, found) == what]
        if alike:
            sentences.append(_failures(name, alike, what, found))
    if not solved and shortest > SHORT[-1]:
        shorter = ",".join(map(str, SHORT))
        sentences.append(f"How far it does reach, --lengths {shorter} may tell.")
    return " ".join(sentences)


def _failure(one: dict[str, Any], found: dict[str, Any]) -> str:
    """Which of `FAILURES` a network's is, by its error beside that of always answering 1."""
    part = one["test_error"] / found["baseline"]["measured"][str(one["length"])]
    return "worse" if part > 1 + NEAR else "mean" if part > 1 - NEAR else "part"


def _failures(name: str, alike: list[dict[str, Any]], what: str, found: dict[str, Any]) -> str:
    """A cell's failures of one kind in a sentence."""
    measured = found["baseline"]["measured"]
    errors = [f"{one['test_error']:.4f} against {measured[str(one['length'])]:.4f}"
              for one in alike]  # fmt: skip
    steps = words.number(max(one["curve"]["step"][-1] for one in alike))
    stopped = any(one["interrupted"] for one in alike)
    return (
        f"At {_lengths([str(one['length']) for one in alike])} the {name}, "
        f"{'when it was stopped' if stopped else 'its budget spent'} after {steps} steps, is "
        f"{FAILURES[what]} (errors: {', '.join(errors)})."
    )


def _left(same: list[dict[str, Any]], length: int, when: str) -> str:
    """What is left of the gradient at the first step, where the sequences are longest."""
    told = [
        f"{one['name']} {share(one['gradient'][when]['median'][-1])}"
        f"{_half_life(one['gradient'][when]['half_life'])}"
        for one in same
    ]
    moment = "Before" if when == "start" else "After"
    return (
        f"{moment} training, at length {length}, this much of the gradient at the last step "
        f"reaches the first: {'; '.join(told)}."
    )


def _half_life(steps: float | None) -> str:
    if steps is None:
        return ""
    return f" (it halves every {words.number(round(steps, 1), 3)} steps)"


def explanation(networks: list[dict[str, Any]]) -> str:
    """Whether the gradient explains who failed: at each length where some solved the problem and
    some did not, compared by what is left at half the length, before training."""
    for_it, against = _compared(networks)
    if not for_it and not against:
        return _undecided(networks)
    sentences = []
    if for_it:
        parts = [
            f"at length {length} at most {share(failed)} and at least {share(solved)}"
            for length, failed, solved in for_it
        ]
        sentences.append(
            "Halfway back, before training, this much of the gradient is left in the networks that "
            f"failed and in those that solved the problem: {'; '.join(parts)}. "
            "The first marked number lies in the first half. What it should have changed in the "
            "weights is multiplied by these parts, so a network without a gradient there learns "
            "from the second number alone, or from none. That is the vanishing gradient."
        )
    sentences += [
        f"At length {length} the gradient before training does not explain who failed: halfway "
        f"back up to {share(failed)} of it is left in those, and {share(solved)} or more in those "
        "that solved it. Something else counts there too, such as the budget."
        for length, failed, solved in against
    ]
    return " ".join(sentences)


def _compared(networks: list[dict[str, Any]]) -> tuple[list[tuple], list[tuple]]:
    """The lengths at which some failed and some did not, with the most that is left of a gradient
    of those that failed and the least of the others: where it is far less, and where not."""
    for_it: list[tuple] = []
    against: list[tuple] = []
    for length, ones in by_length(networks).items():
        solved = [left_halfway(one) for one in ones if one["solved"]]
        failed = [left_halfway(one) for one in ones if not one["solved"]]
        if solved and failed:
            told = for_it if FADED * max(failed) < min(solved) else against
            told.append((length, max(failed), min(solved)))
    return for_it, against


def _undecided(networks: list[dict[str, Any]]) -> str:
    if all(one["solved"] for one in networks):
        return (
            "Every network solved its problem within the budget, so these lengths do not tell the "
            "cells apart. Longer ones may: try --lengths 400,800."
        )
    return (
        "At no length did one network solve the problem and another not, so this run says nothing "
        "about which cell reaches further. More steps may: try a larger --steps."
    )


def left_halfway(one: dict[str, Any]) -> float:
    """What is left of a network's gradient half the sequence back, before training."""
    found = one["gradient"]["start"]
    place = min(range(len(found["lag"])), key=lambda i: abs(found["lag"][i] - one["length"] / 2))
    return found["median"][place]


def _missing(found: dict[str, Any]) -> list[str]:
    """What a stopped lesson lacks."""
    options, networks = found["options"], found["networks"]
    lacking = len(options["lengths"]) * len(options["cells"]) - len(networks)
    if found["finished"]:
        return []
    text = "The lesson was stopped"
    if lacking:
        text += f"; {words.plural(lacking, 'network was', 'networks were')} not trained"
    return [text + "."]
