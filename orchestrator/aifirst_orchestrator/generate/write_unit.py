"""Writes one unit: steps, tests from the ticket, code, verdict; repaired with what is wrong, then by a larger model.

Tests are written by an agent that never sees the code. Where code and tests disagree, a third one says which of the two
is not what the ticket says, and that one is written again. What no model brings about waits for a person.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import msgspec

from aifirst_orchestrator.agents.agent import TIERS, Agent
from aifirst_orchestrator.agents.own_agents import Agents, agent_for, standard_agents
from aifirst_orchestrator.calls.ask import Asker
from aifirst_orchestrator.calls.tiers import TierModel, tiers_from
from aifirst_orchestrator.generate.compose import clashes, compose_code, compose_tests
from aifirst_orchestrator.generate.event import Event
from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.generate.judge_code import judge_file, judge_tests, judge_unit
from aifirst_orchestrator.generate.languages.generated_language import GeneratedLanguage
from aifirst_orchestrator.generate.languages.registry import generated_language
from aifirst_orchestrator.generate.operations import (
    code_parts,
    critic_parts,
    refactor_parts,
    steps_parts,
    test_parts,
)
from aifirst_orchestrator.generate.read_answer import read_code
from aifirst_orchestrator.generate.run_tests import TestRun, run_tests
from aifirst_orchestrator.generate.written_unit import WrittenUnit
from aifirst_orchestrator.sandbox.open_sandbox import Sandbox
from aifirst_orchestrator.spec.plan import SpecPlan
from aifirst_orchestrator.spec.units import SpecUnit
from aifirst_orchestrator.spec.write_ticket import Ticket
from aifirst_orchestrator.trajectory.trajectory import Trajectory, digest_of


@dataclass(frozen=True, slots=True)
class Workshop:
    """What every unit of a run is written with."""

    plan: SpecPlan
    asker: Asker
    tiers: Sequence[TierModel]
    sandbox: Sandbox
    trajectory: Trajectory
    root: Path
    """Whose settings judge; nothing is written there before all is judged."""
    tell: Callable[[Event], None]
    repairs: int = 5
    overrides: Mapping[str, object] = field(default_factory=dict[str, object])
    test_seconds: float = 60.0
    agents: Agents = field(default_factory=standard_agents)
    again: Mapping[str, int] = field(default_factory=dict[str, int])
    """By unit, how often it ended blocked before, from the same ticket."""

    def agent(self, name: str, draft: _Draft) -> Agent:
        """An agent as it works on a unit."""
        return agent_for(self.agents, name, draft.language.name, self.again.get(draft.ticket.unit, 0))


@dataclass(slots=True)
class _Draft:
    """A unit in the making."""

    ticket: Ticket
    unit: SpecUnit
    needed: Sequence[WrittenUnit]
    steps: str = ""
    code: str = ""
    tests: str = ""
    code_flaws: tuple[Flaw, ...] = ()
    test_flaws: tuple[Flaw, ...] = ()
    attempts: int = 0
    passed: TestRun | None = None
    """Of the code as it is, where its tests pass and only its shape is wrong."""
    thrown: tuple[Flaw, ...] = ()
    """What was wrong with the last shape that was thrown away."""

    @property
    def language(self) -> GeneratedLanguage:
        """What the unit is written in."""
        return generated_language(self.unit.language)


async def write_unit(shop: Workshop, ticket: Ticket, needed: Sequence[WrittenUnit]) -> WrittenUnit:
    """The unit of a ticket, written on top of those it needs. Raises what `Asker.ask` raises."""
    unit = next(one for one in shop.plan.units if one.name == ticket.unit)
    draft = _Draft(ticket, unit, needed)
    shop.tell(Event("CODE", "begun", ticket.unit))
    for tier in tiers_from(shop.tiers, shop.agents["coder"].tier):
        if draft.attempts:
            shop.tell(Event("CODE", "escalated", ticket.unit, tier.name, tier=tier.tier))
        for attempt in range(shop.repairs + 1):
            draft.attempts += 1
            run = await _attempt(shop, draft, tier, attempt)
            if run is not None and run.passed:
                shop.tell(Event("VERIFY", "passed", ticket.unit, tier=tier.tier, attempt=draft.attempts))
                return _ended(draft, "passed", tier.tier, run)
    shop.tell(Event("VERIFY", "blocked", ticket.unit, "every model was tried: it waits for a person"))
    return _ended(draft, "blocked", shop.tiers[-1].tier, None)


async def _attempt(shop: Workshop, draft: _Draft, tier: TierModel, attempt: int) -> TestRun | None:
    """One round: write again what is missing or flawed, judge it, run it; None where nothing came to run."""
    again = shop.again.get(draft.ticket.unit, 0)
    key = f"{draft.ticket.unit}/{tier.tier}/{attempt}" + (f"/again-{again}" if again else "")
    run = draft.passed or await _write(shop, draft, tier, key)
    if run is None or not run.passed or not draft.code_flaws:
        return run
    run = await _refactor(shop, draft, tier, key, run)
    if draft.code_flaws:
        _tell_flaws(shop, draft, draft.thrown or draft.code_flaws, tier)
        return None
    return run


async def _write(shop: Workshop, draft: _Draft, tier: TierModel, key: str) -> TestRun | None:
    """Steps, tests and code, as far as they are missing or flawed, and what came of the tests."""
    if not draft.steps:
        designer = shop.agent("designer", draft)
        reply = await shop.asker.ask(f"CODE/{key}/steps", designer, steps_parts(draft.ticket), tier)
        draft.steps = reply.text.strip() or "(none)"
    if not draft.tests or draft.test_flaws:
        await _write_tests(shop, draft, tier, key)
    if not draft.code or draft.code_flaws:
        await _write_code(shop, draft, tier, key)
    for flaws in (draft.test_flaws, draft.code_flaws):
        if flaws:
            _tell_flaws(shop, draft, flaws, tier)
    if draft.test_flaws or not all(flaw.is_of_shape for flaw in draft.code_flaws):
        return None
    run = await _run(shop, draft, key)
    if not run.passed:
        _tell_flaws(shop, draft, run.flaws, tier)
        await _blame(shop, draft, tier, key, run)
    return run


async def _refactor(shop: Workshop, draft: _Draft, tier: TierModel, key: str, run: TestRun) -> TestRun:
    """Give code that works another shape; one whose outcomes are others is thrown away, and the code is as it was."""
    draft.passed = run
    agent = shop.agent("refactorer", draft)
    parts = refactor_parts(draft.ticket, draft.code, draft.code_flaws, draft.thrown)
    reply = await shop.asker.ask(f"CODE/{key}/shape", agent, parts, _at_least(shop, agent, tier))
    code = read_code(reply, draft.language)
    if isinstance(code, Flaw):
        draft.thrown = (code,)
        return run
    tried = replace(draft, code=code)
    flaws = judge_unit(code, draft.unit) or await asyncio.to_thread(_judge_files, shop, tried)
    draft.thrown = tuple(flaw for flaw in flaws if not flaw.is_of_shape)
    if draft.thrown:
        return run
    again = await _run(shop, tried, f"{key}/shape")
    draft.thrown = again.flaws
    if not again.passed:
        return run
    draft.code, draft.code_flaws, draft.passed = code, flaws, again
    return again


async def _write_tests(shop: Workshop, draft: _Draft, tier: TierModel, key: str) -> None:
    parts = test_parts(draft.ticket, _outlines(shop, draft), draft.test_flaws, draft.tests)
    reply = await shop.asker.ask(f"CODE/{key}/tests", shop.agent("tester", draft), parts, tier)
    code = read_code(reply, draft.language)
    if isinstance(code, Flaw):
        draft.test_flaws = (code,)
        return
    draft.tests = code
    beside = [one for one in draft.needed if one.unit in _units_of(shop, draft.ticket.path)]
    draft.test_flaws = judge_tests(code, draft.ticket) or clashes(
        [msgspec.structs.replace(one, code=one.tests) for one in beside], code, draft.language
    )


async def _write_code(shop: Workshop, draft: _Draft, tier: TierModel, key: str) -> None:
    parts = code_parts(draft.ticket, draft.steps, _outlines(shop, draft), draft.code_flaws, draft.code)
    reply = await shop.asker.ask(f"CODE/{key}/code", shop.agent("coder", draft), parts, tier)
    code = read_code(reply, draft.language)
    if isinstance(code, Flaw):
        draft.code_flaws = (code,)
        return
    draft.code = code
    draft.code_flaws = judge_unit(code, draft.unit) or await asyncio.to_thread(_judge_files, shop, draft)


def _judge_files(shop: Workshop, draft: _Draft) -> tuple[Flaw, ...]:
    """What the rules say of the file that the code comes to stand in, and which names are taken there."""
    beside = [one for one in draft.needed if one.unit in _units_of(shop, draft.ticket.path)]
    if taken := clashes(beside, draft.code, draft.language):
        return taken
    text = compose_code(shop.plan, draft.ticket.path, _with(draft))[0]
    return judge_file(shop.root, draft.ticket.path, text, shop.overrides)


async def _run(shop: Workshop, draft: _Draft, key: str) -> TestRun:
    """The verdict of the tests; recorded, so that a resumed run comes to the same one."""
    written = _with(draft)
    files = {path: compose_code(shop.plan, path, written)[0] for path in _paths(shop, written)}
    files.update(draft.language.project_files(shop.plan.units))
    tests, names = compose_tests(shop.plan, draft.ticket.tests_path, [written[-1]])
    files[draft.ticket.tests_path] = tests
    inputs = digest_of((files, names))
    recorded = shop.trajectory.recorded(f"VERIFY/{key}", inputs)
    if recorded is not None:
        return recorded.read(TestRun)
    shop.tell(Event("VERIFY", "begun", draft.ticket.unit))
    run = await asyncio.to_thread(
        run_tests, shop.sandbox, files, {draft.ticket.tests_path: names}, seconds=shop.test_seconds
    )
    await asyncio.to_thread(shop.trajectory.record, f"VERIFY/{key}", run, inputs)
    return run


async def _blame(shop: Workshop, draft: _Draft, tier: TierModel, key: str, run: TestRun) -> None:
    """Find which of code and tests is not what the ticket says; that one has the flaws."""
    arbiter = shop.agent("arbiter", draft)
    parts = critic_parts(draft.ticket, draft.code, draft.tests, run.flaws)
    reply = await shop.asker.ask(f"VERIFY/{key}/critic", arbiter, parts, _at_least(shop, arbiter, tier))
    word, _, reason = reply.text.strip().partition("\n")
    told = (Flaw("critic", reason.strip()[:800]),) if reason.strip() else ()
    if word.strip().strip("*:.`").upper().startswith("TEST"):
        draft.test_flaws = (*run.flaws, *told)
    else:  # where the critic says nothing that can be read, the tests are believed
        draft.code_flaws = (*run.flaws, *told, *(flaw for flaw in draft.code_flaws if flaw.is_of_shape))


def _with(draft: _Draft) -> list[WrittenUnit]:
    """What it needs, and the draft itself, last."""
    return [*draft.needed, WrittenUnit(draft.ticket.unit, "passed", draft.code, draft.tests)]


def _paths(shop: Workshop, written: Sequence[WrittenUnit]) -> list[str]:
    names = {one.unit for one in written}
    return list(dict.fromkeys(ticket.path for ticket in shop.plan.tickets if ticket.unit in names))


def _units_of(shop: Workshop, path: str) -> set[str]:
    return {ticket.unit for ticket in shop.plan.tickets if ticket.path == path}


def _outlines(shop: Workshop, draft: _Draft) -> list[tuple[SpecUnit, str]]:
    units = {unit.name: unit for unit in shop.plan.units}
    direct = [one for one in draft.needed if one.unit in draft.unit.needs]
    return [(units[one.unit], draft.language.outline(one.code, one.unit)) for one in direct]


def _tell_flaws(shop: Workshop, draft: _Draft, flaws: Sequence[Flaw], tier: TierModel) -> None:
    more = f" and {len(flaws) - 1} more" if len(flaws) > 1 else ""
    detail = flaws[0].in_short() + more
    shop.tell(Event("VERIFY", "flawed", draft.ticket.unit, detail, tier=tier.tier, attempt=draft.attempts))


def _at_least(shop: Workshop, agent: Agent, tier: TierModel) -> TierModel:
    """The model of an agent for a unit that a tier is at: never a smaller one."""
    return max(next(iter(tiers_from(shop.tiers, agent.tier)), tier), tier, key=_rank)


def _rank(tier: TierModel) -> int:
    return TIERS.index(tier.tier)


def _ended(draft: _Draft, state: Literal["passed", "blocked"], tier: str, run: TestRun | None) -> WrittenUnit:
    return WrittenUnit(
        draft.ticket.unit, state, draft.code, draft.tests, tier, draft.attempts,
        (*draft.code_flaws, *draft.test_flaws), run.outcomes if run is not None else {},
    )  # fmt: skip
