"""What looking names up found, remembered with the keys that led to it, so that each file can say what it demands.

Every look at the project goes through `files`, which notes the key; `demands` are the keys of one file. The
results that files share are remembered with the demands that led to them. A result that met itself on the way
(a cycle of imports or bases) is remembered only where it began: inside the cycle it depends on the way in,
and the graph must not depend on which file was resolved first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from aifirst_memory.graph.scope import Scope

_DEEPEST = 40
"""Re-exports and bases followed one into the other."""


class Tables(Protocol):
    """The project's files by key."""

    def files(self, key: int) -> Sequence[Scope]:
        """The files that may answer to the key, by path."""
        ...


class _Remembered(NamedTuple):
    value: object
    demands: set[int]
    height: int


_NOT_MET = object()


class SharedResults:
    """What was found in one state of the project, and what the current file demanded of it."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self.demands: set[int] = set()
        self.current: Scope | None = None
        """The file whose demands are noted; it demands nothing of itself."""
        self._met: dict[object, object] = {}
        """What was found for the current file, whose demands are noted already."""
        self._pure: dict[object, _Remembered] = {}
        self._begun: dict[object, _Remembered] = {}
        self._inside: dict[object, _Remembered] = {}
        self._active: set[object] = set()
        self._cut = False
        self._height = 0

    def begin(self, scope: Scope) -> None:
        """Turn to a file, which has no demands yet."""
        self.current = scope
        self.demands = set()
        self._met = {}

    def files(self, key: int) -> Sequence[Scope]:
        """The files that may answer to the key; the key becomes a demand."""
        self.demands.add(key)
        return self._tables.files(key)

    def _remember(self, key: object, compute: Callable[..., object], *given: object) -> object:
        """What `compute` gives of `given`, computed once; noted are the demands that led to it."""
        if self._active:
            return self._within(key, compute, given)
        found = self._met.get(key, _NOT_MET)
        if found is _NOT_MET:
            found = self._met[key] = self._within(key, compute, given)
        return found

    def _within(self, key: object, compute: Callable[..., object], given: tuple[object, ...]) -> object:
        active = self._active
        # What is too high to fit here may have been found once already, cut at this depth.
        for kept in (self._pure, self._inside if active else self._begun):
            known = kept.get(key)
            if known is not None and len(active) + known.height <= _DEEPEST:
                self.demands |= known.demands
                if known.height >= self._height:
                    self._height = known.height + 1
                self._cut = self._cut or kept is self._inside
                return known.value
        if key in active or len(active) >= _DEEPEST:
            self._cut = True
            return None
        around = self.demands, self._cut, self._height
        self.demands, self._cut, self._height = set(), False, 0
        active.add(key)
        try:
            value = compute(*given)
        finally:
            active.discard(key)
            demands, cut, height = self.demands, self._cut, self._height
            self.demands, self._cut, self._height = around
            self.demands |= demands
            self._cut = self._cut or (cut and bool(active))
            if height >= self._height:
                self._height = height + 1
        memory = self._pure if not cut else self._inside if active else self._begun
        memory[key] = _Remembered(value, demands, height)
        if not active:
            self._inside.clear()
        return value
