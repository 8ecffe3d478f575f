"""The plan of a task: an architect looks around and names places, a critic reads it, a person allows it.

What is wrong with a plan goes back to the architect, then to the next larger model; what the critic calls critical goes
back as often as it has rounds, and a plan that was good enough before is kept where a new one cannot be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from aifirst_model.request import JsonSchema

from aifirst_orchestrator.agent.plan import TaskPlan, plan_schema, read_plan
from aifirst_orchestrator.agent.review import (
    Finding,
    Review,
    plan_review_parts,
    read_review,
    review_schema,
    task_part,
)
from aifirst_orchestrator.agent.take_steps import TakenStep, history, tools_of, use_tool
from aifirst_orchestrator.agent.task_shop import TaskShop
from aifirst_orchestrator.agents.agent import Agent
from aifirst_orchestrator.calls.agent_budget import AgentSpentError
from aifirst_orchestrator.calls.tiers import TierModel, tiers_from
from aifirst_orchestrator.generate.event import Event
from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.prompts.part import Part
from aifirst_orchestrator.tools.request import describe_tools, find_object, read_request, request_schema
from aifirst_orchestrator.tools.tool import ToolError


class ReviewedPlan(msgspec.Struct, frozen=True):
    """A plan, and what the critic still has to say of it."""

    plan: TaskPlan
    findings: tuple[Finding, ...] = ()


async def plan_task(
    shop: TaskShop, task: str, context: str, suffix: str, earlier: str = ""
) -> ReviewedPlan | tuple[Flaw, ...]:
    """A plan whose places are all there, reviewed; or what is wrong with the last. `suffix` is of the record's keys."""
    draft = _Draft(shop, task, context, suffix, earlier)
    plan = await draft.write(())
    if not isinstance(plan, TaskPlan) or not shop.reviews:
        return ReviewedPlan(plan) if isinstance(plan, TaskPlan) else plan
    review = Review()
    for number in range(shop.reviews + 1):
        review = await ask_critic(
            shop, f"PLAN/review/{{}}/{number}{suffix}", plan_review_parts(task, plan.told(), context)
        )
        if not review.flaws or number == shop.reviews:
            break
        again = await draft.write(review.flaws, plan, number + 1)
        if not isinstance(again, TaskPlan):
            break
        plan = again
    return ReviewedPlan(plan, review.findings)


async def ask_critic(shop: TaskShop, key: str, parts: Sequence[Part]) -> Review:
    """What the critic finds; nothing where it cannot be read, or has used up what it may. `{}` in the key is its tier."""
    critic = shop.agent("critic")
    tier = tiers_from(shop.tiers, critic.tier)[0]
    try:
        given = [*guidance_parts(shop), *document_parts(shop.documents(critic.documents, ())), *parts]
        reply = await shop.asker.ask(key.format(tier.tier), critic, given, tier, review_schema())
    except AgentSpentError as error:
        shop.tell(Event("PLAN" if key.startswith("PLAN") else "VERIFY", "flawed", detail=str(error)))
        return Review()
    review = Flaw("critic", reply.failure) if reply.failure else read_review(reply.text)
    state = "PLAN" if key.startswith("PLAN") else "VERIFY"
    if isinstance(review, Flaw):
        shop.tell(Event(state, "flawed", detail=review.message, tier=tier.tier))
        return Review()
    for one in review.findings:
        shop.tell(Event(state, "flawed", detail=f"critic: {one.told()}", tier=tier.tier))
    return review


