"""AF403, edit rule E3: what a file promises changes together with its specification."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from aifirst_codebase.config.settings import Preset, Severity
from aifirst_codebase.reading import Reading
from aifirst_codebase.tickets import Ticket, find_markers, find_references

from aifirst_validator.changes.change import ChangeSet
from aifirst_validator.changes.changed_file import ChangedFile
from aifirst_validator.changes.find_spec import find_specs
from aifirst_validator.changes.match_units import last_name
from aifirst_validator.finding import Problem
from aifirst_validator.rule import ChangeRule, Example

_BEFORE = '''# @TAG:COMPONENT:retry
# @TAG:SPEC:retry

def delay(attempt):
    """Seconds to wait before the next attempt."""
    return 2 ** attempt
'''
_AFTER = _BEFORE.replace("delay(attempt)", "delay(attempt, longest)")
_SPEC = "# Retry\n\nFR1: the delay doubles with every attempt.\n"


class SpecSynced(ChangeRule):
    """In AI-First development code is regenerated from its specification. A change of what the code promises
    that the specification does not know is undone by the next regeneration.

    A file names its specification with `@TAG:SPEC:…` (a path, or a document's name in `tickets.spec_paths`).
    Where a public signature, the list of requirements (`FRn`, `NFRn`) or of edge cases (`EDGE CASE`) changes,
    that document changes in the same change, and both hold the same requirement ids afterwards. A tag that
    leads to no document is not this rule's business.
    """

    code: ClassVar[str] = "AF403"
    name: ClassVar[str] = "spec-synced"
    summary: ClassVar[str] = "What a file promises changed and its specification did not."
    severity: ClassVar[Severity] = "error"
    by_preset: ClassVar[dict[Preset, Severity]] = {
        "gradual": "warning",
        "legacy": "warning",
        "prototype": "off",
    }
    edit_rule: ClassVar[str] = "E3"
    valid = (
        Example(
            _AFTER, before=_BEFORE, files=(("specs/retry.md", _SPEC + "FR2: it has an upper limit.\n"),),
            before_files=(("specs/retry.md", _SPEC),),
        ),
        Example(
            _BEFORE.replace("2 **", "3 **"), before=_BEFORE, files=(("specs/retry.md", _SPEC),),
            title="Nothing promised changed",
        ),
    )  # fmt: skip
    invalid = (Example(_AFTER, lines=(4,), before=_BEFORE, files=(("specs/retry.md", _SPEC),)),)

    def check(self, changed: ChangedFile, change: ChangeSet) -> Iterator[Problem]:
        """A problem where a promise changed alone, and one where the requirement ids differ."""
        if not changed.in_edit_scope or changed.both is None or not changed.changed:
            return
        before, after = changed.both
        if b"@TAG:SPEC" not in before.data and b"@TAG:SPEC" not in after.data:
            return
        specs = find_specs(changed, change)
        if not specs:
            return
        promise = _changed_promise(changed, before, after)
        if promise and not any(path in change.by_path for path in specs):
            what, start, end = promise
            yield Problem(
                start, end, f"{what} changed and the specification {', '.join(specs)} did not",
                "Say it in the specification in the same change.", anchor="spec",
            )  # fmt: skip
        elif promise or any(path in change.by_path for path in specs):
            yield from _ids_differ(changed, change, specs)


def _changed_promise(changed: ChangedFile, before: Reading, after: Reading) -> tuple[str, int, int] | None:
    for pair, _, _ in changed.signature_changes:
        unit = after.units[pair.after]
        if not last_name(unit).startswith("_"):
            return f"the signature of {unit.name}", unit.name_start, unit.name_end
    if _requirements(changed.tickets_before) != _requirements(changed.tickets_after):
        at = after.lines.byte_offset(changed.tickets_after[0].start) if changed.tickets_after else 0
        return "the list of requirements", at, at
    old, new = _edge_cases(before), _edge_cases(after)
    if old.keys() != new.keys():
        start, end = next((span for text, span in sorted(new.items()) if text not in old), (0, 0))
        return "the list of edge cases", start, end
    return None


def _ids_differ(changed: ChangedFile, change: ChangeSet, specs: list[str]) -> Iterator[Problem]:
    stated = {requirement.id for ticket in changed.tickets_after for requirement in ticket.requirements}
    specified: set[str] = set()
    for path in specs:
        source = change.source_after(path)
        if source is not None:
            specified |= {r.target for r in find_references(source.text) if r.kind == "requirement"}
    if not stated or not specified or stated == specified or changed.after is None:
        return
    parts = [f"{', '.join(sorted(ids))} only in the {place}" for ids, place in (
        (stated - specified, "ticket"), (specified - stated, "specification"),
    ) if ids]  # fmt: skip
    at = changed.after.lines.byte_offset(changed.tickets_after[0].start)
    yield Problem(
        at, at, f"ticket and specification {', '.join(specs)} differ: {'; '.join(parts)}",
        "State the same requirements in both.", anchor="ids",
    )  # fmt: skip


def _requirements(tickets: tuple[Ticket, ...]) -> set[tuple[str, str]]:
    return {(one.id, " ".join(one.text.split())) for ticket in tickets for one in ticket.requirements}


def _edge_cases(reading: Reading) -> dict[str, tuple[int, int]]:
    """The text of every `EDGE CASE` marker and where it stands, in bytes."""
    if "EDGE" not in reading.text:
        return {}
    found: dict[str, tuple[int, int]] = {}
    for comment in reading.comments:
        if b"EDGE" in reading.data[comment.start : comment.end]:
            text = reading.data[comment.start : comment.end].decode("utf-8", "replace")
            for marker in find_markers(text):
                if marker.kind == "EDGE CASE":
                    words = " ".join(text[marker.text_start : marker.text_end].split())
                    found[words] = (comment.start, comment.end)
    return found
