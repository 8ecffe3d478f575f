"""Which documents a file's `@TAG:SPEC` tags name.

By path, by a document's name in `tickets.spec_paths`, or by a document that defines the same tag.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from aifirst_codebase.tickets import slugify

from aifirst_validator.changes.change import ChangeSet
from aifirst_validator.changes.changed_file import ChangedFile

_DOCUMENTS = (".md", ".rst", ".adoc", ".txt")


def find_specs(changed: ChangedFile, change: ChangeSet) -> list[str]:
    """The paths of the specifications that the file names before or after the change, sorted."""
    values: set[str] = set()
    for context in (changed.context_before, changed.context_after):
        if context is not None and b"@TAG:SPEC" in context.data:
            values.update(tag.value for tag in context.tags if tag.category == "SPEC" and tag.value)
    if not values:
        return []
    known = set(change.paths) | {c.old_path for c in change.files if c.status == "deleted"}
    found = {value for value in values if value in known}
    for value in values - found:
        found.update(_by_name(value, known, changed) or _by_tag(value, known, change))
    return sorted(found)


def _by_name(value: str, known: set[str], changed: ChangedFile) -> set[str]:
    wanted = slugify(_stem(value))
    patterns = [pattern.replace("**/", "*") for pattern in changed.settings.tickets.spec_paths]
    return {
        path
        for path in known
        if slugify(_stem(path)) == wanted and any(fnmatchcase(path, pattern) for pattern in patterns)
    }


def _by_tag(value: str, known: set[str], change: ChangeSet) -> set[str]:
    wanted = f"@TAG:SPEC:{value}".encode()
    found: set[str] = set()
    for path in known:
        if path.endswith(_DOCUMENTS):
            source = change.source_after(path)
            if source is not None and wanted in source.data:
                found.add(path)
    return found


def _stem(path: str) -> str:
    name = path.rpartition("/")[2]
    stem, dot, ending = name.rpartition(".")
    return stem if dot and f".{ending}" in _DOCUMENTS else name
