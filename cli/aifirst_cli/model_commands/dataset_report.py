"""`aifirst model dataset report`."""

from __future__ import annotations

from pathlib import Path

import click

from aifirst_cli.model_commands.dataset_options import result_format


@click.command("report")
@click.argument("dataset", metavar="DIR", type=click.Path(path_type=Path))
@result_format
def command(dataset: Path, shape: str) -> int:
    """Show what a dataset holds and what each step of its making did.

    The samples by task, language, category, level, licence and project, and of each step what came in, went out and was
    dropped, with the reason.

    \b
    aifirst model dataset report data
    aifirst model dataset report data --format json

    Exit code: 0 done, 2 wrong use or failure.
    """
    import msgspec
    from aifirst_model.dataset.folder import open_dataset
    from aifirst_model.dataset.show_report import show_manifest, show_survey
    from aifirst_model.dataset.survey import survey

    from aifirst_cli.output import write_output

    opened = open_dataset(dataset)
    found = survey(opened)
    if shape == "json":
        whole = {"version": 1, "manifest": opened.manifest, "survey": found}
        write_output(msgspec.json.encode(whole).decode() + "\n", None, for_programs=True)
    else:
        click.echo(f"{show_manifest(opened.manifest)}\n\n{show_survey(found)}")
    return 0
