"""`aifirst impact`: what breaks if something changes, and which tests to run."""

from __future__ import annotations

from typing import Any

import click
from aifirst_memory.dependencies.runnable_tests.runners import RUNNERS

from aifirst_cli.graph_options import HOW_FOUND, STORE
from aifirst_cli.option_list import with_options

_OPTIONS = (
    click.argument("targets", nargs=-1, metavar="[TARGET]..."),
    click.option("--diff", metavar="REV", help="Take what changed since a revision (HEAD: what is not committed)."),
    click.option("--depth", type=click.IntRange(1, 100), default=None, metavar="N",
                 help="How many steps away; without it all that is reached."),
    *HOW_FOUND,
    click.option("--tests", is_flag=True,
                 help="Print the tests to run alone, one a line, as their runner takes them."),
    click.option("--test-files", is_flag=True, help="Print the files of these tests alone, one a line."),
    click.option("--runner", type=click.Choice(RUNNERS), default=None,
                 help="The tests of one runner alone; files are for those that take no less."),
    *STORE,
    click.option("-f", "--format", "shape", type=click.Choice(("text", "json", "mermaid", "dot")), default="text",
                 show_default=True, help="How it is told."),
    click.option("-o", "--output", metavar="FILE", type=click.Path(allow_dash=True),
                 help="Write to FILE, not standard output."),
)  # fmt: skip


@click.command("impact")
@with_options(_OPTIONS)
def command(**options: Any) -> int:
    """Say what breaks if something changes, and which tests to run.

    What is nearest and surest comes first. TARGET is a file, a unit or a line of one (src/auth.py,
    src/auth.py::login, src/auth.py:120), or a name where the project has one of it.

    \b
    aifirst impact src/auth.py::login          what depends on a function, however far away
    aifirst impact Session --depth 1           who uses a class directly
    aifirst impact --diff main                 what your branch can break
    aifirst impact --diff HEAD --tests | xargs -r pytest
    aifirst impact login --runner junit | paste -sd, | xargs -r -I% mvn test -Dtest=%

    What is reached with a confidence under one half is left out, unless --confidence asks for it.

    The graph in .aifirst/ is brought up to date first, and built where there is none.

    Exit code: 0 answered, 2 wrong use or failure.
    """
    from aifirst_cli.impact_run import ImpactOptions, run

    return run(ImpactOptions(**options))
