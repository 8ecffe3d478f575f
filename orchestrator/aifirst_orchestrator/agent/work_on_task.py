"""Drives a task through PLAN, CODE, VERIFY and INTEGRATE: a plan at the gate, sections worked on, a verdict, a review.

Every answer and every result of a tool is recorded; edits live beside the files until the person takes them. A run that
ended goes on where it was, if the files that it looked at are as they were; one that ended blocked is begun again, with
what was wrong in mind and models that answer more freely.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

import msgspec

from aifirst_orchestrator.agent.check_syntax import check_syntax
from aifirst_orchestrator.agent.plan import TaskPlan
from aifirst_orchestrator.agent.plan_task import ReviewedPlan, ask_critic, plan_task
from aifirst_orchestrator.agent.refactor_changes import refactor_changes
from aifirst_orchestrator.agent.review import Finding, Review, change_review_parts
from aifirst_orchestrator.agent.sections import (
    Section,
    TaskRun,
    give_back,
    mend_section,
    plan_sections,
    recorded_flaws,
    run_section,
)
from aifirst_orchestrator.agent.take_steps import TakenStep
from aifirst_orchestrator.agent.task_shop import TaskShop
from aifirst_orchestrator.calls.tiers import tiers_from
from aifirst_orchestrator.generate.event import Event
from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.trajectory.trajectory import Trajectory, digest_of

_KEY = "DONE/ended"
_NEW_PLAN = 2
"""From which time on that a task is begun again it is planned again too."""


class TaskOutcome(msgspec.Struct, frozen=True):
    """What came of a task. `state` says how far it got; `flaws` what keeps it from being done."""

    state: str
    plan: TaskPlan | None
    summary: str
    difference: str
    written: tuple[str, ...]
    steps: tuple[TakenStep, ...]
    flaws: tuple[Flaw, ...] = ()
    findings: tuple[Finding, ...] = ()
    """What the critic still has to say of the plan, and of the changes."""


class _Ended(msgspec.Struct, frozen=True):
    """How a task ended: which time, 0 for the first, whether it was blocked, and what was wrong then."""

    time: int
    is_blocked: bool
    told: str
    before: str = ""
    """What was wrong the time before."""


def next_time(trajectory: Trajectory, *, only_recorded: bool = False) -> int:
    """Which time of its task a record is at: one more after it ended blocked, but where no model is asked."""
    ended = _ended(trajectory)
    return ended.time + int(ended.is_blocked and not only_recorded)


async def work_on_task(shop: TaskShop, task: str, context: str) -> TaskOutcome:
    """Do the task; what passed and was taken is written. Raises what asking and writing raise."""
    ended = _ended(shop.trajectory)
    earlier = ended.told if shop.again > ended.time else ended.before
    outcome = await _work(shop, task, context, earlier)
    is_blocked = outcome.state in ("blocked", "no plan")
    told = "\n".join(flaw.told() for flaw in outcome.flaws)[:2000] if is_blocked else ""
    now = _Ended(shop.again, is_blocked, told, earlier)
    if ended != now and not shop.asker.only_recorded:
        await asyncio.to_thread(shop.trajectory.record, _KEY, now)
    return outcome


async def _work(shop: TaskShop, task: str, context: str, earlier: str) -> TaskOutcome:
    shop.tell(Event("PLAN", "begun"))
    is_new = shop.again >= _NEW_PLAN or (shop.again and "[plan]" in earlier)
    suffix, of_plan = (shop.suffix, earlier) if is_new else ("", "")
    planned = await plan_task(shop if is_new else _as_first(shop), task, context, suffix, of_plan)
    if not isinstance(planned, ReviewedPlan):
        return TaskOutcome("no plan", None, "", "", (), (), planned)
    plan, findings = planned.plan, planned.findings
    if not await _allowed(shop, "plan", _with_findings(plan.told(), findings)):
        return TaskOutcome("refused", plan, "", "", (), (), findings=findings)
    run = TaskRun(shop, task, plan, earlier)
    flaws, of_changes = await _write(run)
    difference = shop.place.workspace.difference()
    outcome = TaskOutcome(
        "blocked", plan, run.summary, difference, (), tuple(run.steps), flaws, (*findings, *of_changes)
    )  # fmt: skip
    if flaws:
        shop.tell(Event("VERIFY", "blocked", detail=flaws[0].in_short()))
        return outcome
    if difference and not await _allowed(shop, "changes", _with_findings(difference, of_changes)):
        return msgspec.structs.replace(outcome, state="refused")
    written = await asyncio.to_thread(shop.place.workspace.write, shop.replace)
    for name in written:
        shop.tell(Event("INTEGRATE", "written", detail=name))
    shop.tell(Event("DONE", "passed"))
    return msgspec.structs.replace(outcome, state="done", written=tuple(written))


async def _write(run: TaskRun) -> tuple[tuple[Flaw, ...], tuple[Finding, ...]]:
    """Work through the sections, then mend what the verdicts find; what is still wrong, and what the critic says."""
    whole = _Whole(run)
    await whole.begin()
    while not await whole.is_over():
        await whole.mend()
    return whole.left(), whole.critic.findings


class _Whole:
    """The whole of a change: its sections are worked on once, then what each verdict on it finds."""

    def __init__(self, run: TaskRun) -> None:
        self._run = run
        self._sections = plan_sections(run)
        self._own: list[TakenStep] | None = [] if len(self._sections) == 1 else None
        """The history that goes on, where there is one section."""
        self._open: list[Section] = []
        self._passed: Mapping[str, str | None] | None = None
        self._flaws: tuple[Flaw, ...] = ()
        self.critic = _Critic(run)

    async def begin(self) -> None:
        """Work on each section of the plan."""
        self._open = [one for one in self._sections if not await run_section(self._run, one, self._own)]

    async def is_over(self) -> bool:
        """Whether nothing is left to mend, or nothing to mend it with."""
        run, place = self._run, self._run.shop.place
        if self._open and run.is_spent:
            known = (flaw for flaw in self._flaws if flaw.kind != "steps")
            self._flaws = (*_not_ended(self._open), *known)
            return True
        self._flaws = (*_not_ended(self._open), *await _verify(run))
        is_last = run.is_spent or run.verdicts >= _most_verdicts(run.shop)
        if self._flaws:
            return is_last
        self._passed = place.workspace.snapshot()
        found = await self.critic.review()
        self._flaws = () if is_last else found
        return not self._flaws

    async def mend(self) -> None:
        """Have what is wrong worked on: in the history there is, or in a context of its own."""
        run = self._run
        run.verdicts += 1
        section = mend_section(run, self._flaws) if self._own is None else self._sections[0]
        if self._own is not None:
            give_back(run, self._own, section.name, self._flaws)
        self._open = [] if await run_section(run, section, self._own) else [section]

    def left(self) -> tuple[Flaw, ...]:
        """What is still wrong; what passed before the critic had it worked on again is not lost."""
        if self._flaws and self._passed is not None:
            self._run.shop.place.workspace.restore(self._passed)
            return ()
        return self._flaws


def _most_verdicts(shop: TaskShop) -> int:
    return shop.repairs * len(tiers_from(shop.tiers, shop.agent("editor").tier))


class _Critic:
    """The critic of the changes: its rounds are counted, and it is not asked twice about the same."""

    def __init__(self, run: TaskRun) -> None:
        self._run = run
        self._rounds = 0
        self._seen = ""
        self.findings: tuple[Finding, ...] = ()

    async def review(self) -> tuple[Flaw, ...]:
        """What has to go back to the editor; nothing where it left all as it was: then a person decides."""
        shop, run = self._run.shop, self._run
        now = shop.place.workspace.digest()
        difference = shop.place.workspace.difference()
        if not shop.reviews or now == self._seen or not difference:
            return ()
        parts = change_review_parts(run.task, run.plan.told(), difference, self.findings)
        review = await ask_critic(shop, f"VERIFY/review/{{}}/{self._rounds}{shop.suffix}", parts)
        self._seen, self.findings = now, review.findings
        self._rounds += 1
        return review.flaws if self._rounds <= shop.reviews else ()


def _not_ended(sections: Sequence[Section]) -> tuple[Flaw, ...]:
    names = ", ".join(one.name for one in sections)
    hint = "give a smaller task or more steps"
    return (Flaw("steps", f"the agent did not come to an end ({names})", hint),) if sections else ()


async def _verify(run: TaskRun) -> tuple[Flaw, ...]:
    """What the rules say of the changes, and if they say nothing, what the tests do; mere shape is for the refactorer."""
    shop, place, key = run.shop, run.shop.place, f"VERIFY/whole/{run.verdicts}"
    shop.tell(Event("VERIFY", "begun"))
    flaws = await recorded_flaws(shop, f"{key}/rules", lambda: check_syntax(place.workspace) or place.judge())
    if all(flaw.is_of_shape for flaw in flaws):
        tested = await recorded_flaws(shop, f"{key}/tests", lambda: place.build() or place.test())
        flaws = (*tested, *flaws) if tested or not flaws else await refactor_changes(run, flaws)
    told = flaws[0].in_short() if flaws else ""
    shop.tell(Event("VERIFY", "flawed" if flaws else "passed", detail=told))
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


def _with_findings(told: str, findings: Sequence[Finding]) -> str:
    said = Review(tuple(findings)).told()
    return f"{told.rstrip()}\n{said}" if said else told


def _as_first(shop: TaskShop) -> TaskShop:
    """The shop as it was when the task was planned, so that the plan comes from the record."""
    return replace(shop, again=0) if shop.again else shop


def _ended(trajectory: Trajectory) -> _Ended:
    recorded = trajectory.recorded(_KEY)
    return recorded.read(_Ended) if recorded is not None else _Ended(0, False, "")
