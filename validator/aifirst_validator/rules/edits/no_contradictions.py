"""AF411, edit rule E11: what the glue says and what the code does stay the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from aifirst_codebase.config.settings import Preset, Severity
from aifirst_codebase.reading import Reading

from aifirst_validator.changes.change import ChangeSet
from aifirst_validator.changes.changed_file import ChangedFile
from aifirst_validator.changes.contradictions import find_contradictions
from aifirst_validator.finding import Problem
from aifirst_validator.rule import ChangeRule, Example

_BEFORE = '''def search(query, top_k=10):
    """Find documents.

    Args:
        query: words to look for
        top_k: how many to return. Defaults to 10.

    Returns:
        The documents, best first.
    """
    return rank(query)[:top_k]
'''
_LIMIT = "# MAX_RETRIES = 3 keeps a broken server from being flooded.\nMAX_RETRIES = 3\n"
_SATISFIED = re.compile(
    r"\[x\][^\n]{0,20}\b(N?FR\d+)\b|\b(N?FR\d+)\b:?\s+(?:is\s+)?(?:satisfied|implemented|done|met|fulfilled)\b",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"\b(N?FR\d+)\b:?\s+(?:is\s+)?(?:not\s+(?:yet\s+)?(?:satisfied|implemented|done|met|fulfilled)|violated|unmet|unsatisfied|unimplemented)\b|\bviolates\s+(N?FR\d+)\b",
    re.IGNORECASE,
)


class NoContradictions(ChangeRule):
    """Models believe what they read: a docstring that names a parameter which is gone, or a ticket that gives
    an old limit, leads the next edit astray more surely than no text at all.

    Judged is what the change itself made contradictory, where it needs no interpretation: a documented
    parameter that is none (any more), a stated default that differs from the code's literal, a result that is
    documented and not returned or the other way round, a named number whose old value a comment or ticket
    still gives, and a requirement that the file calls both satisfied and not.
    """

    code: ClassVar[str] = "AF411"
    name: ClassVar[str] = "no-contradictions"
    summary: ClassVar[str] = "A change left glue that says something else than the code."
    severity: ClassVar[Severity] = "error"
    by_preset: ClassVar[dict[Preset, Severity]] = {
        "balanced": "warning", "gradual": "warning", "legacy": "warning", "prototype": "note",
    }  # fmt: skip
    edit_rule: ClassVar[str] = "E11"
    valid = (
        Example(_BEFORE.replace("=10", "=20").replace("to 10", "to 20"), before=_BEFORE),
        Example(_LIMIT.replace("3", "5"), before=_LIMIT),
    )
    invalid = (
        Example(_BEFORE.replace("=10", "=20"), lines=(2,), before=_BEFORE),
        Example(
            _BEFORE.replace("query, top_k=10", "query, limit=10").replace("[:top_k]", "[:limit]"), lines=(2,),
            before=_BEFORE,
        ),
        Example(_LIMIT.replace("MAX_RETRIES = 3\n", "MAX_RETRIES = 5\n"), lines=(1,), before=_LIMIT),
    )  # fmt: skip

    def check(self, changed: ChangedFile, change: ChangeSet) -> Iterator[Problem]:
        """A problem for each contradiction, at the text that is wrong."""
        del change
        if changed.both is None or not changed.is_code:
            return
        for one in find_contradictions(changed):
            yield Problem(one.start, one.end, one.message, one.suggestion, anchor=one.message)
        if changed.in_edit_scope:
            yield from _requirements(*changed.both)


def _requirements(before: Reading, after: Reading) -> Iterator[Problem]:
    if "FR" not in after.text:
        return
    old = _ids(_SATISFIED, before.text).keys() & _ids(_NEGATED, before.text).keys()
    satisfied, negated = _ids(_SATISFIED, after.text), _ids(_NEGATED, after.text)
    for name in sorted((satisfied.keys() & negated.keys()) - old):
        start, end = (after.lines.byte_offset(at) for at in negated[name])
        yield Problem(
            start, end, f"{name} is called satisfied and not satisfied in this file", "Keep what is true.",
            anchor=name,
        )  # fmt: skip


def _ids(pattern: re.Pattern[str], text: str) -> dict[str, tuple[int, int]]:
    return {(m[1] or m[2]).upper(): m.span() for m in pattern.finditer(text)}
