"""`aifirst model dataset check`."""

from __future__ import annotations

from pathlib import Path

import click

from aifirst_cli.model_commands.dataset_options import result_format


@click.command("check")
@click.argument("dataset", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--benchmark", "benchmarks", multiple=True, metavar="FILE", type=click.Path(path_type=Path),
              help="Look for its problems too: HumanEval, MBPP; again for more.")  # fmt: skip
@result_format
def command(dataset: Path, benchmarks: tuple[Path, ...], shape: str) -> int:
    """Check that a dataset is whole, without secrets, and divided cleanly.

    Its sums, that every line is a sample, that no sample and, where it was divided by project, no project stands in two
    splits, that no secret is in it, and no problem of a benchmark that is given.

    \b
    aifirst model dataset check data --benchmark HumanEval.jsonl.gz

    Exit code: 0 sound, 1 problems, 2 wrong use or failure.
    """
    import msgspec
    from aifirst_model.dataset.check import check_dataset

    from aifirst_cli.output import write_output
    from aifirst_cli.progress import progress_bar

    with progress_bar("checking") as update:
        outcome = check_dataset(dataset, benchmarks, update)
    if shape == "json":
        whole = {"version": 1, "samples": outcome.samples, "problems": outcome.problems, "more": outcome.more}
        write_output(msgspec.json.encode(whole).decode() + "\n", None, for_programs=True)
        return 1 if outcome.problems else 0
    for problem in outcome.problems:
        click.echo(problem)
    if outcome.more:
        click.echo(f"and {outcome.more} more")
    if not outcome.problems:
        click.echo(f"{outcome.samples:,} samples are sound")
    return 1 if outcome.problems else 0
