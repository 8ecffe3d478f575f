"""`aifirst agent`: a task done on the codebase that is there."""

from __future__ import annotations

import click

from aifirst_cli.agent_options import CREW, WORK
from aifirst_cli.option_list import with_options
from aifirst_cli.run_command_options import LIMITS, SANDBOXES, SHOWN
from aifirst_cli.run_options import PRESETS


@click.command("agent")
@click.argument("task", required=False, default="")
@with_options(CREW)
@with_options(WORK)
@with_options(LIMITS)
@click.option("--sandbox", type=click.Choice(SANDBOXES), default="auto", show_default=True,
              help="Where the tests are run; unsafe confines nothing.")  # fmt: skip
@click.option("--image", help="The image of the container, which is on this machine already.")
@click.option(
    "--profile",
    metavar="FILE",
    help="How you want code to be, told to every agent. Default: your own profile.md.",
)
@click.option("--preset", type=click.Choice(PRESETS), help="Judge by this preset instead of the project's.")
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
