"""AF512: an assembly line names a function that the pipeline does not have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from aifirst_codebase.config.settings import Settings

from aifirst_validator.assembly_facts import assembly_places
from aifirst_validator.place_facts import collect_assembly
from aifirst_validator.rule import Example, Fact, Place, ProjectRule

_FETCH = "# @assembly:search @order:1\ndef fetch_rows(query):\n    return [query]\n\n\n"
_RANK = "# @assembly:search @order:2 @depends_on:{}\ndef rank(rows):\n    return sorted(rows)\n"


class AssemblyNames(ProjectRule):
    """A name after `@depends_on` or `@connects_to` is a function of the same pipeline, the stem of the file
    that holds it, or the beginning of exactly one such name up to an underscore. A name that is none of
    these, or could be two, cannot be assembled.
    """

    code: ClassVar[str] = "AF512"
    name: ClassVar[str] = "assembly-names"
    summary: ClassVar[str] = "An assembly line names a function that the pipeline does not have."
    severity = "error"
    collectors = (collect_assembly,)
    valid = (Example(_FETCH + _RANK.format("fetch"), title="the beginning of one name"),)
    invalid = (Example(_FETCH + _RANK.format("load"), lines=(6,)),)

    def check(self, facts: dict[str, list[Fact]], settings: Settings) -> Iterator[Place]:
        """A problem at each line with an unknown or ambiguous name."""
        yield from assembly_places(facts, frozenset({"assembly-name-unknown", "assembly-name-ambiguous"}))
