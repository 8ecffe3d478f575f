"""Works through a plan section by section: each begins with a small context of its own, whatever came before.

A section is one step of the plan, the whole of it, what a verdict found, or the shape of what was written. Its agent is
given the task, where the plan stands in a line a step, the code around its place as it is now, and the history of this
section alone; so a window of 4,096 tokens holds the tenth step as well as the first. What it comes to is looked at from
near (can it be read, do the rules for its files and the nearest tests object) and goes back to it; what a later step is
to mend may be left open, for the verdict on the whole comes last.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

import msgspec

from aifirst_orchestrator.agent.check_syntax import check_syntax
from aifirst_orchestrator.agent.plan import PlannedStep, TaskPlan
from aifirst_orchestrator.agent.plan_task import document_parts, earlier_parts, guidance_parts
from aifirst_orchestrator.agent.review import task_part
from aifirst_orchestrator.agent.take_steps import TakenStep, take_step
from aifirst_orchestrator.agent.task_shop import TaskShop
from aifirst_orchestrator.agents.agent import Agent
from aifirst_orchestrator.calls.tiers import tiers_from
from aifirst_orchestrator.generate.event import Event
from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.prompts.part import Part
from aifirst_orchestrator.trajectory.trajectory import digest_of

_AROUND = 30
"""Lines of code that are shown before and after the place of a step; a third of it where room is short."""
_MOST_SAID = 240
"""Characters of what was done before, a step of the plan."""


@dataclass(frozen=True, slots=True)
class Section:
    """What an agent works on with a context of its own."""

    name: str
    """Of the record's keys, such as `step-3`."""
    agent: str
    brief: Callable[[], Sequence[Part]]
    """What it is given, as it is now."""
    limit: int
    """Steps that it has."""
    near: Callable[[], tuple[Flaw, ...]] | None = None
    """What objects to its result before others go on; None where the verdict on the whole follows at once."""


@dataclass(slots=True)
class TaskRun:
    """A task under way."""

    shop: TaskShop
    task: str
    plan: TaskPlan
    earlier: str = ""
    steps: list[TakenStep] = field(default_factory=list[TakenStep])
    done: list[str] = field(default_factory=list[str])
    """What each section said it did, in a line."""
    summary: str = ""
    """What the editor said last."""
    verdicts: int = 0
    """How often the whole was found wanting: so models of larger tiers take over."""

    @property
    def is_spent(self) -> bool:
        """Whether no step is left."""
        return len(self.steps) >= self.shop.most_steps


