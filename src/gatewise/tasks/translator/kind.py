"""The translator, as runs and the command line know it."""

from gatewise.tasks.kinds import Kind
from gatewise.tasks.translator.model import Translator
from gatewise.tasks.translator.preparation import prepare
from gatewise.tasks.translator.results import results

KIND = Kind("translator", Translator, prepare, results)
