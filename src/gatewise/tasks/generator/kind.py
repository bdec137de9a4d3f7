"""The generator, as runs and the command line know it."""

from gatewise.tasks.generator.model import Generator
from gatewise.tasks.generator.preparation import prepare
from gatewise.tasks.generator.results import results
from gatewise.tasks.kinds import Kind

KIND = Kind("generator", Generator, prepare, results)
