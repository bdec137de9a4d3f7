"""Classic experiments, run live: `vanishing_gradient()` gives results that make a page."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gatewise.lessons.adding import adding_problem
    from gatewise.lessons.experiment import vanishing_gradient
    from gatewise.lessons.folder import LessonFolder
    from gatewise.lessons.networks import ChronoBias, network
    from gatewise.lessons.options import LessonOptions
    from gatewise.lessons.training import Watch

__all__ = [
    "ChronoBias",
    "LessonFolder",
    "LessonOptions",
    "Watch",
    "adding_problem",
    "network",
    "vanishing_gradient",
]

# Imported when asked for: the command line checks its options without waiting for Keras.
_PLACES = {
    "ChronoBias": "networks",
    "LessonFolder": "folder",
    "LessonOptions": "options",
    "Watch": "training",
    "adding_problem": "adding",
    "network": "networks",
    "vanishing_gradient": "experiment",
}


def __getattr__(name: str) -> Any:
    if name in _PLACES:
        return getattr(importlib.import_module(f"gatewise.lessons.{_PLACES[name]}"), name)
    raise AttributeError(f"module 'gatewise.lessons' has no attribute {name!r}")
