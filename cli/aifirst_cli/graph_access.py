"""The dependency graph of a project, made current and opened, from the file beside the index or from a server."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from aifirst_memory.dependencies.store import GraphStore, GraphStoreError, NoGraphError

from aifirst_cli.current_index import single_threaded_arrays, update_index
from aifirst_cli.failure import Failure
from aifirst_cli.index_run import memory_errors, printable, tell_waiting
from aifirst_cli.progress import progress_bar

if TYPE_CHECKING:
    from aifirst_memory.dependencies.neo4j.graph_store import Neo4jGraph
    from aifirst_memory.dependencies.neo4j.mirror import MirrorReport
    from aifirst_memory.dependencies.sqlite.graph_store import SqliteGraph

_MOST_NOTICES = 5


@contextmanager
def open_graph(root: Path, url: str | None, *, update: bool) -> Generator[GraphStore]:
    """The graph of the project, brought up to date first with `update`; at a server where there is a `url`.

    Raises `Failure` for what a person can mend, also while the graph is asked.
    """
    single_threaded_arrays()
    with memory_errors(), graph_errors():
        if update:
            update_graph(root)
        if url is not None:
            if update:
                mirror_graph(root, url)
            with _served(root, url) as store:
                yield store
            return
        with _open_file(root) as store:
            if not store.is_complete:
                click.echo("aifirst: the graph is being built, so edges are missing: run it again", err=True)
            yield store


def _open_file(root: Path) -> SqliteGraph:
    from aifirst_memory.dependencies.sqlite.graph_store import SqliteGraph

    try:
        return SqliteGraph(root)
    except NoGraphError:
        update_graph(root)
        return SqliteGraph(root)


def _served(root: Path, url: str) -> Neo4jGraph:
    from aifirst_memory.dependencies.neo4j.address import neo4j_address
    from aifirst_memory.dependencies.neo4j.graph_store import Neo4jGraph

    return Neo4jGraph(neo4j_address(url), project_of(root))


def project_of(root: Path) -> str:
    """What the project is called on a server, where other projects lie beside it.

    `AIFIRST_GRAPH_PROJECT` where it is set, so that several clones can mean one; else a name that its place makes
    its own.
    """
    given = os.environ.get("AIFIRST_GRAPH_PROJECT")
    return given or f"{root.name}-{hashlib.sha256(os.fsencode(root)).hexdigest()[:8]}"


def mirror_graph(root: Path, url: str) -> MirrorReport:
    """Make the graph at the server equal to that beside the index. Raises `GraphStoreError` with the next step."""
    from aifirst_memory.dependencies.neo4j.address import neo4j_address
    from aifirst_memory.dependencies.neo4j.mirror import open_mirror

    def waiting() -> None:
        click.echo("Waiting for another run, which writes this project's graph into Neo4j.", err=True)

    with (
        open_mirror(neo4j_address(url), project_of(root), root.name, waiting) as write,
        _open_file(root) as store,
        store.arrays() as graph,  # read only now: what another run wrote meanwhile may be newer than before it
        progress_bar("Mirroring") as progress,
    ):
        return write(graph, progress)


def update_graph(root: Path) -> None:
    """Bring index and graph up to date; a bar on standard error for what takes more than a second."""
    update_index(root)
    resolve_graph(root)


def resolve_graph(root: Path) -> None:
    """Bring the graph up to date with the index as it is."""
    from aifirst_memory.dependencies.build import update_dependencies

    with progress_bar("Resolving") as bar:

        def progress(_phase: object, done: int, total: int) -> None:
            if bar is not None:
                bar(done, total)

        report = update_dependencies(root, jobs=0, progress=progress, waiting=tell_waiting)
    if report.rebuilt:
        click.echo(f"aifirst: the graph was made anew: {report.rebuilt}", err=True)
    for notice in report.notices[:_MOST_NOTICES]:
        click.echo(f"aifirst: {printable(notice)}", err=True)


@contextmanager
def graph_errors() -> Generator[None]:
    """Turns what a person can mend into `Failure`."""
    try:
        yield
    except GraphStoreError as error:
        raise Failure(str(error)) from error
