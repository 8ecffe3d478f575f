"""`aifirst index`: build the memory of a project, bring it up to date, keep it so, or say how it is."""

from __future__ import annotations

from typing import Any

import click

_MOST_JOBS = 256


@click.command("index")
@click.argument("path", default=".", type=click.Path())
@click.option("--watch", is_flag=True, help="Stay, and follow every change until Ctrl-C.")
@click.option("--status", is_flag=True, help="Say what is current, stale or being built; write nothing.")
@click.option("--rebuild", is_flag=True, help="Forget what is there and make it anew.")
@click.option(
    "--graph", "url", metavar="URL",
    help="Also mirror the dependency graph into a Neo4j server (bolt://...). User and password come from "
    "AIFIRST_NEO4J_USER and AIFIRST_NEO4J_PASSWORD.",
)  # fmt: skip
@click.option("--no-history", is_flag=True, help="Leave out what git knows.")
@click.option(
    "--set",
    "assignments",
    multiple=True,
    metavar="KEY=VALUE",
    help="Set one value, such as memory.embedder=none. May be repeated.",
)
@click.option("--isolated", is_flag=True, help="Read no settings file.")
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(0, _MOST_JOBS),
    default=0,
    metavar="N",
    help="How many processes read; 0, the default, is one a processor.",
)
@click.option(
    "-f", "--format", "shape", type=click.Choice(("text", "json")), default="text", show_default=True,
    help="How it is told.",
)  # fmt: skip
def command(**options: Any) -> int:
    """Build the memory of a project, or bring it up to date.

    PATH is the project or a folder of it; the index is always that of the whole project. Only what changed is
    read again. It lies in .aifirst/memory.db, which may be deleted at any time.

    \b
    aifirst index              build it, or bring it up to date
    aifirst index --watch      and keep it so while you work
    aifirst index --status     is it current, and if not, why
    aifirst index --graph bolt://127.0.0.1:7687   with the dependency graph in Neo4j

    Exit code: 0 done, and with --status current; 1 with --status where it is not; 2 wrong use or failure.
    """
    from aifirst_cli.index_run import IndexOptions, run

    return run(IndexOptions(**options))
