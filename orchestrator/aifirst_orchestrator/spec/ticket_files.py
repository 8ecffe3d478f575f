"""Keeps the tickets of a specification as files: writes what changed, removes what is no longer meant, loses nothing.

`tickets.json` beside them says which file is which ticket and what its text was when it was written. A ticket that
somebody changed since is not written over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import msgspec

from aifirst_orchestrator.spec.plan import SpecPlan
from aifirst_orchestrator.spec.write_ticket import Ticket, TicketFacts

INDEX = "tickets.json"


class KeptTicket(TicketFacts, frozen=True):
    """A ticket as the index has it; `sha256` of the text that was written to `file`."""

    file: str
    sha256: str


class TicketIndex(msgspec.Struct, frozen=True):
    """What `tickets.json` holds; `specification_sha256` is of the text that the tickets follow from."""

    specification: str
    specification_sha256: str
    tickets: tuple[KeptTicket, ...]
    version: int = 1


class TicketFileError(Exception):
    """Tickets cannot be written as asked; the text says the next step."""


class Written(msgspec.Struct, frozen=True):
    """Names of files by what became of them."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: int = 0


def write_tickets(
    plan: SpecPlan, text: str, folder: Path, replace: Callable[[Path, bytes], None], *, force: bool = False
) -> Written:
    """Bring a folder of tickets up to the plan; `replace` writes a file whole or not at all.

    Raises `TicketFileError` before anything is written where a ticket was changed by hand, unless `force`.
    """
    before = read_index(folder)
    kept = {one.file: one for one in before.tickets} if before is not None else {}
    wanted = {_name_of(ticket): ticket for ticket in plan.tickets}
    for name in (*{**kept, **wanted}, INDEX):
        if (folder / name).is_symlink():
            raise TicketFileError(
                f"{folder / name} is a link. Remove it: tickets are written as files of their own."
            )
    if not force:
        _refuse_changed(folder, kept, wanted)
    added, changed = list[str](), list[str]()
    folder.mkdir(parents=True, exist_ok=True)
    for name, ticket in wanted.items():
        current = _bytes_of(folder / name)
        if current != ticket.text.encode():
            (added if current is None else changed).append(name)
            replace(folder / name, ticket.text.encode())
    removed = [name for name in kept if name not in wanted and (folder / name).exists()]
    index = TicketIndex(
        plan.document.path, _sum(text.encode()), tuple(_kept(name, one) for name, one in wanted.items())
    )
    for name in removed:  # before the index forgets them: a run that is killed in between can be run again
        (folder / name).unlink()
    replace(folder / INDEX, msgspec.json.format(msgspec.json.encode(index), indent=2) + b"\n")
    return Written(tuple(added), tuple(changed), tuple(removed), len(wanted) - len(added) - len(changed))


def read_index(folder: Path) -> TicketIndex | None:
    """The index of a folder of tickets, None where there is none. Raises `TicketFileError` for one that is broken."""
    raw = _bytes_of(folder / INDEX)
    if raw is None:
        return None
    try:
        index = msgspec.json.decode(raw, type=TicketIndex)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise TicketFileError(
            f"{folder / INDEX} is damaged ({error}). Remove it, or choose another folder with -o."
        ) from None
    if index.version != 1:
        raise TicketFileError(
            f"{folder / INDEX} is of a later aifirst. Update aifirst, or choose another folder with -o."
        )
    if any(not one.file.endswith(".ticket") or "/" in one.file or "\\" in one.file for one in index.tickets):
        raise TicketFileError(f"{folder / INDEX} names files outside its folder. Remove it.")
    return index


def _refuse_changed(folder: Path, kept: dict[str, KeptTicket], wanted: dict[str, Ticket]) -> None:
    for name in {**kept, **wanted}:
        current = _bytes_of(folder / name)
        if current is None or (name in wanted and current == wanted[name].text.encode()):
            continue
        if name not in kept or kept[name].sha256 != _sum(current):
            raise TicketFileError(
                f"{folder / name} was changed by hand. "
                "Put the change into the specification, or use --force to write over it."
            )


def _name_of(ticket: Ticket) -> str:
    return f"{ticket.slug}.ticket"


def _kept(name: str, ticket: Ticket) -> KeptTicket:
    facts = {field: getattr(ticket, field) for field in TicketFacts.__struct_fields__}
    return KeptTicket(**facts, file=name, sha256=_sum(ticket.text.encode()))


def _bytes_of(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _sum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
