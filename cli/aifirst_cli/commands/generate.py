"""`aifirst generate`: from a specification to code that passes its tests."""

from __future__ import annotations

import click

from aifirst_cli.option_list import with_options
from aifirst_cli.run_command_options import LIMITS, SANDBOXES, SHOWN
from aifirst_cli.run_options import PRESETS

_LANGUAGES = ("python", "typescript", "javascript", "go")


@click.command("generate")
@click.argument("specification", metavar="SPEC.md")
@click.option(
    "-o",
    "--output",
    metavar="FOLDER",
    required=True,
    help="The project to write into; made where it is not there.",
)
@click.option(
    "--models",
    metavar="FILE",
    help="A TOML file with the model of each tier. Default: AIFIRST_MODEL_URL, AIFIRST_MODEL.",
)
@click.option("--agents", metavar="PLACE",
              help="A TOML file, or a folder, with agents of your own: prompt, tier, budget.")  # fmt: skip
@click.option("-y", "--yes", is_flag=True, help="Go on after the plan without asking.")
@click.option("--repairs", type=click.IntRange(0, 20), default=5, show_default=True,
              help="How often a model may repair a unit before the next larger one takes over.")  # fmt: skip
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="Units written at the same time.",
)
@with_options(LIMITS)
@click.option("--sandbox", type=click.Choice(SANDBOXES), default="auto", show_default=True,
              help="Where what a model wrote is run; unsafe confines nothing.")  # fmt: skip
@click.option("--image", help="The image of the container, which is on this machine already.")
@click.option(
    "--profile",
    metavar="FILE",
    help="How you want code to be, told to every agent. Default: your own profile.md.",
)
@click.option(
    "--language",
    type=click.Choice(_LANGUAGES),
    help="The language of units that do not say it. Default: what the specification says, or Python.",
)
@click.option("--preset", type=click.Choice(PRESETS), help="Judge by this preset instead of the project's.")
@click.option(
    "--review", is_flag=True, help="Show what would be written, as a difference, and ask before it is."
)
@click.option(
    "--prune",
    is_flag=True,
    help="Remove files that an earlier run wrote and that belong to no unit any more.",
)
@click.option("--force", is_flag=True, help="Write over files that were changed by hand.")
@click.option(
    "--recorded", is_flag=True, help="Ask no model: take every answer from the record of this run, or fail."
)
@with_options(SHOWN)
def command(specification: str, output: str, **options: object) -> int:
    """Write the code of a specification, unit by unit, each judged and tested before the next stands on it.

    The specification becomes tickets (aifirst tickets). For each unit a model plans the steps, another writes tests from
    the ticket alone, a third the code; both are judged by the rules and run in a sandbox without network. What is wrong
    goes back as feedback, then to a larger model, then to you. Python, TypeScript, JavaScript and Go are written. The
    same command goes on where a run ended; after a change of the specification only what it reaches is written again.

    \b
    aifirst generate specs/cart.md -o shop                     with the model of the environment
    aifirst generate specs/cart.md -o shop --models tiers.toml a small model first, then larger
    aifirst generate specs/cart.md -o shop -y --format events  for a program that looks on

    Exit code: 0 every requirement is met, 1 something waits for you, 2 wrong use or failure, 130 interrupted.
    """
    from aifirst_cli.generate_run import GenerateRun, run

    return run(GenerateRun(specification, output, **options))  # pyright: ignore[reportArgumentType]  as click read them
