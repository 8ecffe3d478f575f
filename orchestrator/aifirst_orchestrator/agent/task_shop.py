"""What a task is worked on with: the place, models, agents, gates, record, and how much may be used of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aifirst_orchestrator.agent.place import AgentPlace
from aifirst_orchestrator.agents.agent import Agent
from aifirst_orchestrator.agents.own_agents import Agents, agent_for, standard_agents
from aifirst_orchestrator.calls.ask import Asker
from aifirst_orchestrator.calls.tiers import TierModel
from aifirst_orchestrator.generate.event import Event
from aifirst_orchestrator.tools.gate import Gate
from aifirst_orchestrator.trajectory.trajectory import Trajectory


def _no_documents(_levels: Sequence[int], _paths: Sequence[str]) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class TaskShop:
    """What a task is worked on with."""

    place: AgentPlace
    asker: Asker
    tiers: Sequence[TierModel]
    gate: Gate
    trajectory: Trajectory
    tell: Callable[[Event], None]
    approve: Callable[[str, str], str]
    replace: Callable[[Path, bytes], None]
    repairs: int = 5
    most_steps: int = 40
    """Of all agents together."""
    agents: Agents = field(default_factory=standard_agents)
    reviews: int = 0
    """How often the critic's findings go back to the architect, and to the editor; 0 for no critic."""
    one_context: bool = False
    """Work on the whole plan in one history that grows, instead of step by step."""
    documents: Callable[[Sequence[int], Sequence[str]], str] = _no_documents
    """The documentation package of these levels for these files."""
    guidance: tuple[str, str] = ("", "")
    """The path and the text of what the project tells agents: material, which opens no gate."""
    earlier_work: str = ""
    """What was done on the project before, a line each: material."""
    again: int = 0
    """How often the same task ended blocked before."""

    def agent(self, name: str) -> Agent:
        """An agent of this run; where the task was blocked before, one that answers more freely."""
        return agent_for(self.agents, name, again=self.again)

    @property
    def suffix(self) -> str:
        """What keeps the record's keys of attempts made again from those made before."""
        return f"/again-{self.again}" if self.again else ""
