"""Read a user's files, the named data sets and word vectors."""

from gatewise.data.dataset_info import DatasetInfo
from gatewise.data.datasets import get, load
from gatewise.data.examples import Examples, LeftOut
from gatewise.data.pairs import read_pairs
from gatewise.data.reading import read
from gatewise.data.registry import catalogue
from gatewise.data.series_table import read_time_series
from gatewise.data.splits import check_trainable, deduplicate, hold_out, without
from gatewise.data.step_labels import read_step_labels
from gatewise.data.tagged import read_tagged
from gatewise.data.time_series import TimeSeries
from gatewise.data.vectors import Vectors, load_vectors

__all__ = [
    "DatasetInfo",
    "Examples",
    "LeftOut",
    "TimeSeries",
    "Vectors",
    "catalogue",
    "check_trainable",
    "deduplicate",
    "get",
    "hold_out",
    "load",
    "load_vectors",
    "read",
    "read_pairs",
    "read_step_labels",
    "read_tagged",
    "read_time_series",
    "without",
]
