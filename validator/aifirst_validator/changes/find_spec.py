"""Which documents a file's `@TAG:SPEC` tags name.

By path, by a document's name in `tickets.spec_paths`, or by a document that defines the same tag.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from fnmatch import fnmatchcase
from functools import cached_property

from aifirst_codebase.tickets import slugify

from aifirst_validator.changes.change import ChangeSet
from aifirst_validator.changes.changed_file import ChangedFile

_TAG = re.compile(rb"@TAG:SPEC:(\S+)")
_DOCUMENTS = (".md", ".rst", ".adoc", ".txt")


def find_specs(changed: ChangedFile, change: ChangeSet) -> list[str]:
    """The paths of the specifications that the file names before or after the change, sorted."""
    values: set[str] = set()
    for context in (changed.context_before, changed.context_after):
        if context is not None and b"@TAG:SPEC" in context.data:
            values.update(tag.value for tag in context.tags if tag.category == "SPEC" and tag.value)
    if not values:
        return []
    index = change.specifications
    found = {value for value in values if value in index.paths}
    for value in values - found:
        found.update(_by_name(value, index, changed) or index.with_tag(value))
    return sorted(found)


class SpecificationIndex:
    """The project's documents by name and by tag; made once a change, because each file may name many."""

    def __init__(self, change: ChangeSet) -> None:
        self._change = change
        self.paths = change.known_paths | {c.old_path for c in change.files if c.status == "deleted"}

    @cached_property
    def by_name(self) -> dict[str, list[str]]:
        """Paths by the slug of the file's name."""
        found: dict[str, list[str]] = {}
        for path in sorted(self.paths):
            found.setdefault(slugify(_stem(path)), []).append(path)
        return found

    def with_tag(self, value: str) -> set[str]:
        """The documents with a tag `@TAG:SPEC` that starts with the value."""
        wanted = value.encode("utf-8", "surrogateescape")
        found: set[str] = set()
        at = bisect_left(self._tags, (wanted, ""))
        while at < len(self._tags) and self._tags[at][0].startswith(wanted):
            found.add(self._tags[at][1])
            at += 1
        return found

    @cached_property
    def _tags(self) -> list[tuple[bytes, str]]:
        found: set[tuple[bytes, str]] = set()
        for path in self.paths:
            source = self._change.source_after(path) if path.endswith(_DOCUMENTS) else None
            if source is not None and b"@TAG:SPEC:" in source.data:
                found.update((tag, path) for tag in _TAG.findall(source.data))
        return sorted(found)


def _by_name(value: str, index: SpecificationIndex, changed: ChangedFile) -> set[str]:
    named = index.by_name.get(slugify(_stem(value)), ())
    patterns = [pattern.replace("**/", "*") for pattern in changed.settings.tickets.spec_paths]
    return {path for path in named if any(fnmatchcase(path, pattern) for pattern in patterns)}


def _stem(path: str) -> str:
    name = path.rpartition("/")[2]
    stem, dot, ending = name.rpartition(".")
    return stem if dot and f".{ending}" in _DOCUMENTS else name
