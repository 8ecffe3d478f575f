"""`aifirst trace`: a traceback or a stack of compiled code, told in terms of its source."""

from __future__ import annotations

import click


@click.command("trace")
@click.argument("log", required=False, metavar="[FILE]", type=click.Path(allow_dash=True))
@click.option("--root", "roots", multiple=True, metavar="DIR", type=click.Path(file_okay=False, exists=True),
              help="Where relative paths in the trace are meant from, in a project whose lines may be shown; may be "
                   "given again. Default: here.")  # fmt: skip
@click.option("-o", "--output", metavar="FILE", type=click.Path(allow_dash=True),
              help="Write to FILE, not standard output.")  # fmt: skip
def command(log: str | None, roots: tuple[str, ...], output: str | None) -> int:
    """Tell a traceback or a stack of compiled code in terms of its source.

    Reads FILE, or standard input line by line, and rewrites every place that has a source map beside it: files, lines,
    columns, and the lines that Python shows. All else passes as it is, so a whole log may go through.

    \b
    python out/app.py 2>&1 | aifirst trace
    aifirst trace crash.log --root out

    Maps are written by `aifirst compile --maps`; those of other tools (version 3) are read as well.

    Exit code: 0 told, 2 wrong use or failure.
    """
    from aifirst_cli.trace_run import run

    return run(log, roots, output)
