"""The tagger, as runs and the command line know it."""

from gatewise.tasks.kinds import Kind
from gatewise.tasks.tagger.model import Tagger
from gatewise.tasks.tagger.preparation import prepare
from gatewise.tasks.tagger.results import results

KIND = Kind("tagger", Tagger, prepare, results)
