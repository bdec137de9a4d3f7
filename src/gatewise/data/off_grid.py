"""Rows of series whose date is no step of the grid that the others are on."""

from pathlib import Path

import numpy as np

from gatewise.data import examples as reasons
from gatewise.data.dates import rare, told
from gatewise.data.examples import LeftOut, counted
from gatewise.data.grids import near, on_grid, places_of, too_sparse
from gatewise.data.series_rows import Rows, label
from gatewise.errors import DataError


def leave_out(path: Path, found: dict[str, Rows], frequency: str) -> list[LeftOut]:
    """Take the few series with other steps out, then of the others the rows whose date lies between
    two steps, then the few that lie far from all others.

    Raises:
        DataError: they are too many to be slips.
    """
    strange = _of_other_steps(found, frequency)
    return [*strange, *_between(path, found, frequency), *_far(path, found, frequency)]


def _of_other_steps(found: dict[str, Rows], frequency: str) -> list[LeftOut]:
    """Take out the series of which many dates lie between the steps, where those are fewer than
    half of all series and have more such dates than are slips."""
    off = {name: int((~on_grid(one.at, frequency)).sum()) for name, one in found.items()}
    strange = [name for name, wrong in off.items() if not rare(wrong, len(found[name].at))]
    slips = rare(sum(off.values()), sum(len(one.at) for one in found.values()))
    if slips or 2 * len(strange) >= len(found):
        return []
    left_out = []
    for name in strange:
        rows = found.pop(name).rows
        told = f"{label(name)}: {off[name]:,} of {counted(len(rows), 'date')}"
        left_out.append(LeftOut(min(rows), reasons.OTHER_STEPS, told))
    return left_out


def _between(path: Path, found: dict[str, Rows], frequency: str) -> list[LeftOut]:
    on = {name: on_grid(one.at, frequency) for name, one in found.items()}
    wrong = sum(int((~one).sum()) for one in on.values())
    count = sum(map(len, on.values()))
    if not rare(wrong, count):
        row, name, place = min(
            (found[name].rows[place], name, place)
            for name, one in on.items() for place in np.flatnonzero(~one)
        )  # fmt: skip
        start = found[name].at[on[name]][0]
        raise DataError(
            f"{path}, row {row}: {label(name)}: expected a date every {frequency} from "
            f"{told(start)} on, got {told(found[name].at[place])}; {wrong:,} of {count:,} dates "
            "lie between the steps. Bring the dates to even steps."
        )
    return [item for name, kept in on.items() for item in _taken(found, name, kept,
            reasons.OFF_THE_GRID)]  # fmt: skip


def _far(path: Path, found: dict[str, Rows], frequency: str) -> list[LeftOut]:
    places = {name: places_of(one.at, frequency) for name, one in found.items()}
    kept = {name: near(one) for name, one in places.items()}
    lone = sum(int((~one).sum()) for one in kept.values())
    left_out: list[LeftOut] = []
    if rare(lone, sum(map(len, kept.values()))):
        for name, one in kept.items():
            left_out += _taken(found, name, one, reasons.FAR_DATE)
            places[name] = places_of(found[name].at, frequency)
    for name, one in places.items():
        if too_sparse(one):
            _refuse_sparse(path, name, found[name], one, frequency)
    return left_out


def _refuse_sparse(path, name: str, one: Rows, places: np.ndarray, frequency: str) -> None:
    gap = int(np.argmax(np.diff(places)))
    remedy = "Correct the date, or give what lies apart as series of their own with --id."
    if frequency == "step":
        remedy = "Number the steps 1, 2, 3."
    raise DataError(
        f"{path}, row {one.rows[gap + 1]}: {label(name)}: expected dates about a {frequency} "
        f"apart, got {told(one.at[gap + 1])} after {told(one.at[gap])}: "
        f"{counted(len(places), 'row')} on a grid of {int(places[-1]) + 1:,} steps. {remedy}"
    )


def _taken(found: dict[str, Rows], name: str, kept: np.ndarray, reason: str) -> list[LeftOut]:
    """Take the rows that are not kept out of a series."""
    one = found[name]
    shown = f"{label(name)}, " if name else ""
    left_out = [LeftOut(one.rows[place], reason, f"{shown}{told(one.at[place])}")
                for place in np.flatnonzero(~kept)]  # fmt: skip
    one.at = one.at[kept]
    one.keep(np.flatnonzero(kept).tolist())
    return left_out
