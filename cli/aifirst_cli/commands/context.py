"""`aifirst context`: what a model needs to read for a task, within a token budget."""

from __future__ import annotations

from typing import Any

import click

from aifirst_cli.option_list import with_options
from aifirst_cli.query_input import QueryCommand
from aifirst_cli.source_options import source_options, take_left_out

_FORMATS = ("text", "json", "markdown", "xml")
_RESOLUTIONS = ("auto", "exact", "medium", "low", "outline", "meta")
_FILE = click.Path(allow_dash=True)
_LARGEST_BUDGET = 10_000_000

_WHAT = (
    click.argument("query", required=False, metavar="[QUERY]"),
    click.option(
        "--file", "files", metavar="FILE", multiple=True, type=click.Path(readable=False),
        help="A file to work on: PATH, PATH::Unit.name or PATH:LINE. May be repeated.",
    ),
    click.option(
        "--budget", type=click.IntRange(0, _LARGEST_BUDGET), metavar="N",
        help="The most tokens to give. Without it 10000 for a task, 8000 for a file, 4000 for --docs.",
    ),
    click.option(
        "--resolution", type=click.Choice(_RESOLUTIONS), default="auto", show_default=True,
        help="How much of each unit is given: exact its text, medium what its body does line by line, low its flow and "
        "calls, outline its signature; meta a graph of files. auto gives the best ones whole, long ones in parts.",
    ),
    click.option(
        "--no-relevance", is_flag=True,
        help="Choose units by what the steps agree upon and give long ones whole or in short, without the rankers learnt "
        "from commits.",
    ),
    click.option("--docs", is_flag=True, help="Give the documentation package instead of code."),
    click.option(
        "--top-k", type=click.IntRange(0, 100), default=5, show_default=True, metavar="N",
        help="How many neighbours by embedding are looked at.",
    ),
)  # fmt: skip
_SOURCES = source_options("lexical", "vectors", "graph", "history", "tags", "concepts")
_HOW = (
    click.option("--no-update", is_flag=True, help="Take the index as it is; files that changed are read anew."),
    click.option(
        "-f", "--format", "shape", type=click.Choice(_FORMATS), default="text", show_default=True,
        help="How it is told.",
    ),
    click.option("-o", "--output", metavar="FILE", type=_FILE, help="Write to FILE, not standard output."),
    click.option("--explain", is_flag=True, help="Tell on standard error why each unit is there."),
)  # fmt: skip


@click.command("context", cls=QueryCommand)
@with_options((*_WHAT, *_SOURCES, *_HOW))
def command(**options: Any) -> int:
    """Give a model the code that a task needs, within a token budget.

    QUERY is the task in words, an error, a stack trace or a diff; - reads it from standard input.

    \b
    aifirst context "fix the login redirect"           what to read for a task
    aifirst context --file src/auth.py                 what to know before editing a file
    aifirst context --file src/auth.py::login -f xml   one unit and what belongs to it
    aifirst context --file src/auth.py:120 "slow"      the unit at a line, for a task
    pytest 2>&1 | aifirst context - --budget 6000      from the output of a failing run
    aifirst context "billing" --resolution meta        a map of the files that matter
    aifirst context --docs --file src/auth.py          the documents instead of the code

    The index in .aifirst/ is brought up to date first, and built where there is none. The
    best units are given whole, of long ones the lines that matter with a comment for what is left out, others at a
    lower resolution where that buys more of them.

    Exit code: 0 answered, 2 wrong use or failure.
    """
    from aifirst_cli.context_run import ContextOptions, run

    without = take_left_out(options)
    return run(ContextOptions(**options, without=without))
