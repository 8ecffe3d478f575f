"""A project's tree of one commit on disk with the index of aifirst beside it, moved from commit to commit.

Only what differs between two commits is written, and the index is brought up to date as a user's would be, so
what is measured is the product: incremental updates, history that HEAD reaches, nothing newer.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from aifirst_codebase.languages import may_be_source
from aifirst_memory.memory import Memory
from aifirst_memory.update import UpdateReport, UpdateRequest, update_memory

from benchmarks.localisation.git_history import GitHistory


class WorkingTree:
    """The working tree of one project in `folder`, which is emptied first."""

    def __init__(self, history: GitHistory, git_folder: Path, folder: Path) -> None:
        self.root = folder
        self._history = history
        self._files: dict[str, str] = {}
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self._git("init", "-q")
        alternates = folder / ".git" / "objects" / "info" / "alternates"
        alternates.write_text(f"{(git_folder / 'objects').resolve()}\n")

    def move_to(self, commit: str) -> UpdateReport:
        """Make the tree that of a commit, HEAD included, and bring the index up to date."""
        wanted = {p: b for p, b in self._history.tree(commit).items() if may_be_source(p.rpartition("/")[2])}
        for path in self._files.keys() - wanted.keys():
            (self.root / path).unlink(missing_ok=True)
        changed = [path for path, blob in wanted.items() if self._files.get(path) != blob]
        for path, data in zip(changed, self._history.blobs([wanted[p] for p in changed]), strict=True):
            place = self.root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data or b"")
        self._files = wanted
        self._git("update-ref", "--no-deref", "HEAD", commit)
        return update_memory(UpdateRequest(self.root, overrides={"discovery.use_gitignore": False}))

    def open(self) -> Memory:
        """The index, for searching."""
        return Memory.open(self.root)

    def _git(self, *arguments: str) -> None:
        subprocess.run(["git", "-C", self.root, *arguments], check=True, stdin=subprocess.DEVNULL)
