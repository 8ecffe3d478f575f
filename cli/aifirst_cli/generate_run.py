"""Runs `aifirst generate`: opens models and sandbox, asks at the gate, shows what goes on, and what came of it."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

import click

from aifirst_cli.agent_crew import open_agents
from aifirst_cli.failure import Failure
from aifirst_cli.model_run import model_run_errors
from aifirst_cli.output import replace_file, shown_text, write_output
from aifirst_cli.own_profile import own_profile
from aifirst_cli.replay_run import replay_run
from aifirst_cli.run_options import current_folder
from aifirst_cli.run_record import record_name
from aifirst_cli.run_session import Gate, RunSession
from aifirst_cli.run_usage import usage_lines
from aifirst_cli.tickets_run import plan_as_text, read_specification

if TYPE_CHECKING:
    from aifirst_orchestrator.calls.budget import RunLimits, RunUsage
    from aifirst_orchestrator.generate.drive import Generated
    from aifirst_orchestrator.generate.stale_files import StaleFiles
    from aifirst_orchestrator.sandbox.open_sandbox import Choice
    from aifirst_orchestrator.spec.plan import SpecPlan


_GATE = Gate(
    "tickets", "Write these units into {}?",
    "there is nobody to ask whether the plan is right. Look at it with aifirst tickets, then give --yes.",
)  # fmt: skip


_CHANGES = Gate(
    "changes", "Write these files?", "there is nobody to ask about the files. Give --yes, or leave --review out.",
    shows_difference=True,
)  # fmt: skip


class GenerateRun(NamedTuple):
    """The options of the command."""

    specification: str
    output: str
    models: str | None
    agents: str | None
    yes: bool
    repairs: int
    jobs: int
    max_calls: int | None
    max_tokens: int | None
    max_seconds: float | None
    max_cost: float | None
    price: tuple[float, float] | None
    sandbox: str
    image: str | None
    profile: str | None
    language: str | None
    preset: str | None
    review: bool
    prune: bool
    force: bool
    recorded: bool
    replay: bool
    step: int | None
    plain: bool
    shape: str


def run(given: GenerateRun) -> int:
    """Generate; the exit code."""
    from aifirst_orchestrator.generate.golang.go_language import module_in
    from aifirst_orchestrator.spec.plan import plan_tickets

    if given.max_cost is not None and given.price is None:
        raise click.UsageError("--max-cost needs --price, what a million tokens cost.")
    name, text = read_specification(given.specification)
    module = module_in(current_folder() / given.output)
    plan = plan_tickets(name, text, language=given.language or "", module=module)
    if given.step is not None and not given.replay:
        raise click.UsageError("--step needs --replay, whose step it shows.")
    if given.replay:
        root = (current_folder() / given.output).resolve()
        record = record_name("generate", str(root), plan.document.slug)
        return replay_run(root / ".aifirst/generate", record, given.shape, given.step)
    problems = [problem for problem in plan.problems if problem.severity == "error"]
    if problems:
        write_output(plan_as_text(plan), None)
        raise Failure(f"{name} cannot be built from yet. Mend the errors above, then run the same again.")
    return _generate(given, plan, text)


def _generate(given: GenerateRun, plan: SpecPlan, text: str) -> int:
    from aifirst_orchestrator.generate.event import PlannedUnit

    needs = {unit.name: unit.needs for unit in plan.units}
    planned = [PlannedUnit(one.unit, one.path, tuple(needs.get(one.unit, ()))) for one in plan.tickets]
    session = RunSession(given.shape, _limits(given), yes=given.yes, plain=given.plain)
    with session.open("generate", plan.document.title, planned):
        done = _write(given, plan, text, session)
        stale = _settle_stale(given, plan, done, session)
        session.code = 0 if done.is_done else 1
    _show(given, plan, done, stale, session.spent.told())
    return session.code


def _write(given: GenerateRun, plan: SpecPlan, text: str, session: RunSession) -> Generated:
    from aifirst_codebase.config import load_config
    from aifirst_orchestrator.calls.tiers import open_tiers
    from aifirst_orchestrator.generate.drive import generate, open_root
    from aifirst_orchestrator.generate.integrate import KEPT
    from aifirst_orchestrator.generate.languages.registry import require_languages
    from aifirst_orchestrator.generate.write_unit import Workshop
    from aifirst_orchestrator.sandbox.open_sandbox import open_sandbox
    from aifirst_orchestrator.trajectory.trajectory import open_trajectory

    root = current_folder() / given.output
    with model_run_errors(root, " Choose another folder."), ExitStack() as stack:
        load_config(root)  # what is wrong with it is better told before a model is asked
        require_languages(unit.language for unit in plan.units)
        tiers = open_tiers(Path(given.models) if given.models else None, os.environ)
        sandbox = session.stoppable(open_sandbox(cast("Choice", given.sandbox), given.image))
        open_root(root)
        (root / KEPT).mkdir(parents=True, exist_ok=True)
        trajectory = stack.enter_context(
            open_trajectory(root / KEPT / record_name("generate", str(root.resolve()), plan.document.slug))
        )
        asker = session.asker(trajectory, only_recorded=given.recorded, profile=own_profile(given.profile))
        shop = Workshop(
            plan, asker, tiers, sandbox, trajectory, root, session.events.tell, given.repairs,
            {"preset": given.preset} if given.preset else {}, agents=open_agents(given.agents),
        )  # fmt: skip
        gate = _GATE._replace(asked=_GATE.asked.format(given.output))

        def approve(name: str, told: str) -> str:
            return session.approve(_CHANGES if name == "changes" else gate, told)

        return session.run(
            generate(
                shop, text, approve, replace_file, jobs=given.jobs,
                force=given.force, review=given.review,
            )
        )  # fmt: skip


def _settle_stale(given: GenerateRun, plan: SpecPlan, done: Generated, session: RunSession) -> StaleFiles:
    """What earlier runs wrote that belongs to no unit any more; removed where that is wanted and nobody changed it."""
    from aifirst_orchestrator.generate.event import Event
    from aifirst_orchestrator.generate.stale_files import StaleFiles, remove_stale, stale_files

    if not done.allowed or done.flaws:
        return StaleFiles()  # nothing was written: what belongs where is not settled
    root, slug = current_folder() / given.output, plan.document.file_name
    belonging = [path for ticket in plan.tickets for path in (ticket.path, ticket.tests_path)]
    stale = stale_files(root, slug, belonging)
    if given.prune and stale.unchanged:

        def tell(name: str) -> None:
            session.events.tell(Event("DONE", "removed", detail=name))

        with model_run_errors(root):
            remove_stale(root, slug, stale.unchanged, replace_file, tell)
        return StaleFiles((), stale.changed, stale.unchanged)
    return stale


def _limits(given: GenerateRun) -> RunLimits:
    from aifirst_orchestrator.calls.budget import RunLimits

    return RunLimits(
        given.max_calls, given.max_tokens, given.max_seconds, given.max_cost, given.price or (0.0, 0.0)
    )


def _show(given: GenerateRun, plan: SpecPlan, done: Generated, stale: StaleFiles, usage: RunUsage) -> None:
    import msgspec

    if given.shape == "json":
        told = {
            "version": 1, "done": done.is_done, "allowed": done.allowed, "traceability": done.traceability,
            "written": done.files, "flaws": done.flaws,
            "units": {name: msgspec.structs.replace(one, code="", tests="") for name, one in done.units.items()},
            "stale": stale, "spent": usage.total, "usage": usage,
        }  # fmt: skip
        write_output(
            msgspec.json.format(msgspec.json.encode(told), indent=2).decode() + "\n", None, for_programs=True
        )
    elif given.shape == "text":
        lines = [*_summary(plan, done, usage), *_told_stale(stale)]
        if done.is_done:
            report = str(Path(given.output) / "reports" / f"{plan.document.file_name}.md")
            lines.append(f"what is met, by which unit and test: {report}")
        write_output(shown_text("".join(f"{line}\n" for line in lines)), None)


def _told_stale(stale: StaleFiles) -> list[str]:
    lines = [f"removed {name}, which belonged to no unit any more" for name in stale.removed]
    lines += [f"{name} belongs to no unit any more: --prune removes it" for name in stale.unchanged]
    return lines + [
        f"{name} belongs to no unit any more and was changed by hand: it stays" for name in stale.changed
    ]


def _summary(plan: SpecPlan, done: Generated, usage: RunUsage) -> list[str]:
    met = sum(one.standing == "met" for one in done.traceability.requirements)
    passed = sum(one.state == "passed" for one in done.units.values())
    lines = [
        f"{plan.document.title}: {met} of {len(done.traceability.requirements)} requirements met, "
        f"{passed} of {len(done.units)} units passed, {len(done.files)} files written",
        *usage_lines(usage),
    ]
    for name, unit in done.units.items():
        if unit.state == "blocked":
            lines.append(f"{name} waits for you after {unit.attempts} attempts:")
            lines += [f"    {flaw.told()}" for flaw in unit.flaws[:5]]
        elif unit.state == "waiting":
            lines.append(f"{name} was not begun: it needs a unit that did not pass.")
    lines += [f"the whole: {flaw.told()}" for flaw in done.flaws]
    if any(unit.state == "blocked" for unit in done.units.values()):
        lines.append("Say more in the specification, or name a larger model, and run the same again.")
    return lines