class _Draft:
    """The architect at work: what it looked at stays with it from one attempt to the next."""

    def __init__(self, shop: TaskShop, task: str, context: str, suffix: str, earlier: str) -> None:
        self._shop = shop
        self._suffix = suffix
        self._looks: list[TakenStep] = []
        documents = shop.documents(shop.agent("architect").documents, ())
        self._brief = [
            task_part(task),
            Part("context", context, 2, is_material=True, may_be_cut=True, source="the project's memory"),
            *guidance_parts(shop),
            *document_parts(documents),
            *_work_parts(shop.earlier_work),
            *earlier_parts(earlier),
        ]

    async def write(
        self, flaws: tuple[Flaw, ...], before: TaskPlan | None = None, round_: int = 0
    ) -> TaskPlan | tuple[Flaw, ...]:
        """A plan whose places are all there; what is wrong goes back, then to the next larger model."""
        shop, agent = self._shop, self._shop.agent("architect")
        own = f"/review-{round_}" if round_ else ""
        for tier in tiers_from(shop.tiers, agent.tier):
            for attempt in range(shop.repairs + 1):
                key = f"PLAN/plan/{tier.tier}/{attempt}{own}"
                plan = await self._attempt(agent, tier, key, flaws, before)
                if isinstance(plan, TaskPlan):
                    shop.tell(Event("PLAN", "passed", tier=tier.tier, attempt=attempt + 1))
                    return plan
                flaws = plan
                detail = flaws[0].told()
                shop.tell(Event("PLAN", "flawed", detail=detail, tier=tier.tier, attempt=attempt + 1))
        return flaws

    async def _attempt(
        self, agent: Agent, tier: TierModel, key: str, flaws: Sequence[Flaw], before: TaskPlan | None
    ) -> TaskPlan | tuple[Flaw, ...]:
        """One plan, after as many looks as the architect has left."""
        looked = 0
        while True:
            left = (agent.steps or 0) - len(self._looks) if agent.tools else 0
            schema = _plan_or_look(agent) if left > 0 else plan_schema()
            parts = [*self._brief, *_last_plan(before), *history(self._looks), *_told(flaws)]
            parts += _form(agent, left)
            where = f"{key}/look-{looked}" if looked else key
            reply = await self._shop.asker.ask(where + self._suffix, agent, parts, tier, schema)
            if reply.failure:
                return (Flaw("plan", f"there was no answer: {reply.failure}"),)
            look = await self._look(agent, reply.text) if left > 0 else None
            if look is None:
                return read_plan(reply.text, self._shop.place.workspace.text)
            self._looks.append(look)
            looked += 1

    async def _look(self, agent: Agent, answer: str) -> TakenStep | None:
        """What came of a tool that the architect asked for; None where the answer is none of that."""
        try:
            if "steps" in (found := find_object(answer)) or "tool" not in found:
                return None
            request, arguments = read_request(answer, tools_of(agent))
        except ToolError as error:
            return (
                TakenStep(None, None, str(error), is_error=True, section="plan")
                if '"tool"' in answer
                else None
            )
        key = f"TOOL/plan/{len(self._looks)}{self._suffix}"
        return await use_tool(self._shop, request, arguments, "plan", key)


def guidance_parts(shop: TaskShop) -> list[Part]:
    """What the project tells agents, from its own page."""
    path, text = shop.guidance
    return [Part(f"project {path}", text, 2, is_material=True, may_be_cut=True, source=path)] if text else []


def document_parts(documents: str) -> list[Part]:
    """The documentation package of an agent, the first to give way."""
    if not documents:
        return []
    return [
        Part("documents", documents, 8, is_material=True, may_be_cut=True, source="the project's documents")
    ]


def _work_parts(earlier_work: str) -> list[Part]:
    """What was done on the project before."""
    if not earlier_work:
        return []
    told = f"What was done on this project before:\n{earlier_work}"
    return [Part("earlier work", told, 6, is_material=True, may_be_cut=True, source="the memory of work")]


def earlier_parts(earlier: str) -> list[Part]:
    """What became of the same task before, where it ended blocked."""
    if not earlier:
        return []
    told = f"The same task was tried before and did not come to its end. Do it in another way. What was wrong:\n{earlier}"
    return [Part("earlier attempt", told, 3, is_material=True, may_be_cut=True, source="the run before")]


def _last_plan(plan: TaskPlan | None) -> list[Part]:
    return [] if plan is None else [Part("last plan", f"Your last plan:\n{plan.told()}", 1, may_be_cut=True)]


def _told(flaws: Sequence[Flaw]) -> list[Part]:
    told = "\n".join(f"- {flaw.told()}" for flaw in flaws)
    return [Part("what is wrong", f"What is wrong with your last answer:\n{told}")] if flaws else []


def _form(agent: Agent, left: int) -> list[Part]:
    schema = msgspec.json.encode(plan_schema().schema).decode()
    form = Part("form", f"Answer with one JSON object of this schema and nothing else:\n{schema}")
    if left <= 0:
        return [form]
    told = (
        f"If you have to see more of the project first, you may use one of these tools instead, {left} times at most. "
        f"{describe_tools(tools_of(agent))}"
    )
    return [Part("tools", told, 5, source="the tools of the architect"), form]


def _plan_or_look(agent: Agent) -> JsonSchema:
    """The schema of a plan or of a request for a tool."""
    schema: dict[str, Any] = dict(plan_schema().schema)
    parts: dict[str, Any] = schema.pop("$defs", {})
    choices: list[Any] = [schema, *request_schema(tools_of(agent)).schema["anyOf"]]
    return JsonSchema({"anyOf": choices, "$defs": parts}, "plan_or_request")
