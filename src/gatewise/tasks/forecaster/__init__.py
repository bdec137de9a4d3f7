"""Forecast series with quantiles."""

from gatewise.tasks.forecaster.model import Forecast, Forecaster

__all__ = ["Forecast", "Forecaster"]
