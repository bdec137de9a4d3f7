"""Classify texts or series of measurements."""

from gatewise.tasks.classifier.model import Classifier, Prediction

__all__ = ["Classifier", "Prediction"]
