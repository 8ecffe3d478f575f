"""`aifirst report`: the report as one page."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from aifirst_cli.run_options import job_of, run_options


@click.command("report")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path())
@click.option("-o", "--output", default="aifirst-report.html", show_default=True, metavar="FILE")
@run_options
def command(
    paths: tuple[str, ...],
    output: str,
    preset: str | None,
    assignments: tuple[str, ...],
    isolated: bool,
    jobs: int,
    no_cache: bool,
) -> int:
    """Write the report as one HTML page with charts.

    The page needs no server and no network: sizes of units, glue by folder, the worst offenders, every
    file and every finding with its source. Use -o - for standard output.
    """
    from aifirst_validator.formats import load_renderer
    from aifirst_validator.formats.terminal import PLAIN

    from aifirst_cli.judging import judge, rule_infos, sources_of, write_output

    job = job_of(paths, preset, assignments, isolated, jobs, no_cache)
    report = judge(job)
    page = load_renderer("html")(report, sources=sources_of(job.root), rules=rule_infos(), terminal=PLAIN)
    write_output(page, output)
    if output != "-":
        click.echo(
            f"Wrote {Path(output)} ({len(report.findings)} findings). Open it in a browser.", file=sys.stderr
        )
    return 0
