"""`aifirst report`: the report as one page."""

from __future__ import annotations

from pathlib import Path

import click

from aifirst_cli.run_options import RunOptions, job_of, run_options

_PAGE = "aifirst-report.html"


@click.command("report")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path())
@click.option(
    "-o", "--output", default=_PAGE, show_default=True, metavar="FILE", type=click.Path(),
    help="Where to write it; - is standard output.",
)  # fmt: skip
@run_options
def command(paths: tuple[str, ...], output: str, run: RunOptions) -> int:
    """Write the report as one HTML page with charts.

    The page needs no server and no network: sizes of units, glue by folder, the worst offenders, every
    file and every finding with its source.

    \b
    aifirst report                       aifirst-report.html, of this project
    aifirst report src -o /tmp/src.html  one folder of it
    aifirst report -o - | gzip > r.html.gz

    Exit code: 0 written, whatever was found; 2 wrong use or failure.
    """
    from aifirst_validator.formats import load_renderer
    from aifirst_validator.formats.terminal import PLAIN

    from aifirst_cli.failure import Failure
    from aifirst_cli.judging import judge, rule_infos
    from aifirst_cli.known_findings import findings_in_words, without_known
    from aifirst_cli.output import write_output
    from aifirst_cli.shown_sources import sources_of

    if not output:
        raise click.UsageError("-o needs a file, or - for standard output.")
    if output == _PAGE and Path(output).is_symlink():
        # A project may bring the link with it, and nobody said to write where it leads.
        raise Failure(
            f"{output} is a link, which is not followed. Take it away, or give another file with -o."
        )
    found = judge(job_of(paths, run))
    report = without_known(found)
    page = load_renderer("html")(report, sources=sources_of(found, run), rules=rule_infos(), terminal=PLAIN)
    write_output(page, output, for_programs=True)
    if output != "-":
        told = f"{click.format_filename(output)} ({findings_in_words(len(report.findings))})"
        click.echo(f"Wrote {told}. Open it in a browser.", err=True)
    return 0
