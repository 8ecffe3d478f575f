"""Reads a specification: its title and tags, its requirements, constraints, edge cases and examples.

A specification is Markdown as people write it. What counts is told by its form: `FR1:` and `NFR1:` at the start of a
line, an item, a heading or a row of a table are requirements wherever they stand; headings say what the rest is. What
the units are is read by `units`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
from aifirst_codebase.tickets import GrammarDiagnostic, Tag, find_tags, slugify
from aifirst_codebase.tickets.modification_log import BodyLine
from aifirst_codebase.tickets.requirements import read_requirements

from aifirst_orchestrator.spec.sections import Fence, Line, Section, split_sections

_STATED = re.compile(
    r"[ \t]*(?:[-*+][ \t]+|[0-9]+[.)][ \t]+|\|[ \t]*)?(?:\[.\][ \t]+)?"
    r"\**(?P<id>N?FR[0-9]+)\**[ \t]*(?P<mark>[:|])"
)
_NEAR = re.compile(
    r"[ \t]*(?:[-*+][ \t]+|[0-9]+[.)][ \t]+)?\**n?fr[ \t_-]*[0-9]+\**[ \t]*[:.)]", re.IGNORECASE
)
_STARTS = re.compile(r"[ \t]*(?:(?:[-*+]|[0-9]+[.)])[ \t]|[|>])")
_ITEM = re.compile(r"[ \t]*(?:[-*+]|[0-9]+[.)])[ \t]+(?:\[.\][ \t]+)?(.*)$")
_WORDS: dict[str, re.Pattern[str]] = {
    "constraints": re.compile(
        r"\bconstraints?\b|\blimits?\b|\binvariants?\b|\bassumptions?\b|\bnon-goals?\b", re.IGNORECASE
    ),
    "edge-cases": re.compile(r"\bedge[ -]cases?\b|\berrors?\b|\bfailures?\b|\bbad input\b", re.IGNORECASE),
    "examples": re.compile(r"\bexamples?\b|\bscenarios?\b|\bacceptance\b", re.IGNORECASE),
    "interfaces": re.compile(
        r"\binterfaces?\b|\bapi\b|\bsignatures?\b|\bunits?\b|\bfunctions?\b|\bcontracts?\b|\boperations?\b",
        re.IGNORECASE,
    ),
    "pipeline": re.compile(r"\bpipeline\b|\bflow\b|\bsteps\b|\border\b", re.IGNORECASE),
}


class SpecRequirement(msgspec.Struct, frozen=True):
    """`FR1: text`, stated on that line."""

    id: str
    text: str
    line: int

    @property
    def is_functional(self) -> bool:
        """False for a non-functional requirement."""
        return not self.id.startswith("N")


class Statement(msgspec.Struct, frozen=True):
    """A constraint, an edge case or an example: an item of a list with what continues it, or a block of code."""

    text: str
    line: int
    language: str = ""
    """Of a block of code, as its fence names it."""


class SpecProblem(msgspec.Struct, frozen=True):
    """What is wrong with a specification, where, and what to do; `rule` names the kind."""

    rule: str
    message: str
    suggestion: str
    line: int
    severity: str = "error"


class SpecDocument(msgspec.Struct, frozen=True):
    """A specification that was read; `path` is as it was given."""

    path: str
    title: str
    slug: str
    summary: str
    tags: tuple[Tag, ...]
    requirements: tuple[SpecRequirement, ...]
    constraints: tuple[Statement, ...]
    edge_cases: tuple[Statement, ...]
    examples: tuple[Statement, ...]
    problems: tuple[SpecProblem, ...]

    @property
    def file_name(self) -> str:
        """What files about it are called, without an ending: the slug, which may have slashes, as one name."""
        return re.sub(r"[^\w.-]+", "-", self.slug)[:100]


def read_document(path: str, text: str) -> tuple[SpecDocument, list[Section]]:
    """What a specification says, and its sections for who looks for units. Never raises: flaws are `problems`."""
    sections = split_sections(text)
    heading = next((section for section in sections if section.title), None)
    title = heading.title if heading is not None else ""
    tags = find_tags(text)
    requirements, flaws = _requirements(sections)
    slug = next((tag.value for tag in tags if tag.category == "SPEC" and tag.value), "") or slugify(title)
    problems = [_problem_of(flaw) for flaw in flaws]
    if heading is None:
        problems.insert(
            0, SpecProblem("spec-title", "the specification has no title", "begin it with '# What it is'", 1)
        )
    if not requirements:
        hint = "state each as an item of a list: '* FR1: what has to hold'"
        problems.append(SpecProblem("spec-requirements", "the specification states no requirement", hint, 1))
    document = SpecDocument(
        path, title, slug or "specification", _summary(sections), tuple(tags), requirements,
        _statements(sections, "constraints"), _statements(sections, "edge-cases"),
        _statements(sections, "examples"), tuple(problems),
    )  # fmt: skip
    return document, sections


def is_about(section: Section, topic: str) -> bool:
    """Whether a section, or one it stands in, has a heading of that topic; the document's title says nothing."""
    titles = section.above if section.is_title else (*section.above, section.title)
    return any(_WORDS[topic].search(title) for title in titles)


