"""Whole jobs: a preprocessor, an architecture and a head, trained, saved and served together."""

from gatewise.tasks.classifier import Classifier, Prediction

__all__ = ["Classifier", "Prediction"]
