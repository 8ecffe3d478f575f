"""The questions that the resolving of a file asked of the project, as numbers, and those that a change answers anew.

A question is kept as 64 bits of its BLAKE2b: two that fall together make a file resolve once too often, no more.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from hashlib import blake2b

from aifirst_memory.dependencies.resolver import FileFacts, ProjectView, SharedView
from aifirst_memory.dependencies.unpacked import remembering

_KEY, _ENTRY, _NAMES, _EXISTS = "k", "e", "n", "x"


def _hashed(question: str) -> int:
    data = question.encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "little")


_number = remembering(1 << 18, _hashed)


def question_number(kind: str, *parts: str) -> int:
    """The number of a question: `k` and a key, `e`, a path and an entry's name, `n` or `x` and a path."""
    return _number("\0".join((kind, *parts)))


class NotingView(SharedView):
    """A view of a project that notes every question; `begin` a file, resolve it, and take its `demands`.

    It is made anew for every run: within one no fact changes, so that what resolvers keep in it stays true.
    """

    def __init__(self, project: ProjectView) -> None:
        super().__init__()
        self._project = project
        self.begin()

    def note(self, numbers: Iterable[int]) -> None:
        """See `SharedView`."""
        self._numbers.update(numbers)

    def begin(self) -> None:
        """Forget what was asked."""
        self._keys: set[str] = set()
        self._entries: set[tuple[str, str]] = set()
        self._names: set[str] = set()
        self._paths: set[str] = set()
        self._numbers: set[int] = set()

    def demands(self) -> bytes:
        """What was asked since, packed as numbers in order."""
        found = {_number(f"{_KEY}\0{key}") for key in self._keys}
        found.update([_number(f"{_ENTRY}\0{path}\0{name}") for path, name in self._entries])
        found.update([_number(f"{_NAMES}\0{path}") for path in self._names])
        found.update([_number(f"{_EXISTS}\0{path}") for path in self._paths])
        found |= self._numbers
        return array("Q", sorted(found)).tobytes()

    def find(self, key: str) -> Sequence[str]:
        """See `ProjectView`."""
        self._keys.add(key)
        return self._project.find(key)

    def entry(self, path: str, name: str) -> bytes | None:
        """See `ProjectView`."""
        self._entries.add((path, name))
        return self._project.entry(path, name)

    def names(self, path: str) -> Sequence[str]:
        """See `ProjectView`."""
        self._names.add(path)
        return self._project.names(path)

    def exists(self, path: str) -> bool:
        """See `ProjectView`."""
        self._paths.add(path)
        return self._project.exists(path)


def changed_answers(path: str, before: FileFacts | None, after: FileFacts | None) -> set[int]:
    """The questions that get another answer once a file says something else; None where no language reads it."""
    keys = set(before.keys if before else ()) ^ set(after.keys if after else ())
    changed = {_number(f"{_KEY}\0{key}") for key in keys}
    if (before is None) != (after is None):
        changed.add(_number(f"{_EXISTS}\0{path}"))
    old, new = (before.entries if before else {}), (after.entries if after else {})
    if old.keys() != new.keys():
        changed.add(_number(f"{_NAMES}\0{path}"))
    for name in old.keys() | new.keys():
        if old.get(name) != new.get(name):
            changed.add(_number(f"{_ENTRY}\0{path}\0{name}"))
    return changed
