"""What `aifirst trace` does: lines in, lines out, and what was wrong with a map on standard error."""

from __future__ import annotations

import io
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click
from aifirst_compiler.source_maps.find_map import MapFinder
from aifirst_compiler.source_maps.script_names import ScriptNames
from aifirst_compiler.source_maps.source_roots import SourceRoots
from aifirst_compiler.source_maps.trace import Tracer

from aifirst_cli.failure import Failure
from aifirst_cli.output import write_output


def run(log: str | None, roots: tuple[str, ...], output: str | None) -> int:
    """Rewrite a trace; the exit code."""
    finder = MapFinder(tuple(map(Path, roots)))
    sources = SourceRoots((Path(), *map(Path, roots)))
    tracer = Tracer(finder, ScriptNames(), sources.holds)
    with _opened(log) as lines:
        told = tracer.rewrite_lines(lines)
        if output is None or output == "-":
            for line in told:
                click.echo(line, nl=False)
        else:
            write_output("".join(told), output)
    for problem in finder.problems:
        click.echo(f"Warning: {problem}", err=True)
    for source in sources.left_out:
        click.echo(
            f"Warning: no line of {source} is shown: it is in no project at hand. "
            "Give its folder with --root if the map is one you trust.",
            err=True,
        )
    if not tracer.rewritten:
        click.echo(
            "No place in it has a source map: compile with --maps, or say with --root where the output lies.",
            err=True,
        )
    return 0


@contextmanager
def _opened(log: str | None) -> Generator[IO[str]]:
    """The lines of a file or of standard input, whatever their encoding: what is no UTF-8 is shown as such."""
    if log is not None and log != "-":
        try:
            with Path(log).open(encoding="utf-8", errors="replace", newline="") as opened:
                yield opened
        except OSError as error:
            raise Failure(
                f"{log} cannot be read: {error.strerror or error}. Give a file with a trace in it."
            ) from error
        return
    buffer = getattr(sys.stdin, "buffer", None)
    if buffer is None:
        raise Failure("standard input is closed. Give a file with a trace in it.")
    if sys.stdin.isatty():
        click.echo("Reading a trace from the terminal; end it with Ctrl-D.", err=True)
    yield io.TextIOWrapper(buffer, "utf-8", "replace", newline="")