async def run_section(run: TaskRun, section: Section, own: list[TakenStep] | None = None) -> bool:
    """Let an agent work on a section until it says that it is done; whether it did. `own` is its history so far."""
    shop, agent = run.shop, run.shop.agent(section.agent)
    own = [] if own is None else own
    first, returned, digest = len(own), 0, ""
    shop.place.finished = ""
    while len(own) - first < section.limit and not run.is_spent:
        tiers = tiers_from(shop.tiers, agent.tier)
        tier = tiers[min((run.verdicts + returned) // max(1, shop.repairs), len(tiers) - 1)]
        step = await take_step(shop, agent, tier, section.name, section.brief(), own, shop.suffix)
        own.append(step)
        run.steps.append(step)
        if not shop.place.finished:
            continue
        flaws = await _look_near(run, section, len(own))
        now = shop.place.workspace.digest()
        if not flaws or now == digest or returned >= shop.repairs:
            said = shop.place.finished
            run.done.append(f"{section.name}: {said[:_MOST_SAID]}{_left_open(flaws)}")
            run.summary = said if section.agent == "editor" else run.summary
            return True
        returned, digest = returned + 1, now
        give_back(run, own, section.name, flaws, "If a later step of the plan mends this, finish again.")
    run.done.append(f"{section.name}: it did not come to an end")
    return False


def give_back(
    run: TaskRun, own: list[TakenStep], section: str, flaws: Sequence[Flaw], more: str = ""
) -> None:
    """Tell the agent of a section that it is not done, and why."""
    told = "\n".join(flaw.told() for flaw in flaws)
    step = TakenStep(
        None, None, f"It is not done yet:\n{told}\n{more}".rstrip(), is_error=True, section=section
    )
    own.append(step)
    run.steps.append(step)
    run.shop.place.finished = ""


async def recorded_flaws(shop: TaskShop, key: str, find: Callable[[], tuple[Flaw, ...]]) -> tuple[Flaw, ...]:
    """What is found wrong with the changes as they are; recorded, as a run of tests says other words each time."""
    inputs = digest_of(shop.place.workspace.digest())
    recorded = shop.trajectory.recorded(key + shop.suffix, inputs)
    if recorded is not None:
        return recorded.read(_Found).flaws
    found = _Found(await asyncio.to_thread(find))
    await asyncio.to_thread(shop.trajectory.record, key + shop.suffix, found, inputs)
    return found.flaws


class _Found(msgspec.Struct, frozen=True):
    """What was found wrong, as the record has it."""

    flaws: tuple[Flaw, ...]


async def _look_near(run: TaskRun, section: Section, number: int) -> tuple[Flaw, ...]:
    if section.near is None:
        return ()
    flaws = await recorded_flaws(run.shop, f"VERIFY/{section.name}/near/{number}", section.near)
    if flaws:
        run.shop.tell(Event("VERIFY", "flawed", section.name, flaws[0].in_short()))
    return flaws


def _left_open(flaws: Sequence[Flaw]) -> str:
    return f" (left open: {flaws[0].told().splitlines()[0][:_MOST_SAID]})" if flaws else ""


def near_flaws(shop: TaskShop) -> tuple[Flaw, ...]:
    """What objects to a part of a change: it cannot be read or built, a rule that needs no other step, the nearest tests.

    The rules for edits judge a change as a whole (its tests, its tickets): they wait for the last verdict.
    """
    place = shop.place
    if flaws := check_syntax(place.workspace):
        return flaws
    flaws = tuple(flaw for flaw in place.judge() if not flaw.kind.startswith("AF4"))
    return flaws or place.build() or place.test_near()


def plan_sections(run: TaskRun) -> list[Section]:
    """The sections of a plan: a step each, or all in one where there is one step or the person wants one history."""
    shop, steps = run.shop, run.plan.steps
    agent = shop.agent("editor")
    if shop.one_context or len(steps) == 1:
        return [Section("whole", "editor", lambda: _whole_brief(run, agent), shop.most_steps)]
    limit = agent.steps or shop.most_steps
    return [
        Section(
            f"step-{number}", "editor", lambda at=number: _step_brief(run, agent, at), limit,
            (lambda: near_flaws(shop)) if number < len(steps) else None,
        )
        for number in range(1, len(steps) + 1)
    ]  # fmt: skip


def mend_section(run: TaskRun, flaws: Sequence[Flaw]) -> Section:
    """A section that mends what the verdict on the whole found, seeing the change and not how it came about."""
    agent = run.shop.agent("editor")
    told = "\n".join(f"- {flaw.told()}" for flaw in flaws)

    def brief() -> list[Part]:
        return [
            *_common(run, agent, [step.path for step in run.plan.steps]),
            Part("plan", _progress(run, 0), 3, may_be_cut=True),
            Part(
                "difference", run.shop.place.workspace.difference() or "nothing was changed", 2,
                is_material=True, may_be_cut=True, source="the changes so far",
            ),
            Part(
                "mend", f"All steps of the plan were worked on. Mend what is still wrong, then finish:\n{told}",
                0 if len(told) < 2000 else 1, may_be_cut=True,
            ),
        ]  # fmt: skip

    return Section(f"mend-{run.verdicts}", "editor", brief, agent.steps or run.shop.most_steps)


def _common(run: TaskRun, agent: Agent, paths: Sequence[str]) -> list[Part]:
    documents = run.shop.documents(agent.documents, paths)
    return [
        task_part(run.task), *guidance_parts(run.shop), *earlier_parts(run.earlier), *document_parts(documents)
    ]  # fmt: skip


def _whole_brief(run: TaskRun, agent: Agent) -> list[Part]:
    plan = run.plan.told()
    paths = [step.path for step in run.plan.steps]
    return [
        *_common(run, agent, paths), Part("plan", f"The plan:\n{plan}", 0 if len(plan) < 4000 else 1, may_be_cut=True)
    ]  # fmt: skip


def _step_brief(run: TaskRun, agent: Agent, number: int) -> list[Part]:
    step = run.plan.steps[number - 1]
    why = f"\nWhy: {step.why}" if step.why else ""
    parts = [
        *_common(run, agent, [step.path]),
        Part("plan", f"{run.plan.understanding}\n{_progress(run, number)}", 2, may_be_cut=True),
        Part("your step", f"Your step now, and nothing of the others:\n{_line(number, step)}{why}"),
    ]
    return [*parts, *_code_around(run, step)]


def _progress(run: TaskRun, number: int) -> str:
    """Where the plan stands: every step in a line, and of those before what was said of them."""
    lines = [
        f"{'done' if at < number or not number else 'now' if at == number else 'later'}: {_line(at, step)}"
        for at, step in enumerate(run.plan.steps, 1)
    ]
    said = [f"- {line}" for line in run.done]
    return "\n".join(["The plan:", *lines, *(["What was done:", *said] if said else [])])


def _line(number: int, step: PlannedStep) -> str:
    return f"{number}. {step.path}:{step.line} {step.action}"


def _code_around(run: TaskRun, step: PlannedStep) -> list[Part]:
    """The code around the place of a step, as the changes so far have it."""
    workspace = run.shop.place.workspace
    text = workspace.text(step.path)
    if text is None:
        return []
    lines = text.split("\n")
    at = _line_now(workspace.first_text(step.path), lines, step.line)

    def shown(around: int) -> str:
        first, last = max(1, at - around), min(len(lines), at + around)
        kept = [f"{number}: {lines[number - 1]}" for number in range(first, last + 1)]
        return "\n".join([f"{step.path}, lines {first} to {last} of {len(lines)}:", *kept])

    name = f"code {step.path}"
    shorter = (shown(_AROUND // 3),)
    return [
        Part(name, shown(_AROUND), 1, is_material=True, shorter=shorter, may_be_cut=True, source=step.path)
    ]


def _line_now(before: str | None, now: Sequence[str], line: int) -> int:
    """Where a line of a file as it was stands now."""
    if before is None or line < 1:
        return max(1, min(line, len(now)))
    old = before.split("\n")
    for _, first, last, start, end in SequenceMatcher(None, old, now, False).get_opcodes():
        if first < line <= last:
            return max(1, min(start + line - first, max(start + 1, end)))
    return max(1, min(line, len(now)))
