"""Runs `aifirst agent`: opens the project's memory, models and sandbox, asks at the gates, shows what came of it."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click
from aifirst_validator.formats.wording import plural

from aifirst_cli.agent_crew import document_giver, open_agents, review_rounds, show_calls
from aifirst_cli.agent_memory import earlier_work, remember
from aifirst_cli.agent_place import Testing, open_place
from aifirst_cli.current_index import single_threaded_arrays, update_index
from aifirst_cli.failure import Failure
from aifirst_cli.index_run import memory_errors
from aifirst_cli.model_run import model_run_errors
from aifirst_cli.output import replace_file, shown_text, write_output
from aifirst_cli.own_profile import own_profile
from aifirst_cli.query_input import given_query
from aifirst_cli.replay_run import replay_run
from aifirst_cli.run_options import current_folder
from aifirst_cli.run_record import record_name
from aifirst_cli.run_session import Gate, RunSession
from aifirst_cli.run_usage import usage_lines

if TYPE_CHECKING:
    from aifirst_memory.memory import Memory
    from aifirst_orchestrator.agent.work_on_task import TaskOutcome
    from aifirst_orchestrator.calls.budget import RunUsage

_KEPT = ".aifirst/agent"
_AGAIN = "The same command tries afresh, with this in mind. Say more in the task, name a larger model, or raise a limit."
_QUESTIONS = {"plan": "Follow this plan?", "changes": "Write these changes?"}


class AgentRun(NamedTuple):
    """The options of the command."""

    task: str
    models: str | None
    agents: str | None
    critic: bool | None
    one_context: bool
    yes: bool
    test: str | None
    no_test: bool
    python: str | None
    repairs: int
    max_steps: int
    max_calls: int | None
    max_tokens: int | None
    max_seconds: float | None
    max_cost: float | None
    price: tuple[float, float] | None
    sandbox: str
    image: str | None
    profile: str | None
    preset: str | None
    recorded: bool
    replay: bool
    step: int | None
    calls: bool
    plain: bool
    shape: str


def run(given: AgentRun) -> int:
    """Do the task; the exit code."""
    from aifirst_codebase.config import find_root

    if given.step is not None and not given.replay:
        raise click.UsageError("--step needs --replay, whose step it shows.")
    if given.replay:
        root, task = find_root(current_folder()), given_query(given.task).strip() if given.task else ""
        record = record_name("agent", str(root), task) if task else None
        return replay_run(root / _KEPT, record, given.shape, given.step)
    single_threaded_arrays()
    task = given_query(given.task)
    if not task.strip():
        raise click.UsageError('say what the task is: aifirst agent "fix the login redirect".')
    if given.test is not None and given.no_test:
        raise click.UsageError("--test says how tests are run, --no-test that none are: give one of them.")
    if given.max_cost is not None and given.price is None:
        raise click.UsageError("--max-cost needs --price, what a million tokens cost.")
    root = find_root(current_folder())
    if given.calls:
        return _show_calls(root, task.strip())
    with memory_errors():
        update_index(root)
    from aifirst_memory.memory import Memory
    from aifirst_orchestrator.calls.budget import RunLimits

    limits = RunLimits(
        given.max_calls, given.max_tokens, given.max_seconds, given.max_cost, given.price or (0.0, 0.0)
    )
    session = RunSession(given.shape, limits, yes=given.yes, plain=given.plain)
    with memory_errors(), Memory.open(root) as memory, session.open("agent", task.strip()):
        outcome = _work(given, task.strip(), root, memory, session)
        session.code = 0 if outcome.state == "done" else 1
    _show(given.shape, outcome, session.spent.told())
    return session.code


def _work(given: AgentRun, task: str, root: Path, memory: Memory, session: RunSession) -> TaskOutcome:
    from aifirst_memory.context.memory_sources import assemble_context
    from aifirst_memory.context.request import ContextRequest
    from aifirst_orchestrator.agent.documents import guidance_of
    from aifirst_orchestrator.agent.work_on_task import TaskShop, next_time, work_on_task
    from aifirst_orchestrator.calls.tiers import open_tiers
    from aifirst_orchestrator.tools.gate import Gate as ToolGate
    from aifirst_orchestrator.tools.gate import Policy
    from aifirst_orchestrator.trajectory.trajectory import open_trajectory

    context = assemble_context(memory, ContextRequest(task, budget=4000)).text
    with model_run_errors(root), ExitStack() as stack:
        agents = open_agents(given.agents)
        tiers = open_tiers(Path(given.models) if given.models else None, os.environ)
        (root / _KEPT).mkdir(parents=True, exist_ok=True)
        trajectory = stack.enter_context(open_trajectory(_record(root, task)))
        testing = Testing(given.test, given.no_test, given.python, given.sandbox, given.image)
        place = open_place(root, memory, session, testing, given.preset)
        shop = TaskShop(
            place, session.asker(trajectory, only_recorded=given.recorded, profile=own_profile(given.profile)), tiers,
            ToolGate(Policy(), session.approve_danger), trajectory, session.events.tell,
            lambda gate, told: session.approve(_gate(gate), told), replace_file, given.repairs, given.max_steps,
            agents=agents, reviews=review_rounds(given.critic, tiers), one_context=given.one_context,
            documents=document_giver(memory, task), guidance=guidance_of(place.workspace),
            earlier_work=earlier_work(root, task, trajectory),
            again=next_time(trajectory, only_recorded=given.recorded),
        )  # fmt: skip
        outcome = session.run(work_on_task(shop, task, context))
        remember(root, task, outcome, place.workspace, trajectory, is_tested=not given.no_test)
        return outcome


def _record(root: Path, task: str) -> Path:
    return root / _KEPT / record_name("agent", str(root), task)


def _show_calls(root: Path, task: str) -> int:
    """Print what each call of a task's run was given; no model is asked."""
    from aifirst_orchestrator.trajectory.trajectory import read_trajectory

    if not _record(root, task).is_file():
        raise Failure("there is no run of this task of yours here. Give the task in the same words.")
    with model_run_errors(root):
        show_calls(read_trajectory(_record(root, task)))
    return 0


def _gate(name: str) -> Gate:
    """A gate of the run, by its name."""
    nobody = f"there is nobody to ask about the {name}. Run it in a terminal, or give --yes."
    return Gate(name, _QUESTIONS.get(name, "Allow it?"), nobody, shows_difference=name == "changes")


def _show(shape: str, outcome: TaskOutcome, usage: RunUsage) -> None:
    import msgspec

    if shape == "json":
        told = {
            "version": 1, "state": outcome.state, "summary": outcome.summary, "plan": outcome.plan,
            "written": outcome.written, "difference": outcome.difference, "flaws": outcome.flaws, "steps": outcome.steps,
            "findings": outcome.findings, "spent": usage.total, "usage": usage,
        }  # fmt: skip
        write_output(
            msgspec.json.format(msgspec.json.encode(told), indent=2).decode() + "\n", None, for_programs=True
        )
    elif shape == "text":
        lines = [outcome.summary] if outcome.summary else []
        lines += [f"wrote {name}" for name in outcome.written]
        count = len(outcome.steps)
        lines += [f"{outcome.state}: {count} {plural(count, 'step')}", *usage_lines(usage)]
        lines += [flaw.told() for flaw in outcome.flaws]
        lines += [f"the critic: {one.told()}" for one in outcome.findings]
        lines += [_AGAIN] if outcome.state in ("blocked", "no plan") else []
        if outcome.difference and outcome.state != "done":
            lines += ["what it came to, which was not written:", outcome.difference.rstrip("\n")]
        write_output(shown_text("\n".join(lines)) + "\n", None)
