"""What the files of a project say about requirements: tickets, specifications and tests, as facts and back.

The collector runs on each file alone; `gather` puts the facts of all files together again. Which file
concerns which is decided there, by names and tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from aifirst_codebase.tickets import find_references, slugify

from aifirst_validator.changes.testing_paths import is_test_path
from aifirst_validator.connectivity.trace import named_ids, names_of_tests, trace_requirements
from aifirst_validator.file_context import FileContext
from aifirst_validator.place_facts import fact_at
from aifirst_validator.rule import Fact

_STATED = re.compile(
    r"^[ \t]*+(?:#+|[-*+]|\||[0-9]+[.)])?[ \t]*+\**(N?FR[0-9]+)\**+[ \t]*+\**[:|]", re.MULTILINE
)
_IMPORT_LINE = re.compile(r"^.*\b(?:import|from|require|include|use|using)\b.*$", re.MULTILINE)
_WORD = re.compile(r"[A-Za-z_][\w-]*")
_HEAD_BYTES = 4000
"""Where imports stand; the rest of a test file is not searched for them."""
_TEST_AFFIX = re.compile(r"^test[_-]|[_.-](?:test|spec)s?$|(?<=[a-z0-9])Tests?$")
_TICKET, _SPEC, _TEST = "ticket-requirement", "spec-requirement", "requirement-test"


@dataclass(frozen=True)
class TicketRequirement:
    """One requirement of a ticket, whether its own file refers to it, and the tests named beside it."""

    id: str
    referred: bool
    tests: tuple[str, ...]
    fact: Fact


@dataclass(frozen=True)
class SpecFacts:
    """One specification: the requirements it states first, by id, and the SPEC tags it defines."""

    path: str
    requirements: dict[str, Fact]
    tags: frozenset[str]


@dataclass(frozen=True)
class TicketFacts:
    """The tickets of one file: their slugs, what they name as their specification, their requirements."""

    path: str
    slugs: frozenset[str]
    specs: frozenset[str]
    requirements: list[TicketRequirement] = field(default_factory=list[TicketRequirement])

    def names(self, spec: SpecFacts) -> bool:
        """Whether these tickets name that specification, by path, by file name or by tag."""
        stem = slugify(_stem(spec.path))
        for name in self.specs:
            if name == spec.path or name in spec.tags or spec.path.endswith("/" + name):
                return True
            if "/" not in name and slugify(_stem(name)) == stem:
                return True
        return False


@dataclass(frozen=True)
class TestFacts:
    """One test file: the requirement ids and tests it names, what it imports, the tickets it is tagged with."""

    __test__ = False  # pytest would collect a class of this name

    path: str
    ids: frozenset[str]
    names: frozenset[str]
    imports: frozenset[str]
    slugs: frozenset[str]

    def concerns(self, ticket: TicketFacts) -> bool:
        """Whether the tests are about the ticket's file."""
        stem = _stem(ticket.path)
        return stem in self.imports or bool(self.slugs & ticket.slugs) or _subject(self.path) == stem


def collect_requirements(file: FileContext) -> Iterator[Fact]:
    """Facts about the requirements that a file states in a ticket, states as a specification, or tests."""
    if file.settings.connectivity.scope == "off":
        return
    prose = file.reading.language.kind == "prose"
    if prose:
        yield from _spec_facts(file)
        return
    if file.tickets:
        yield from _ticket_facts(file)
    if is_test_path(file.path):
        yield _test_fact(file)


def _ticket_facts(file: FileContext) -> Iterator[Fact]:
    slugs = " ".join(sorted({ticket.slug for ticket in file.tickets if ticket.slug}))
    named = {tag.value for tag in file.tags if tag.category == "SPEC" and tag.value}
    for ticket in file.tickets:
        text = file.reading.text[ticket.start : ticket.end]
        named.update(ref.target for ref in find_references(text) if ref.kind == "document")
    specs = " ".join(sorted(named))
    for each in trace_requirements(file):
        values = ("referred" if each.referred else "", " ".join(each.tests), slugs, specs)
        yield fact_at(file, _TICKET, each.id, values, each.start, each.end)
        slugs = specs = ""  # the first fact says them for all


def _spec_facts(file: FileContext) -> Iterator[Fact]:
    if b"FR" not in file.data:
        return
    tags = {
        tag.value for tag in file.tags if tag.category == "SPEC" and tag.role == "definition" and tag.value
    }
    if not tags and not _is_spec_path(file.path, file.settings.tickets.spec_paths):
        return
    seen: set[str] = set()
    defined = " ".join(sorted(tags))
    for match in _STATED.finditer(file.reading.text):
        if match[1] not in seen:
            seen.add(match[1])
            yield fact_at(file, _SPEC, match[1], (defined,), match.start(1), match.end(1))
            defined = ""  # the first fact says it for all


def _test_fact(file: FileContext) -> Fact:
    head = file.data[:_HEAD_BYTES].decode("utf-8", "ignore")
    imported = {word for line in _IMPORT_LINE.findall(head) for word in _WORD.findall(line)}
    slugs = {tag.target[1] or "" for tag in file.tags if tag.target[0] in {"TICKET", None}}
    values = tuple(
        " ".join(sorted(each)) for each in (named_ids(file), names_of_tests(file), imported, slugs)
    )
    return Fact(_TEST, "", values, 1, 1, 1, 1)


def gather(
    facts: Mapping[str, Sequence[Fact]],
) -> tuple[list[TicketFacts], list[SpecFacts], list[TestFacts]]:
    """Tickets, specifications and tests of the project, each in path order."""
    tickets: list[TicketFacts] = []
    specs: list[SpecFacts] = []
    tests: list[TestFacts] = []
    for path, ones in facts.items():
        stated = [fact for fact in ones if fact.kind == _TICKET]
        if stated:
            slugs, named = (frozenset(stated[0].values[index].split()) for index in (2, 3))
            tickets.append(TicketFacts(path, slugs, named, list(_requirements(stated))))
        specified = {fact.key: fact for fact in ones if fact.kind == _SPEC}
        if specified:
            first = next(iter(specified.values()))
            specs.append(SpecFacts(path, specified, frozenset(first.values[0].split())))
        tests += [
            TestFacts(path, *(frozenset(value.split()) for value in fact.values))
            for fact in ones
            if fact.kind == _TEST
        ]
    return tickets, specs, tests


def _requirements(facts: Iterable[Fact]) -> Iterator[TicketRequirement]:
    for fact in facts:
        yield TicketRequirement(fact.key, bool(fact.values[0]), tuple(fact.values[1].split()), fact)


def _is_spec_path(path: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(path, pattern.replace("**/", "*")) for pattern in patterns)


def _subject(path: str) -> str:
    """What a test file is about, by its name: `test_rank.py`, `rank_test.go` and `rank.test.ts` say `rank`."""
    return _TEST_AFFIX.sub("", path.rpartition("/")[2].rpartition(".")[0])


def _stem(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[0]
