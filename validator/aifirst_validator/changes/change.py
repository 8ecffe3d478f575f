"""A change as the edit rules see it: its files, the project around them, the day and the plan.

Where the texts come from (git, a pair of files) is the business of `git` and `pair`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from aifirst_codebase.reading import Reading
from aifirst_codebase.source import SourceFile

from aifirst_validator.changes.changed_file import ChangedFile, Reader, SettingsOf
from aifirst_validator.changes.record import EditRecord
from aifirst_validator.finding import Problem
from aifirst_validator.report import Notice

if TYPE_CHECKING:
    from aifirst_validator.changes.changed_texts import ChangedTexts
    from aifirst_validator.changes.find_spec import SpecificationIndex
    from aifirst_validator.changes.name_index import NameIndex
    from aifirst_validator.rule import ChangeRule

__all__ = ["ChangeSet", "ChangedFile", "Reader"]


@dataclass(eq=False)
class ChangeSet:
    """All files of one change, by path.

    `revision` is what it was compared with, as the person wrote it. `today` is the day of the change and
    `since` the day of what it was compared with: an edit may have been made on any day between them.
    `load_source` gives the text after the change of a file that the change does not touch, `list_paths`
    all paths after it; both stand for an empty project where a pair of files is judged.
    """

    root: str
    files: tuple[ChangedFile, ...]
    today: date
    since: date
    reader: Reader
    settings_of: SettingsOf
    revision: str = ""
    plan: EditRecord | None = None
    notices: tuple[Notice, ...] = ()
    load_source: Callable[[str], SourceFile | None] = field(default=lambda _path: None)
    list_paths: Callable[[], tuple[str, ...]] = field(default=tuple)
    release: Callable[[], None] = field(default=lambda: None)

    def __enter__(self) -> ChangeSet:
        """Use as a context manager where the texts come from git: leaving it ends git's process."""
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    @cached_property
    def by_path(self) -> dict[str, ChangedFile]:
        """The files by their path after the change (deleted ones by the path they had)."""
        return {changed.path: changed for changed in self.files}

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """The paths of the project after the change, sorted."""
        present = {c.path for c in self.files if c.status != "deleted"}
        gone = {c.path for c in self.files if c.status == "deleted"}
        gone |= {c.old_path for c in self.files if c.status == "renamed"}
        return tuple(sorted((set(self.list_paths()) - gone) | present))

    def problems(self, rule: ChangeRule, changed: ChangedFile) -> tuple[Problem, ...]:
        """What a rule says about a file, worked out once however many ask."""
        key = (rule.code, changed.path)
        if key not in self._known_problems:
            self._known_problems[key] = tuple(rule.check(changed, self))
        return self._known_problems[key]

    @cached_property
    def _known_problems(self) -> dict[tuple[str, str], tuple[Problem, ...]]:
        return {}

    @cached_property
    def tag_indexes(self) -> tuple[frozenset[tuple[str, str]], frozenset[tuple[str, str]]]:
        """(category, value) of the tags that the project defines before, and after the change."""
        from aifirst_validator.changes.tag_indexes import tag_indexes

        return tag_indexes(self)

    @cached_property
    def broken_names(self) -> NameIndex:
        """Where the project mentions the names that the change may have broken."""
        from aifirst_validator.changes.callers import names_at_stake
        from aifirst_validator.changes.name_index import NameIndex

        return NameIndex(self, names_at_stake(self))

    @cached_property
    def specifications(self) -> SpecificationIndex:
        """The documents of the project by their names and tags."""
        from aifirst_validator.changes.find_spec import SpecificationIndex

        return SpecificationIndex(self)

    @cached_property
    def texts(self) -> ChangedTexts:
        """The texts of the changed code, to look for words that moved."""
        from aifirst_validator.changes.changed_texts import ChangedTexts

        return ChangedTexts({f.path: f.after.text for f in self.files if f.after is not None and f.is_code})

    @cached_property
    def known_paths(self) -> frozenset[str]:
        """`paths` as a set."""
        return frozenset(self.paths)

    def source_after(self, path: str) -> SourceFile | None:
        """The text of any file after the change; None where there is none."""
        changed = self.by_path.get(path)
        if changed is not None:
            return changed.source_after
        if path not in self._known_sources:
            self._known_sources[path] = self.load_source(path)
        return self._known_sources[path]

    def source_before(self, path: str) -> SourceFile | None:
        """The text of any file before the change, by its path after it."""
        changed = self.by_path.get(path)
        return changed.source_before if changed is not None else self.source_after(path)

    def read_after(self, path: str) -> Reading | None:
        """The reading of any file after the change; None where there is none or its language is unknown."""
        changed = self.by_path.get(path)
        if changed is not None:
            return changed.after
        if path not in self._known_readings:
            source = self.source_after(path)
            self._known_readings[path] = self.reader(source) if source is not None else None
        return self._known_readings[path]

    @cached_property
    def _known_sources(self) -> dict[str, SourceFile | None]:
        return {}

    @cached_property
    def _known_readings(self) -> dict[str, Reading | None]:
        return {}

    def sources_with(self, holds: Callable[[bytes], bool], endings: tuple[str, ...]) -> Iterator[SourceFile]:
        """The texts after the change of files with these name endings that `holds` is true of, in path order.

        The other texts are not kept: the whole project passes through here.
        """
        for path in self.paths:
            if not path.endswith(endings):
                continue
            known = path in self.by_path or path in self._known_sources
            source = self.source_after(path) if known else self.load_source(path)
            if source is not None and holds(source.data):
                if not known:
                    self._known_sources[path] = source
                yield source
