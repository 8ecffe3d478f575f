"""One request of an agent with tools: asked for, decided at the gate, run, recorded.

A request that was recorded is not run again, but for those that only change what stands beside the files: they are done
again on the files as they are now, so that a run goes on with what a person changed meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import msgspec
from aifirst_codebase.secrets.mask import mask_secrets

from aifirst_orchestrator.agent.place import AgentPlace
from aifirst_orchestrator.agent.project_tools import PROJECT_TOOLS
from aifirst_orchestrator.agent.task_shop import TaskShop
from aifirst_orchestrator.agents.agent import Agent
from aifirst_orchestrator.calls.tiers import TierModel
from aifirst_orchestrator.generate.event import Event
from aifirst_orchestrator.prompts.part import Part
from aifirst_orchestrator.tools.gate import Decision
from aifirst_orchestrator.tools.request import (
    ToolRequest,
    describe_tools,
    read_request,
    request_schema,
    tool_signatures,
)
from aifirst_orchestrator.tools.tool import Tool, ToolError
from aifirst_orchestrator.trajectory.trajectory import digest_of

_AGAIN = frozenset(("read", "edit", "patch", "changes", "finish"))
"""Tools that run again when a run goes on: they hang on nothing but the files, which may be others by now."""
_WHOLE_STEPS = 4
"""Steps whose results an agent still sees whole; of older ones it sees a line."""


class TakenStep(msgspec.Struct, frozen=True):
    """What an agent asked for, who allowed it, and what came of it; `section` is what it was working on."""

    request: ToolRequest | None
    decision: Decision | None
    result: str
    is_error: bool = False
    section: str = ""

    def told(self) -> str:
        """The step in a line, for when its result is old."""
        first = self.result.splitlines()[0][:160] if self.result.strip() else ""
        if self.request is None:
            return f"an answer that could not be read: {first}"
        return f"{self.request.tool} {msgspec.json.encode(self.request.arguments).decode()[:160]} → {first}"


def tools_of(agent: Agent) -> dict[str, Tool[AgentPlace]]:
    """The tools that an agent has, in the order of the tools."""
    return {name: one for name, one in PROJECT_TOOLS.items() if name in agent.tools}


async def take_step(
    shop: TaskShop, agent: Agent, tier: TierModel, section: str, brief: Sequence[Part], before: Sequence[TakenStep],
    again: str = "",
) -> TakenStep:  # fmt: skip
    """Ask an agent what it does next in a section, and do it where it may be done."""
    tools = tools_of(agent)
    key = f"CODE/{section}/{tier.tier}/{len(before)}{again}"
    told = [*brief, *history(before)]
    if shop.asker.calls_tools(tier):
        parts = [*told, Part("next", "What do you do next? Call one of your tools.")]
        reply = await shop.asker.ask(f"{key}/call", agent, parts, tier, tools=tool_signatures(tools))
    else:
        reply = None
    if reply is None or reply.failure:
        described = Part("tools", describe_tools(tools), place="system", source=f"the agent {agent.name}")
        parts = [described, *told, Part("next", "What do you do next? One JSON object.")]
        reply = await shop.asker.ask(key, agent, parts, tier, request_schema(tools))
    try:
        if reply.failure:
            raise ToolError(reply.failure)
        request, arguments = read_request(reply.text, tools)
    except ToolError as error:
        shop.tell(Event("CODE", "flawed", section, str(error)[:200], tier=tier.tier))
        return TakenStep(None, None, str(error), is_error=True, section=section)
    return await use_tool(shop, request, arguments, section, f"TOOL/{section}/{len(before)}{again}")


async def use_tool(
    shop: TaskShop, request: ToolRequest, arguments: msgspec.Struct, section: str, key: str
) -> TakenStep:
    """Let the gate decide, then run the tool; the result is recorded, and who allowed it is not asked again."""
    wanted = PROJECT_TOOLS[request.tool]
    inputs = digest_of((request, shop.place.workspace.digest()))
    recorded = shop.trajectory.recorded(key, inputs)
    step = recorded.read(TakenStep) if recorded is not None else None
    if step is None:
        step = await asyncio.to_thread(_decide_and_run, shop, request, arguments)
    elif request.tool in _AGAIN and step.decision is not None and step.decision.allowed:
        step = await asyncio.to_thread(_run, wanted, step.decision, request, arguments, shop.place)
    step = msgspec.structs.replace(step, section=section)
    if recorded is None or step != recorded.read(TakenStep):
        await asyncio.to_thread(shop.trajectory.record, key, step, inputs)
    detail = f"{request.tool}: {step.result.splitlines()[0][:120] if step.result.strip() else ''}"
    shop.tell(Event("CODE", "flawed" if step.is_error else "asked", section, detail))
    return step


def _decide_and_run(shop: TaskShop, request: ToolRequest, arguments: msgspec.Struct) -> TakenStep:
    wanted = PROJECT_TOOLS[request.tool]
    decision = shop.gate.decide(request, wanted.level)
    if not decision.allowed:
        return TakenStep(request, decision, f"not allowed: {decision.reason}", is_error=True)
    return _run(wanted, decision, request, arguments, shop.place)


def _run(
    wanted: Tool[AgentPlace], decision: Decision, request: ToolRequest, arguments: msgspec.Struct, place: AgentPlace
) -> TakenStep:  # fmt: skip
    """What comes of a tool that may run; its result is recorded, so secrets are masked here already."""
    try:
        return TakenStep(request, decision, mask_secrets(wanted.run(arguments, place)))
    except ToolError as error:
        return TakenStep(request, decision, mask_secrets(str(error)), is_error=True)


def history(steps: Sequence[TakenStep]) -> list[Part]:
    """What was done so far; the newest results whole, and the first to give way the oldest."""
    parts: list[Part] = []
    for number, step in enumerate(steps):
        age = len(steps) - number
        asked = "" if step.request is None else f"{_asked(step.request)}\n"
        short = f"Step {number + 1}: {step.told()}"
        text = f"Step {number + 1}: {asked}{step.result}" if age <= _WHOLE_STEPS else short
        parts.append(
            Part(
                f"step {number + 1}", text, min(9, 1 + age), is_material=True, shorter=(short,), may_be_cut=True,
                source="what the agent did before",
            )
        )  # fmt: skip
    return parts


def _asked(request: ToolRequest) -> str:
    arguments: Mapping[str, object] = request.arguments
    return f"{request.tool} {msgspec.json.encode(arguments).decode()}"
