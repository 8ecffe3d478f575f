"""Drives a specification through its states: PLAN, SPEC, TICKET, CODE and VERIFY for each unit, INTEGRATE, DONE.

A unit is begun once those it needs have passed; others go on at the same time. Whatever ends a run, the same command goes
on from what is recorded, and comes to the same bytes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from aifirst_orchestrator.edits.apply_edits import show_changes
from aifirst_orchestrator.generate.begin_again import begin_again, note_blocked
from aifirst_orchestrator.generate.event import Event
from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.generate.integrate import (
    Replace,
    assemble,
    judge_whole,
    report_files,
    require_inside,
    without_theirs,
    write_files,
)
from aifirst_orchestrator.generate.traceability import Traceability, trace
from aifirst_orchestrator.generate.write_unit import Workshop, write_unit
from aifirst_orchestrator.generate.written_unit import WrittenUnit
from aifirst_orchestrator.spec.plan import SpecPlan
from aifirst_orchestrator.spec.write_ticket import Ticket
from aifirst_orchestrator.trajectory.trajectory import digest_of

Approve = Callable[[str, str], str]
"""Asked at a gate: its name and what is to be allowed; who allowed it, "" where nobody did."""


class Generated(msgspec.Struct, frozen=True):
    """What a run came to. It is done where every unit passed and the whole does."""

    units: dict[str, WrittenUnit]
    files: tuple[str, ...]
    """Written now; what was as it should be is not among them."""
    traceability: Traceability
    flaws: tuple[Flaw, ...] = ()
    allowed: bool = True

    @property
    def is_done(self) -> bool:
        """Whether the specification is met."""
        return self.allowed and not self.flaws and self.traceability.is_closed


async def generate(
    shop: Workshop,
    specification: str,
    approve: Approve,
    replace: Replace,
    *,
    jobs: int = 2,
    force: bool = False,
    review: bool = False,
) -> Generated:
    """Write the units of a plan and put what passed into the project, with `review` once it is taken at a gate.

    Raises what asking, running and writing raise.
    """
    waiting = {ticket.unit: WrittenUnit(ticket.unit, "waiting") for ticket in shop.plan.tickets}
    if not await _is_allowed(shop, approve):
        return Generated(waiting, (), trace(shop.plan, waiting), allowed=False)
    shop = begin_again(shop)
    written = await _write_units(shop, jobs)
    shop.tell(
        Event("INTEGRATE", "begun", detail=f"{sum(one.state == 'passed' for one in written.values())} units")
    )
    files, tests = assemble(shop, written)
    flaws: tuple[Flaw, ...] = ()
    if files:
        flaws, run = await asyncio.to_thread(judge_whole, shop, files, tests)
        written = {name: _with_outcomes(one, run.outcomes) for name, one in written.items()}
    found = trace(shop.plan, written)
    slug = shop.plan.document.file_name
    if not flaws:
        files = {
            f"specs/{slug}.md": specification,
            **without_theirs(shop, files),
            **report_files(found, shop.plan.document.title, slug),
        }
        if review and not await _is_taken(shop, files, approve):
            return Generated(written, (), found, allowed=False)
        names = await asyncio.to_thread(write_files, shop.root, slug, files, replace, force=force)
    else:
        names = []
    for flaw in flaws:
        shop.tell(Event("INTEGRATE", "flawed", detail=flaw.in_short()))
    for name in names:
        shop.tell(Event("INTEGRATE", "written", detail=name))
    done = Generated(written, tuple(names), found, flaws)
    await note_blocked(shop, written)
    shop.tell(Event("DONE", "passed" if done.is_done else "blocked"))
    return done


async def _is_allowed(shop: Workshop, approve: Approve) -> bool:
    """The gate after the plan; who opened it stands in the record."""
    tickets = shop.plan.tickets
    unit = max((len(one.unit) for one in tickets), default=0)
    path = max((len(one.path) for one in tickets), default=0)
    told = "\n".join(
        f"{one.stage:>3}  {one.unit:<{unit}}  {one.path:<{path}}  {', '.join(one.requirements) or '-'}"
        for one in tickets
    )
    inputs = digest_of(shop.plan.tickets)
    recorded = shop.trajectory.recorded("TICKET/gate", inputs)
    who = recorded.read(str) if recorded is not None else approve("tickets", told)  # nothing else goes on yet
    if recorded is None and who:
        await asyncio.to_thread(shop.trajectory.record, "TICKET/gate", who, inputs)
    shop.tell(Event("TICKET", "allowed" if who else "refused", detail=who))
    return bool(who)


async def _is_taken(shop: Workshop, files: Mapping[str, str], approve: Approve) -> bool:
    """The gate before anything is written; what would be is shown as a difference. Asked each time."""
    before = {name: _text_of(shop.root / name) for name in files}
    difference = show_changes(before, files)
    who = approve("changes", difference) if difference else "nothing would change"
    shop.tell(Event("INTEGRATE", "allowed" if who else "refused", detail=who))
    return bool(who)


def _text_of(path: Path) -> str | None:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else None


async def _write_units(shop: Workshop, jobs: int) -> dict[str, WrittenUnit]:
    """All units, each after those it needs; a file's units one after another."""
    before = _needs(shop.plan)
    tickets = {ticket.unit: ticket for ticket in shop.plan.tickets}
    ready = {name: asyncio.Event() for name in tickets}
    written: dict[str, WrittenUnit] = {}
    room = asyncio.Semaphore(jobs)

    async def write(ticket: Ticket) -> None:
        for name in sorted(before[ticket.unit]):  # else who goes first hung on the hash seed
            await ready[name].wait()
        try:
            needed = [written[name] for name in tickets if name in before[ticket.unit] and name in written]
            if len(needed) < len(before[ticket.unit]):
                return  # the run is ending: what it needs was not even tried
            if all(one.state == "passed" for one in needed):
                async with room:
                    written[ticket.unit] = await write_unit(shop, ticket, needed)
                return
            written[ticket.unit] = WrittenUnit(ticket.unit, "waiting")
            names = ", ".join(one.unit for one in needed if one.state != "passed")
            shop.tell(Event("CODE", "blocked", ticket.unit, f"it needs {names}"))
        except Exception as error:
            shop.asker.stop(error)
            raise
        finally:
            ready[ticket.unit].set()

    # Where one fails for good, calls under way come to their end and are recorded: no answer is lost.
    ended = await asyncio.gather(*(write(ticket) for ticket in tickets.values()), return_exceptions=True)
    for error in ended:
        if error is not None:
            raise error
    return {name: written[name] for name in tickets}


