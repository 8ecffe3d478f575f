"""Drives a task through PLAN, CODE, VERIFY and INTEGRATE: a plan at the gate, tools step by step, a verdict, a review.

Every answer and every result of a tool is recorded; edits live beside the files until the person takes them. A run that
ended goes on where it was, if the files that it looked at are as they were.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from aifirst_codebase.secrets.mask import mask_secrets

from aifirst_orchestrator.agent.place import AgentPlace
from aifirst_orchestrator.agent.plan import TaskPlan, plan_schema, read_plan
from aifirst_orchestrator.agent.project_tools import PROJECT_TOOLS
from aifirst_orchestrator.agents.agent import load_agent
from aifirst_orchestrator.calls.ask import Asker
from aifirst_orchestrator.calls.tiers import TierModel, tiers_from
from aifirst_orchestrator.generate.event import Event
from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.prompts.part import Part
from aifirst_orchestrator.tools.gate import Decision, Gate
from aifirst_orchestrator.tools.request import ToolRequest, describe_tools, read_request, request_schema
from aifirst_orchestrator.tools.tool import Tool, ToolError
from aifirst_orchestrator.trajectory.trajectory import Trajectory, digest_of

_AGAIN = frozenset(("read", "edit", "patch", "changes", "finish"))
"""Tools that run again when a run goes on: they hang on nothing but the files, which may be others by now."""
_WHOLE_STEPS = 4
"""Steps whose results an agent still sees whole; of older ones it sees a line."""


class TakenStep(msgspec.Struct, frozen=True):
    """What an agent asked for, who allowed it, and what came of it."""

    request: ToolRequest | None
    decision: Decision | None
    result: str
    is_error: bool = False

    def told(self) -> str:
        """The step in a line, for when its result is old."""
        if self.request is None:
            return f"an answer that could not be read: {self.result.splitlines()[0][:160]}"
        first = self.result.splitlines()[0][:160] if self.result.strip() else ""
        return f"{self.request.tool} {msgspec.json.encode(self.request.arguments).decode()[:160]} → {first}"


class TaskOutcome(msgspec.Struct, frozen=True):
    """What came of a task. `state` says how far it got; `flaws` what keeps it from being done."""

    state: str
    plan: TaskPlan | None
    summary: str
    difference: str
    written: tuple[str, ...]
    steps: tuple[TakenStep, ...]
    flaws: tuple[Flaw, ...] = ()


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


async def work_on_task(shop: TaskShop, task: str, context: str) -> TaskOutcome:
    """Do the task; what passed and was taken is written. Raises what asking and writing raise."""
    shop.tell(Event("PLAN", "begun"))
    plan = await _plan(shop, task, context)
    if not isinstance(plan, TaskPlan):
        return TaskOutcome("no plan", None, "", "", (), (), plan)
    if not await _allowed(shop, "plan", plan.told()):
        return TaskOutcome("refused", plan, "", "", (), ())
    steps: list[TakenStep] = []
    flaws: tuple[Flaw, ...] = (
        Flaw("steps", "the agent did not come to an end", "give a smaller task or more steps"),
    )
    verdicts = 0
    while len(steps) < shop.most_steps:
        steps.append(await _step(shop, task, plan, steps, verdicts))
        if not shop.place.finished:
            continue
        flaws = await _verify(shop)
        if not flaws or verdicts >= shop.repairs * len(shop.tiers):
            break
        verdicts += 1
        told = "\n".join(flaw.told() for flaw in flaws)
        steps.append(TakenStep(None, None, f"It is not done yet:\n{told}", is_error=True))
        shop.place.finished = ""
    difference = shop.place.workspace.difference()
    outcome = TaskOutcome("blocked", plan, shop.place.finished, difference, (), tuple(steps), flaws)
    if flaws:
        shop.tell(Event("VERIFY", "blocked", detail=flaws[0].told().split("\n", 1)[0]))
        return outcome
    if difference and not await _allowed(shop, "changes", difference):
        return msgspec.structs.replace(outcome, state="refused")
    written = await asyncio.to_thread(shop.place.workspace.write, shop.replace)
    for name in written:
        shop.tell(Event("INTEGRATE", "written", detail=name))
    shop.tell(Event("DONE", "passed"))
    return msgspec.structs.replace(outcome, state="done", written=tuple(written))


async def _plan(shop: TaskShop, task: str, context: str) -> TaskPlan | tuple[Flaw, ...]:
    """A plan whose places are all there; what is wrong goes back, then to the next larger model."""
    agent = load_agent("architect")
    flaws: tuple[Flaw, ...] = ()
    for tier in tiers_from(shop.tiers, agent.tier):
        for attempt in range(shop.repairs + 1):
            parts = [
                Part("task", f"The task:\n{task}"),
                Part("context", context, 1, is_material=True, may_be_cut=True),
                *_told_flaws(flaws),
                Part(
                    "form", f"Answer with one JSON object of this schema and nothing else:\n{_schema_text()}"
                ),
            ]
            reply = await shop.asker.ask(
                f"PLAN/plan/{tier.tier}/{attempt}", agent, parts, tier, plan_schema()
            )
            plan = read_plan(reply.text, shop.place.workspace.text)
            if isinstance(plan, TaskPlan):
                shop.tell(Event("PLAN", "passed", tier=tier.tier, attempt=attempt + 1))
                return plan
            flaws = plan
            shop.tell(Event("PLAN", "flawed", detail=flaws[0].told(), tier=tier.tier, attempt=attempt + 1))
    return flaws


async def _step(
    shop: TaskShop, task: str, plan: TaskPlan, steps: Sequence[TakenStep], verdicts: int
) -> TakenStep:
    """One request of the agent, and what came of it."""
    agent = load_agent("editor")
    tiers = tiers_from(shop.tiers, agent.tier)
    tier = tiers[min(verdicts // max(1, shop.repairs), len(tiers) - 1)]
    parts = [
        Part("tools", describe_tools(PROJECT_TOOLS), place="system"),
        Part("task", f"The task:\n{task}"),
        Part("plan", f"The plan:\n{plan.told()}"),
        *_history(steps),
        Part("next", "What do you do next? One JSON object."),
    ]
    key = f"CODE/step/{tier.tier}/{len(steps)}"
    reply = await shop.asker.ask(key, agent, parts, tier, request_schema(PROJECT_TOOLS))
    try:
        if reply.failure:
            raise ToolError(reply.failure)
        request, arguments = read_request(reply.text, PROJECT_TOOLS)
    except ToolError as error:
        shop.tell(Event("CODE", "flawed", detail=str(error)[:200], tier=tier.tier))
        return TakenStep(None, None, str(error), is_error=True)
    return await _take(shop, request, arguments, f"TOOL/{len(steps)}")


async def _take(shop: TaskShop, request: ToolRequest, arguments: msgspec.Struct, key: str) -> TakenStep:
    """Let the gate decide, then run the tool; the result is recorded, and who allowed it is not asked again."""
    wanted = PROJECT_TOOLS[request.tool]
    inputs = digest_of((request, shop.place.workspace.digest()))
    recorded = shop.trajectory.recorded(key, inputs)
    step = recorded.read(TakenStep) if recorded is not None else None
    if step is None:
        step = await asyncio.to_thread(_run_tool, shop, request, arguments)
    elif request.tool in _AGAIN and step.decision is not None and step.decision.allowed:
        step = await asyncio.to_thread(_use, wanted, step.decision, request, arguments, shop.place)
    if recorded is None or step != recorded.read(TakenStep):
        await asyncio.to_thread(shop.trajectory.record, key, step, inputs)
    detail = f"{request.tool}: {step.result.splitlines()[0][:120] if step.result.strip() else ''}"
    shop.tell(Event("CODE", "flawed" if step.is_error else "asked", detail=detail))
    return step


def _run_tool(shop: TaskShop, request: ToolRequest, arguments: msgspec.Struct) -> TakenStep:
    wanted = PROJECT_TOOLS[request.tool]
    decision = shop.gate.decide(request, wanted.level)
    if not decision.allowed:
        return TakenStep(request, decision, f"not allowed: {decision.reason}", is_error=True)
    return _use(wanted, decision, request, arguments, shop.place)


def _use(
    wanted: Tool[AgentPlace],
    decision: Decision,
    request: ToolRequest,
    arguments: msgspec.Struct,
    place: AgentPlace,
) -> TakenStep:
    """What comes of a tool that may run; its result is recorded, so secrets are masked here already."""
    try:
        return TakenStep(request, decision, mask_secrets(wanted.run(arguments, place)))
    except ToolError as error:
        return TakenStep(request, decision, mask_secrets(str(error)), is_error=True)


async def _verify(shop: TaskShop) -> tuple[Flaw, ...]:
    """What the rules say of the changes, and if they say nothing, what the tests do."""
    shop.tell(Event("VERIFY", "begun"))
    flaws = await asyncio.to_thread(shop.place.judge)
    if not flaws:
        flaws = await asyncio.to_thread(shop.place.test)
    shop.tell(
        Event(
            "VERIFY", "flawed" if flaws else "passed", detail=flaws[0].told().split("\n")[0] if flaws else ""
        )
    )
    return flaws


async def _allowed(shop: TaskShop, gate: str, told: str) -> bool:
    """Whether a person opens the gate; who did stands in the record."""
    inputs = digest_of(told)
    recorded = shop.trajectory.recorded(f"GATE/{gate}", inputs)
    who = recorded.read(str) if recorded is not None else shop.approve(gate, told)  # nothing else goes on
    if recorded is None and who:
        await asyncio.to_thread(shop.trajectory.record, f"GATE/{gate}", who, inputs)
    shop.tell(Event("PLAN" if gate == "plan" else "INTEGRATE", "allowed" if who else "refused", detail=who))
    return bool(who)


def _history(steps: Sequence[TakenStep]) -> list[Part]:
    """What was done so far; the newest results whole, and the first to give way the oldest."""
    parts: list[Part] = []
    for number, step in enumerate(steps):
        age = len(steps) - number
        asked = (
            ""
            if step.request is None
            else f"{step.request.tool} {msgspec.json.encode(step.request.arguments).decode()}\n"
        )
        whole = f"Step {number + 1}: {asked}{step.result}"
        short = f"Step {number + 1}: {step.told()}"
        text = whole if age <= _WHOLE_STEPS else short
        parts.append(
            Part(
                f"step {number + 1}",
                text,
                min(9, 1 + age),
                is_material=True,
                shorter=(short,),
                may_be_cut=True,
            )
        )
    return parts


def _told_flaws(flaws: Sequence[Flaw]) -> list[Part]:
    told = "\n".join(f"- {flaw.told()}" for flaw in flaws)
    return [Part("what is wrong", f"What is wrong with your last answer:\n{told}", 0)] if flaws else []


def _schema_text() -> str:
    return msgspec.json.encode(plan_schema().schema).decode()
