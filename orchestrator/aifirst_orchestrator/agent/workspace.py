"""The project as an agent sees and changes it: its changes stand beside the files until a person takes them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path, PurePosixPath

from aifirst_codebase.discovery import discover
from aifirst_codebase.discovery.reading import read_source
from aifirst_codebase.open_project import discovery_settings, open_project
from aifirst_codebase.source import SourceFile, decode_source, encode_declared

from aifirst_orchestrator.edits.apply_edits import Applied, apply_edits, check_path, show_changes
from aifirst_orchestrator.edits.edit import Edit, EditError


class ChangedMeanwhileError(Exception):
    """A file that an agent changed was changed by somebody else too; the text says the next step."""


class Workspace:
    """Reads what the project's settings let be read, and keeps changed texts until they are written."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._config, found = open_project(root)
        self._known = {file.path for file in found.files}
        self._before: dict[str, str | None] = {}
        self._now: dict[str, str | None] = {}

    @property
    def paths(self) -> tuple[str, ...]:
        """All files, those that were made among them, those that were taken away not."""
        there = {path for path, text in self._now.items() if text is not None}
        return tuple(sorted((self._known - self._now.keys()) | there))

    @cached_property
    def _beside(self) -> tuple[str, ...]:
        """Files that nobody reads and programs may need: data of tests, pictures, `go.mod`; none that git ignores."""
        found = discover(self.root, (), discovery_settings(self._config))
        return tuple(file.path for file in found.files if file.path not in self._known)

    @property
    def run_paths(self) -> tuple[str, ...]:
        """All files that a program run on the project is given."""
        return tuple(sorted({*self.paths, *self._beside} - set(self.removed)))

    @property
    def changed(self) -> Mapping[str, str]:
        """The texts that are not as they were; files that were taken away are `removed`."""
        return {
            path: text for path, text in self._now.items() if text is not None and text != self._before[path]
        }

    @property
    def removed(self) -> tuple[str, ...]:
        """The files that were there and are taken away."""
        gone = (path for path, text in self._now.items() if text is None)
        return tuple(sorted(path for path in gone if self._before[path] is not None))

    @property
    def touched(self) -> tuple[str, ...]:
        """All files that are changed, made or taken away."""
        return tuple(sorted((*self.changed, *self.removed)))

    def text(self, path: str) -> str | None:
        """A file as it is now; None where there is none that may be read."""
        if path in self._now:
            return self._now[path]
        source = self.source(path)
        return source.text if source is not None else None

    def source(self, path: str) -> SourceFile | None:
        """A file as rules read it."""
        if path in self._now:
            text = self._now[path]
            return None if text is None else decode_source(path, encode_declared(path, text))
        if path not in self._known:
            return None
        found = read_source(self.root, path)
        return found if isinstance(found, SourceFile) else None

    def change(self, edits: Sequence[Edit]) -> Applied:
        """Apply edits, all or none. Raises `EditError`."""
        for path in (path for edit in edits for path in (edit.path, edit.renamed_from) if path):
            check_path(path)
            if (reason := self._leads_elsewhere(path)) is not None:
                raise EditError(f"{path} {reason}: it is not for editing")
            if path not in self._known and (self.root / path).exists():
                raise EditError(f"{path}: the project's settings leave this file out: it is not for editing")
        applied = apply_edits(edits, self.text)
        self._require_room(applied.texts)
        for path, text in applied.texts.items():
            if path not in self._before:
                self._before[path] = self.text(path)
            self._now[path] = text
        return applied

    def _require_room(self, texts: Mapping[str, str | None]) -> None:
        """Raise `EditError` where a file would stand at the place of a folder that another needs."""
        made = {path for path, text in texts.items() if text is not None}
        there = made | (set(self.paths) - texts.keys())
        folders = {str(folder) for path in there for folder in PurePosixPath(path).parents}
        for path in sorted(there & folders):
            raise EditError(f"{path} would be a file and a folder: give one of them another name")

    def _leads_elsewhere(self, path: str) -> str | None:
        """Why a path is not where it says: a link on the way, or a file where it needs a folder."""
        place = self.root / path
        if place.resolve() != self.root.resolve() / path:
            return "leads elsewhere by a link"
        if any(folder.is_file() for folder in place.parents if folder.is_relative_to(self.root)):
            return "needs a folder where a file stands"
        return None

    def difference(self) -> str:
        """What changed, as a unified diff."""
        return show_changes(self._before, {**self.changed, **dict.fromkeys(self.removed)})

    def before(self) -> dict[str, str]:
        """The texts that touched files had; those that were made are left out."""
        return {path: text for path in self.touched if (text := self._before[path]) is not None}

    def first_text(self, path: str) -> str | None:
        """A file as it was before any change."""
        return self._before[path] if path in self._before else self.text(path)

    def original(self, path: str) -> SourceFile | None:
        """A touched file as it was; None where it was not there."""
        text = self._before[path]
        return None if text is None else decode_source(path, encode_declared(path, text))

    def snapshot(self) -> Mapping[str, str | None]:
        """The texts as they are now, for `restore`."""
        return dict(self._now)

    def restore(self, snapshot: Mapping[str, str | None]) -> None:
        """Make all as it was when the snapshot was taken."""
        self._now = {path: snapshot.get(path, before) for path, before in self._before.items()}

    def write(self, replace: Callable[[Path, bytes], None]) -> list[str]:
        """Write what changed; its names. Raises `ChangedMeanwhileError` before anything is written."""
        for path in self.touched:
            found = read_source(self.root, path) if (self.root / path).exists() else None
            there = found.text if isinstance(found, SourceFile) else None
            is_other = there is None and (self.root / path).exists()
            if is_other or there != self._before[path]:
                raise ChangedMeanwhileError(
                    f"{path} was changed meanwhile. Nothing was written. Keep your change and run the same again."
                )
            if (reason := self._leads_elsewhere(path)) is not None:
                raise ChangedMeanwhileError(f"{path} {reason}. Nothing was written.")
        for path, text in self.changed.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            replace(self.root / path, encode_declared(path, text))
        for path in self.removed:
            (self.root / path).unlink()
        return list(self.touched)

    def digest(self) -> str:
        """Of all that changed, for what follows from it."""
        parts = "".join(f"{path}\0{text}\0" for path, text in sorted(self.changed.items()))
        parts += "".join(f"{path}\0\0gone\0" for path in self.removed)
        return hashlib.blake2b(parts.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
