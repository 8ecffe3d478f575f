"""Runs `aifirst tickets --write`: has an idea written as a specification, shows it, and writes it where nothing was."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from aifirst_cli.agent_crew import document_giver, open_agents
from aifirst_cli.failure import Failure
from aifirst_cli.model_run import model_run_errors
from aifirst_cli.run_options import current_folder
from aifirst_cli.run_record import record_name
from aifirst_cli.run_session import Gate, RunSession
from aifirst_cli.tickets_run import plan_as_text, read_specification

if TYPE_CHECKING:
    from aifirst_orchestrator.spec_writing.write_spec import WrittenSpec

_KEPT = ".aifirst/agent"


class SpecRun(NamedTuple):
    """The options of the command that are about writing."""

    idea: str
    write: str
    models: str | None
    agents: str | None
    yes: bool


def run_spec(given: SpecRun) -> str:
    """Write the specification of an idea; its path. Raises `Failure` where a file is there, or nobody took it."""
    from aifirst_orchestrator.calls.budget import RunLimits

    place = current_folder() / given.write
    if place.exists() or place.is_symlink():
        raise Failure(f"{given.write} is there already, and nothing is written over. Name another file.")
    name, idea = read_specification(given.idea)
    if not idea.strip():
        raise Failure(f"{name} says nothing. Write down what the program is to do.")
    session = RunSession("text", RunLimits(), yes=given.yes, plain=True)
    with session.open("tickets", given.write):
        written = _written(given, idea, session)
        shown = f"{written.text}\n{plan_as_text(written.plan)}"
        nobody = (
            "there is nobody to ask whether the specification is right. Run it in a terminal, or give --yes."
        )
        if not session.approve(Gate("spec", "Write this specification?", nobody), shown):
            raise Failure("the specification was not taken, and nothing was written. Say more in the idea.")
        _write_new(place, written.text)
        session.code = 0
    return given.write


def _written(given: SpecRun, idea: str, session: RunSession) -> WrittenSpec:
    from aifirst_codebase.config import find_root
    from aifirst_orchestrator.calls.tiers import open_tiers
    from aifirst_orchestrator.generate.drive import open_root
    from aifirst_orchestrator.spec_writing.write_spec import SpecShop, write_spec
    from aifirst_orchestrator.trajectory.trajectory import open_trajectory

    root = find_root(current_folder())
    with model_run_errors(root), ExitStack() as stack:
        agent = open_agents(given.agents)["spec_writer"]
        tiers = open_tiers(Path(given.models) if given.models else None, os.environ)
        open_root(root)
        (root / _KEPT).mkdir(parents=True, exist_ok=True)
        record = root / _KEPT / record_name("spec", str(root), given.write, idea)
        trajectory = stack.enter_context(open_trajectory(record))
        shop = SpecShop(
            session.asker(trajectory, only_recorded=False), tiers, agent, session.events.tell, given.write,
            documents=_documents(root, idea, agent.documents),
        )  # fmt: skip
        return session.run(write_spec(shop, idea))


def _documents(root: Path, idea: str, levels: tuple[int, ...]) -> str:
    """The package of the project that the idea is for; "" where the project has no memory, which is not made for this."""
    from aifirst_memory.memory import Memory
    from aifirst_memory.store import StoreError

    try:
        with Memory.open(root) as memory:
            return document_giver(memory, idea)(levels, ())
    except StoreError:
        return ""


def _write_new(place: Path, text: str) -> None:
    """Write a file that is not there. Raises `Failure`."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise Failure(
            f"{place} was made meanwhile, and nothing is written over. Name another file."
        ) from None
    except OSError as error:
        raise Failure(f"{place} cannot be written: {error.strerror or error}. Name another file.") from error
