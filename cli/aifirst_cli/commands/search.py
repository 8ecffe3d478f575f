"""`aifirst search`: where in the project something is."""

from __future__ import annotations

from typing import Any

import click

from aifirst_cli.option_list import with_options
from aifirst_cli.query_input import QueryCommand
from aifirst_cli.source_options import source_options, take_left_out

_FORMATS = ("text", "json", "markdown", "xml")
_LEVELS = ("hybrid", "tree", "tag", "vector", "lexical", "graph", "concept")
_SOURCES = source_options("lexical", "vectors", "graph", "history")
_OPTIONS = (
    click.argument("query", metavar="QUERY"),
    click.argument("path", required=False, default=".", metavar="[PATH]", type=click.Path()),
    click.option("-k", "count", type=click.IntRange(1, 1000), default=10, show_default=True, metavar="N",
                 help="How many results."),
    click.option("--level", type=click.Choice(_LEVELS), default="hybrid", show_default=True,
                 help="Which index answers: hybrid fuses all; tree knows paths, tag the tags and tickets, vector "
                 "meaning, lexical words, graph what is around what fits, concept the terms of the domain."),
    click.option("--kind", type=click.Choice(("any", "file", "unit")), default="any", show_default=True,
                 help="What is found."),
    *_SOURCES,
    click.option("--no-update", is_flag=True, help="Take the index as it is."),
    click.option("--explain", is_flag=True, help="Say why each result is there."),
    click.option("-f", "--format", "shape", type=click.Choice(_FORMATS), default="text", show_default=True,
                 help="How it is told."),
    click.option("-o", "--output", metavar="FILE", type=click.Path(allow_dash=True),
                 help="Write to FILE, not standard output."),
)  # fmt: skip


@click.command("search", cls=QueryCommand)
@with_options(_OPTIONS)
def command(**options: Any) -> int:
    """Find where in the project something is, best first.

    QUERY is what you look for: words, a function or class, an error, a stack trace, a diff, an issue; - reads it
    from standard input. Names, paths and quoted code in it count for what they are. PATH is the project.

    \b
    aifirst search "where are sessions expired"     files and units, all sources fused
    aifirst search OrderSerializer -k 5             what defines and uses a name
    aifirst search FEATURE:user-login --level tag   where a tag stands
    aifirst search "retry on timeout" --explain     with the reasons
    pytest 2>&1 | aifirst search - --kind file      where a failing run leads
    git diff | aifirst search - --no-history        what a change is about

    The index in .aifirst/ is brought up to date first, and built where there is none.

    Exit code: 0 found, 1 nothing found, 2 wrong use or failure.
    """
    from aifirst_cli.search_run import SearchOptions, run

    without = take_left_out(options)
    return run(SearchOptions(**options, without=without))
