"""Whole jobs: a preprocessor, an architecture and a head, trained, saved and served together."""

from gatewise.tasks.classifier import Classifier, Prediction
from gatewise.tasks.generator import Generator

__all__ = ["Classifier", "Generator", "Prediction"]
