"""The help of `gatewise train`, in sections; with `--task`, only what that task has."""

import click

from gatewise.cli.model_options import MODEL, TASKS, tasks_of

# What goes in, what comes out, and the files it stands in.
CHOICES = (
    ("classifier", "texts or series -> a label each (table, .ts, .npz)"),
    ("tagger", "words of sentences -> a tag each (.conllu, .jsonl)"),
    ("tagger", "steps of series -> a label each (table)"),
    ("translator", "texts -> other texts (table of pairs, two files)"),
    ("generator", "a long text, or one a row -> more like it (.txt, table)"),
    ("forecaster", "series with dates -> their future (table)"),
)


def chooser() -> str:
    """The tasks as lines of plain text.

    >>> print(chooser().splitlines()[-1])
      --task forecaster  series with dates -> their future (table)
    """
    return "\n".join(f"  --task {task:10}  {what}" for task, what in CHOICES)


class SectionedCommand(click.Command):
    """A command whose options of the model stand apart from the others, by the tasks they are
    of."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As always, but `--help` comes last, so that it knows of a `--task` after it."""
        return super().parse_args(ctx, sorted(args, key=lambda word: word == "--help"))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options of each section."""
        task = ctx.params.get("task")
        with formatter.section("What goes in -> what comes out"):
            formatter.write_dl([(f"--task {one}", what) for one, what in CHOICES
                                if task in (None, one)])  # fmt: skip
        sections: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):
            record, title = param.get_help_record(ctx), section(param.name or "", task)
            if record and title:
                sections.setdefault(title, []).append(record)
        for title in sorted(sections, key=_order):
            with formatter.section(title):
                formatter.write_dl(sections[title])


def section(name: str, task: str | None) -> str | None:
    """The section that an option stands in, or None where the task does not have it.

    >>> section("epochs", None), section("units", None)
    ('Options', 'Model')
    >>> section("crf", None), section("crf", "tagger"), section("crf", "translator")
    ('Model of a tagger', 'Model of a tagger', None)
    >>> section("id", None), section("id", "translator")
    ('Options', None)
    """
    tasks = tasks_of(name)
    if task and task not in tasks:
        return None
    if name not in MODEL:
        return "Options"
    if task:
        return f"Model of a {task}"
    if tasks == TASKS:
        return "Model"
    return f"Model of a {tasks[0]}" if len(tasks) == 1 else "Model of some tasks"


def _order(title: str) -> tuple[int, str]:
    first = ("Options", "Model", "Model of some tasks")
    return (first.index(title) if title in first else len(first), title)
