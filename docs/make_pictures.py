"""Draw docs/images/introduction/, every picture of the introduction; `--check` tells whether the
pictures there are those that this script draws.

    python docs/make_pictures.py
    python docs/make_pictures.py lstm gru
    python docs/make_pictures.py --check
"""

import re
import sys
from collections.abc import Callable
from pathlib import Path

from pictures import architectures, cells, lesson, memory
from pictures.pen import drawn, settings, standalone

IMAGES = Path(__file__).parent / "images" / "introduction"

# A drawing: what makes it, its title and what it shows, for those who cannot see it.
DRAWINGS: dict[str, tuple[Callable, str, str]] = {
    "unrolled": (
        cells.unrolled, "A recurrent cell, rolled up and unrolled",
        "A cell with an arrow from itself to itself equals a row of the same cell, a copy for each "
        "step, each handing its state to the next.",
    ),
    "simple-rnn": (
        cells.simple_rnn, "The simple cell",
        "The old state and the input go through tanh and become the new state.",
    ),
    "lstm": (
        cells.lstm, "The LSTM cell",
        "The cell state runs along the top: multiplied by the forget gate, then added to the "
        "update gate times the candidate. The output gate shows a part of its tanh as hidden "
        "state.",
    ),
    "gru": (
        cells.gru, "The GRU cell",
        "The update gate z blends the old state and the candidate; the reset gate r decides how "
        "much of the old state the candidate sees.",
    ),
    "one-to-one": (
        architectures.one_to_one, "One-to-one", "One input, one layer, one answer; no time.",
    ),
    "one-to-many": (
        architectures.one_to_many, "One-to-many",
        "From one label a name is written letter by letter; each letter is the next step's input.",
    ),
    "many-to-one": (
        architectures.many_to_one, "Many-to-one",
        "The words of a message go in one by one; after the last the answer is spam.",
    ),
    "many-to-many-aligned": (
        architectures.many_to_many_aligned, "Many-to-many, aligned",
        "Each word of a sentence gets its part of speech at its own step.",
    ),
    "many-to-many-unaligned": (
        architectures.many_to_many_unaligned, "Many-to-many, unaligned",
        "An encoder reads a sentence; a decoder starts from its state and writes the translation.",
    ),
    "many-to-next": (
        architectures.many_to_next, "Many to next",
        "The months of the past go in one by one; after the last those of the future come out.",
    ),
    "mask": (
        memory.mask, "Padding and masks",
        "Three texts of 4, 2 and 3 words in a batch of 4 steps; the state of each is that after "
        "its last real step.",
    ),
    "by-hand": (
        memory.by_hand, "Gates set by hand",
        "The update gate opens at the two marked numbers, the forget gate stays at 1, and the cell "
        "holds the first from its step on and the sum of both from the second.",
    ),
    "reach": (
        lesson.reach, "How far each cell reaches",
        "Errors at lengths from 10 to 400 after at most 3,000 training steps, three seeds: LSTM "
        "and GRU solve all; the simple RNN solves the shortest and soon answers 1.",
    ),
    "powers": (
        memory.powers, "Multiplied again and again",
        "After 100 times, a factor of 0.9 leaves 0.00003, 1 leaves 1, and 1.1 makes 14,000.",
    ),
}  # fmt: skip

# A chart of the lesson's page with its caption, from the results in benchmarks/results/lesson.json.
CHARTS: dict[str, tuple[Callable[[], str], str]] = {
    "learning-short": (lambda: lesson.learning(lesson.SHORT), "10 steps: mean squared error"),
    "learning-long": (lambda: lesson.learning(lesson.LONG), "400 steps: mean squared error"),
    "gradient-before": (
        lambda: lesson.gradients("start"), "Part of the gradient left, before training",
    ),
    "gradient-after": (
        lambda: lesson.gradients("end"), "Part of the gradient left, after training",
    ),
}  # fmt: skip
CAPTIONS = {
    "reach": "Mean squared error after training",
    "powers": "What is left of 1",
}


def picture(name: str) -> str:
    """One picture as SVG."""
    if name in CHARTS:
        chart, caption = CHARTS[name]
        return standalone(chart(), caption)
    draw, title, description = DRAWINGS[name]
    with settings():
        return drawn(draw(), name, title, description, CAPTIONS.get(name, ""))


def same(one: str, other: str) -> bool:
    """Whether two pictures differ in nothing but the last digits of numbers, which another
    processor may round otherwise. Another release of matplotlib may write all otherwise; then it
    is enough that it drew a picture."""
    if one.rpartition("<!--")[2] != other.rpartition("<!--")[2]:
        return True
    number = re.compile(r"-?\d+\.?\d*")
    if number.sub("", one) != number.sub("", other):
        return False
    pairs = zip(number.findall(one), number.findall(other), strict=True)
    return all(abs(float(a) - float(b)) < 0.05 for a, b in pairs)


def main() -> None:
    check = "--check" in sys.argv
    names = [word for word in sys.argv[1:] if word != "--check"] or [*DRAWINGS, *CHARTS]
    IMAGES.mkdir(parents=True, exist_ok=True)
    stale = []
    for name in names:
        path = IMAGES / f"{name}.svg"
        text = picture(name)
        if not check:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or not same(path.read_text(encoding="utf-8"), text):
            stale.append(name)
    if stale:
        sys.exit(f"Not as drawn: {', '.join(stale)}. Run: python docs/make_pictures.py")


if __name__ == "__main__":
    main()