def items(lines: list[Line]) -> Iterator[Line]:
    """The items of lists and the paragraphs among lines, each as one line with what continues it."""
    held: list[str] = []
    number = 0
    for line in [*lines, Line(0, "")]:
        item = _ITEM.match(line.text)
        if held and (not line.text.strip() or item is not None):
            yield Line(number, " ".join(held))
            held = []
        if not line.text.strip():
            continue
        if not held:
            number = line.number
        held.append(item[1].strip() if item is not None else line.text.strip())


def _stated(sections: list[Section]) -> list[Line]:
    """The lines that state a requirement, spelled right or nearly so, and those that go on with one."""
    found: list[Line] = []
    for section in sections:
        if _STATED.match(section.title):
            found.append(Line(section.number, section.title))
        continues = False
        for line in section.lines:
            stated = _STATED.match(line.text)
            if stated is not None and stated["mark"] == "|":
                cells = [cell.strip() for cell in line.text[stated.end() :].split("|")]
                found.append(Line(line.number, f"{stated['id']}: {'; '.join(filter(None, cells))}"))
            elif stated is not None or _NEAR.match(line.text):
                found.append(line)
            elif continues and line.text.strip() and not _STARTS.match(line.text):
                found.append(line)
                continue
            continues = stated is not None and stated["mark"] == ":"
    return found


def _requirements(
    sections: list[Section],
) -> tuple[tuple[SpecRequirement, ...], tuple[GrammarDiagnostic, ...]]:
    """The requirements with what is wrong with them; every offset is that of a line's number times `_FAR`."""
    found, flaws = read_requirements([BodyLine(line.text, line.number * _FAR) for line in _stated(sections)])
    return tuple(SpecRequirement(one.id, one.text, one.start // _FAR) for one in found), flaws


_FAR = 1 << 32
"""Between lines, so that a place in a line never reaches the next one."""


def _problem_of(flaw: GrammarDiagnostic) -> SpecProblem:
    severity = "warning" if flaw.code == "requirement-number" else "error"
    return SpecProblem(f"spec-{flaw.code}", flaw.message, flaw.suggestion, flaw.start // _FAR, severity)


def _summary(sections: list[Section]) -> str:
    """The first paragraph of prose below the title: no tags, no list."""
    for section in sections[:3]:
        for line in items(section.lines):
            if not line.text.startswith(("@TAG:", "|", ">")) and not _STATED.match(line.text):
                return line.text
    return ""


def _statements(sections: list[Section], topic: str) -> tuple[Statement, ...]:
    """What stands in the sections of a topic: items and paragraphs, requirements left out, and blocks of code."""
    found: list[Statement] = []
    for section in sections:
        if not is_about(section, topic):
            continue
        found.extend(
            Statement(line.text, line.number)
            for line in items(section.lines)
            if not re.match(r"\**N?FR[0-9]+\**[ \t]*[:|]", line.text) and not line.text.startswith("@TAG:")
        )
        found.extend(_code(fence) for fence in section.fences)
    return tuple(sorted(found, key=lambda statement: statement.line))


def _code(fence: Fence) -> Statement:
    return Statement(fence.text, fence.number, fence.info.split()[0] if fence.info else "text")
