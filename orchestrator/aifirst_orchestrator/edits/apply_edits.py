"""Applies edits to texts: all of them, or none and the reasons."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Final

import msgspec

from aifirst_orchestrator.edits.anchor import How, find_anchor, lines_of
from aifirst_orchestrator.edits.edit import Edit, EditError

_MASK: Final = re.compile(r"\[masked: [^\]\n]{1,80}\]")


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
        _refuse_masks(edit, ())
        return edit.replace, "new"
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
    return "\n".join([*lines[: anchor.start], *new, *lines[anchor.end :]]), anchor.how


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
    """The text with lines put below line `near`, which a hunk without context names."""
    lines = text.split("\n")
    if edit.near >= len(lines):
        raise EditError(f"{edit.path}: there is no line {edit.near}: give lines of context around the change")
    end = _line_end(lines, edit.near)
    return "\n".join(
        [*lines[: edit.near], *(f"{line}{end}" for line in lines_of(edit.replace)), *lines[edit.near :]]
    )


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
    kept = next((one for one in parts if one.lower() in (".git", ".aifirst")), "")
    if kept:
        raise EditError(f"{path}: what lies in {kept} is not for editing")


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
