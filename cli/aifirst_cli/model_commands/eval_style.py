"""`aifirst model eval style`."""

from __future__ import annotations

from pathlib import Path

import click

from aifirst_cli.model_commands.eval_options import output_options, saving_option
from aifirst_cli.run_options import PRESETS


@click.command("style")
@click.argument(
    "paths", nargs=-1, required=True, metavar="RUN|PATH...", type=click.Path(exists=True, path_type=Path)
)
@click.option(
    "--preset",
    type=click.Choice(PRESETS),
    default="balanced",
    show_default=True,
    help="The rules that count.",
)
@saving_option
@output_options  # fmt: skip
def command(paths: tuple[Path, ...], preset: str, out: Path | None, shape: str) -> int:
    """Say how much of what a model wrote keeps to the style.

    RUN is the folder of a humaneval or mbpp run, whose programs are judged; PATH is a file or a folder of generated code.
    Told are the share of files without error findings, and how much of the files is glue: 70 to 90 % is wanted.
    Settings files are not read. A finding that the file itself silences counts, and so does a file that does not parse.

    \b
    aifirst model eval style generated/ --preset full
    aifirst model eval style runs/a -o style.json

    Exit code: 0 done, 2 wrong use or failure.
    """
    from aifirst_model.evaluation.style_result import read_generated, style_result

    from aifirst_cli.model_commands.eval_options import tell_result
    from aifirst_cli.model_wiring.style_judge import ValidatorJudge
    from aifirst_cli.progress import progress_bar

    generated = read_generated(paths)
    with progress_bar("Files judged") as update:
        result = style_result(ValidatorJudge(preset), generated, update or (lambda _, __: None))
    tell_result(result, shape, out)
    return 0
