"""The errors Gatewise raises for a user's own mistake.

Each message names the argument or the place, what was expected, what came and the remedy.
The command line prints the message alone and exits with `exit_code`.
"""


class GatewiseError(Exception):
    """Base of every error meant for the user's eyes."""

    exit_code = 1


class DataError(GatewiseError, ValueError):
    """A file or its content cannot be used."""


class ArgumentError(GatewiseError, ValueError):
    """An argument has a value that cannot be used."""

    exit_code = 2


class ModelFileError(GatewiseError, ValueError):
    """A model file is missing, damaged, foreign or unsafe."""


class KernelError(GatewiseError, RuntimeError):
    """`GATEWISE_KERNELS=native` asks for a kernel that is not there."""


class GatewiseWarning(UserWarning):
    """Something the user should know that does not stop the work."""
