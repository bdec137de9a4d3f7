"""Which columns of a table hold the input and the label."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from gatewise.data.opening import nearest
from gatewise.errors import DataError

INPUT_NAMES = (
    *("text", "texts", "message", "sms", "sentence", "review", "question", "content", "tweet"),
    *("comment", "body", "document", "utterance", "description", "headline", "title", "post"),
    *("input", "inputs", "name"),
)
TARGET_NAMES = (
    *("label", "labels", "target", "class", "category", "sentiment", "intent", "tag", "topic"),
    *("activity", "gesture", "spam", "language", "nationality", "rating", "type", "output"),
)


@dataclass
class Choice:
    """Places of the chosen columns; `swap` says that the values must decide which is which."""

    input: int
    target: int | None
    notes: list[str] = field(default_factory=list)
    swap: bool = False


def find(path: object, columns: Sequence[str], name: str, option: str) -> int:
    """The place of the column called `name`; exact first, then without regard to case."""
    for same in (lambda column: column == name, lambda column: _plain(column) == _plain(name)):
        places = [place for place, column in enumerate(columns) if same(column)]
        if len(places) == 1:
            return places[0]
        if places:
            where = " and ".join(str(place + 1) for place in places)
            raise DataError(
                f"{path}: {option}: the name {name!r} stands for more than one column "
                f"({where}). Rename all but one."
            )
    raise DataError(
        f"{path}: {option}: there is no column {name!r}.{nearest(name, columns)} "
        f"The columns are {listed(columns)}."
    )


def named(columns: Sequence[str], **places: int | None) -> dict[str, str]:
    """The names of the columns that were read, by what they were read as.

    >>> named(["when", "y"], time=0, target=1, id=None)
    {'time': 'when', 'target': 'y'}
    """
    return {what: columns[place] for what, place in places.items() if place is not None}


def choose(
    path: object,
    columns: Sequence[str],
    input: str | None,
    target: str | None,
    labelled: bool = True,
) -> Choice:
    """The columns asked for, else those with a well-known name, else the only ones there are."""
    taken = find(path, columns, input, "--input") if input is not None else None
    goal = find(path, columns, target, "--target") if target is not None and labelled else None
    if taken is not None and taken == goal:
        raise DataError(
            f"{path}: --input and --target both name the column {input!r}; the label must stand "
            "in a column of its own."
        )
    choice = _fill(path, columns, taken, goal, labelled)
    if not choice.swap:
        choice.notes += _told(columns, choice, input, target, labelled)
    return choice


def _fill(
    path: object, columns: Sequence[str], taken: int | None, goal: int | None, labelled: bool
) -> Choice:
    if taken is None:
        taken = _known(path, columns, INPUT_NAMES, "--input", goal)
    if goal is None and labelled:
        goal = _known(path, columns, TARGET_NAMES, "--target", taken)
    filled = [place for place, name in enumerate(columns) if _plain(name) not in ("", "id")]
    places = filled if len(filled) == 2 else list(range(len(columns)))
    if not labelled:
        if taken is None and len(columns) == 1:
            taken = 0
        if taken is None:
            raise _unclear(path, columns, "--input")
        return Choice(taken, None)
    if len(places) == 2:
        if taken is None and goal is None:
            return Choice(places[0], places[1], swap=True)
        if taken is None and goal in places:
            taken = next(place for place in places if place != goal)
        if goal is None and taken in places:
            goal = next(place for place in places if place != taken)
    if taken is None or goal is None:
        raise _unclear(path, columns, "--input" if taken is None else "--target")
    return Choice(taken, goal)


def _known(
    path: object, columns: Sequence[str], names: Sequence[str], option: str, other: int | None
) -> int | None:
    plain = [_plain(name) for name in columns]
    for name in names:
        if plain.count(name) > 1:
            find(path, columns, name, option)  # raises: which of them is not clear
        if name in plain and plain.index(name) != other:
            return plain.index(name)
    return None


def _told(
    columns: Sequence[str], choice: Choice, input: str | None, target: str | None, labelled: bool
) -> list[str]:
    parts = []
    if input is None and (labelled or len(columns) > 1):
        parts.append(f"column {columns[choice.input]!r} as input")
    if target is None and labelled and choice.target is not None:
        parts.append(f"column {columns[choice.target]!r} as label")
    return [f"took {' and '.join(parts)}"] if parts else []


def decide(path: object, columns: Sequence[str], pairs: list[tuple[object, object]]) -> bool:
    """Whether, of two columns without telling names, the first holds the labels.

    Labels repeat and inputs do not, so the column with fewer different values holds them.
    """
    first = len({str(one) for one, _ in pairs})
    second = len({str(two) for _, two in pairs})
    if first == second:
        raise _unclear(path, columns, "--input")
    return first < second


def headerless(path: object, columns: Sequence[str], place: int, labels: set[str]) -> None:
    """Refuse a table whose first line is an example: its label is one of the labels."""
    if columns[place] in labels:
        raise DataError(
            f"{path}: expected column names in line 1, got what looks like an example "
            f"({listed(columns)}). Add a first line such as "
            f"{'label,text' if place == 0 else 'text,label'}."
        )


def _unclear(path: object, columns: Sequence[str], option: str) -> DataError:
    what = "input" if option == "--input" else "label"
    return DataError(
        f"{path}: which column holds the {what} is not clear. The columns are {listed(columns)}. "
        f"Name it with {option} COLUMN. (For measurements, one row a time step, name the column "
        "that tells the series apart with --id; with a label for every step, add --task tagger; "
        "for values with dates, --task forecaster. For pairs of texts: --task translator.)"
    )


def listed(columns: Sequence[str], most: int = 12) -> str:
    """The names for a message, each shortened.

    >>> listed(["text", "label"])
    "'text', 'label'"
    """
    shown = ", ".join(repr(name if len(name) <= 40 else name[:39] + "…") for name in columns[:most])
    more = len(columns) - most
    return f"{shown} and {more} more" if more > 0 else shown


def _plain(name: str) -> str:
    return name.strip().lower()
