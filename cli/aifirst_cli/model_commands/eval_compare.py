"""`aifirst model eval compare`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from aifirst_cli.model_commands.eval_options import output_options

_RESULT = click.Path(exists=True, path_type=Path)


@click.command("compare")
@click.argument("first", metavar="A", type=_RESULT)
@click.argument("second", metavar="B", type=_RESULT)
@output_options
def command(first: Path, second: Path, shape: Any) -> int:
    """Compare two results of one evaluation, item by item.

    A and B are folders of runs, or files that --out wrote. The interval is of the difference over the problems, files
    or texts that both have (paired bootstrap); the test is over those that differ (sign test, which is McNemar's
    exact test where there is one answer to a problem).

    \b
    aifirst model eval compare runs/before runs/after
    aifirst model eval compare a.json b.json --format markdown >> report.md

    Exit code: 0 done, 2 wrong use or failure.
    """
    from aifirst_model.evaluation.compare import compare_results, show_comparison
    from aifirst_model.evaluation.result import read_result

    click.echo(show_comparison(compare_results(read_result(first), read_result(second)), shape))
    return 0
