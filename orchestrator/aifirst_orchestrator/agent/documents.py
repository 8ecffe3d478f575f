"""The documentation package of an agent: of the five levels those that are its own, within a budget of tokens."""

from __future__ import annotations

from collections.abc import Sequence

from aifirst_codebase.tokens import get_counter
from aifirst_memory.context.memory_sources import assemble_context
from aifirst_memory.context.request import ContextError, ContextRequest
from aifirst_memory.memory import Memory

from aifirst_orchestrator.agent.workspace import Workspace

BUDGET = 1_200
"""Tokens of a package: what a small window has left beside the task, the code and the tools."""
_ALL = 4_000
"""Of all five levels, of which those of the agent are taken."""


_GUIDANCE = ("AGENTS.md", "CLAUDE.md")


def guidance_of(workspace: Workspace) -> tuple[str, str]:
    """The path and text of what a project tells agents, its AGENTS.md or else CLAUDE.md; "" where there is none."""
    for path in _GUIDANCE:
        text = workspace.text(path) if path in workspace.paths else None
        if text is not None and text.strip():
            return path, text.strip()
    return "", ""


def documents_of(memory: Memory, levels: Sequence[int], paths: Sequence[str], query: str) -> str:
    """The documents of those levels for these files, each under its name; "" where the project has none of them."""
    if not levels:
        return ""
    known = tuple(path for path in paths if path in set(memory.files.paths))[:8]
    try:
        answer = assemble_context(
            memory, ContextRequest("" if known else query, known, budget=_ALL, docs=True)
        )
    except ContextError:
        return ""
    count = get_counter().count
    wanted = {f"level {level}" for level in levels}
    kept: list[str] = []
    room = BUDGET
    for item in answer.items:
        if item.step not in wanted:
            continue
        text = f"{item.path}:{item.line} ({item.reasons[0]})\n{item.text.rstrip()}"
        tokens = count(text) + 2
        if tokens <= room:
            kept.append(text)
            room -= tokens
    return "\n\n".join(kept)
