"""AF305: a requirement that leads nowhere: in no code or test, in no ticket, or in no specification."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

from aifirst_codebase.config.settings import Preset, Settings, Severity

from aifirst_validator.changes.testing_paths import is_test_path
from aifirst_validator.file_context import FileContext
from aifirst_validator.rule import Example, Fact, Place, ProjectRule

if TYPE_CHECKING:
    from aifirst_validator.connectivity.requirement_facts import SpecFacts, TestFacts, TicketFacts

_TICKET = """# ============================================================================
# @TAG:TICKET:rank-rows
# TICKET: Rank rows by score
# ============================================================================
# CONTEXT: search results come unordered from the index, see @TAG:SPEC:ranking
# REQUIREMENTS:
# FR1: the best row comes first
# FR2: an empty list gives an empty list
# ============================================================================
"""
_CODE = """
def rank(rows):
    # STEP 1 (FR1): order by score, the highest first
    return sorted(rows, key=score, reverse=True)
"""
_TEST = "from rank import rank\n\ndef test_fr2_an_empty_list_stays_empty():\n    assert rank([]) == []\n"
_SPEC = "# Ranking\n\n@TAG:SPEC:ranking\n\n- FR1: the best row comes first\n- FR2: no rows give no rows\n"
_KINDS = ("code", "style", "markup", "prose")


def collect_requirements(file: FileContext) -> Iterator[Fact]:
    """What the file says about requirements, where it may say anything."""
    if file.reading.language.kind == "prose" or b"TICKET" in file.data or is_test_path(file.path):
        from aifirst_validator.connectivity import requirement_facts  # few files take part

        yield from requirement_facts.collect_requirements(file)


class RequirementTrace(ProjectRule):
    """A requirement is a promise with a number, and the number is how one finds where it is kept. Every FR and
    NFR of a ticket is named again where the file does it or proves it: in a comment (`# STEP 2 (FR1): …`), in
    the name of a test or function (`test_fr1_…`), in an assert's message. Tests count when they are in the
    file, in a test file named after it or importing it, or in one that carries its TICKET tag; so does a test
    that TESTING STRATEGY names beside the id, where it exists.

    Where a ticket names its specification (`@TAG:SPEC:…`, or the path of the document), both must agree: every
    requirement of the ticket is in the specification, and every requirement of the specification is in some
    ticket. A specification that no ticket names yet is left alone.
    """

    code: ClassVar[str] = "AF305"
    name: ClassVar[str] = "requirement-trace"
    summary: ClassVar[str] = "A requirement is in no code or test, in no ticket, or in no specification."
    by_preset: ClassVar[dict[Preset, Severity]] = {"full": "error", "prototype": "off"}
    kinds = _KINDS
    collectors = (collect_requirements,)
    valid = (
        Example(
            _TICKET + _CODE,
            path="rank.py",
            files=(("tests/test_rank.py", _TEST), ("specs/ranking.md", _SPEC)),
        ),
        Example(_SPEC, path="specs/ranking.md", title="A specification without tickets"),
    )
    invalid = (
        Example(_TICKET + _CODE, path="rank.py", lines=(8,)),
        Example(
            _TICKET + _CODE, path="rank.py", lines=(8,),
            files=(("tests/test_rank.py", _TEST), ("specs/ranking.md", _SPEC.replace("FR2", "FR3"))),
        ),
        Example(
            _SPEC + "- FR3: ties keep their order\n", path="specs/ranking.md", lines=(7,),
            files=(("rank.py", _TICKET + _CODE), ("tests/test_rank.py", _TEST)),
        ),
    )  # fmt: skip

    def check(self, facts: dict[str, list[Fact]], settings: Settings) -> Iterator[Place]:
        """A problem at each requirement that leads nowhere."""
        from aifirst_validator.connectivity.requirement_facts import gather

        tickets, specs, tests = gather(facts)
        linked: dict[str, list[TicketFacts]] = {}
        for ticket in tickets:
            named = [spec for spec in specs if ticket.names(spec)]
            for spec in named:
                linked.setdefault(spec.path, []).append(ticket)
            yield from _untraced(ticket, tests)
            yield from _not_specified(ticket, named)
        for spec in specs:
            yield from _without_ticket(spec, linked)


def _untraced(ticket: TicketFacts, tests: list[TestFacts]) -> Iterator[Place]:
    near = [test for test in tests if test.concerns(ticket)]
    ids = {each for test in near for each in test.ids}
    names = {name for test in near for name in test.names}
    for each in ticket.requirements:
        if each.referred or each.id in ids or names & set(each.tests):
            continue
        yield Place(
            ticket.path, each.fact, f"{each.id} is referred to by no step, test or assert",
            f"Name it where it is done, # STEP 1 ({each.id}): …, or in the name of its test, "
            f"test_{each.id.lower()}_….", anchor=f"trace {each.id}",
        )  # fmt: skip


def _not_specified(ticket: TicketFacts, named: list[SpecFacts]) -> Iterator[Place]:
    known = {each for spec in named for each in spec.requirements}
    if not known:
        return
    where = ", ".join(spec.path for spec in named)
    for each in ticket.requirements:
        if each.id not in known:
            yield Place(
                ticket.path, each.fact, f"{each.id} is not in the ticket's specification, {where}",
                "Add it there, or use the number it has there.", anchor=f"spec {each.id}",
            )  # fmt: skip


def _without_ticket(spec: SpecFacts, linked: Mapping[str, list[TicketFacts]]) -> Iterator[Place]:
    tickets = linked.get(spec.path)
    if not tickets:
        return
    taken = {each.id for ticket in tickets for each in ticket.requirements}
    for name, fact in spec.requirements.items():
        if name not in taken:
            yield Place(
                spec.path, fact, f"{name} is in no ticket of this specification",
                "Take it up in a ticket, or take it out.", anchor=f"ticket {name}",
            )  # fmt: skip
