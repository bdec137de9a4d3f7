"""Tag every step of a sentence or a series."""

from gatewise.tasks.tagger.model import Tagged, Tagger

__all__ = ["Tagged", "Tagger"]
