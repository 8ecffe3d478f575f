"""`aifirst check`: the main job. Reads, judges, and shows one screen and what to do next."""

from __future__ import annotations

import os
import shlex
import sys

import click

from aifirst_cli.run_options import RunOptions, job_of, run_options


@click.command("check")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path())
@click.option("-f", "--format", "shape", type=click.Choice(["screen", "json"]), default="screen", show_default=True,
              help="For a person, or for a program.")  # fmt: skip
@run_options
def command(paths: tuple[str, ...], shape: str, run: RunOptions) -> int:
    """Judge a project and show it on one screen: the place to start.

    Reads every source file under PATH (this project, if none is given), obeying .gitignore, and tells how
    large its units are, how much of it is glue, which rules object most and what to do next. Nothing in
    the project is changed or run; a cache in .aifirst/ makes the next run fast.

    \b
    aifirst check                            this project
    aifirst check src/app.py                 one file of it
    aifirst check ../other --preset full     another project, by the strictest rules
    aifirst check --format json | jq .summary.rules

    Exit code: 0 clean, 1 findings, 2 wrong use or failure.
    """
    from aifirst_cli.judging import judge, rule_infos
    from aifirst_cli.known_findings import without_known
    from aifirst_cli.output import write_output
    from aifirst_cli.shown_sources import sources_of

    found = judge(job_of(paths, run))
    report = without_known(found)
    if shape == "json":
        from aifirst_validator.formats import Terminal, load_renderer

        text = load_renderer("json")(
            report, sources=sources_of(found, run), rules=rule_infos(), terminal=Terminal()
        )
    else:
        from aifirst_validator.formats.screen import render_screen
        from aifirst_validator.formats.terminal import terminal_of

        text = render_screen(
            report, terminal=terminal_of(sys.stdout, os.environ), path=shlex.join(paths) or "."
        )
    write_output(text, None, for_programs=shape == "json")
    return 0 if report.clean else 1
