"""The `gatewise` command.

It stands beside the package so that `import gatewise` can tell the command from a program: a
program gets Keras at once, so that `keras.models.load_model` knows Gatewise's classes; the
command imports Keras only when it needs it, and answers `--help` at once.
"""

from gatewise.cli.main import main

__all__ = ["main"]
