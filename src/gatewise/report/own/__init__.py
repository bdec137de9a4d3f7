"""Sections that only one task's report has, each a module of its own here.

`gatewise.report.own.TASK.sections(results)` gives them in order; a section's template is given
`section.values`.
"""

import importlib
import importlib.util
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Section:
    """One section of a report."""

    id: str  # of the element, and so of the link to it
    name: str  # in the list of parts
    template: str
    values: dict[str, Any] = field(default_factory=dict)


def sections(results: dict[str, Any]) -> list[Section]:
    """The sections that are this task's own."""
    name = f"{__name__}.{results.get('task', 'classifier')}"
    if importlib.util.find_spec(name) is None:
        return []
    return importlib.import_module(name).sections(results)
