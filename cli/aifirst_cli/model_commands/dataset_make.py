"""`aifirst model dataset make`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from aifirst_cli.model_commands.dataset_options import licence_options, making_options


@click.command("make")
@click.argument("projects", nargs=-1, metavar="PROJECT...", type=click.Path(path_type=Path))
@click.option("-o", "--out", required=True, metavar="DIR", type=click.Path(path_type=Path),
              help="Where the dataset goes; a dataset that is there is replaced.")  # fmt: skip
@click.option("--tasks", metavar="LIST", help="What to make, of: code, file, fill, docstring-to-body, ticket-to-code, "
              "documents, project-question, diff-to-message. All but file unless given.")  # fmt: skip
@click.option(
    "--both-ways",
    is_flag=True,
    help="Make pairs the other way round too: body to docstring, code to ticket, message to diff.",
)
@licence_options
@click.option("--languages", metavar="LIST", help="Only files of these languages.")
@click.option("--drop-masked", is_flag=True, help="Leave a file out in which a secret was masked.")
@click.option(
    "--commits",
    type=click.IntRange(0),
    metavar="N",
    help="The newest commits that are looked at. [default: 1000]",
)
@click.option(
    "--split",
    "shares_of_splits",
    metavar="A,B,C",
    help="Shares of train, validation, test. [default: 90,5,5]",
)
@click.option("--by", type=click.Choice(("auto", "project", "folder", "file")),
              help="What is never divided. [default: auto: a project, with fewer than three a folder]")  # fmt: skip
@click.option("--add", "added", multiple=True, metavar="FILE", type=click.Path(path_type=Path),
              help="Samples made elsewhere, JSON lines or a dataset; again for more.")  # fmt: skip
@click.option("--on-bad", type=click.Choice(("stop", "skip")), default="stop", show_default=True,
              help="At a line of --add that is no sample: stop and say which, or pass it over and count it.")  # fmt: skip
@click.option(
    "--keep-work", is_flag=True, help="Keep what the steps left in DIR.work, to make another mix at once."
)
@click.option("-j", "--jobs", type=click.IntRange(0, 64), default=0, metavar="N",
              help="Processes that read projects. [default: one a processor]")  # fmt: skip
@making_options
def command(**options: Any) -> int:
    """Make a dataset of projects: collect, pairs, divide, deduplicate, mix.

    A PROJECT is a folder with source: a git clone, an unpacked package, your own. Only files under a permissive licence
    are taken unless --own or --licences says otherwise. Secrets are masked; vendored, generated and minified files
    are left out. No project stands in two splits.

    \b
    aifirst model dataset make ~/src/one ~/src/two ~/src/three -o data
    aifirst model dataset make . --own --tasks fill,code -o data
    aifirst model dataset make src/* -o data --shares ai-first --benchmark HumanEval.jsonl.gz

    Exit code: 0 done, 2 wrong use or failure, 130 interrupted: the same command goes on with the next step.
    """
    from aifirst_cli.model_commands.dataset_run import run_make

    return run_make(options)
