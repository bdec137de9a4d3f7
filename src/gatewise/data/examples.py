"""What every reader gives: inputs, labels, where each came from and what was left out."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from gatewise.errors import DataError

EXCERPT = 60

# The fixed vocabulary of `LeftOut.kind`. A reason may name a row after it ("duplicate of row 7").
RAGGED = "wrong number of fields"
BROKEN = "broken line"
EMPTY_INPUT = "empty input"
MISSING_LABEL = "missing label"
NOT_TEXT = "input is not text"
NOT_A_LABEL = "label is not a single value"
UNKNOWN_LABEL = "label not in the header"
NOT_A_NUMBER = "not a number"
MISSING_VALUE = "missing or infinite value"
NO_STEPS = "no time steps"
OTHER_CHANNELS = "other channels than the rest"
LABEL_VARIES = "label varies within the series"
MISSING_ID = "missing id"
DUPLICATE = "duplicate"
CONFLICT = "same input, other label"
IN_BOTH = "also in the test data"
UNEQUAL = "not a tag for each word"
NO_WORDS = "no words"
NO_TAG = "a word without a tag"
EMPTY_TARGET = "empty target"
NOT_A_TIME = "neither a number nor a date in the time column"
NOT_A_DATE = "not a date"
REPEATED_DATE = "repeated date"
OFF_THE_GRID = "date off the grid"
OTHER_STEPS = "series with other steps"
FAR_DATE = "date far from the rest"

KINDS = (
    RAGGED,
    BROKEN,
    EMPTY_INPUT,
    MISSING_LABEL,
    NOT_TEXT,
    NOT_A_LABEL,
    UNKNOWN_LABEL,
    NOT_A_NUMBER,
    MISSING_VALUE,
    NO_STEPS,
    OTHER_CHANNELS,
    LABEL_VARIES,
    MISSING_ID,
    DUPLICATE,
    CONFLICT,
    IN_BOTH,
    UNEQUAL,
    NO_WORDS,
    NO_TAG,
    EMPTY_TARGET,
    NOT_A_TIME,
    NOT_A_DATE,
    REPEATED_DATE,
    OFF_THE_GRID,
    OTHER_STEPS,
    FAR_DATE,
)


def counted(number: int, noun: str) -> str:
    """A number with its noun.

    >>> counted(1, "tag"), counted(1200, "word")
    ('1 tag', '1,200 words')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


@dataclass(frozen=True)
class LeftOut:
    """One thing in a file that did not become an example.

    `row` is the line in a text file (from 1, the header counted) or the number of the record;
    `reason` begins with one of `KINDS`.

    >>> LeftOut(8, "duplicate of row 3", "Free entry").kind
    'duplicate'
    """

    row: int
    reason: str
    excerpt: str = ""

    @property
    def kind(self) -> str:
        """The word of the fixed vocabulary that `reason` begins with."""
        return next((kind for kind in KINDS if self.reason.startswith(kind)), self.reason)


@dataclass
class Steps:
    """Where the steps of one series stood.

    `name` is the series' id, `rows` the row of each step, `times` what its time column says;
    empty without one.
    """

    name: str
    rows: list[int]
    times: list[str] = field(default_factory=list)

    def part(self, begin: int, end: int) -> "Steps":
        """Those from `begin` to before `end`."""
        return Steps(self.name, self.rows[begin:end], self.times[begin:end])


@dataclass
class Examples:
    """Examples of one job, in the order of their source.

    `inputs` is a list of texts, or of series as float32 arrays `[T, I]`, T free and I the same
    for all. `labels` is text throughout, or None where none were asked for. `rows` says where
    each example stood, and for series with a label a step `steps` says it of each step. `columns`
    names those of a table that were read, by what they were read as: `input`, `target`, `id`,
    `time`.

    >>> some = Examples("text", ["hi", "win!"], ["ham", "spam"], [2, 3], source="sms.csv")
    >>> len(some), some.take([1]).inputs
    (2, ['win!'])
    """

    kind: str
    inputs: list[Any]
    labels: list[Any] | None
    rows: list[int]
    left_out: list[LeftOut] = field(default_factory=list)
    source: str = ""
    channels: list[str] | None = None
    notes: list[str] = field(default_factory=list)
    steps: list[Steps] | None = None
    columns: dict[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.inputs)

    @property
    def answers(self) -> list[Any]:
        """The labels, where there must be some.

        Raises:
            DataError: the examples were read without labels.
        """
        if self.labels is None:
            raise DataError(f"{self.source}: expected labelled examples, got none with a label.")
        return self.labels

    def take(self, indices: Iterable[int]) -> "Examples":
        """The examples at `indices`, in that order; what was left out and said goes along."""
        chosen = [int(index) for index in indices]
        return replace(
            self,
            inputs=[self.inputs[index] for index in chosen],
            labels=None if self.labels is None else [self.labels[index] for index in chosen],
            rows=[self.rows[index] for index in chosen],
            left_out=list(self.left_out),
            notes=list(self.notes),
            steps=None if self.steps is None else [self.steps[index] for index in chosen],
        )

    def label_counts(self) -> dict[str, int]:
        """How many examples each label has, the most frequent first."""
        return dict(Counter(self.labels or []).most_common())

    def left_out_counts(self) -> dict[str, int]:
        """How many were left out for each reason, the most frequent first."""
        return dict(Counter(item.kind for item in self.left_out).most_common())


def excerpt(value: object) -> str:
    """The beginning of `value` on one line, for a message.

    >>> excerpt("a\\n b" + 99 * "c")[-4:]
    'ccc…'
    """
    text = " ".join(whole_characters(str(value)[: 4 * EXCERPT]).split())
    return text if len(text) <= EXCERPT else text[: EXCERPT - 1] + "…"


def whole_characters(text: str) -> str:
    """`text` without halves of surrogate pairs, which JSON may hold but UTF-8 may not.

    >>> whole_characters("a\\ud83d\\ude00 b\\ud83d")
    'a😀 b\ufffd'
    """
    if text.isascii():
        return str(text)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def nothing_left(
    path: str, what: str, left_out: list[LeftOut], where: str = " after the header"
) -> DataError:
    """The error for a file in which nothing can be used, with the reasons counted; `where` says
    where it should stand."""
    if not left_out:
        return DataError(f"{path}: expected {what}, got none{where}. Add some.")
    counts = Counter(item.kind for item in left_out).most_common()
    told = "; ".join(f"{kind}: {count}" for kind, count in counts)
    first = left_out[0]
    return DataError(
        f"{path}: no {what} could be used ({told}). The first, row {first.row}: {first.reason}"
        f"{f' ({first.excerpt})' if first.excerpt else ''}. Put these rows right and try again."
    )
