"""AF415, edit rule E15: in code that is not AI-First, an edit is a small cut."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import ClassVar

from aifirst_codebase.config.settings import Preset, Severity
from aifirst_codebase.reading import Reading
from aifirst_codebase.tickets import find_markers

from aifirst_validator.changes.change import ChangeSet
from aifirst_validator.changes.changed_file import ChangedFile
from aifirst_validator.changes.line_diff import Hunk
from aifirst_validator.file_context import FileContext
from aifirst_validator.finding import Problem
from aifirst_validator.rule import ChangeRule, Example

_BEFORE = """def area(width, height):
    return width * height


def label(name):
    text = 'Shape: '
    parts = [text, name]
    return ''.join(parts)


def corner(x, y):
    return {'x': x, 'y': y}
"""
_FIXED = _BEFORE.replace("width * height", "abs(width * height)")
_MANY_LINES = 8
_SHARE = 3
_MANY_FILES = 4
_NARRATIVE = frozenset(
    {
        "STEP",
        "WHY",
        "HOW",
        "EDGE CASE",
        "ALTERNATIVE CONSIDERED",
        "FORMULA",
        "GUARANTEE",
        "COMPLEXITY",
        "PATTERN",
    }
)
_MANY_MARKERS = 4
_PHILOSOPHY = re.compile(
    r"\b(?:semantic glue|token gravity|vector sugar|holographic|AI-First|cognitive unit)\b", re.IGNORECASE
)


class SurgeonMode(ChangeRule):
    """Code that knows no tickets and tags belongs to people who did not ask for them. An edit there fixes
    what it came to fix, in the style it finds.

    In a file that carried no ticket or tag before, an edit of code adds none, adds no narrating comments
    (four or more of `STEP`, `WHY`, …, or words of the method itself), and does not reformat lines whose code
    stays the same (quotes, spacing, wrapping) beyond a few. A change that only adds glue, or only formats, is
    a task of its own and accepted, and so is an edit whose record says `mode = "creator"`.
    """

    code: ClassVar[str] = "AF415"
    name: ClassVar[str] = "surgeon-mode"
    summary: ClassVar[str] = "An edit of foreign code added tags, narration or formatting."
    severity: ClassVar[Severity] = "warning"
    by_preset: ClassVar[dict[Preset, Severity]] = {"prototype": "off"}
    edit_rule: ClassVar[str] = "E15"
    valid = (
        Example(_FIXED, before=_BEFORE),
        Example("# @TAG:COMPONENT:shapes\n" + _BEFORE, before=_BEFORE, title="Adoption is a task of its own"),
    )
    invalid = (
        Example("# @TAG:COMPONENT:shapes\n" + _FIXED, lines=(1,), before=_BEFORE),
        Example(
            "# @NSS: semantic glue keeps the meaning\n" + _FIXED, lines=(1,), before=_BEFORE,
            title="Words of the method",
        ),
    )  # fmt: skip

    def check(self, changed: ChangedFile, change: ChangeSet) -> Iterator[Problem]:
        """At most one problem each for tags, narration and formatting."""
        if changed.both is None or not changed.is_code or changed.marked_before or not changed.code_changed:
            return
        if change.plan is not None and change.plan.mode == "creator":
            return
        before, after = changed.both
        if changed.context_after is not None and changed.marked_after:
            start, end = _first_mark(changed.context_after)
            yield Problem(
                start, end, "the edit put tags into a file that had none",
                "Leave them out, or adopt it on its own.",
                anchor="tags",
            )  # fmt: skip
        yield from _narration(before, after)
        yield from _formatting(changed, change, after)


def _first_mark(context: FileContext) -> tuple[int, int]:
    places = [(one.start, one.end) for one in context.tags if one.role != "reference"]
    places += [(one.start, one.start + 1) for one in context.tickets]
    return context.to_bytes(*min(places)) if places else (0, 0)


def _narration(before: Reading, after: Reading) -> Iterator[Problem]:
    old, new = _narrating(before), _narrating(after)
    words = _PHILOSOPHY.findall(_comments(after))
    if len(new) - len(old) >= _MANY_MARKERS:
        told = {text for _, text in old}
        start = next((at for at, text in new if text not in told), 0)
        yield Problem(
            start, start, f"the edit added {len(new) - len(old)} narrating comments to foreign code",
            "Comment the way the file does.", anchor="narration",
        )  # fmt: skip
    elif words and not _PHILOSOPHY.search(_comments(before)):
        at = after.data.lower().find(words[0].lower().encode())
        start = after.lines.line_start(after.lines.line_of(max(at, 0)))
        yield Problem(
            start, after.lines.line_end(after.lines.line_of(start)),
            f'the edit speaks of "{words[0]}" in foreign code', "Comment the way the file does.",
            anchor="narration",
        )  # fmt: skip


def _comments(reading: Reading) -> str:
    return "\n".join(reading.data[c.start : c.end].decode("utf-8", "replace") for c in reading.comments)


def _narrating(reading: Reading) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for comment in reading.comments:
        text = reading.data[comment.start : comment.end].decode("utf-8", "replace")
        if text[:1] in "#/-;" and any(m.kind in _NARRATIVE and m.well_formed for m in find_markers(text)):
            found.append((comment.start, text))
    return found


def _formatting(changed: ChangedFile, change: ChangeSet, after: Reading) -> Iterator[Problem]:
    """Lines that only look different now, where they outnumber the lines that do something different."""
    hunks, lines, real = _looks(changed)
    if lines < _MANY_LINES or lines < _SHARE * real or _is_formatting_run(changed, change):
        return
    start = after.lines.line_start(hunks[0].after_start)
    yield Problem(
        start, after.lines.line_end(hunks[0].after_start),
        f"the edit reformats {lines} lines beside {real} that change",
        "Take the formatting back, or make it a change of its own.", anchor="formatting",
    )  # fmt: skip


def _looks(changed: ChangedFile) -> tuple[list[Hunk], int, int]:
    """Hunks that only look different, their lines, and the other changed lines (at least 1)."""
    same = {pair.before for pair in changed.glue_only}
    hunks = [hunk for hunk in changed.hunks if _only_looks(changed, hunk, same)]
    lines = sum(_reshaped(changed, hunk) for hunk in hunks)
    return hunks, lines, max(changed.changed_lines - lines, 1)


def _is_formatting_run(changed: ChangedFile, change: ChangeSet) -> bool:
    """Whether a formatter went over the project: many files at once look different more than they differ."""
    count = 0
    for other in change.files:
        if other is not changed and other.is_code and other.both is not None and other.hunks:
            _, lines, real = _looks(other)
            count += lines >= _SHARE * real or not other.code_changed
            if count >= _MANY_FILES:
                return True
    return False


def _only_looks(changed: ChangedFile, hunk: Hunk, same: set[int]) -> bool:
    """Whether the hunk lies in units whose code is the `same`, and is not about comments or blank lines."""
    before, after = changed.both or (None, None)
    if before is None or after is None:
        return False
    old = changed.code_lines[0][hunk.before_start : hunk.before_end]
    new = changed.code_lines[1][hunk.after_start : hunk.after_end]
    if not any(old) or not any(new):
        return False
    first = before.unit_at(before.lines.line_start(hunk.before_start))
    last = before.unit_at(before.lines.line_start(max(hunk.before_end - 1, hunk.before_start)))
    return first in same and last in same


def _reshaped(changed: ChangedFile, hunk: Hunk) -> int:
    """Lines of code that are spelled differently; those that were only indented are not among them."""
    if changed.both is None:
        return 0
    old = _spelled(changed.both[0], hunk.before_start, hunk.before_end, changed.code_lines[0])
    new = _spelled(changed.both[1], hunk.after_start, hunk.after_end, changed.code_lines[1])
    return max((old - new).total(), (new - old).total())


def _spelled(reading: Reading, start: int, end: int, code: list[bytes]) -> Counter[str]:
    return Counter(reading.lines.line_text(n).strip() for n in range(start, end) if code[n])
