"""Dates in a table: read, and laid on an even grid whose step is found out."""

import re
from collections import Counter
from datetime import date, datetime
from typing import Any

import numpy as np

from gatewise.data.time_series import FREQUENCIES, advance, is_month_end
from gatewise.errors import DataError

_SPOKEN = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?:[ T]+(\S.*))?")  # 1/5/2024, 31.12.2024
_UNITS = {"m": 60, "h": 3_600, "D": 86_400, "s": 1}
_TOLD = 3  # gaps of a series told one by one


def moments(cells: list[Any]) -> list[datetime | int | None]:
    """What each cell says: dates throughout or, where more cells are whole numbers, those.

    None where a cell says neither.

    >>> [str(one) for one in moments(["2024-05", "2024Q3", "soon"])]
    ['2024-05-01 00:00:00', '2024-07-01 00:00:00', 'None']
    >>> moments([1, "2", "2024-05"])
    [1, 2, None]
    """
    numbers: list[Any] = [_whole(cell) for cell in cells]
    missing = numbers.count(None)
    if not missing:
        return numbers
    dates = [_moment(cell) for cell in _year_first(cells)]
    if len(cells) - missing > len(cells) - dates.count(None):
        return numbers
    return [None if date is None else date.replace(tzinfo=None) for date in dates]


def _year_first(cells: list[Any]) -> list[Any]:
    """Cells such as 31/12/2024 or 12/31/2024 as 2024-12-31, where all the column's cells together
    show which of the first two is the day; else as they are.

    >>> _year_first(["1/2/2024", "13/2/2024", "soon"]), _year_first(["2/13/2024 14:00"])
    (['2024-02-01', '2024-02-13', 'soon'], ['2024-02-13 14:00'])
    >>> _year_first(["1/2/2024"]), _year_first(["1.2.2024"])
    (['1/2/2024'], ['2024-02-01'])
    """
    found = [_SPOKEN.fullmatch(cell.strip()) if isinstance(cell, str) else None for cell in cells]
    spoken = [match for match in found if match]
    day_first = any(int(match[1]) > 12 or match[2] == "." for match in spoken)
    if day_first == any(int(match[3]) > 12 for match in spoken):  # both, or neither
        return cells
    return [
        _joined(match, 1 if day_first else 3) if match else cell
        for match, cell in zip(found, cells, strict=True)
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
    # 20240501 is a date, not the step after 20240430.
    return int(number) if number.is_integer() and abs(number) < 10_000_000 else None


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


def infer(path: object, series: list[np.ndarray]) -> str:
    """The frequency of all series of dates: the step that most neighbouring ones are apart."""
    steps: Counter[int] = Counter()
    months: Counter[int] = Counter()
    even = True
    for times in series:
        found = np.unique(times)
        if found.dtype.kind != "M":
            return "step"
        steps.update(np.diff(found).astype("timedelta64[s]").astype(int).tolist())
        months.update(np.diff(found.astype("datetime64[M]").astype(int)).tolist())
        days = found.astype("datetime64[D]") - found.astype("datetime64[M]").astype("datetime64[D]")
        even &= len(np.unique(days)) == 1 or bool(is_month_end(found).all())
    if not steps:
        raise DataError(f"{path}: expected two dates or more in a series, got one in each.")
    if even and 0 not in months:
        apart = min(months, key=lambda step: (-months[step], step))
        return {1: "month", 3: "quarter", 12: "year"}.get(apart, "month")
    common = steps.most_common(1)[0][0]
    for name, (unit, each, _) in FREQUENCIES.items():
        if unit in _UNITS and each * _UNITS[unit] == common:
            return name
    if common == 7 * 86_400:
        return "week"
    raise DataError(
        f"{path}: --time: expected dates a year, quarter, month, week, day, hour, half or quarter "
        f"of an hour, minute or second apart, got dates mostly {common:,} seconds apart. Bring "
        "them to one of these steps first."
    )


def grid(
    path: object, times: np.ndarray, frequency: str, label: str, notes: list[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Where sorted times lie on the even grid from the first to the last, and the grid's times.

    Gaps are told in `notes`.

    Raises:
        DataError: a time lies between two steps.
    """
    unit, each, _ = FREQUENCIES[frequency]
    if unit == "step":
        places = times - times[0]
    elif unit in ("M", "Y"):
        month = times.astype("datetime64[M]").astype(int)
        each = each if unit == "M" else 12
        places, rest = np.divmod(month - month[0], each)
        _check_even(path, times, rest, frequency, label)
    else:
        seconds = (times - times[0]).astype(int)
        places, rest = np.divmod(seconds, each * _UNITS[unit])
        _check_even(path, times, rest, frequency, label)
    full = _times(times, places, frequency)
    gaps = np.flatnonzero(np.diff(places) > 1)
    for gap in gaps[:_TOLD]:
        missing = int(places[gap + 1] - places[gap] - 1)
        notes.append(
            f"{label}: {missing} {frequency}{'s' if missing > 1 else ''} missing between "
            f"{told(times[gap])} and {told(times[gap + 1])}; counted as unknown"
        )
    if len(gaps) > _TOLD:
        notes.append(f"{label}: {len(gaps) - _TOLD} more gaps")
    return places, full


def _check_even(path, times, rest, frequency, label) -> None:
    if rest.any():
        wrong = times[int(np.flatnonzero(rest)[0])]
        raise DataError(
            f"{path}: {label}: expected a date every {frequency} from {told(times[0])} on, got "
            f"{told(wrong)}. Bring the dates to even steps."
        )


def _times(times: np.ndarray, places: np.ndarray, frequency: str) -> np.ndarray:
    return advance(times[0], np.arange(int(places[-1]) + 1), frequency)


def told(time: Any) -> str:
    """A time in words: midnight is the day alone."""
    return str(time).removesuffix("T00:00:00")
