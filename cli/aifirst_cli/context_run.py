"""What `aifirst context` does: bring the index up to date, assemble, write."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click
import msgspec
from aifirst_codebase.config import find_root
from aifirst_memory.context.memory_sources import assemble_context
from aifirst_memory.context.request import ContextAnswer, ContextError, ContextRequest
from aifirst_memory.memory import Memory
from aifirst_memory.store import NoIndexError

from aifirst_cli.current_index import single_threaded_arrays, update_index
from aifirst_cli.given_place import split_place
from aifirst_cli.index_run import memory_errors
from aifirst_cli.output import write_output
from aifirst_cli.query_input import given_query
from aifirst_cli.run_options import current_folder

_MARKS = (".git", "aifirst.toml", "pyproject.toml", ".aifirst")
"""What says that a folder is a project, where one does not stand in it."""


class ContextOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of `aifirst context`."""

    query: str | None = None
    files: tuple[str, ...] = ()
    budget: int | None = None
    resolution: str = "auto"
    top_k: int = 5
    docs: bool = False
    no_relevance: bool = False
    without: tuple[str, ...] = ()
    no_update: bool = False
    shape: str = "text"
    output: str | None = None
    explain: bool = False


def run(options: ContextOptions) -> int:
    """Answer; returns the exit code. Raises `click.UsageError` and `Failure`."""
    single_threaded_arrays()
    query = given_query(options.query)
    if not query.strip() and not options.files:
        if options.query is None:
            raise click.UsageError(
                'say what the task is: aifirst context "fix the login redirect", or --file FILE.'
            )
        raise click.UsageError("the query is empty. Say the task in words, or name a file with --file FILE.")
    here = current_folder()
    root, files = _places(here, options.files)
    request = _request(options, query, files)
    try:
        with memory_errors():
            answer = _answer(root, request, no_update=options.no_update)
    except ContextError as error:
        raise click.UsageError(str(error)) from error
    for notice in answer.notices:
        click.echo(f"aifirst: {notice}", err=True)
    if options.explain:
        click.echo(explained(answer), err=True)
    if answer.text or options.output:
        write_output(answer.text, options.output, for_programs=options.shape != "text")
    return 0


def _request(options: ContextOptions, query: str, files: tuple[str, ...]) -> ContextRequest:
    values: dict[str, Any] = {
        "query": query, "files": files, "budget": options.budget, "resolution": options.resolution,
        "top_k": options.top_k, "without": frozenset(options.without), "docs": options.docs, "format": options.shape,
        "relevance": not options.no_relevance,
    }  # fmt: skip
    return msgspec.convert(values, ContextRequest)


def _places(here: Path, given: tuple[str, ...]) -> tuple[Path, tuple[str, ...]]:
    """The project, and the files as it calls them; raises `click.UsageError` for one outside."""
    if not given:
        return find_root(here), ()
    first, _ = split_place(here, given[0])
    start = here / first
    root = find_root(start if start.is_file() or start.is_dir() else here)
    if not here.is_relative_to(root) and not any((root / mark).exists() for mark in _MARKS):
        raise click.UsageError(
            f"{first} is in no project: neither its folder nor one above it has a .git or an aifirst.toml. Go to"
            " the folder of its project and ask there, so that the index is made of all of it."
        )
    files: list[str] = []
    for one in given:
        if not one:
            raise click.UsageError("a FILE is empty. Give a file of your project.")
        path, rest = split_place(here, one)
        inside = Path(os.path.normpath(here / path))
        if not inside.is_relative_to(root):
            raise click.UsageError(f"{path} is outside the project {root}. Give files of one project.")
        if inside.is_dir():
            raise click.UsageError(f"{path} is a folder. Give a file of it, or say the task in words.")
        files.append(inside.relative_to(root).as_posix() + rest)
    return root, tuple(files)


def _answer(root: Path, request: ContextRequest, *, no_update: bool) -> ContextAnswer:
    """The answer from the index, which is made current first, and made where there is none."""
    if not no_update:
        update_index(root)
    try:
        memory = Memory.open(root)
    except NoIndexError:
        update_index(root)
        memory = Memory.open(root)
    with memory:
        return assemble_context(memory, request)


def explained(answer: ContextAnswer) -> str:
    """A line a unit: how it was found, how it is given and what it costs."""
    lines = [
        f"{answer.tokens:,} of {answer.budget:,} tokens, {len(answer.items)} units of {answer.considered} found"
    ]
    for item in answer.items:
        name = f"{item.path}::{item.unit}" if item.unit else item.path
        why = "; ".join(item.reasons)
        if item.resolution == "parts":
            why += f"; long, so what matters of its {item.end_line - item.line + 1} lines"
        lines.append(f"{item.score:.3f} {item.step:<13} {item.resolution:<7} {item.tokens:>5}  {name}  {why}")
    return "\n".join(lines)
