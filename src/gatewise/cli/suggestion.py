"""Which task a file is for, where nobody said so."""

from pathlib import Path
from typing import Any


def suggested(source: str, reading: dict[str, Any]) -> str:
    """The task that a file or a named data set is plainly for; a classifier where nothing else is
    plain.

    >>> suggested("messages.csv", {})
    'classifier'
    >>> suggested("m3-monthly", {})
    'forecaster'
    """
    from gatewise.data.registry import DATASETS

    if not Path(source).exists() and source in DATASETS and DATASETS[source].job == "forecast":
        return "forecaster"
    return "classifier"
