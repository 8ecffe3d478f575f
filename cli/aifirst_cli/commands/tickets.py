"""`aifirst tickets`: what a specification comes to, one ticket a unit."""

from __future__ import annotations

import click


@click.command("tickets")
@click.argument("specification", metavar="SPEC.md")
@click.option("-o", "--output", metavar="FOLDER",
              help="Write a file a ticket into this folder, and tickets.json beside them.")  # fmt: skip
@click.option("--show", metavar="UNIT", help="Print the ticket of one unit.")
@click.option("--language", metavar="NAME",
              help="The language of units that say none. Default: what the specification says, or Python.")  # fmt: skip
@click.option("--write", metavar="FILE",
              help="First have a model make a specification of loose prose, and write it here.")  # fmt: skip
@click.option("--models", metavar="FILE", help="For --write: a TOML file with the model of each tier.")
@click.option("--agents", metavar="PLACE", help="For --write: a file or folder with agents of your own.")
@click.option("-y", "--yes", is_flag=True, help="For --write: take the specification without asking.")
@click.option("--force", is_flag=True, help="Write over tickets that were changed by hand.")
@click.option("-f", "--format", "shape", type=click.Choice(("text", "json")), default="text", show_default=True,
              help="How it is told.")  # fmt: skip
def command(
    specification: str, output: str | None, show: str | None, language: str | None, write: str | None,
    models: str | None, agents: str | None, yes: bool, force: bool, shape: str,
) -> int:  # fmt: skip
    """Turn a specification into tickets, one a unit, in the order in which they can be written.

    Reads requirements (FR1:, NFR1:), constraints, edge cases, examples, interfaces and pipelines from Markdown, gives
    every requirement to the units that have to meet it, and says which no unit meets. No model is asked, but with
    --write, where SPEC.md may be any prose: an issue, an idea, a page. SPEC.md may be -, standard input.

    \b
    aifirst tickets specs/cart.md                  the units, their order, and what is not covered
    aifirst tickets specs/cart.md --show add_item  the ticket of one unit
    aifirst tickets specs/cart.md -o tickets       a file a ticket; what is unchanged is left alone
    aifirst tickets idea.md --write specs/cart.md  a specification of an idea, by your model

    Exit code: 0 every requirement is covered, 1 something stands in the way, 2 wrong use or failure.
    """
    from aifirst_cli.tickets_run import TicketsRun, run

    if write is not None:
        from aifirst_cli.spec_run import SpecRun, run_spec

        if show is not None or output is not None:
            raise click.UsageError("--write makes the specification: give --show or -o in a second call.")
        specification = run_spec(SpecRun(specification, write, models, agents, yes))
    return run(TicketsRun(specification, output, show, force, shape, language))
