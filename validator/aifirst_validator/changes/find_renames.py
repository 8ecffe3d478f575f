"""Joins a deleted and an added file that are one file, moved and rewritten more than git's detection allows.

git compares lines and gives up below half. Units are compared here: two files are one where most of the
smaller one's units have equal code.
"""

from __future__ import annotations

from collections import Counter

from aifirst_codebase.units.code_tokens import code_tokens

from aifirst_validator.changes.changed_file import ChangedFile

_MOST_FILES = 40
_SHARED = 0.5
_FEW_TOKENS = 12


def find_renames(files: list[ChangedFile]) -> list[ChangedFile]:
    """The files with such pairs replaced by one renamed file; looked for in small changes only."""
    gone = [changed for changed in files if changed.status == "deleted"]
    new = [changed for changed in files if changed.status == "added"]
    if not gone or not new or len(gone) + len(new) > _MOST_FILES:
        return files
    scored: list[tuple[float, str, str]] = []
    for old in gone:
        for fresh in new:
            if _ending(old.path) == _ending(fresh.path):
                share = _shared(old, fresh)
                if share >= _SHARED:
                    scored.append((-share, old.path, fresh.path))
    old_of: dict[str, str] = {}
    for _, old_path, path in sorted(scored):
        if path not in old_of and old_path not in old_of.values():
            old_of[path] = old_path
    return _joined(files, old_of)


def _joined(files: list[ChangedFile], old_of: dict[str, str]) -> list[ChangedFile]:
    by_path = {changed.path: changed for changed in files}
    joined: list[ChangedFile] = []
    moved = set(old_of.values())
    for changed in files:
        old = by_path.get(old_of.get(changed.path, ""))
        if changed.status == "added" and old is not None:
            joined.append(
                ChangedFile(
                    changed.path, old.path, "renamed", changed.settings, changed.reader,
                    old.load_before, changed.load_after,
                )
            )  # fmt: skip
        elif changed.status != "deleted" or changed.path not in moved:
            joined.append(changed)
    return joined


def _shared(old: ChangedFile, new: ChangedFile) -> float:
    """Tokens of units with equal code, as a share of the smaller file's unit tokens."""
    before, after = _units(old, before=True), _units(new, before=False)
    common = _size(before & after)
    least = min(_size(before), _size(after))
    return common / least if least else 0.0


def _units(changed: ChangedFile, *, before: bool) -> Counter[tuple[bytes, ...]]:
    reading = changed.before if before else changed.after
    if reading is None:
        return Counter()
    found = (code_tokens(reading, index) for index in range(1, len(reading.units)))
    return Counter(tokens for tokens in found if len(tokens) >= _FEW_TOKENS)


def _size(units: Counter[tuple[bytes, ...]]) -> int:
    return sum(count * len(tokens) for tokens, count in units.items())


def _ending(path: str) -> str:
    return path.rpartition(".")[2]
