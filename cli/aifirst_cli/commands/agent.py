"""`aifirst agent`: a task done on the codebase that is there."""

from __future__ import annotations

import click

from aifirst_cli.option_list import with_options
from aifirst_cli.run_command_options import LIMITS, SANDBOXES, SHOWN


@click.command("agent")
@click.argument("task", required=False, default="")
@click.option(
    "--models",
    metavar="FILE",
    help="A TOML file with the model of each tier. Default: the environment's model.",
)
@click.option("--agents", metavar="PLACE",
              help="A TOML file, or a folder, with agents of your own: prompt, tier, tools, budget.")  # fmt: skip
@click.option("--critic/--no-critic", default=None,
              help="Have a critic review plan and changes. Default: where --models names more than one.")  # fmt: skip
@click.option("--one-context", is_flag=True,
              help="Work on all steps in one history that grows, for models with a large window.")  # fmt: skip
@click.option(
    "-y",
    "--yes",
    is_flag=True,
    help="Take plan and changes without asking; what is dangerous is still asked.",
)
@click.option(
    "--test",
    "test",
    metavar="COMMAND",
    help="How the project's tests are run. Default: as its own files tell, from near to far.",
)
@click.option("--no-test", is_flag=True, help="Take changes that no test has seen.")
@click.option(
    "--python", metavar="FILE", help="The interpreter whose packages the tests need. Default: aifirst's own."
)
@click.option("--repairs", type=click.IntRange(0, 20), default=5, show_default=True,
              help="How often a verdict goes back to a model before the next larger one takes over.")  # fmt: skip
@click.option(
    "--max-steps",
    type=click.IntRange(1, 500),
    default=100,
    show_default=True,
    help="Steps of the agents at most.",
)
@with_options(LIMITS)
@click.option("--sandbox", type=click.Choice(SANDBOXES), default="auto", show_default=True,
              help="Where the tests are run; unsafe confines nothing.")  # fmt: skip
@click.option("--image", help="The image of the container, which is on this machine already.")
@click.option(
    "--profile",
    metavar="FILE",
    help="How you want code to be, told to every agent. Default: your own profile.md.",
)
@click.option("--preset", help="Judge by this preset instead of the project's.")
@click.option(
    "--recorded", is_flag=True, help="Ask no model: take every answer from the record of this run, or fail."
)
@click.option("--calls", is_flag=True,
              help="Show what each model call of this task was given, from its record; nothing is done.")  # fmt: skip
@with_options(SHOWN)
def command(task: str, **options: object) -> int:
    """Do a task on this codebase: plan it, change it in small edits, judge and test them, and show them to you.

    A model plans where what is to be changed; you allow the plan. Another looks around and edits by tools. Nothing is
    written before the rules for edits object to nothing, the tests pass in the sandbox, and you took the changes. What
    much hangs on (settings, builds, workflows) is asked for each time. The same command goes on where a run ended.

    \b
    aifirst agent "fix the login redirect"            plan, edit, test, and look at it with you
    aifirst agent "fix the redirect" --models t.toml  a small model edits, a larger one plans
    aifirst agent - --test "python -m unittest" < issue.md

    Exit code: 0 done, 1 it is not done or was not taken, 2 wrong use or failure, 130 interrupted.
    """
    from aifirst_cli.agent_run import AgentRun, run

    return run(AgentRun(task, **options))  # pyright: ignore[reportArgumentType]  as click read them
