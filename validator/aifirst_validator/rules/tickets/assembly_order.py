"""AF513: the order given in assembly lines is not the order the dependencies need."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from aifirst_codebase.config.settings import Settings

from aifirst_validator.assembly_facts import assembly_places
from aifirst_validator.place_facts import collect_assembly
from aifirst_validator.rule import Example, Fact, Place, ProjectRule

_FETCH = "# @assembly:search @order:{}\ndef fetch(query):\n    return [query]\n\n\n"
_RANK = "# @assembly:search @order:{} @depends_on:fetch\ndef rank(rows):\n    return sorted(rows)\n"


class AssemblyOrder(ProjectRule):
    """`@order` and `@depends_on` say the same thing twice, for people and for the assembler. Where they
    contradict each other the dependencies win and the order misleads; where two functions share an order
    without being `@parallel`, it says nothing.
    """

    code: ClassVar[str] = "AF513"
    name: ClassVar[str] = "assembly-order"
    summary: ClassVar[str] = "The order of a pipeline is not the order its dependencies need."
    severity = "error"
    collectors = (collect_assembly,)
    valid = (Example(_FETCH.format(1) + _RANK.format(2)),)
    invalid = (Example(_FETCH.format(2) + _RANK.format(1), lines=(6,)),)

    def check(self, facts: dict[str, list[Fact]], settings: Settings) -> Iterator[Place]:
        """A problem for each contradiction and each order used twice."""
        yield from assembly_places(
            facts, frozenset({"assembly-order-contradicts", "assembly-order-repeated"})
        )
