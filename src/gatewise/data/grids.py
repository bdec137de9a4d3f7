"""Dates on an even grid: its step found out, what does not fit told, gaps counted."""

from collections import Counter

import numpy as np

from gatewise.data.dates import rare, told
from gatewise.data.time_series import FREQUENCIES, advance, is_month_end
from gatewise.errors import DataError

_UNITS = {"m": 60, "h": 3_600, "D": 86_400, "s": 1}
_DAY = 86_400
_TOLD = 3  # gaps of a series told one by one
SPARSE, LARGE = 10, 100_000  # a grid of more steps, and as many for each row, is refused
LEAST_BUSINESS = 10  # days, none of a weekend, that are seen as business days
FAR = 1_000  # steps, at least, between a lone date and the rest


def infer(path: object, series: list[np.ndarray], expected: str | None = None) -> str:
    """The frequency of all series of dates: the step that most neighbouring ones are apart.

    Days and days without weekends look alike where there are few; `expected` then decides.
    """
    steps: Counter[int] = Counter()
    months: Counter[int] = Counter()
    count = off = 0
    for times in series:
        found = np.unique(times)
        if found.dtype.kind != "M":
            return "step"
        steps.update(np.diff(found).astype("timedelta64[s]").astype(int).tolist())
        on = _on_one_day(found)
        count, off = count + len(on), off + int((~on).sum())
        months.update(np.diff(found[on].astype("datetime64[M]").astype(int)).tolist())
    if not steps:
        raise DataError(f"{path}: expected two dates or more in a series, got one in each.")
    common = steps.most_common(1)[0][0]
    if rare(off, count) and months and 0 not in months:
        apart = min(months, key=lambda step: (-months[step], step))
        return {1: "month", 3: "quarter", 12: "year"}.get(apart, "month")
    few = expected == "business day" and common <= 3 * _DAY  # from Friday to Monday
    name = "day" if few else _named(path, common)
    least = 1 if expected == "business day" else LEAST_BUSINESS
    return "business day" if name == "day" and _no_weekends(series, least) else name


def _no_weekends(series: list[np.ndarray], least: int) -> bool:
    """Whether dates, as many as `least` or more, are hardly any of a Saturday or Sunday."""
    days = np.concatenate(series).astype("datetime64[D]")
    return len(days) >= least and rare(int((~np.is_busday(days)).sum()), len(days))


def _named(path: object, seconds: int) -> str:
    """The frequency whose step has so many seconds."""
    for name, (unit, each, _) in FREQUENCIES.items():
        if unit in _UNITS and each * _UNITS[unit] == seconds:
            return name
    if seconds in (7 * _DAY, 31 * _DAY):
        return "week" if seconds == 7 * _DAY else "month"
    days, rest = divmod(seconds, _DAY)
    apart = f"{seconds:,} seconds" if rest else f"{days:,} days"
    raise DataError(
        f"{path}: --time: expected dates a year, quarter, month, week, day, hour, half or quarter "
        f"of an hour, minute or second apart, got dates mostly {apart} apart. Bring them to one of "
        "these steps first."
    )


def _on_one_day(times: np.ndarray) -> np.ndarray:
    """Which dates are on the same day of the month as most, or are the last of their month."""
    ends = is_month_end(times)
    months = times.astype("datetime64[M]").astype("datetime64[D]")
    days = (times.astype("datetime64[D]") - months).astype(int)
    counts = np.bincount(days)
    common = len(counts) - 1 - int(np.argmax(counts[::-1]))
    same = (days == common) | (ends & (days < common))
    return same if same.sum() > ends.sum() else ends


def on_grid(times: np.ndarray, frequency: str) -> np.ndarray:
    """Which sorted times lie on the grid that most of them are on.

    >>> days = np.array(["2024-01-01T12", "2024-01-02", "2024-01-03"], "datetime64[s]")
    >>> on_grid(days, "day").tolist(), on_grid(np.array([1, 2, 9]), "step").tolist()
    ([False, True, True], [True, True, True])
    """
    unit, each, _ = FREQUENCIES[frequency]
    if unit == "step":
        return np.ones(len(times), bool)
    if unit in _UNITS or unit == "B":
        step = each * _UNITS.get(unit, _DAY)
        on = _most_common(times.astype("datetime64[s]").astype(int) % step)
        return on & np.is_busday(times.astype("datetime64[D]")) if unit == "B" else on
    on = _on_one_day(times)
    month = times.astype("datetime64[M]").astype(int) % (each if unit == "M" else 12)
    on[on] = _most_common(month[on])
    return on


def _most_common(values: np.ndarray) -> np.ndarray:
    found, first, counts = np.unique(values, return_index=True, return_counts=True)
    best = max(range(len(found)), key=lambda place: (counts[place], -first[place]))
    return values == found[best]


def places_of(times: np.ndarray, frequency: str) -> np.ndarray:
    """How many steps after the first each of the times on a grid is."""
    unit, each, _ = FREQUENCIES[frequency]
    if unit == "step":
        return times - times[0]
    if unit == "B":
        days = times.astype("datetime64[D]")
        return np.busday_count(days[0], days) if len(days) else days.astype(int)
    if unit in ("M", "Y"):
        month = times.astype("datetime64[M]").astype(int)
        return (month - month[0]) // (each if unit == "M" else 12)
    return (times - times[0]).astype(int) // (each * _UNITS[unit])


def near(places: np.ndarray) -> np.ndarray:
    """Which sorted places are not far from most: the gap before a few lone ones is a thousand steps
    and ten times as long as all the rest.

    >>> near(np.array([0, 1, 2, 5, 90_000])).tolist()
    [True, True, True, True, False]
    """
    begin, end = 0, len(places)
    while end - begin > 1:
        gaps = np.diff(places[begin:end])
        cut = begin + 1 + int(np.argmax(gaps))
        before = cut - begin >= end - cut
        first, last = (begin, cut) if before else (cut, end)
        reach = SPARSE * int(places[last - 1] - places[first] + 1)
        if int(gaps.max()) <= max(FAR, reach):
            break
        begin, end = first, last
    kept = np.zeros(len(places), bool)
    kept[begin:end] = True
    return kept


def too_sparse(places: np.ndarray) -> bool:
    """Whether a grid over these places is large and all but empty."""
    steps = int(places[-1]) + 1 if len(places) else 0
    return steps > LARGE and steps > SPARSE * len(places)


def grid(
    times: np.ndarray, frequency: str, label: str, notes: list[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Where sorted times lie on the even grid from the first to the last, and the grid's times.

    Gaps are told in `notes`.
    """
    places = places_of(times, frequency)
    gaps = np.flatnonzero(np.diff(places) > 1)
    for gap in gaps[:_TOLD]:
        missing = int(places[gap + 1] - places[gap] - 1)
        notes.append(
            f"{label}: {missing:,} {frequency}{'s' if missing > 1 else ''} missing between "
            f"{told(times[gap])} and {told(times[gap + 1])}; counted as unknown"
        )
    if len(gaps) > _TOLD:
        notes.append(f"{label}: {len(gaps) - _TOLD} more gaps")
    return places, advance(times[0], np.arange(int(places[-1]) + 1), frequency)
