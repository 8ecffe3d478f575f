"""Runs `aifirst tickets`: reads the specification, plans, and shows or writes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

import click

from aifirst_cli.failure import Failure
from aifirst_cli.output import replace_file, write_output
from aifirst_cli.run_options import current_folder

if TYPE_CHECKING:
    from aifirst_orchestrator.spec.plan import SpecPlan
    from aifirst_orchestrator.spec.ticket_files import Written

_MOST_BYTES = 4 * 1024 * 1024


class TicketsRun(NamedTuple):
    """The options of the command."""

    specification: str
    output: str | None
    show: str | None
    force: bool
    shape: str
    language: str | None = None


def run(given: TicketsRun) -> int:
    """Plan the tickets; the exit code."""
    from aifirst_orchestrator.spec.plan import plan_tickets

    if given.show is not None and given.output is not None:
        raise click.UsageError("--show prints one ticket, -o writes all: give one of them.")
    name, text = read_specification(given.specification)
    plan = plan_tickets(name, text, language=_language(given.language))
    if given.show is not None:
        return _show_one(plan, given.show)
    written = _write(plan, text, given) if given.output is not None else None
    write_output(
        _as_json(plan, written) if given.shape == "json" else plan_as_text(plan, written, given.output),
        None,
        for_programs=given.shape == "json",
    )
    return 0 if plan.is_complete else 1


def _language(name: str | None) -> str:
    """The language of that name, title or ending as the registry calls it, "" for none."""
    from aifirst_codebase.languages.registry import all_languages, language_of_name

    if name is None:
        return ""
    languages = all_languages().values()
    of_code = {one.data.name: one for one in languages if one.data.kind == "code"}
    titled = next((one for one in of_code.values() if one.data.title.lower() == name.lower()), None)
    found = of_code.get(name.lower()) or titled or language_of_name(f"x.{name.lower()}")
    if found is None or found.data.kind != "code":
        raise click.UsageError(f"there is no language {name!r}. There are {', '.join(sorted(of_code))}.")
    return found.data.name


def read_specification(specification: str) -> tuple[str, str]:
    """The name and the text of a specification, `-` for standard input. Raises what click tells with the next step."""
    from aifirst_codebase.source import decode_source

    path = current_folder() / specification
    try:
        raw = sys.stdin.buffer.read(_MOST_BYTES + 1) if specification == "-" else path.read_bytes()
    except IsADirectoryError:
        raise click.UsageError(f"{specification} is a folder. Give one specification.") from None
    except OSError as error:
        raise click.UsageError(
            f"{specification} cannot be read: {error.strerror or error}. Give a Markdown file."
        ) from error
    if len(raw) > _MOST_BYTES:
        raise Failure(f"{specification} has more than 4 MB, which no specification has. Split it.")
    if b"\0" in raw[:8192]:
        raise Failure(f"{specification} is no text. Give a Markdown file.")
    return specification, decode_source(specification, raw).text


def _show_one(plan: SpecPlan, name: str) -> int:
    from difflib import get_close_matches

    ticket = next((ticket for ticket in plan.tickets if name in (ticket.unit, ticket.slug)), None)
    if ticket is None:
        names = [ticket.unit for ticket in plan.tickets]
        near = get_close_matches(name, names, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else f"There are {', '.join(names) or 'none'}."
        raise click.UsageError(f"the specification names no unit {name!r}. {hint}")
    write_output(ticket.text, None)
    return 0


def _write(plan: SpecPlan, text: str, given: TicketsRun) -> Written:
    from aifirst_orchestrator.spec.ticket_files import TicketFileError, write_tickets

    folder = current_folder() / (given.output or "")
    try:
        return write_tickets(plan, text, folder, replace_file, force=given.force)
    except TicketFileError as error:
        raise Failure(str(error)) from error
    except OSError as error:
        raise Failure(
            f"{error.filename or folder} cannot be written: {error.strerror or error}. Give another folder with -o."
        ) from error


def _as_json(plan: SpecPlan, written: Written | None) -> str:
    import msgspec

    told: dict[str, object] = {
        "version": 1,
        "specification": plan.document.path,
        "title": plan.document.title,
        "requirements": plan.document.requirements,
        "covered": plan.covered,
        "assignments": plan.assignments,
        "stages": plan.stages,
        "tickets": plan.tickets,
        "problems": plan.problems,
    }
    if written is not None:
        told["written"] = written
    return msgspec.json.format(msgspec.json.encode(told), indent=2).decode() + "\n"


def plan_as_text(plan: SpecPlan, written: Written | None = None, output: str | None = None) -> str:
    """The plan for a person: units in their order, then what is wrong with its line and next step."""
    requirements = len({one.id for one in plan.document.requirements})
    lines = [
        f"{plan.document.title or plan.document.path}: {_amount(len(plan.tickets), 'ticket')}, "
        f"{plan.covered} of {_amount(requirements, 'requirement')} covered"
    ]
    width = max((len(ticket.unit) for ticket in plan.tickets), default=0)
    for ticket in plan.tickets:
        named = ", ".join(ticket.requirements) or "-"
        lines.append(
            f"  {ticket.stage}  {ticket.unit:<{width}}  {ticket.path}  {named}  {ticket.tokens} tokens"
        )
    for problem in plan.problems:
        place = f"{plan.document.path}:{problem.line}"
        lines += [
            f"{place}: {problem.severity}: {problem.message} [{problem.rule}]",
            f"    {problem.suggestion}",
        ]
    if written is not None:
        counts = f"{len(written.added)} added, {len(written.changed)} changed, {len(written.removed)} removed"
        lines.append(f"{output}: {counts}, {written.unchanged} unchanged")
    if not plan.tickets and not requirements:
        lines.append(
            "Where it is prose: aifirst tickets FILE --write SPEC.md has your model write a specification of it."
        )
    return "\n".join(lines) + "\n"


def _amount(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
