"""Applies edits to texts: all of them, or none and the reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath

import msgspec

from aifirst_orchestrator.edits.anchor import How, find_anchor
from aifirst_orchestrator.edits.edit import Edit, EditError


class Applied(msgspec.Struct, frozen=True):
    """The new text of each file that edits change, and of each edit how its lines were found."""

    texts: dict[str, str]
    how: tuple[How | str, ...]


def apply_edits(edits: Sequence[Edit], read: Callable[[str], str | None]) -> Applied:
    """Apply edits in their order; `read` gives a file's text, None where there is none.

    Line ends are kept as the file has them. Raises `EditError` with all reasons where one does not apply.
    """
    texts: dict[str, str] = {}
    how: list[How | str] = []
    reasons: list[str] = []
    for edit in edits:
        try:
            check_path(edit.path)
            before = texts.get(edit.path, read(edit.path))
            texts[edit.path], found = apply_edit(before, edit)
            how.append(found)
        except EditError as error:
            reasons.append(str(error))
    if reasons:
        raise EditError("\n".join(reasons))
    return Applied(texts, tuple(how))


def apply_edit(text: str | None, edit: Edit) -> tuple[str, How | str]:
    """The text with one edit, and how its lines were found, `new` for a file that it makes. Raises `EditError`."""
    if not edit.search.strip():
        if text is not None and edit.near:
            return _insert(text, edit), "exact"
        if text is not None and text.strip():
            raise EditError(
                f"{edit.path}: the file is there already: search for the lines that are to change"
            )
        return edit.replace, "new"
    if text is None:
        raise EditError(
            f"{edit.path}: there is no such file: name one that is there, or search for nothing to make it"
        )
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.split(newline)
    anchor = find_anchor(lines, edit)
    changed = newline.join([*lines[: anchor.start], *anchor.lines, *lines[anchor.end :]])
    return changed, anchor.how


def _insert(text: str, edit: Edit) -> str:
    """The text with lines put below line `near`, which a hunk without context names."""
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.split(newline)
    if edit.near >= len(lines):
        raise EditError(f"{edit.path}: there is no line {edit.near}: give lines of context around the change")
    return newline.join([*lines[: edit.near], *edit.replace.splitlines(), *lines[edit.near :]])


def check_path(path: str) -> None:
    """Raise `EditError` for a path that does not stay in the project, or that is the project's own record."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or "\\" in path or "\0" in path or ":" in parts[0]:
        raise EditError(f"{path!r} is no path in the project: give it from the project's root, with slashes")
    if parts[0] in (".git", ".aifirst"):
        raise EditError(f"{path}: what lies in {parts[0]} is not for editing")


def show_changes(before: Mapping[str, str | None], after: Mapping[str, str]) -> str:
    """The changes as a unified diff, files in alphabetical order."""
    from difflib import unified_diff

    parts: list[str] = []
    for path in sorted(after):
        old = before.get(path)
        lines = unified_diff(
            (old or "").splitlines(keepends=True), after[path].splitlines(keepends=True),
            f"a/{path}" if old is not None else "/dev/null", f"b/{path}",
        )  # fmt: skip
        parts.extend(
            line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
        )
    return "".join(parts)
