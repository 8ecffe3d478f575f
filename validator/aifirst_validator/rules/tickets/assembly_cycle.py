"""AF511: the functions of a pipeline wait for each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from aifirst_codebase.config.settings import Settings

from aifirst_validator.assembly_facts import assembly_places
from aifirst_validator.place_facts import collect_assembly
from aifirst_validator.rule import Example, Fact, Place, ProjectRule

_FETCH = "# @assembly:search @order:1{}\ndef fetch(query):\n    return [query]\n\n\n"
_RANK = "# @assembly:search @order:2 @depends_on:fetch\ndef rank(rows):\n    return sorted(rows)\n"


class AssemblyCycle(ProjectRule):
    """A function that depends on one that depends on it can never run. The whole cycle is named, so that the
    edge that does not belong can be seen.
    """

    code: ClassVar[str] = "AF511"
    name: ClassVar[str] = "assembly-cycle"
    summary: ClassVar[str] = "The functions of a pipeline wait for each other."
    severity = "error"
    collectors = (collect_assembly,)
    valid = (Example(_FETCH.format("") + _RANK),)
    invalid = (Example(_FETCH.format(" @depends_on:rank") + _RANK, lines=(1,)),)

    def check(self, facts: dict[str, list[Fact]], settings: Settings) -> Iterator[Place]:
        """A problem at the first function of each cycle."""
        yield from assembly_places(facts, frozenset({"assembly-cycle"}))
