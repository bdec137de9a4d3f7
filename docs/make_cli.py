"""Write docs/cli.md from the commands' own help; `--check` tells whether it is up to date."""

import sys
from pathlib import Path

import click

from gatewise.cli.main import group

PAGE = Path(__file__).with_name("cli.md")
HEAD = """# The command line

Made from the commands' help by `python docs/make_cli.py`. Exit codes: 0 done, 1 the data or a file
cannot be used, 2 the command line is wrong, 130 stopped by Ctrl-C.
"""


def page() -> str:
    """The help of every command, in the order of the group."""
    parts = [HEAD]
    for name, command in _commands(group, "gatewise"):
        context = click.Context(command, info_name=name, terminal_width=96, max_content_width=96)
        parts.append(f"## {name}\n\n```text\n{command.get_help(context)}\n```\n")
    return "\n".join(parts)


def _commands(command: click.Command, name: str):
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            assert found is not None
            yield from _commands(found, f"{name} {child}")


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(PAGE.read_text(encoding="utf-8") != page())
    PAGE.write_text(page(), encoding="utf-8")
