"""`aifirst model relevance`: the ranker of lines of `aifirst context`, measured and trained on one's own projects."""

from __future__ import annotations

from pathlib import Path

import click

_PROJECTS = click.argument(
    "projects", nargs=-1, required=True, metavar="PROJECT...", type=click.Path(exists=True, path_type=Path)
)
_COMMITS = click.option(
    "--commits", type=click.IntRange(0), default=60, show_default=True, metavar="N",
    help="Commits of a project that questions are made of.",
)  # fmt: skip


@click.group("relevance")
def command() -> None:
    """Say how well lines are chosen for a task, and learn it from your own projects.

    A project is a git repository. Its commits ask: the message is the question, the changed lines are what matters.
    So do its comments: one is taken out, and the lines that it stood above are what matters.

    \b
    aifirst model relevance measure .                         the ranker that ships, on your project
    aifirst model relevance train ../a ../b -o lines.bin      one of your own (needs aifirst[train])
    aifirst model relevance measure ../c --trees lines.bin    on a project that it has not seen
    AIFIRST_RELEVANCE=lines.bin aifirst context "the task"    use it
    """


@command.command("measure")
@_PROJECTS
@_COMMITS
@click.option(
    "--trees",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Another ranker than the one that ships.",
)
def measure(projects: tuple[Path, ...], commits: int, trees: Path | None) -> None:
    """Compare the ranker with plain ways on the questions of projects.

    Told are the average precision, the recall of the best 30 % of lines and how often the best line is right, with 95 %
    intervals over the projects, of one project over its questions.
    """
    from aifirst_cli.model_commands.relevance_run import measure_projects

    click.echo(measure_projects(projects, commits, trees))


@command.command("train")
@_PROJECTS
@_COMMITS
@click.option(
    "-o",
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where the ranker is written.",
)
def train(projects: tuple[Path, ...], commits: int, out: Path) -> None:
    """Train a ranker on the questions of projects. The same projects give the same ranker."""
    from aifirst_cli.model_commands.relevance_run import train_projects

    click.echo(train_projects(projects, commits, out))
