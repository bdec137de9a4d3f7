"""Collect series one by one: those that cannot be trained on are left out, with the reason."""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from gatewise.data import examples as reasons
from gatewise.data.examples import Examples, LeftOut, excerpt, nothing_left
from gatewise.errors import DataError


class Collector:
    """Gathers `(row, series [T, I], label)` and gives `Examples` at the end.

    With `labelled` false the labels are not looked at.
    """

    def __init__(self, path: Path | str, labelled: bool):
        self._path = str(path)
        self._labelled = labelled
        self._found: list[tuple[int, np.ndarray, str | None]] = []
        self._left_out: list[LeftOut] = []

    def leave_out(self, item: LeftOut) -> None:
        self._left_out.append(item)

    def add(self, row: int, values: Any, label: str | None) -> None:
        """Take one series `[T, I]`, or leave it out."""
        with np.errstate(over="ignore"):
            series = np.ascontiguousarray(values, dtype=np.float32)
        reason = self._reason(series, label)
        if reason:
            self.leave_out(LeftOut(row, reason, f"{len(series)} steps, label {excerpt(label)}"))
        else:
            self._found.append((row, series, label))

    def _reason(self, series: np.ndarray, label: str | None) -> str:
        if self._labelled and not label:
            return reasons.MISSING_LABEL
        if series.size == 0:
            return reasons.NO_STEPS
        if not np.isfinite(series).all():
            step, channel = np.argwhere(~np.isfinite(series))[0] + 1
            return f"{reasons.MISSING_VALUE} at step {step}, channel {channel}"
        return ""

    def examples(
        self, channels: list[str] | None = None, notes: list[str] | None = None
    ) -> Examples:
        """Everything taken; an error when nothing is left."""
        kept = self._of_one_width()
        left_out = sorted(self._left_out, key=lambda item: item.row)
        if not kept:
            raise nothing_left(self._path, "series", left_out)
        return Examples(
            kind="series",
            inputs=[series for _, series, _ in kept],
            labels=[str(label) for _, _, label in kept] if self._labelled else None,
            rows=[row for row, _, _ in kept],
            left_out=left_out,
            source=self._path,
            channels=channels,
            notes=notes or [],
        )

    def _of_one_width(self) -> list[tuple[int, np.ndarray, str | None]]:
        widths = Counter(series.shape[1] for _, series, _ in self._found)
        if len(widths) < 2:
            return self._found
        (width, most), (_, second) = widths.most_common(2)
        if most == second:
            raise DataError(
                f"{self._path}: expected the same number of channels in every series, got "
                f"{', '.join(f'{n} series with {w}' for w, n in widths.most_common())}. "
                "Split the file by number of channels."
            )
        for row, series, _ in self._found:
            if series.shape[1] != width:
                reason = f"{reasons.OTHER_CHANNELS}: {series.shape[1]}, not {width}"
                self.leave_out(LeftOut(row, reason, f"{len(series)} steps"))
        return [item for item in self._found if item[1].shape[1] == width]
