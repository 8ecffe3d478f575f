"""Who works on a task and with what: a person's own agents, whether a critic reviews, the documents for each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from aifirst_cli.failure import Failure
from aifirst_cli.output import shown_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aifirst_memory.memory import Memory
    from aifirst_orchestrator.agents.own_agents import Agents
    from aifirst_orchestrator.calls.tiers import TierModel
    from aifirst_orchestrator.trajectory.recorded_step import RecordedStep

ROUNDS = 5
"""How often a critic's findings go back, at most."""


def open_agents(given: str | None) -> Agents:
    """The agents of a run, with those that the person names. Raises `Failure`."""
    from aifirst_orchestrator.agent.project_tools import PROJECT_TOOLS
    from aifirst_orchestrator.agents.own_agents import OwnAgentsError, read_agents, standard_agents

    try:
        return read_agents(Path(given), frozenset(PROJECT_TOOLS)) if given else standard_agents()
    except OwnAgentsError as error:
        raise Failure(str(error)) from error


def review_rounds(wanted: bool | None, tiers: Sequence[TierModel]) -> int:
    """The critic's rounds: as wanted, else some where it is another model than the one whose work it reviews."""
    return ROUNDS if (wanted if wanted is not None else len(tiers) > 1) else 0


def document_giver(memory: Memory, task: str) -> Callable[[Sequence[int], Sequence[str]], str]:
    """Gives the documentation package of levels for files, each asked for once."""
    from aifirst_orchestrator.agent.documents import documents_of

    known: dict[tuple[tuple[int, ...], tuple[str, ...]], str] = {}

    def give(levels: Sequence[int], paths: Sequence[str]) -> str:
        key = (tuple(levels), tuple(paths))
        if key not in known:
            known[key] = documents_of(memory, levels, paths, task)
        return known[key]

    return give


def show_calls(steps: Sequence[RecordedStep]) -> None:
    """Print what each call of a record was given."""
    from aifirst_orchestrator.calls.manifest import manifest_as_text

    click.echo(shown_text(manifest_as_text(steps)), nl=False)
