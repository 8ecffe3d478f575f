"""Writes a specification from an idea: one section at a time, each small enough for a small model, judged as a whole.

The judge is the reader of specifications itself, which asks no model: what it calls an error goes back to the section
that has it, at most as often as repairs are allowed, then to the next larger model. What comes of it is a text; whoever
asked looks at it before it is a file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec
from aifirst_codebase.tickets import slugify

from aifirst_orchestrator.agents.agent import Agent
from aifirst_orchestrator.calls.ask import Asker, Reply
from aifirst_orchestrator.calls.tiers import TierModel, tiers_from
from aifirst_orchestrator.generate.event import Event
from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.prompts.part import Part
from aifirst_orchestrator.spec.plan import SpecPlan, plan_tickets

_ASKED: Final[Mapping[str, str]] = {
    "title": "Write the title of the program in one line, of at most eight words, then below it in at most three "
    "sentences what it is for and for whom.",
    "requirements": "Write the requirements as a list, at most 20: `- FR1: …` for what it does, `- NFR1: …` for how "
    "well, each of these with a number and its unit (`under 20 ms`). Number both from 1. One thing in each.",
    "interfaces": "Write the units that meet the requirements: for each file a block of code whose fence says language "
    "and path (```python cart/cart.py), in it the definition of each function or class with all types, its documentation "
    "in one line that names the requirements it meets (FR1, NFR1), and `...` for the body; `Uses other_unit.` where it "
    "needs one. Each requirement is met by a unit. A unit does one thing.",
    "edge-cases": "Write the edge cases as a list, at most 15, each with what happens then and the requirement that it "
    "belongs to: `- an empty cart costs 0 (FR3)`.",
}
_HEADINGS: Final = {"requirements": "Requirements", "interfaces": "Interfaces", "edge-cases": "Edge cases"}
_OF_INTERFACES: Final = frozenset((
    "spec-coverage", "spec-units", "spec-interface", "spec-path", "spec-ring", "spec-unit-twice", "spec-unit-size",
    "spec-signature", "spec-idle", "spec-language", "spec-unknown",
))  # fmt: skip
_MOST_PIECES = 4
"""Answers that one section may run over."""
_MOST_CHARACTERS = 40_000
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})(.*)$")
_WHOLE = re.compile(r"\A\s*(`{3,}|~{3,})[ \t]*(?:markdown|md|text)?[ \t]*\n(.*?)\n?\1[ \t]*\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class SpecShop:
    """What a specification is written with."""

    asker: Asker
    tiers: Sequence[TierModel]
    agent: Agent
    """The spec writer."""
    tell: Callable[[Event], None]
    path: str
    """Where it is going to stand, for the names of its units."""
    repairs: int = 5
    documents: str = ""
    """The documentation package of the project that the idea is about."""


class WrittenSpec(msgspec.Struct, frozen=True):
    """The text of a specification and what the reader says of it."""

    text: str
    plan: SpecPlan
    flaws: tuple[Flaw, ...]
    """What keeps tickets from being made of it, after all repairs."""


@dataclass(slots=True)
class _Draft:
    sections: dict[str, str] = field(default_factory=dict[str, str])
    flaws: dict[str, tuple[Flaw, ...]] = field(default_factory=dict[str, tuple[Flaw, ...]])


async def write_spec(shop: SpecShop, idea: str) -> WrittenSpec:
    """The specification of an idea. Raises what asking raises."""
    draft, attempts = _Draft(), 0
    text, plan, flaws = "", plan_tickets(shop.path, ""), tuple[Flaw, ...]()
    for tier in tiers_from(shop.tiers, shop.agent.tier):
        for attempt in range(shop.repairs + 1):
            attempts += 1
            for section in _ASKED:
                if section not in draft.sections or draft.flaws.get(section):
                    await _write_section(shop, draft, idea, section, tier, attempt)
            text, places = assemble(draft.sections)
            plan = plan_tickets(shop.path, text)
            flaws = _judge(draft, plan, places)
            if not flaws:
                shop.tell(Event("SPEC", "passed", tier=tier.tier, attempt=attempts))
                return WrittenSpec(text, plan, ())
            detail = flaws[0].told().split("\n", 1)[0]
            shop.tell(Event("SPEC", "flawed", detail=detail, tier=tier.tier, attempt=attempts))
    return WrittenSpec(text, plan, flaws)


async def _write_section(
    shop: SpecShop, draft: _Draft, idea: str, section: str, tier: TierModel, attempt: int
) -> None:
    """Ask for a section; an answer that was cut off at its limit goes on where it ended."""
    key = f"SPEC/{section}/{tier.tier}/{attempt}"
    reply = await shop.asker.ask(key, shop.agent, _parts(shop, draft, idea, section, ""), tier)
    written = reply.text
    for piece in range(1, _MOST_PIECES):
        if reply.finish != "length":
            break
        parts = _parts(shop, draft, idea, section, written)
        reply = await shop.asker.ask(f"{key}/piece-{piece}", shop.agent, parts, tier)
        written += reply.text
    draft.sections[section] = _clean(written, section)
    draft.flaws[section] = _of_answer(reply, draft.sections[section])


def _parts(shop: SpecShop, draft: _Draft, idea: str, section: str, written: str) -> list[Part]:
    """What the spec writer is given for a section: the idea, what stands before it, what was wrong with the last."""
    before = [name for name in _ASKED if name != section and draft.sections.get(name)]
    parts = [Part("idea", idea, 1, is_material=True, may_be_cut=True, source="the person")]
    if shop.documents:
        parts.append(
            Part(
                "documents",
                shop.documents,
                8,
                is_material=True,
                may_be_cut=True,
                source="the project's documents",
            )
        )
    parts += [
        Part(f"section {name}", f"The section {name}:\n{draft.sections[name]}", 2, may_be_cut=True) for name in before
    ]  # fmt: skip
    if flaws := draft.flaws.get(section):
        told = "\n".join(f"- {flaw.told()}" for flaw in flaws)
        parts.append(
            Part("last section", f"What you wrote before:\n{draft.sections[section]}", 1, may_be_cut=True)
        )
        parts.append(
            Part(
                "what is wrong",
                f"What is wrong with it:\n{told}",
                0 if len(told) < 2000 else 1,
                may_be_cut=True,
            )
        )
    parts.append(Part("task", _ASKED[section]))
    if written:
        said = f"You wrote this much of it; go on exactly where it ends:\n{written[-2000:]}"
        parts.append(Part("so far", said))
    return parts


def _of_answer(reply: Reply, text: str) -> tuple[Flaw, ...]:
    if reply.failure:
        return (Flaw("answer", f"there was no answer: {reply.failure}"),)
    if reply.finish == "length":
        return (Flaw("answer", "the section has no end", "write less"),)
    if not text.strip() or len(text) > _MOST_CHARACTERS:
        return (
            Flaw("answer", "the section is empty, or far too long", "write the lines that are asked for"),
        )
    return ()


def _clean(answer: str, section: str) -> str:
    """The lines of a section: without a fence around the whole, without headings, without what cannot be printed."""
    text = "".join(char for char in answer.replace("\r\n", "\n") if char in "\n\t" or char.isprintable())
    if section != "interfaces" and (whole := _WHOLE.match(text)):
        text = whole[2]
    kept: list[str] = []
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence) and not mark[2].strip():
            fence = ""
        elif not fence and line.startswith("#"):
            if section == "title":
                kept.append(line.lstrip("# "))
            continue
        kept.append(line.rstrip())
    if fence:
        kept.append(fence)
    return "\n".join(kept).strip("\n")


def assemble(sections: Mapping[str, str]) -> tuple[str, dict[str, range]]:
    """The text of a specification, and the lines (from 1) of each section."""
    title, _, intro = sections.get("title", "").strip().partition("\n")
    name = title.strip(" *_`.") or "Untitled"
    lines = [f"# {name}", "", f"@TAG:SPEC:{slugify(name) or 'untitled'}", ""]
    if intro.strip():
        lines += [*intro.strip().split("\n"), ""]
    places = {"title": range(1, len(lines) + 1)}
    for section, heading in _HEADINGS.items():
        start = len(lines) + 1
        lines += [f"## {heading}", "", *sections.get(section, "").split("\n"), ""]
        places[section] = range(start, len(lines) + 1)
    return "\n".join(lines).rstrip("\n") + "\n", places


def _judge(draft: _Draft, plan: SpecPlan, places: Mapping[str, range]) -> tuple[Flaw, ...]:
    """What the reader objects to, given to the sections that have to be written again."""
    for problem in plan.problems:
        if problem.severity == "error" or problem.rule == "spec-signature":
            at = next((name for name, lines in places.items() if problem.line in lines), "interfaces")
            section = "interfaces" if problem.rule in _OF_INTERFACES else at
            start = places[section].start
            line = problem.line - start - 1 if section == at and problem.line > start + 1 else 0
            flaw = Flaw(problem.rule, problem.message, problem.suggestion, line)
            draft.flaws[section] = (*draft.flaws.get(section, ()), flaw)
    return tuple(flaw for name in _ASKED for flaw in draft.flaws.get(name, ()))
