"""Applies the fixes that findings carry, and proves that the code is the same afterwards.

A safe fix changes glue only: after it the file's syntax tree without comments and docstrings is what it was.
Where the proof fails the file is left as it stands, and that is a bug of the rule.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

import msgspec
from aifirst_codebase.discovery import DiscoverySettings, Skipped, read_source
from aifirst_codebase.languages import language_of
from aifirst_codebase.reading import read
from aifirst_codebase.source import EncodeBackError, SourceFile
from aifirst_codebase.tokens import get_counter
from aifirst_codebase.units.code_tokens import code_digest

from aifirst_validator.finding import Edit, Finding


class FixOutcome(msgspec.Struct, frozen=True):
    """What became of the fixes of one file. `problem` says why nothing was written, empty where it was."""

    path: str
    applied: int
    problem: str = ""


def apply_fixes(root: Path, findings: Iterable[Finding], *, settings: DiscoverySettings) -> list[FixOutcome]:
    """Apply the safe fixes of these findings, file by file; overlapping ones wait for the next run."""
    by_path: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.fix is not None and finding.fix.safe:
            by_path.setdefault(finding.path, []).append(finding)
    return [_fix_file(root, path, by_path[path], settings) for path in sorted(by_path)]


def _fix_file(root: Path, path: str, findings: list[Finding], settings: DiscoverySettings) -> FixOutcome:
    source = read_source(root, path, settings)
    if isinstance(source, Skipped):
        return FixOutcome(path, 0, source.reason.message)
    edits, applied = _choose(findings)
    fixed = _edited(source.data, edits)
    if not _same_code(source, fixed):
        return FixOutcome(
            path,
            0,
            "a fix would have changed the code; nothing was written. This is a bug: please report it.",
        )
    try:
        raw = source.encode_back(fixed)
        _replace(root / path, raw)
    except (OSError, EncodeBackError) as error:
        return FixOutcome(path, 0, f"not written: {error}")
    return FixOutcome(path, applied)


def _choose(findings: list[Finding]) -> tuple[list[Edit], int]:
    """Edits in file order that do not touch each other, and how many findings they mend."""
    chosen: list[Edit] = []
    applied = 0
    for finding in findings:
        edits = finding.fix.edits if finding.fix else ()
        if all(edit.end <= other.start or edit.start >= other.end for edit in edits for other in chosen):
            chosen.extend(edits)
            applied += 1
    return sorted(chosen, key=lambda edit: (edit.start, edit.end)), applied


def _edited(data: bytes, edits: list[Edit]) -> bytes:
    parts: list[bytes] = []
    at = 0
    for edit in edits:
        parts += [data[at : edit.start], edit.text.encode("utf-8")]
        at = edit.end
    parts.append(data[at:])
    return b"".join(parts)


def _same_code(source: SourceFile, fixed: bytes) -> bool:
    language = language_of(source.path, source.data)
    if language is None:
        return False
    counter = get_counter()
    before = read(source, language, counter)
    after = read(msgspec.structs.replace(source, data=fixed), language, counter)
    return code_digest(before) == code_digest(after)


def _replace(path: Path, raw: bytes) -> None:
    """Write the file whole or not at all, with the mode it had; a link is followed, not replaced."""
    target = path.resolve(strict=True)
    mode = target.stat().st_mode
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode & 0o7777)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
