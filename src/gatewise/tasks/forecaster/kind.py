"""The forecaster, as runs and the command line know it."""

from gatewise.tasks.forecaster.model import Forecaster
from gatewise.tasks.forecaster.preparation import prepare
from gatewise.tasks.forecaster.results import results
from gatewise.tasks.kinds import Kind

KIND = Kind("forecaster", Forecaster, prepare, results)
