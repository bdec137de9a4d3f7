"""The classifier, as runs and the command line know it."""

from gatewise.tasks.classifier.model import Classifier
from gatewise.tasks.classifier.preparation import prepare
from gatewise.tasks.classifier.results import results
from gatewise.tasks.kinds import Kind

KIND = Kind("classifier", Classifier, prepare, results)
