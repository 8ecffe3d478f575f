"""AF302: the same tag is defined in two places."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from aifirst_codebase.config.settings import Settings

from aifirst_validator.place_facts import collect_tags
from aifirst_validator.rule import Example, Fact, Place, ProjectRule

_TICKET = "# @TAG:TICKET:hybrid-search\nLIMIT = 5\n"


class UniqueTags(ProjectRule):
    """A TICKET or FUNCTION tag names one thing. Two definitions of the same tag make every reference to it
    mean either, and a search for it finds the wrong one half the time. Other categories (FEATURE, COMPONENT)
    group several places and may be repeated.
    """

    code: ClassVar[str] = "AF302"
    name: ClassVar[str] = "unique-tags"
    summary: ClassVar[str] = "The same tag is defined in two places."
    severity = "error"
    kinds = ("code", "style", "markup", "prose")
    collectors = (collect_tags,)
    valid = (Example(_TICKET, files=(("other.py", "# @TAG:TICKET:ranking\nTOP = 3\n"),)),)
    invalid = (
        Example(_TICKET, path="z.py", lines=(1,), files=(("a.py", _TICKET),), title="in two files"),
        Example(_TICKET + "\n" + _TICKET, lines=(4,), title="twice in one file"),
    )

    def check(self, facts: dict[str, list[Fact]], settings: Settings) -> Iterator[Place]:
        """A problem at each definition after the first."""
        first: dict[str, str] = {}
        for path, ones in facts.items():
            for fact in ones:
                if fact.kind != "tag" or fact.values != ("definition", "unique"):
                    continue
                if fact.key in first:
                    yield Place(
                        path, fact, f"@TAG:{fact.key} is defined at {first[fact.key]} already",
                        "Give this one a name of its own, or refer with @TAG:RELATED.", anchor=fact.key,
                    )  # fmt: skip
                else:
                    first[fact.key] = f"{path}:{fact.line}"
