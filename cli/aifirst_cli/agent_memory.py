"""What a task is told of earlier work on its project, and what it leaves for later ones; each once a record.

So a run that goes on, or is repeated from its record, is told the same, and is remembered once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from aifirst_cli.output import shown_text

if TYPE_CHECKING:
    from pathlib import Path

    from aifirst_orchestrator.agent.work_on_task import TaskOutcome
    from aifirst_orchestrator.agent.workspace import Workspace
    from aifirst_orchestrator.trajectory.trajectory import Trajectory


def earlier_work(root: Path, task: str, trajectory: Trajectory) -> str:
    """What was done on the project before that is like the task, a line each."""
    from aifirst_codebase.cache.store import FOLDER
    from aifirst_orchestrator.agent.earlier_work import recall_work

    def recall() -> str:
        told, notice = recall_work(root / FOLDER, task)
        _notice(notice)
        return told

    return trajectory.done_once("PLAN/earlier-work", str, recall)


def remember(
    root: Path, task: str, outcome: TaskOutcome, workspace: Workspace, trajectory: Trajectory,
    *, is_tested: bool,
) -> None:  # fmt: skip
    """Write down what came of the task, in the memory of work."""
    from aifirst_codebase.cache.store import FOLDER
    from aifirst_orchestrator.agent.earlier_work import remember_work
    from aifirst_orchestrator.trajectory.trajectory import digest_of

    why = outcome.summary if outcome.state == "done" else "; ".join(one.message for one in outcome.flaws[:3])
    ended = f"{outcome.state}: {why}" if why else outcome.state
    before, after = workspace.before(), workspace.changed
    changed = {
        path: (
            before.get(path, "").encode("utf-8", "replace"),
            after.get(path, "").encode("utf-8", "replace"),
        )
        for path in outcome.written
    }

    def write() -> str:
        notice = remember_work(root / FOLDER, task, outcome.plan, ended, changed, is_tested=is_tested)
        _notice(notice)
        return notice

    inputs = digest_of((outcome.state, outcome.difference, ended))
    trajectory.done_once("DONE/remembered", str, write, inputs)


def _notice(text: str) -> None:
    if text:
        click.echo(shown_text(f"note: {text}"), err=True)
