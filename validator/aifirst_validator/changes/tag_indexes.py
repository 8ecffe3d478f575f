"""Which tags the project defines before and after a change.

Read from the texts that the change set can reach; only files that hold `@TAG:` are looked into.
"""

from __future__ import annotations

from aifirst_codebase.source import SourceFile
from aifirst_codebase.tickets import find_tags

from aifirst_validator.changes.change import ChangeSet

Index = frozenset[tuple[str, str]]
_MARK = b"@TAG:"


def tag_indexes(change: ChangeSet) -> tuple[Index, Index]:
    """(category, value) of every tag defined before, and of every one defined after the change."""
    before: set[tuple[str, str]] = set()
    after: set[tuple[str, str]] = set()
    for source in change.sources_with(lambda data: _MARK in data, ("",)):
        found = _defined(source)
        after |= found
        if source.path not in change.by_path:
            before |= found
    for changed in change.files:
        if changed.source_before is not None:
            before |= _defined(changed.source_before)
    return frozenset(before), frozenset(after)


def _defined(source: SourceFile) -> set[tuple[str, str]]:
    if _MARK not in source.data:
        return set()
    tags = find_tags(source.text, markdown=source.path.endswith((".md", ".markdown")))
    return {(tag.category, tag.value) for tag in tags if tag.role == "definition" and tag.value is not None}
