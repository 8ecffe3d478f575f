"""What `aifirst search` does: bring the index up to date, search, write."""

from __future__ import annotations

import os
import sys
from typing import Any

import click
import msgspec
from aifirst_codebase.config import find_root
from aifirst_memory.memory import Memory
from aifirst_memory.search.result import SearchRequest

from aifirst_cli.current_index import single_threaded_arrays, update_index
from aifirst_cli.index_run import memory_errors
from aifirst_cli.output import write_output
from aifirst_cli.query_input import given_query
from aifirst_cli.run_options import current_folder
from aifirst_cli.search_formats import render


class SearchOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of `aifirst search`."""

    query: str
    path: str = "."
    count: int = 10
    level: str = "hybrid"
    kind: str = "any"
    without: tuple[str, ...] = ()
    no_update: bool = False
    explain: bool = False
    shape: str = "text"
    output: str | None = None


def run(options: SearchOptions) -> int:
    """Search; returns the exit code. Raises `click.UsageError` and `Failure`."""
    single_threaded_arrays()
    text = given_query(options.query)
    if not text.strip():
        raise click.UsageError("the query is empty. Say what you look for: words, a name, an error.")
    values: dict[str, Any] = {
        "text": text, "k": options.count, "level": options.level, "kind": options.kind,
        "without": frozenset(options.without),
    }  # fmt: skip
    request = msgspec.convert(values, SearchRequest)
    start = (current_folder() / options.path).resolve()
    if not start.exists():
        raise click.UsageError(
            f"{options.path} does not exist. Give a folder of your project, or put the query in quotes."
        )
    root = find_root(start)
    with memory_errors():
        if not options.no_update:
            update_index(root)
        with Memory.open(root) as memory:
            answer = memory.search(request)
    for notice in answer.notices:
        click.echo(f"aifirst: {notice}", err=True)
    if not answer.results and not answer.notices:
        other = "vector" if options.level == "hybrid" else "hybrid"
        click.echo(f"aifirst: nothing was found. Try other words, or --level {other}.", err=True)
    color = options.output is None and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    shown = render(answer, options.shape, explain=options.explain, color=color)
    if shown:
        write_output(shown, options.output, for_programs=options.shape != "text")
    return 0 if answer.results else 1
