"""Where an agent works: the project with its changes, its memory and graph, and what judges, builds and tests them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from aifirst_memory.dependencies.store import GraphStore
from aifirst_memory.memory import Memory

from aifirst_orchestrator.agent.workspace import Workspace
from aifirst_orchestrator.generate.flaw import Flaw


def _nothing_wrong() -> tuple[Flaw, ...]:
    return ()


@dataclass
class AgentPlace:
    """Where an agent works."""

    workspace: Workspace
    memory: Memory
    judge: Callable[[], tuple[Flaw, ...]]
    """What the edit rules and the others say of the changes so far."""
    test: Callable[[], tuple[Flaw, ...]]
    """What comes of the tests that the changes reach, from near to far."""
    ask: Callable[[str], str]
    finished: str = ""
    """What the agent says it did, once it says that it is done."""
    open_graph: Callable[[], AbstractContextManager[GraphStore]] | None = field(default=None, kw_only=True)
    """The dependency graph of the files as they are on the disk; None where there is none."""
    build: Callable[[], tuple[Flaw, ...]] = field(default=_nothing_wrong, kw_only=True)
    """What the project's own compiler says of the changes."""
    test_near: Callable[[], tuple[Flaw, ...]] = field(default=_nothing_wrong, kw_only=True)
    """What comes of the tests of the changed units alone."""
