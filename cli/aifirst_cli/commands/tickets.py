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
@click.option("--force", is_flag=True, help="Write over tickets that were changed by hand.")
@click.option("-f", "--format", "shape", type=click.Choice(("text", "json")), default="text", show_default=True,
              help="How it is told.")  # fmt: skip
def command(
    specification: str, output: str | None, show: str | None, language: str | None, force: bool, shape: str
) -> int:
    """Turn a specification into tickets, one a unit, in the order in which they can be written.

    Reads requirements (FR1:, NFR1:), constraints, edge cases, examples, interfaces and pipelines from Markdown, gives
    every requirement to the units that have to meet it, and says which no unit meets. No model is asked. SPEC.md may
    be -, standard input.

    \b
    aifirst tickets specs/cart.md                  the units, their order, and what is not covered
    aifirst tickets specs/cart.md --show add_item  the ticket of one unit
    aifirst tickets specs/cart.md -o tickets       a file a ticket; what is unchanged is left alone

    Exit code: 0 every requirement is covered, 1 something stands in the way, 2 wrong use or failure.
    """
    from aifirst_cli.tickets_run import TicketsRun, run

    return run(TicketsRun(specification, output, show, force, shape, language))
