"""The options of `aifirst agent` that are its own: who works on the task, and how the work is tested and bounded."""

from __future__ import annotations

from typing import Final

import click

CREW: Final = (
    click.option(
        "--models",
        metavar="FILE",
        help="A TOML file with the model of each tier. Default: the environment's model.",
    ),
    click.option("--agents", metavar="PLACE",
                  help="A TOML file, or a folder, with agents of your own: prompt, tier, tools, budget."),
    click.option("--critic/--no-critic", default=None,
                  help="Have a critic review plan and changes. Default: where --models names more than one."),
    click.option("--one-context", is_flag=True,
                  help="Work on all steps in one history that grows, for models with a large window."),
)  # fmt: skip

WORK: Final = (
    click.option(
        "-y",
        "--yes",
        is_flag=True,
        help="Take plan and changes without asking; what is dangerous is still asked.",
    ),
    click.option(
        "--test",
        "test",
        metavar="COMMAND",
        help="How the project's tests are run. Default: as its own files tell, from near to far.",
    ),
    click.option("--no-test", is_flag=True, help="Take changes that no test has seen."),
    click.option(
        "--python", metavar="FILE", help="The interpreter whose packages the tests need. Default: aifirst's own."
    ),
    click.option("--repairs", type=click.IntRange(0, 20), default=5, show_default=True,
                  help="How often a verdict goes back to a model before the next larger one takes over."),
    click.option(
        "--max-steps",
        type=click.IntRange(1, 500),
        default=100,
        show_default=True,
        help="Steps of the agents at most.",
    ),
)  # fmt: skip
