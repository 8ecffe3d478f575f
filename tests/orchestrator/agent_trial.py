"""A small project, and what works on a task in it with scripted models."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aifirst_codebase.tokens import get_counter
from aifirst_memory.dependencies.build import update_dependencies
from aifirst_memory.dependencies.sqlite.graph_store import SqliteGraph
from aifirst_memory.memory import Memory
from aifirst_memory.update import UpdateRequest, update_memory
from aifirst_model.backends.scripted import Script, Scripted, Step
from aifirst_orchestrator.agent.documents import documents_of, guidance_of
from aifirst_orchestrator.agent.judge_changes import judge_changes
from aifirst_orchestrator.agent.place import AgentPlace
from aifirst_orchestrator.agent.run_project_tests import run_rungs
from aifirst_orchestrator.agent.test_runners.pytest_runner import pytest_runner
from aifirst_orchestrator.agent.widen_tests import Rung, widen_tests
from aifirst_orchestrator.agent.work_on_task import TaskOutcome, TaskShop, next_time, work_on_task
from aifirst_orchestrator.agent.workspace import Workspace
from aifirst_orchestrator.agents.own_agents import Agents, standard_agents
from aifirst_orchestrator.calls.ask import Asker, Call, Reply
from aifirst_orchestrator.calls.budget import RunLimits, Spent
from aifirst_orchestrator.calls.tiers import TierModel
from aifirst_orchestrator.generate.event import Event
from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.sandbox.bubblewrap import Bubblewrap
from aifirst_orchestrator.tools.gate import Gate, Policy
from aifirst_orchestrator.trajectory.trajectory import open_trajectory

SHOP = '''"""Prices."""


def price(amount, unit):
    """Return the price of an amount of something."""
    # WHY: a discount from ten pieces on keeps large orders here.
    if amount > 10:
        return amount * unit * 0.95
    # WHY: small orders pay in full, packing costs the same.
    return amount * unit


def label(name):
    """Return the name for a shelf."""
    # WHY: shelves have room for eight letters.
    return name[:8]
'''
TESTS = """from shop import price


def test_price():
    assert price(1, 2) == 2
    assert price(10, 2) == 19
"""
FIXED = SHOP.replace("amount > 10", "amount >= 10")
TASK = "ten pieces get the discount too"


def step(when: str, answer: object, **more: Any) -> Step:
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return Step(when=when, answer=text, **more)


def plan(path: str = "shop.py", line: int = 7) -> dict[str, Any]:
    return {
        "understanding": "the border is off by one",
        "steps": [{"path": path, "line": line, "action": "compare with >= 10"}],
        "done_when": "price(10, 2) is 19",
    }


def use(tool: str, **arguments: object) -> dict[str, Any]:
    return {"why": "it is next", "tool": tool, "arguments": arguments}


READ = use("read", path="shop.py", first=4, last=10)
EDIT = use(
    "edit",
    edits=[{"path": "shop.py", "search": "    if amount > 10:\n", "replace": "    if amount >= 10:\n"}],
)
FINISH = use("finish", summary="ten is in the discount now")
RIGHT = (READ, EDIT, FINISH)


def model(answers: Sequence[object] = RIGHT, planned: Sequence[object] = ()) -> Scripted:
    plans = [step("Answer with one JSON object of this schema", one) for one in (*planned, plan())]
    return Scripted(Script((*plans, *(step("What do you do next?", one) for one in answers))))


class Trial:
    """Works on a task in a project; `events` are those of the last run."""

    def __init__(self, root: Path, sandbox: Bubblewrap) -> None:
        self.root = root
        self.sandbox = sandbox
        self.taken: dict[str, str] = {"plan": "the test", "changes": "the test"}
        self.dangerous = ""
        self.asked: list[str] = []
        self.shown: list[str] = []
        self.events: list[Event] = []
        self.rungs: tuple[Rung, ...] = ()
        self.window = 8192
        self.reviews = 0
        self.agents: Agents = standard_agents()
        self.one_context = False
        self.is_tested = True
        root.mkdir()
        (root / ".git").mkdir()
        (root / "shop.py").write_text(SHOP)
        (root / "test_shop.py").write_text(TESTS)
        (root / ".gitignore").write_text("private.py\n")
        (root / "private.py").write_text("SECRET = 1\n")
        (root / "pyproject.toml").write_text('[project]\nname = "shop"\nversion = "1"\n')

    def __call__(
        self, *models: Scripted, limits: RunLimits | None = None, repairs: int = 5, steps: int = 20
    ) -> TaskOutcome:
        update_memory(UpdateRequest(self.root, jobs=1))
        update_dependencies(self.root)
        self.events, self.asked = [], []
        tiers = [
            TierModel(tier, one, self.window, f"scripted {tier}")  # pyright: ignore[reportArgumentType]  a tier
            for tier, one in zip(("small", "medium", "large"), models, strict=False)
        ]
        (self.root / ".aifirst/agent").mkdir(exist_ok=True)
        with (
            Memory.open(self.root) as memory,
            open_trajectory(self.root / ".aifirst/agent/it.steps") as trajectory,
        ):
            workspace = Workspace(self.root)
            place = AgentPlace(
                workspace,
                memory,
                lambda: judge_changes(workspace, {}),
                lambda: self._test(workspace),
                self._ask,
                open_graph=lambda: SqliteGraph(self.root),
            )
            asker = Asker(trajectory, Spent.start(limits or RunLimits()), get_counter().count, _unheard)
            shop = TaskShop(
                place, asker, tiers, Gate(Policy(), self._danger), trajectory, self.events.append, self._approve,
                _replace, repairs, steps, agents=self.agents, reviews=self.reviews, one_context=self.one_context,
                again=next_time(trajectory), guidance=guidance_of(workspace),
                documents=lambda levels, paths: documents_of(memory, levels, paths, TASK),
            )  # fmt: skip
            return asyncio.run(work_on_task(shop, TASK, "shop.py holds prices"))

    def _test(self, workspace: Workspace) -> tuple[Flaw, ...]:
        if not self.is_tested:
            return ()
        with SqliteGraph(self.root) as store:
            self.rungs = widen_tests(store, workspace)
        return run_rungs(self.sandbox, workspace, self.rungs, [pytest_runner()], seconds=60)

    def _approve(self, gate: str, told: str) -> str:
        self.shown.append(told)
        return self.taken[gate]

    def _danger(self, told: str) -> str:
        self.asked.append(told)
        return self.dangerous

    def _ask(self, question: str) -> str:
        self.asked.append(question)
        return "yes"

    @property
    def text(self) -> str:
        return (self.root / "shop.py").read_text()


def _replace(path: Path, raw: bytes) -> None:
    path.write_bytes(raw)


def _unheard(_call: Call, _reply: Reply | None) -> None:
    """Nobody looks on."""
