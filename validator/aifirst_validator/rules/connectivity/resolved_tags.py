"""AF303: a tag refers to what is defined nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import ClassVar

from aifirst_codebase.config.settings import Settings

from aifirst_validator.place_facts import collect_tags
from aifirst_validator.rule import Example, Fact, Place, ProjectRule

_REFERS = "# @TAG:RELATED:FEATURE:ranking\nLIMIT = 5\n"


class ResolvedTags(ProjectRule):
    """A reference (`@TAG:RELATED:…`, `@TAG:SPEC:…` in code, any tag inside prose or a ticket's sections) leads
    a reader to its definition. One that leads nowhere is worse than none: a model makes up what it would
    have found. Paths (`@TAG:SPEC:docs/search.md`) are not tags and are left alone.
    """

    code: ClassVar[str] = "AF303"
    name: ClassVar[str] = "resolved-tags"
    summary: ClassVar[str] = "A tag refers to what is defined nowhere."
    by_preset: ClassVar = {"full": "error"}
    kinds = ("code", "style", "markup", "prose")
    collectors = (collect_tags,)
    valid = (
        Example(_REFERS, files=(("rank.py", "# @TAG:FEATURE:ranking\nTOP = 3\n"),)),
        Example("# @TAG:SPEC:docs/search.md\nLIMIT = 5\n", title="a path"),
    )
    invalid = (
        Example(_REFERS, lines=(1,), files=(("rank.py", "# @TAG:FEATURE:rankings\nTOP = 3\n"),)),
        Example("# see @TAG:TICKET:gone for the reasons\nLIMIT = 5\n", lines=(1,)),
    )

    def check(self, facts: dict[str, list[Fact]], settings: Settings) -> Iterator[Place]:
        """A problem at each reference without a definition."""
        tags = [(path, fact) for path, ones in facts.items() for fact in ones if fact.kind == "tag"]
        defined = {fact.key for _, fact in tags if fact.values[0] == "definition"}
        names = {key.partition(":")[2] for key in defined}
        for path, fact in tags:
            category, _, value = fact.key.partition(":")
            if fact.values[0] != "reference" or "/" in value or "." in value:
                continue
            if fact.key in defined or (not category and value in names):
                continue
            near = get_close_matches(fact.key, sorted(defined), n=1, cutoff=0.8)
            hint = (
                f"Did you mean @TAG:{near[0]}?" if near else "Define it where the thing is, or take it out."
            )
            shown = fact.key if category else value
            yield Place(path, fact, f"@TAG:{shown} is defined nowhere", hint, anchor=fact.key)
