"""Runs `aifirst generate`: opens models and sandbox, asks at the gate, shows what goes on, and what came of it."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

import click

from aifirst_cli.failure import Failure
from aifirst_cli.index_run import printable_lines
from aifirst_cli.model_run import interruptible, model_run_errors, teller, told_answers
from aifirst_cli.output import replace_file, write_output
from aifirst_cli.run_options import current_folder
from aifirst_cli.run_record import record_name
from aifirst_cli.tickets_run import plan_as_text, read_specification

if TYPE_CHECKING:
    from collections.abc import Callable

    from aifirst_orchestrator.calls.budget import RunLimits, Spent
    from aifirst_orchestrator.generate.drive import Generated
    from aifirst_orchestrator.sandbox.open_sandbox import Choice
    from aifirst_orchestrator.spec.plan import SpecPlan


class GenerateRun(NamedTuple):
    """The options of the command."""

    specification: str
    output: str
    models: str | None
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
    preset: str | None
    force: bool
    shape: str


def run(given: GenerateRun) -> int:
    """Generate; the exit code."""
    from aifirst_orchestrator.spec.plan import plan_tickets

    if given.max_cost is not None and given.price is None:
        raise click.UsageError("--max-cost needs --price, what a million tokens cost.")
    name, text = read_specification(given.specification)
    plan = plan_tickets(name, text)
    problems = [problem for problem in plan.problems if problem.severity == "error"]
    others = sorted({unit.language for unit in plan.units} - {"python"})
    if problems:
        write_output(plan_as_text(plan), None)
        raise Failure(f"{name} cannot be built from yet. Mend the errors above, then run the same again.")
    if others:
        raise Failure(
            f"{name} has units in {', '.join(others)}, and only Python is generated. Leave them out."
        )
    return _generate(given, plan, text)


def _generate(given: GenerateRun, plan: SpecPlan, text: str) -> int:
    from aifirst_codebase.tokens import get_counter
    from aifirst_orchestrator.calls.ask import Asker
    from aifirst_orchestrator.calls.budget import Spent
    from aifirst_orchestrator.calls.tiers import open_tiers
    from aifirst_orchestrator.generate.drive import generate, open_root
    from aifirst_orchestrator.generate.integrate import KEPT
    from aifirst_orchestrator.generate.run_tests import require_pytest
    from aifirst_orchestrator.generate.write_unit import Workshop
    from aifirst_orchestrator.sandbox.open_sandbox import open_sandbox
    from aifirst_orchestrator.trajectory.trajectory import open_trajectory

    root = current_folder() / given.output
    tell = teller(given.shape)
    spent = Spent.start(_limits(given))
    with model_run_errors(root, " Choose another folder."), ExitStack() as stack:
        require_pytest()
        tiers = open_tiers(Path(given.models) if given.models else None, os.environ)
        sandbox = open_sandbox(cast("Choice", given.sandbox), given.image)
        open_root(root)
        (root / KEPT).mkdir(parents=True, exist_ok=True)
        trajectory = stack.enter_context(
            open_trajectory(root / KEPT / record_name("generate", str(root.resolve()), plan.document.slug))
        )
        asker = Asker(trajectory, spent, get_counter().count, told_answers(tell))
        shop = Workshop(
            plan, asker, tiers, sandbox, trajectory, root, tell, given.repairs,
            {"preset": given.preset} if given.preset else {},
        )  # fmt: skip
        done = asyncio.run(
            generate(shop, text, _gate(given), replace_file, jobs=given.jobs, force=given.force)
        )
    _show(given.shape, plan, done, spent)
    return 0 if done.is_done else 1


def _limits(given: GenerateRun) -> RunLimits:
    from aifirst_orchestrator.calls.budget import RunLimits

    return RunLimits(
        given.max_calls, given.max_tokens, given.max_seconds, given.max_cost, given.price or (0.0, 0.0)
    )


def _gate(given: GenerateRun) -> Callable[[str, str], str]:
    """Who may open a gate: the one who gave --yes, or the person at the terminal."""

    def approve(_: str, told: str) -> str:
        if given.yes:
            return "--yes"
        if not sys.stdin.isatty():
            raise Failure(
                "there is nobody to ask whether the plan is right. Look at it with aifirst tickets, then give --yes."
            )
        click.echo(printable_lines(told), err=True)
        with interruptible():
            return "the person at the terminal" if click.confirm("Write these units?", err=True) else ""

    return approve


def _show(shape: str, plan: SpecPlan, done: Generated, spent: Spent) -> None:
    import msgspec

    if shape == "json":
        told = {
            "version": 1, "done": done.is_done, "allowed": done.allowed, "traceability": done.traceability,
            "written": done.files, "flaws": done.flaws,
            "units": {name: msgspec.structs.replace(one, code="", tests="") for name, one in done.units.items()},
            "spent": {
                "calls": spent.calls, "prompt_tokens": spent.prompt_tokens,
                "answer_tokens": spent.answer_tokens, "money": spent.money,
            },
        }  # fmt: skip
        write_output(
            msgspec.json.format(msgspec.json.encode(told), indent=2).decode() + "\n", None, for_programs=True
        )
    elif shape == "text":
        write_output(_summary(plan, done, spent), None)


def _summary(plan: SpecPlan, done: Generated, spent: Spent) -> str:
    met = sum(one.standing == "met" for one in done.traceability.requirements)
    passed = sum(one.state == "passed" for one in done.units.values())
    lines = [
        f"{plan.document.title}: {met} of {len(done.traceability.requirements)} requirements met, "
        f"{passed} of {len(done.units)} units passed, {len(done.files)} files written",
        f"{spent.calls} calls, {spent.prompt_tokens} tokens of prompts, {spent.answer_tokens} of answers",
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
    return "\n".join(lines) + "\n"
