"""Read one sequence and write another: translation, spelling to sound."""

from gatewise.tasks.translator.model import Translation, Translator

__all__ = ["Translation", "Translator"]
