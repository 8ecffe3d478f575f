"""AF303: a tag refers to what is defined nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import ClassVar

from aifirst_codebase.config.settings import Settings

from aifirst_validator.place_facts import collect_tags
from aifirst_validator.rule import Example, Fact, Place, ProjectRule

_REFERS = "# @TAG:RELATED:FEATURE:ranking\nLIMIT = 5\n"
_MOST_COMPARISONS = 50_000
"""Tags to compare in search of those that were meant: what a large project with few broken references needs."""
_LONGEST = 120
"""Characters of a tag that is compared: comparing takes the square of them."""


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
        nearest = _Nearest(defined)
        for path, fact in tags:
            category, _, value = fact.key.partition(":")
            if fact.values[0] != "reference" or "/" in value or "." in value:
                continue
            if fact.key in defined or (not category and value in names):
                continue
            meant = nearest.of(fact.key)
            hint = f"Did you mean @TAG:{meant}?" if meant else "Define it where the thing is, or take it out."
            shown = fact.key if category else value
            yield Place(path, fact, f"@TAG:{shown} is defined nowhere", hint, anchor=fact.key)


class _Nearest:
    """The defined tags that are most like broken references, as far as there is time to compare."""

    def __init__(self, defined: Iterable[str]) -> None:
        self._known = sorted(key for key in defined if len(key) <= _LONGEST)
        self._found: dict[str, str] = {}

    def of(self, key: str) -> str:
        """The tag that was meant; empty where none is alike."""
        if key not in self._found:
            room = len(key) <= _LONGEST and (len(self._found) + 1) * len(self._known) <= _MOST_COMPARISONS
            near = get_close_matches(key, self._known, n=1, cutoff=0.8) if room else []
            self._found[key] = near[0] if near else ""
        return self._found[key]
