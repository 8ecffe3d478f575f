"""Which nodes a change reaches surely enough to ask for the edges into them, while these arrive round by round."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


class ChangeSpread:
    """How surely each node was reached so far, along what was fetched; never less surely than within the depth."""

    def __init__(self, ids: Iterable[str], least: float) -> None:
        self._least = least
        self._reached = dict.fromkeys(ids, 1.0)
        self._into: dict[str, list[tuple[str, float]]] = {}
        """What was fetched: for each target the sources that pass a change on, and how surely."""
        self._new: list[str] = list(self._reached)

    def frontier(self) -> list[str]:
        """The nodes whose edges are to be fetched now."""
        return sorted(self._new)

    def add(self, record: Mapping[str, Any]) -> None:
        """Take over the edges into the frontier."""
        for target in self._new:
            self._into[target] = []
        rows = zip(record["source"], record["target"], record["kind"], record["confidence"], strict=True)
        for source, target, kind, confidence in rows:
            if kind != "IMPORTS":
                self._into[target].append((source, confidence))
        waiting = self._new
        self._new = list[str]()
        while waiting:
            target = waiting.pop()
            for source, confidence in self._into.get(target, ()):
                value = self._reached[target] * confidence
                if value >= self._least and value > self._reached.get(source, -1.0):
                    if source not in self._reached:
                        self._new.append(source)
                    self._reached[source] = value
                    waiting.append(source)
