"""From a table of dates to training, validation and test parts: the end of each series is kept
apart, in windows of one horizon (a rolling origin)."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from gatewise import data
from gatewise.data import Examples, LeftOut, TimeSeries
from gatewise.data.examples import counted
from gatewise.data.time_series import horizon_for
from gatewise.errors import ArgumentError, DataError
from gatewise.tasks.forecaster.model import known_names
from gatewise.tasks.forecaster.windows import least_past, window_for
from gatewise.tasks.options import RunOptions
from gatewise.tasks.preparation import Parts, known_data_set, parts

LEAST_PAST = 3  # steps before the first window that is kept apart
TOO_SHORT = "too short"


def prepare(options: RunOptions, say: Callable[[str], None] = print) -> Parts:
    """Read the series of a run and keep the end of each apart.

    The test part is the last horizon of each series, and as many horizons before it as fit into
    `holdout` of the series; the validation part lies likewise before it.

    Raises:
        DataError: the file cannot be used, or its series are too short.
    """
    if options.test:
        raise ArgumentError(
            "--test: a forecaster is tested on the end of each series; leave it out. Score the "
            "model on another file with gatewise evaluate."
        )
    examples = read(options, say)
    first: TimeSeries = examples.inputs[0]
    _check_known(examples, known_names(options.model.get("known")))
    season = options.model.get("season") or first.season
    longest = max(map(len, examples.inputs))
    horizon, notes = _horizon(options, season, longest)
    say(_told(examples, first, season, horizon))
    kept: list[int] = []
    dropped: list[int] = []
    for place, series in enumerate(examples.inputs):
        cut = Cut(series, horizon, options.holdout, options.validation)
        (kept if cut.train_end >= LEAST_PAST else dropped).append(place)
    if longest < (needed := _needed(options, season, horizon)):
        raise DataError(_too_short(options, season, horizon, needed, longest))
    examples = _without(examples, kept, dropped)
    cuts = [Cut(one, horizon, options.holdout, options.validation) for one in examples.inputs]
    train = replace(examples, inputs=[cut.train for cut in cuts])
    held = replace(examples, inputs=[cut.validation for cut in cuts])
    test = replace(examples, inputs=[cut.test for cut in cuts])
    windows = sum(len(cut.test_origins) for cut in cuts)
    found = parts(
        options, train, held if options.validation else None, test if options.holdout else None,
        f"the end of each series: {counted(windows, 'window')} of {counted(horizon, 'step')}"
        if options.holdout else "none",
    )  # fmt: skip
    return replace(found, notes=[*notes, *found.notes], decided={"horizon": horizon})


def _check_known(examples: Examples, known: Sequence[str]) -> None:
    columns = examples.inputs[0].columns
    read_as = {name: what for what, name in examples.columns.items()}
    for name in known:
        if name not in columns:
            why = f"which is read as the {read_as[name]}" if name in read_as else "which is none"
            raise ArgumentError(
                f"--known: expected names of further columns of numbers "
                f"({', '.join(columns) or 'there are none'}), got {name!r}, {why}. Leave it out."
            )


def _horizon(options: RunOptions, season: int, longest: int) -> tuple[int, list[str]]:
    """Steps to forecast: as asked, or as is usual; fewer where the series are too short for that,
    which a note tells."""
    usual = horizon_for(season)
    asked = options.model.get("horizon")
    fitting = asked or _most(options, season, usual, longest) or 1
    if asked or fitting == usual:
        return fitting, []
    return fitting, [
        f"the longest series has {longest:,} steps, too few to learn the usual {usual} ahead and "
        f"keep validation and test apart: --horizon {fitting} is taken"
    ]


def _most(options: RunOptions, season: int, horizon: int, longest: int) -> int:
    """Most steps, up to `horizon`, that the longest series is long enough for; 0 if none."""
    fits = (h for h in range(horizon, 0, -1) if _needed(options, season, h) <= longest)
    return next(fits, 0)


def _needed(options: RunOptions, season: int, horizon: int) -> int:
    """Steps of the shortest series that leaves a window to learn from."""
    window = options.model.get("window") or window_for(season, horizon)
    learned = horizon + least_past(window, season)
    apart = (options.holdout > 0) + (options.validation > 0)
    length = learned + apart * horizon
    while True:
        _, rest = _origins(length, horizon, options.holdout)
        if _origins(rest, horizon, options.validation)[1] >= learned:
            return length
        length += 1


def _too_short(options, season: int, horizon: int, needed: int, longest: int) -> str:
    """That no series is long enough, and with which options the longest would do."""
    most = _most(options, season, horizon, longest)
    ways = [f"--horizon {most}"] if most else []
    if season > 1 and (without := _most(options, 1, horizon, longest)) > most:
        ways.append(f"--season 1 --horizon {without}")
    remedy = f"Set {' or '.join(ways)}, or give longer series." if ways else "Give longer series."
    return (
        f"{options.data}: expected a series of {needed} steps or more, to learn {horizon} ahead "
        f"with a season of {season} (--season) and keep validation and test apart, got {longest} "
        f"at most. {remedy}"
    )


def read(options: RunOptions, say: Callable[[str], None]) -> Examples:
    """The series of a run; those columns that it says are known are among the features."""
    if known_data_set(options.data):
        return data.load(options.data, say)[0]
    return read_file(options.data, options.reading, known_names(options.model.get("known")))


def read_file(source: str, reading: dict, known: Sequence[str] = ()) -> Examples:
    """Series from a file, read with the options of the command line."""
    if reading.get("input"):
        raise ArgumentError("--input: a forecaster has none. Name the column to forecast with "
                            "--target and further ones with --features.")  # fmt: skip
    names = ("time", "target", "id", "features", "encoding", "frequency")
    asked = {name: reading.get(name) for name in names}
    if asked["features"] is not None:
        more = [name for name in known if name not in asked["features"]]
        asked["features"] = [*asked["features"], *more]
    return data.read_time_series(source, **asked)


class Cut:
    """Where one series is cut: `[learn | validation windows | test windows]`."""

    def __init__(self, series: TimeSeries, horizon: int, holdout: float, validation: float):
        self.series = series
        self.test_origins, rest = _origins(len(series), horizon, holdout)
        self.validation_origins, self.train_end = _origins(rest, horizon, validation)
        self._rest = rest

    @property
    def train(self) -> TimeSeries:
        return self.series.until(self.train_end)

    @property
    def validation(self) -> TimeSeries:
        return self.series.until(self._rest, self.validation_origins)

    @property
    def test(self) -> TimeSeries:
        return self.series.until(len(self.series), self.test_origins)


def _origins(length: int, horizon: int, part: float) -> tuple[tuple[int, ...], int]:
    """Origins a horizon apart in the last `part` of a series, one at least, and what is left.

    >>> _origins(100, 12, 0.25), _origins(100, 12, 0)
    (((76, 88), 76), ((), 100))
    """
    if not part:
        return (), length
    count = max(1, int(part * length / horizon))
    rest = length - count * horizon
    return tuple(range(rest, length, horizon)), rest


def _without(examples: Examples, kept: list[int], dropped: list[int]) -> Examples:
    found = examples.take(kept)
    found.left_out = found.left_out + [
        LeftOut(examples.rows[place], TOO_SHORT,
                f"series {examples.inputs[place].name}: {len(examples.inputs[place])} steps")
        for place in dropped
    ]  # fmt: skip
    return found


def _told(examples: Examples, first: TimeSeries, season: int, horizon: int) -> str:
    steps = sum(map(len, examples.inputs))
    cycle = f"a season of {season} steps" if season > 1 else "no season (set one with --season)"
    every = "steps" if first.frequency == "step" else f"a row every {first.frequency}"
    return (
        f"{len(examples):,} series, {steps:,} rows, {every}; {cycle}; forecasting {horizon} ahead."
    )
