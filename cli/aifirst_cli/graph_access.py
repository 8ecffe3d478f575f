"""The dependency graph of a project, made current and opened, from the file beside the index or from a server."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import click
from aifirst_memory.dependencies.store import GraphStore, GraphStoreError, NoGraphError

from aifirst_cli.current_index import single_threaded_arrays, tell_waiting, update_index
from aifirst_cli.failure import Failure
from aifirst_cli.index_run import memory_errors
from aifirst_cli.progress import progress_bar

_MOST_NOTICES = 5


@contextmanager
def open_graph(root: Path, *, update: bool) -> Generator[GraphStore]:
    """The graph of the project, brought up to date first with `update`, and where there is none.

    Raises `Failure` for what a person can mend, also while the graph is asked.
    """
    from aifirst_memory.dependencies.sqlite.graph_store import SqliteGraph

    single_threaded_arrays()
    with memory_errors(), _graph_errors():
        if update:
            update_graph(root)
        try:
            store = SqliteGraph(root)
        except NoGraphError:
            update_graph(root)
            store = SqliteGraph(root)
        with store:
            if not store.is_complete:
                click.echo("aifirst: the graph is being built, so edges are missing: run it again", err=True)
            yield store


def update_graph(root: Path) -> None:
    """Bring index and graph up to date; a bar on standard error for what takes more than a second."""
    from aifirst_memory.dependencies.build import update_dependencies

    update_index(root)
    with progress_bar("Resolving") as bar:

        def progress(_phase: object, done: int, total: int) -> None:
            if bar is not None:
                bar(done, total)

        report = update_dependencies(root, jobs=0, progress=progress, waiting=tell_waiting)
    if report.rebuilt:
        click.echo(f"aifirst: the graph was made anew: {report.rebuilt}", err=True)
    for notice in report.notices[:_MOST_NOTICES]:
        click.echo(f"aifirst: {notice}", err=True)


@contextmanager
def _graph_errors() -> Generator[None]:
    try:
        yield
    except GraphStoreError as error:
        raise Failure(str(error)) from error
