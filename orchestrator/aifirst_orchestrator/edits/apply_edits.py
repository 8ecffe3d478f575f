"""Applies edits to texts: all of them, or none and the reasons."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Final

import msgspec

from aifirst_orchestrator.edits.anchor import How, find_anchor, lines_of
from aifirst_orchestrator.edits.edit import Edit, EditError

_MASK: Final = re.compile(r"\[masked: [^\]\n]{1,80}\]")
_MOST_REASONS: Final = 8
_MOST_BYTES: Final = 1024
_MOST_OF_NAME: Final = 240
"""Bytes of one name in a path: what every disk takes, less the ending under which a file is first written."""


class Applied(msgspec.Struct, frozen=True):
    """The new text of each file that edits change, None for one that is gone; how the lines of each edit were found."""

    texts: dict[str, str | None]
    how: tuple[How | str, ...]


def apply_edits(edits: Sequence[Edit], read: Callable[[str], str | None]) -> Applied:
    """Apply edits in their order; `read` gives a file's text, None where there is none.

    Line ends are kept as the file has them. Raises `EditError` with the reasons where one does not apply, the first few
    of many.
    """
    texts: dict[str, str | None] = {}
    how: list[How | str] = []
    reasons: list[str] = []

    def text_of(path: str) -> str | None:
        check_path(path)
        return texts[path] if path in texts else read(path)

    for edit in edits:
        try:
            if edit.renamed_from:
                texts |= _rename(edit, text_of)
                how.append("renamed")
            elif edit.removes:
                texts[edit.path] = _remove(edit, text_of(edit.path))
                how.append("removed")
            else:
                texts[edit.path], found = apply_edit(text_of(edit.path), edit)
                how.append(found)
        except EditError as error:
            reasons.append(str(error))
            if len(reasons) == _MOST_REASONS:  # each is looked for all over its file, and told to a model
                break
    if reasons:
        raise EditError("\n".join(reasons))
    return Applied(texts, tuple(how))


def _rename(edit: Edit, text_of: Callable[[str], str | None]) -> dict[str, str | None]:
    before = text_of(edit.renamed_from)
    if before is None:
        raise EditError(f"{edit.renamed_from}: there is no such file to rename")
    if text_of(edit.path) is not None:
        raise EditError(f"{edit.path}: {edit.renamed_from} cannot be renamed to a file that is there already")
    return {edit.path: before, edit.renamed_from: None}


def _remove(edit: Edit, text: str | None) -> None:
    if text is None:
        raise EditError(f"{edit.path}: there is no such file to remove")
    if edit.removes == "emptied" and text.strip():
        left = next(line for line in text.split("\n") if line.strip())
        raise EditError(
            f"{edit.path}: the diff removes the file and leaves lines such as {left.strip()!r}: take all of them away"
        )


def apply_edit(text: str | None, edit: Edit) -> tuple[str, How | str]:
    """The text with one edit, and how its lines were found, `new` for a file that it makes. Raises `EditError`."""
    if not edit.search.strip():
        if text is not None and edit.near:
            return _end(_insert(text, edit), edit, at_end=False), "exact"
        if text is not None and text.strip():
            raise EditError(
                f"{edit.path}: the file is there already: search for the lines that are to change"
            )
        _refuse_masks(edit, ())
        return _end(edit.replace, edit, at_end=True), "new"
    if text is None:
        raise EditError(
            f"{edit.path}: there is no such file: name one that is there, or search for nothing to make it"
        )
    lines = text.split("\n")
    anchor = find_anchor([line.removesuffix("\r") for line in lines], edit)
    _refuse_masks(edit, lines[anchor.start : anchor.end])
    end = _line_end(lines, anchor.start)
    new = [f"{line}{end}" for line in anchor.lines]
    if new and anchor.end == len(lines):
        new[-1] = new[-1].removesuffix(end)  # the last line of a file has no end of its own
    after = "\n".join([*lines[: anchor.start], *new, *lines[anchor.end :]])
    return _end(after, edit, at_end=not any(lines[anchor.end :])), anchor.how


def _end(text: str, edit: Edit, *, at_end: bool) -> str:
    """The text with its last line ended, or not, as a diff says that changes it."""
    if edit.last_line_ends is None or not at_end or not text:
        return text
    bare = text[:-1].removesuffix("\r") if text.endswith("\n") else text
    if not edit.last_line_ends:
        return bare
    return text if text.endswith("\n") else f"{text}{chr(13) if chr(13) in text else ''}\n"


def _line_end(lines: Sequence[str], start: int) -> str:
    """What new lines have before their line feed: as the line has that stands there, or the one before."""
    near = lines[start] if start < len(lines) - 1 else lines[max(0, start - 1)]
    return "\r" if near.endswith("\r") else ""


def _refuse_masks(edit: Edit, found: Sequence[str]) -> None:
    """A secret is shown masked; whoever copies the mask would write it over the secret."""
    for mask in _MASK.findall(edit.replace):
        if not any(mask in line for line in found):
            raise EditError(
                f"{edit.path}: {mask} stands for a secret that you are not shown: leave that line out of the edit"
            )


def _insert(text: str, edit: Edit) -> str:
    """The text with lines put below line `near`, which a hunk without context names, or in place of empty lines there."""
    lines = text.split("\n")
    blank = len(lines_of(edit.search))
    start = edit.near - 1 if blank else edit.near
    if edit.near >= len(lines) or any(line.strip() for line in lines[start : start + blank]):
        raise EditError(
            f"{edit.path}: there is no such place at line {edit.near}: give lines of context around the change"
        )
    end = _line_end(lines, start)
    new = [f"{line}{end}" for line in lines_of(edit.replace)]
    return "\n".join([*lines[:start], *new, *lines[start + blank :]])


def check_path(path: str) -> None:
    """Raise `EditError` for a path that does not stay in the project, or that is the project's own record."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or "\\" in path or ":" in parts[0]:
        raise EditError(f"{path!r} is no path in the project: give it from the project's root, with slashes")
    if (
        str(PurePosixPath(path)) != path
        or not path.isprintable()
        or any(one.endswith((" ", ".")) for one in parts)
    ):
        raise EditError(f"{path!r} is spelled in a roundabout way: give it plainly, such as src/app.py")
    if len(os.fsencode(path)) > _MOST_BYTES or any(len(os.fsencode(one)) > _MOST_OF_NAME for one in parts):
        raise EditError(f"{path[:80]}… is longer than a path can be: give a shorter one")
    kept = next((one for one in parts if one.lower() in (".git", ".aifirst")), "")
    if kept:
        raise EditError(f"{path}: what lies in {kept} is not for editing")


def show_changes(before: Mapping[str, str | None], after: Mapping[str, str | None]) -> str:
    """The changes as a unified diff, files in alphabetical order; None is a file that is not there."""
    from difflib import unified_diff

    parts: list[str] = []
    for path in sorted(after):
        old, new = before.get(path), after[path]
        names = (
            f"a/{path}" if old is not None else "/dev/null", f"b/{path}" if new is not None else "/dev/null"
        )  # fmt: skip
        lines = list(
            unified_diff((old or "").splitlines(keepends=True), (new or "").splitlines(keepends=True), *names)
        )
        if not lines and (old is None) != (new is None):
            lines = [f"--- {names[0]}\n", f"+++ {names[1]}\n"]
        parts.extend(
            line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
        )
    return "".join(parts)
