"""The change set of a git repository: a revision against the working tree, the index, or two revisions.

`--diff REV` compares REV with the working tree, untracked files that are not ignored included; `REV...`
first goes back to where the current branch left REV (the merge base), which is what a pull request shows.
`A..B` and `A...B` compare two revisions without looking at the working tree. `--staged` compares HEAD
with the index, contents from the index: what a commit would hold.

Left out: submodules and links, which are no files of this repository; unmerged files in the index.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path

from aifirst_codebase.discovery.found import DiscoverySettings, Skipped
from aifirst_codebase.discovery.reading import printable_path, read_source
from aifirst_codebase.git import Git, commit_id, is_shallow
from aifirst_codebase.source import SourceFile, decode_source, has_wide_mark

from aifirst_validator.changes.change import ChangeSet
from aifirst_validator.changes.changed_file import (
    ChangedFile,
    Reader,
    SettingsOf,
    SourceLoader,
    default_reader,
    default_settings,
    no_source,
)
from aifirst_validator.changes.find_renames import find_renames
from aifirst_validator.changes.git_blobs import BlobReader
from aifirst_validator.changes.git_command import ChangeError, ChangeGit
from aifirst_validator.changes.git_entries import RawChange, parse_entries, parse_raw
from aifirst_validator.changes.record import EditRecord
from aifirst_validator.report import Notice

_DIFF = ("--raw", "-z", "--no-abbrev", "-M", "--no-ext-diff", "--no-textconv", "--no-color",
         "--ignore-submodules=all", "--relative", "-O/dev/null")  # fmt: skip
_RANGE = re.compile(r"(.*?)(\.{2,3})(.*)\Z", re.DOTALL)
_SNIFFED = 8192


def change_of_revision(
    root: Path,
    revision: str,
    *,
    today: date | None = None,
    settings_of: SettingsOf | None = None,
    reader: Reader | None = None,
    plan: EditRecord | None = None,
    max_file_bytes: int = 1_000_000,
    unsaved: Mapping[str, bytes] | None = None,
) -> ChangeSet:
    """What changed since `revision` (`REV`, `REV...`, `A..B`, `A...B`); raises `ChangeError`.

    Paths are relative to `root`, a folder of the repository; changes outside it are left out. `unsaved` are texts by
    path, UTF-8, that stand for those of the working tree: an editor's, not saved yet; of a file that git ignores they
    are left out, too. Close the change set (it is a context manager) when done.
    """
    git = ChangeGit(root)
    base, head = _ends(git, revision)
    maker = _Maker(git, root, reader, settings_of, max_file_bytes)
    if head is None:
        if not git.has_work_tree:
            raise ChangeError(f"{root} has no working tree. Compare two revisions: {revision}..HEAD")
        raw = parse_raw(git.run("diff", *_DIFF, base, "--"))
        raw += maker.untracked()
        raw += maker.take_unsaved(base, unsaved or {}, {one.path for one in raw})
    else:
        raw = parse_raw(git.run("diff", *_DIFF, base, head, "--"))
        maker.tree = head
    since = _day_of(git, base)
    until = today or (_day_of(git, head) if head else None) or _now()
    return maker.change_set(raw, revision, until, min(since or until, until), plan)


def change_of_index(
    root: Path,
    *,
    today: date | None = None,
    settings_of: SettingsOf | None = None,
    reader: Reader | None = None,
    plan: EditRecord | None = None,
    max_file_bytes: int = 1_000_000,
) -> ChangeSet:
    """What `git commit` would commit now, before the first commit everything; raises `ChangeError`."""
    git = ChangeGit(root)
    maker = _Maker(git, root, reader, settings_of, max_file_bytes)
    maker.staged = True
    raw = parse_raw(git.run("diff", *_DIFF, "--cached", commit_id(git, "HEAD") or _empty_tree(git), "--"))
    day = today or _now()
    return maker.change_set(raw, "", day, day, plan)


def _ends(git: Git, revision: str) -> tuple[str, str | None]:
    """The object ids to compare; None for the working tree."""
    ranged = _RANGE.match(revision)
    if ranged is None:
        if revision == "HEAD" and commit_id(git, "HEAD") is None:
            return _empty_tree(git), None
        return _wanted(git, revision), None
    first = _wanted(git, ranged[1] or "HEAD")
    last = _wanted(git, ranged[3] or "HEAD")
    if ranged[2] == "..":
        return first, last
    return _merge_base(git, first, last, revision), last if ranged[3] else None


def _wanted(git: Git, revision: str) -> str:
    found = commit_id(git, revision)
    if found is not None:
        return found
    if not revision or revision.startswith("-") or "\0" in revision:
        raise ChangeError(
            f"{revision!r} is no revision. Give a branch, a tag or a commit, like main or HEAD~1."
        )
    hint = "See git log --oneline for those that exist"
    if is_shallow(git):
        hint = "This clone is shallow and may lack it: git fetch --unshallow (in CI, fetch-depth: 0)"
    raise ChangeError(f"{revision!r} is no known revision. {hint}.")


def _merge_base(git: Git, first: str, last: str, revision: str) -> str:
    found = git.run("merge-base", first, last, allowed=(0, 1)).decode("ascii", "replace").split()
    if found:
        return found[0]
    hint = "The branches share no commit: compare with the revision itself, without dots"
    if is_shallow(git):
        hint = "This clone is shallow: git fetch --unshallow (in CI, fetch-depth: 0)"
    raise ChangeError(f"{revision!r} has no merge base. {hint}.")


def _empty_tree(git: Git) -> str:
    return git.run("hash-object", "-t", "tree", "--stdin").decode("ascii").strip()


def _day_of(git: Git, commit: str) -> date | None:
    shown = git.run("show", "-s", "--format=%cs", "--no-show-signature", commit, "--", allowed=(0, 128))
    try:
        return date.fromisoformat(shown.decode("ascii", "replace").strip())
    except ValueError:
        return None


def _now() -> date:
    return datetime.now(UTC).astimezone().date()


@dataclass
class _Maker:
    """Turns git's list of changes into a change set. Contents come from the tree, the index or the disk."""

    git: Git
    root: Path
    reader: Reader | None
    settings_of: SettingsOf | None
    max_file_bytes: int
    tree: str = ""
    staged: bool = False
    unsaved: Mapping[str, bytes] = field(default_factory=dict[str, bytes])

    def __post_init__(self) -> None:
        self.read = self.reader or default_reader()
        self.of = self.settings_of or default_settings
        self.blobs = BlobReader(self.git, self.max_file_bytes)
        self.limits = DiscoverySettings(max_file_bytes=self.max_file_bytes)

    def untracked(self) -> list[RawChange]:
        """New files that git does not know and does not ignore, as additions."""
        listed = self.git.run("ls-files", "--others", "--exclude-standard", "-z")
        names = [os.fsdecode(name) for name in listed.split(b"\0") if name and not name.endswith(b"/")]
        return [RawChange("A", "", name, name, "000000", "100644", "", "") for name in sorted(names)]

    def take_unsaved(self, base: str, texts: Mapping[str, bytes], known: set[str]) -> list[RawChange]:
        """Let texts stand for files; the entries of those that are as they were but for that."""
        self.unsaved = texts
        more = sorted(set(texts) - known)
        if not more:
            return []
        # A path after the double dash is one of the folder that git runs in, whatever it holds: no pattern, no option.
        entries = parse_entries(self.git.run("ls-tree", "-z", base, "--", *more))
        return [RawChange("M", "", path, path, "100644", "100644", blob, "") for path, blob in entries]

    def change_set(
        self, raw: list[RawChange], revision: str, today: date, since: date, plan: EditRecord | None
    ) -> ChangeSet:
        """The change set of these entries; a deleted and an added file that are one moved file are joined."""
        notices = [_unmerged(one) for one in raw if one.status == "U"]
        seen: set[str] = set()
        files: list[ChangedFile] = []
        for one in raw:
            if (one.status == "U" and self.staged) or one.path in seen:
                continue
            changed = self._file(one)
            if changed is not None:
                seen.add(one.path)
                files.append(changed)
        files = find_renames(files)
        files.sort(key=lambda changed: changed.path)
        return ChangeSet(
            str(self.root), tuple(files), today, since, self.read, self.of, revision, plan, tuple(notices),
            self._unchanged, self._paths, self.blobs.close,
        )  # fmt: skip

    def _file(self, one: RawChange) -> ChangedFile | None:
        had, has = one.was_file, one.is_file
        if not had and not has:
            return None
        status = "renamed" if one.status == "R" else "copied" if one.status == "C" else "modified"
        if not had or not has:
            status = "added" if has else "deleted"
        path = printable_path(one.path if has else one.old_path)
        after = self._after(one) if has else no_source
        before = self._blob(one.old_path, one.old_id) if had and one.old_id else no_source
        old = printable_path(one.old_path)
        return ChangedFile(path, old, status, self.of(path), self.read, before, after)

    def _after(self, one: RawChange) -> SourceLoader:
        if self.tree or self.staged:
            return self._blob(one.path, one.new_id)
        return lambda: self._on_disk(one.path)

    def _blob(self, path: str, object_id: str) -> SourceLoader:
        return lambda: self._decode(path, self.blobs.read(object_id))

    def _decode(self, path: str, raw: bytes | None) -> SourceFile | None:
        if raw is None or (raw.find(b"\0", 0, _SNIFFED) >= 0 and not has_wide_mark(raw)):
            return None
        return decode_source(printable_path(path), raw)

    def _on_disk(self, path: str) -> SourceFile | None:
        text = self.unsaved.get(path)
        if text is not None:
            return decode_source(printable_path(path), text) if len(text) <= self.max_file_bytes else None
        # git follows no link for a tracked file, so neither may this.
        if (self.root / path).is_symlink():
            return None
        found = read_source(self.root, path, self.limits)
        return None if isinstance(found, Skipped) else found

    @cached_property
    def _entries(self) -> dict[str, tuple[str, str]]:
        """Printable path to (path, object id) of every file after the change; no id on disk."""
        if self.tree:
            listed = parse_entries(self.git.run("ls-tree", "-r", "-z", self.tree))
        else:
            listed = parse_entries(self.git.run("ls-files", "--stage", "-z"))
        entries = {printable_path(path): (path, object_id) for path, object_id in listed}
        if not self.tree and not self.staged:
            entries |= {printable_path(one.path): (one.path, "") for one in self.untracked()}
        return entries

    def _paths(self) -> tuple[str, ...]:
        return tuple(sorted(self._entries))

    def _unchanged(self, path: str) -> SourceFile | None:
        known = self._entries.get(path)
        if known is None:
            return None
        if self.tree or self.staged:
            return self._decode(known[0], self.blobs.read(known[1]))
        return self._on_disk(known[0])


def _unmerged(one: RawChange) -> Notice:
    path = printable_path(one.path)
    return Notice("unmerged", path, f"{path} is unmerged", "Resolve the conflict and add the file.")
