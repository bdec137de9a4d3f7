"""Whole jobs: a preprocessor, an architecture and a head, trained, saved and served together."""

from gatewise.tasks.classifier import Classifier, Prediction
from gatewise.tasks.forecaster import Forecast, Forecaster
from gatewise.tasks.generator import Generator
from gatewise.tasks.tagger import Tagged, Tagger
from gatewise.tasks.translator import Translation, Translator

__all__ = [
    "Classifier",
    "Forecast",
    "Forecaster",
    "Generator",
    "Prediction",
    "Tagged",
    "Tagger",
    "Translation",
    "Translator",
]
