"""The command group. Commands live in modules of their own, imported when they are called."""

import errno
import importlib
import os
import sys

import click

from gatewise.errors import GatewiseError

CANNOT_WRITE = (
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EFBIG,
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
)

# Command: the module it lives in (under gatewise.cli) and its line in the help, so that --help
# imports none of them.
COMMANDS = {
    "train": "Train a model on a file or a named data set.",
    "evaluate": "Score a model on labelled examples.",
    "predict": "Label new texts or series.",
    "generate": "Write texts: freely, after a prompt or for a label.",
    "look": "See what a model keeps and forgets of an input.",
    "gradients": "Show where the gradient vanishes or explodes.",
    "lesson": "Run a classic experiment live: the vanishing gradient.",
    "data": "List and fetch data sets.",
    "doctor": "Show versions, devices and the path each recurrent layer takes.",
}


class LazyGroup(click.Group):
    """A group whose commands are imported only when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        return importlib.import_module(f"gatewise.cli.{name}").command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(self, ctx, args):
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from gatewise.data.opening import nearest

            raise click.UsageError(error.message + nearest(args[0], COMMANDS), ctx) from None


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="gatewise")
def group() -> None:
    """Recurrent networks: trained, explained and served from one command.

    \b
    gatewise train messages.csv --input text --target label --out runs/spam
    gatewise predict runs/spam/model.keras "Congratulations, you won"
    """


def main() -> None:
    """Run the command line; a user's mistake ends in one message and an exit code, never in a
    traceback."""
    try:
        sys.exit(group.main(standalone_mode=False) or 0)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.Abort:
        _fail("Stopped.", 130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except GatewiseError as error:
        _fail(str(error), error.exit_code)
    except KeyboardInterrupt:
        _fail("Stopped.", 130)
    except OSError as error:
        if error.errno not in CANNOT_WRITE:
            raise
        _fail(f"{error.filename or 'Writing a file'}: {os.strerror(error.errno)}. Free some space "
              "or name another folder; what was complete before is kept.", 1)  # fmt: skip


def _fail(message: str, code: int) -> None:
    click.echo(f"Error: {message}", err=True)
    sys.exit(code)
