"""What every step starts from: the memory, what is asked for, and the units that it is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from aifirst_memory.context.places import IndexedFile, PlacesOfIds, indexed_file
from aifirst_memory.context.request import ContextRequest
from aifirst_memory.context.sources import ContextSources, Found, UnitPlace
from aifirst_memory.record import UnitRecord
from aifirst_memory.tree.level import units_of

MOST_SEEDS = 6
"""Units found by search from which the steps go on: more would lead everywhere."""


@dataclass
class StepJob:
    """`seeds` are the targets that steps go out from, best first; `paths` their files, each once."""

    sources: ContextSources
    request: ContextRequest
    seeds: Sequence[UnitPlace]
    places: PlacesOfIds
    _files: dict[str, IndexedFile | None] = field(default_factory=dict[str, "IndexedFile | None"])
    _units: dict[str, Sequence[UnitRecord]] = field(default_factory=dict[str, Sequence[UnitRecord]])

    @property
    def paths(self) -> list[str]:
        """The files of the seeds."""
        return list(dict.fromkeys(place.path for place in self.seeds))

    def file(self, path: str) -> IndexedFile | None:
        """A file of the index."""
        if path not in self._files:
            self._files[path] = indexed_file(self.sources.connection, path)
        return self._files[path]

    def units(self, path: str) -> Sequence[UnitRecord]:
        """The units of a file as the index knows them; empty where it does not."""
        if path not in self._units:
            file = self.file(path)
            self._units[path] = units_of(self.sources.connection, file.file_id) if file else ()
        return self._units[path]

    def unit_id(self, place: UnitPlace) -> int | None:
        """The id of a unit in the index."""
        file = self.file(place.path)
        return None if file is None or place.unit >= file.units else file.first_unit + place.unit

    def name(self, place: UnitPlace) -> str:
        """What a person calls a unit."""
        units = self.units(place.path)
        name = units[place.unit].name if place.unit < len(units) else ""
        return name or place.path.rpartition("/")[2]


def distinct(found: Sequence[Found], leave_out: Sequence[UnitPlace] = ()) -> list[Found]:
    """Each unit once, the first time it was found."""
    seen = set(leave_out)
    kept: list[Found] = []
    for one in found:
        if one.place not in seen:
            seen.add(one.place)
            kept.append(one)
    return kept
