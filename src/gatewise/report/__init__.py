"""Pages made from results and from a model itself: each one offline file."""

import importlib
from typing import TYPE_CHECKING, Any

from gatewise.report.page import render_report, write_report

if TYPE_CHECKING:
    from gatewise.report.look import write_look, write_pictures

__all__ = ["render_report", "write_look", "write_pictures", "write_report"]


def __getattr__(name: str) -> Any:
    """A look needs Keras; a report is written without it."""
    if name in ("write_look", "write_pictures"):
        return getattr(importlib.import_module("gatewise.report.look"), name)
    raise AttributeError(f"module 'gatewise.report' has no attribute {name!r}")
