"""What a ranker is given of a project: its history, its trees, and facts of files computed once per content.

A fact is whatever a ranker derives from one file (word counts, units, vectors). Facts are kept by the
blob's hash in memory and in a cache folder, so trees of neighbouring commits cost only their differences
and a second run costs next to nothing. Nothing is ever checked out.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec

from benchmarks.localisation.git_history import GitHistory
from benchmarks.localisation.source_files import is_source_file

Tree = Mapping[str, str]
"""The blob of every source file of one commit, by path."""
Fact = TypeVar("Fact")


def default_cache() -> Path:
    """The folder where facts, vectors and kept rankings lie: `AIFIRST_BENCHMARK_CACHE`, or one in the user's cache."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return (
        Path(os.environ.get("AIFIRST_BENCHMARK_CACHE") or Path(home) / "aifirst-benchmarks") / "localisation"
    )


class Repository:
    """One project, read from its bare git directory. Call `save` to keep its facts, `close` to end its process."""

    def __init__(self, name: str, folder: Path, cache: Path) -> None:
        self.name = name
        """As `owner/name`."""
        self.history = GitHistory(folder)
        self.cache = cache
        self._trees: dict[str, dict[str, str]] = {}
        self._blobs: dict[str, bytes] = {}
        self._facts: dict[str, dict[str, Any]] = {}
        self._grown: set[str] = set()

    def tree(self, commit: str) -> Tree:
        """The source files of a commit, in the order of their paths."""
        if commit not in self._trees:
            files = self.history.tree(commit)
            self._trees[commit] = {path: files[path] for path in sorted(files) if is_source_file(path)}
        return self._trees[commit]

    def blobs(self, tree: Tree) -> list[bytes]:
        """The contents of a tree's files, in its order; empty for what this copy of the repository lacks."""
        wanted = [blob for blob in dict.fromkeys(tree.values()) if blob not in self._blobs]
        for blob, data in zip(wanted, self.history.blobs(wanted), strict=True):
            self._blobs[blob] = data or b""
        return [self._blobs[blob] for blob in tree.values()]

    def facts(
        self, kind: str, fact: type[Fact], compute: Callable[[str, bytes], Fact], tree: Tree
    ) -> list[Fact]:
        """One fact of every file of a tree, in its order, computed from (path, content) where it is new.

        `kind` names the facts in the cache; give it a new version number when `compute` changes. `fact` is
        the type to decode them as. The path may decide by its extension only.
        """
        known = self._known(kind, fact)
        keys = [f"{blob}.{path.rpartition('.')[2]}" for path, blob in tree.items()]
        missing = {
            path: blob for (path, blob), key in zip(tree.items(), keys, strict=True) if key not in known
        }
        if missing:
            self._grown.add(kind)
            for path, data in zip(missing, self.blobs(missing), strict=True):
                known[f"{missing[path]}.{path.rpartition('.')[2]}"] = compute(path, data)
        return [known[key] for key in keys]

    def _known(self, kind: str, fact: type[Fact]) -> dict[str, Fact]:
        if kind not in self._facts:
            file = self._file(kind)
            data = file.read_bytes() if file.is_file() else b"\x80"
            self._facts[kind] = msgspec.msgpack.decode(data, type=dict[str, fact])
        return self._facts[kind]

    def _file(self, kind: str) -> Path:
        return self.cache / "facts" / kind / f"{self.name.replace('/', '+')}.msgpack"

    def save(self) -> None:
        """Write the facts that are new to the cache."""
        for kind in sorted(self._grown):
            file = self._file(kind)
            file.parent.mkdir(parents=True, exist_ok=True)
            part = file.with_suffix(".part")
            part.write_bytes(msgspec.msgpack.encode(self._facts[kind]))
            part.replace(file)
        self._grown.clear()

    def close(self) -> None:
        """End the process that reads blobs."""
        self.history.close()


class Question(NamedTuple):
    """What a ranker is asked: which files of `tree` does `text` want changed.

    `tree` is that of `base_commit`; nothing that was committed later may be looked at.
    """

    text: str
    tree: Tree
    repository: Repository
    base_commit: str
