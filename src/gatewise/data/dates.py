"""Dates in a table, read."""

import re
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

_SPOKEN = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?:[ T]+(\S.*))?")  # 1/5/2024, 31.12.2024
RARE = 20  # of so many, one is a slip
MOST_STEP = 10_000_000  # larger numbers are no steps: 20240501 is a date


def rare(count: int, of: int) -> bool:
    """Whether so few are a slip and not the way things are."""
    return RARE * count <= of


def moments(cells: list[Any]) -> tuple[list[datetime | int | None], list[str]]:
    """What each cell says: dates throughout or, where more cells are whole numbers, those; and
    notes.

    None where a cell says neither.

    >>> [str(one) for one in moments(["2024-05", "2024Q3", "soon"])[0]]
    ['2024-05-01 00:00:00', '2024-07-01 00:00:00', 'None']
    >>> moments([1, "2", "2024-05"])
    ([1, 2, None], [])
    """
    numbers: list[Any] = [_whole(cell) for cell in cells]
    missing = numbers.count(None)
    if not missing:
        return numbers, []
    dates = [_moment(cell) for cell in _year_first(cells)]
    if len(cells) - missing > len(cells) - dates.count(None):
        return numbers, []
    return _without_zone(cells, dates)


def _without_zone(
    cells: list[Any], dates: list[datetime | None]
) -> tuple[list[datetime | int | None], list[str]]:
    """Times with an offset in UTC, which a note tells; days (all at one time of day) as they are,
    since a day begins at midnight of its own zone.

    >>> two = [datetime.fromisoformat(f"2024-10-27T02:00+0{hours}:00") for hours in (2, 1)]
    >>> [str(one) for one in _without_zone(["a", "b"], [*two, datetime(2024, 10, 27, 9)])[0]]
    ['2024-10-27 00:00:00', '2024-10-27 01:00:00', '2024-10-27 09:00:00']
    """
    away = [place for place, one in enumerate(dates) if one and one.utcoffset()]
    clock = Counter(one.time() for one in dates if one)
    same = clock and rare(clock.total() - clock.most_common(1)[0][1], clock.total())
    if not away or same:
        return [one and one.replace(tzinfo=None) for one in dates], []
    plain = sum(one is not None and one.utcoffset() is None for one in dates)
    note = f"times with an offset, such as {str(cells[away[0]])[:40]}, are told in UTC"
    return [one and _utc(one) for one in dates], [
        note + (f"; {plain:,} without one are read as UTC" if plain else "")
    ]


def _utc(time: datetime) -> datetime | None:
    try:
        return time.replace(tzinfo=None) - (time.utcoffset() or timedelta())
    except OverflowError:  # before the year 1 or after 9999
        return None


def _orders(cells: list[Any]) -> tuple[list[re.Match | None], list[int], list[int]]:
    """Cells such as 31/12/2024, and the places of those that must have the day first, and the
    month."""
    found = [_SPOKEN.fullmatch(cell.strip()) if isinstance(cell, str) else None for cell in cells]
    day_first: list[int] = []
    month_first: list[int] = []
    for place, match in enumerate(found):
        if match and (int(match[1]) > 12) != (int(match[3]) > 12):
            (day_first if int(match[1]) > 12 else month_first).append(place)
        elif match and match[2] == ".":
            day_first.append(place)
    return found, day_first, month_first


def contradiction(cells: list[Any]) -> tuple[int, int] | None:
    """The places of a cell whose day and month stand the other way round than most, and of one of
    those.

    >>> contradiction(["1/2/2024", "13/2/2024", "14/2/2024", "2/15/2024"]), contradiction(["2024"])
    ((3, 1), None)
    """
    _, day_first, month_first = _orders(cells)
    if not day_first or not month_first:
        return None
    fewer, more = sorted((month_first, day_first), key=len)
    return fewer[0], more[0]


def _year_first(cells: list[Any]) -> list[Any]:
    """Cells such as 31/12/2024 or 12/31/2024 as 2024-12-31, where all the column's cells together
    show which of the first two is the day; else as they are. A rare cell of the other order is
    then no date.

    >>> _year_first(["1/2/2024", "13/2/2024", "soon"]), _year_first(["2/13/2024 14:00"])
    (['2024-02-01', '2024-02-13', 'soon'], ['2024-02-13 14:00'])
    >>> _year_first(["1/2/2024"]), _year_first(["1.2.2024"])
    (['1/2/2024'], ['2024-02-01'])
    """
    found, day_first, month_first = _orders(cells)
    fewer, more = sorted((len(day_first), len(month_first)))
    if not more or not rare(fewer, fewer + more):
        return cells
    day = 1 if len(day_first) > len(month_first) else 3
    return [
        _joined(match, day) if match else cell for match, cell in zip(found, cells, strict=True)
    ]


def _joined(match: re.Match, day: int) -> str:
    written = f"{match[4]}-{int(match[4 - day]):02}-{int(match[day]):02}"
    return f"{written} {match[5]}" if match[5] else written


def as_array(times: list[Any]) -> np.ndarray:
    """Moments as `datetime64[s]`, or whole numbers as they are, `[T]`."""
    whole = all(isinstance(one, int) for one in times)
    return np.array(times, int if whole else "datetime64[s]")


def _whole(cell: Any) -> int | None:
    if isinstance(cell, bool | date):
        return None
    try:
        number = float(cell)
    except (TypeError, ValueError):
        return None
    return int(number) if number.is_integer() and abs(number) < MOST_STEP else None


def _moment(cell: Any) -> datetime | None:
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)
    text = str(cell).strip().replace("/", "-")
    if quarter := re.fullmatch(r"(\d{4})-?Q([1-4])", text, re.IGNORECASE):
        return datetime(int(quarter[1]), 3 * int(quarter[2]) - 2, 1)
    if re.fullmatch(r"\d{4}-\d{1,2}", text):
        text += "-01"
    for parse in (datetime.fromisoformat, lambda one: datetime.strptime(one, "%Y-%m-%d")):
        try:
            return parse(text)
        except ValueError:
            continue
    return None


def told(time: Any) -> str:
    """A time in words: midnight is the day alone."""
    return str(time).removesuffix("T00:00:00")
