"""`aifirst check`: the main job. Reads, judges, and shows one screen and what to do next."""

from __future__ import annotations

import sys

import click

from aifirst_cli.run_options import job_of, run_options


@click.command("check")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path())
@click.option("--format", "shape", type=click.Choice(["screen", "json"]), default="screen", show_default=True)
@run_options
def command(
    paths: tuple[str, ...],
    shape: str,
    preset: str | None,
    assignments: tuple[str, ...],
    isolated: bool,
    jobs: int,
    no_cache: bool,
) -> int:
    """Judge a project and show it on one screen: the place to start.

    Reads every source file under PATH (this folder, if none is given), obeying .gitignore, and tells how
    large its units are, how much of it is glue, which rules object most and what to do next. Nothing in
    the project is changed or run.

    Exit code: 0 clean, 1 findings, 2 wrong use or failure.
    """
    from aifirst_cli.judging import judge, rule_infos, sources_of, write_output

    job = job_of(paths, preset, assignments, isolated, jobs, no_cache)
    report = judge(job)
    if shape == "json":
        from aifirst_validator.formats import Terminal, load_renderer

        text = load_renderer("json")(
            report, sources=sources_of(job.root), rules=rule_infos(), terminal=Terminal()
        )
    else:
        import os

        from aifirst_validator.formats.screen import render_screen
        from aifirst_validator.formats.terminal import terminal_of

        text = render_screen(
            report, terminal=terminal_of(sys.stdout, os.environ), path=" ".join(paths) or "."
        )
    write_output(text, None)
    return 0 if report.clean else 1