def _needs(plan: SpecPlan) -> dict[str, set[str]]:
    """All that has to be there before a unit: what it needs, what that needs, and what stands above it in its file.

    A ring was cut by the order of the tickets: nobody waits for a later one.
    """
    direct = {unit.name: set(unit.needs) for unit in plan.units}
    found: dict[str, set[str]] = {}
    last: dict[str, str] = {}
    for ticket in plan.tickets:
        near = {name for name in direct[ticket.unit] if name in found}
        if ticket.path in last:
            near.add(last[ticket.path])
        found[ticket.unit] = near.union(*(found[name] for name in near))
        last[ticket.path] = ticket.unit
    return found


def _with_outcomes(unit: WrittenUnit, outcomes: Mapping[str, str]) -> WrittenUnit:
    """The unit with what the whole suite said of its tests."""
    return msgspec.structs.replace(
        unit, outcomes={name: outcomes.get(name, how) for name, how in unit.outcomes.items()}
    )


def open_root(root: Path) -> None:
    """Make the folder of the project, with a place for the record that git does not see."""
    kept = root / ".aifirst"
    require_inside(root, kept / "generate")
    kept.mkdir(parents=True, exist_ok=True)
    ignore = kept / ".gitignore"
    if not ignore.exists() and not ignore.is_symlink():
        ignore.write_text("*\n", encoding="utf-8")
