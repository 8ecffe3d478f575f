"""What one agent may use of a run, as its file says: tokens, seconds, money. Looked at before each of its calls."""

from __future__ import annotations

from aifirst_orchestrator.agents.agent import Agent
from aifirst_orchestrator.calls.budget import OverBudgetError, Usage


class AgentSpentError(OverBudgetError):
    """An agent has used up what it may; the run stops there unless it can do without."""


def require_agent_room(agent: Agent, used: Usage, prompt_tokens: int) -> None:
    """Raise `AgentSpentError` where the agent's next call, with a prompt of so many tokens, would go beyond it."""
    for spent, limit, what in (
        (used.prompt_tokens + used.answer_tokens + prompt_tokens + 1, agent.tokens, "tokens"),
        (used.seconds, agent.seconds, "seconds"),
        (used.money, agent.money, "of money"),
    ):
        if limit is not None and spent > limit:
            raise AgentSpentError(
                f"the agent {agent.name} may use {limit:g} {what}, which are used up: let it use more in your file of "
                "agents (--agents) and run the same again, and it goes on from here"
            )
