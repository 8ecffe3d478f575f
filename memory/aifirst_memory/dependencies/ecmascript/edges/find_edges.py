"""Goes through the places of a file and says what each depends on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from aifirst_memory.dependencies.ecmascript.edges.call_edges import CallEdges
from aifirst_memory.dependencies.ecmascript.edges.found_edges import FoundEdges
from aifirst_memory.dependencies.ecmascript.edges.heritage_edges import class_edges, heritage_edges
from aifirst_memory.dependencies.ecmascript.edges.reference_edges import (
    decorator_edges,
    raise_edges,
    read_edges,
    target_units,
    type_edges,
    write_edges,
)
from aifirst_memory.dependencies.ecmascript.evaluate.evaluator import IMPORTED, Evaluator
from aifirst_memory.dependencies.ecmascript.facts import (
    CALL,
    CLASS,
    DECORATE,
    EXTENDS,
    IMPLEMENTS,
    ITERATE,
    OBJECT,
    READ,
    THROW,
    TYPE,
    WRITE,
    ImportSite,
    Site,
)
from aifirst_memory.dependencies.ecmascript.files import Place
from aifirst_memory.dependencies.model import PACKAGE, unit_node

_MAX_STEPS: Final = 400_000
_LEAST_STEPS: Final = 30_000
_STEPS_PER_SITE: Final = 100
"""Steps of the evaluator for a file: far more than ordinary code takes."""


@dataclass
class EdgeFinder:
    """Finds the edges of the file that an evaluator is for."""

    ev: Evaluator
    edges: FoundEdges = field(default_factory=FoundEdges)

    def run(self) -> FoundEdges:
        """All edges of the file."""
        files = self.ev.files
        count = sum(map(len, files.body.sites.values()))
        self.ev.limit = min(_MAX_STEPS, _LEAST_STEPS + _STEPS_PER_SITE * count)
        for site in files.body.imports:
            self._import(site)
        calls = CallEdges(self.ev, self.edges)
        chunks = list(files.body.sites.items())
        if self.ev.limit == _MAX_STEPS:
            # What one huge function asks for must not leave nothing for the rest of the file.
            chunks.sort(key=lambda chunk: len(chunk[1]))
        for name, sites in chunks:
            place = files.place(files.path, name)
            for site in sites if place is not None else ():
                self._site(place, site, calls) if place is not None else None
        calls.follow()
        return self.edges

    def _import(self, site: ImportSite) -> None:
        files, edges = self.ev.files, self.edges
        found = files.modules.find(files.path, site.module)
        if found is None:
            return
        edges.add(files.path, found, "imports", site.line, 1.0)
        if found.startswith(PACKAGE):
            return
        for name in site.names:
            target = files.resolve_import(files.path, site.module, name)
            for node in target_units(self.ev, target) if target is not None else ():
                edges.add(files.path, node, "imports", site.line, IMPORTED)

    def _site(self, place: Place, site: Site, calls: CallEdges) -> None:
        ev, edges, role = self.ev, self.edges, site.role
        source = unit_node(place.path, ev.files.body.units[site.unit])
        if role == CALL:
            calls.add(place, site.at, source, site.line)
        elif role in (READ, OBJECT):
            read_edges(ev, edges, place, site.at, source, site.line)
        elif role == TYPE:
            type_edges(ev, edges, place, site.at, source, site.line)
        elif role == WRITE:
            write_edges(ev, edges, place, site.at, source, site.line)
        elif role in (EXTENDS, IMPLEMENTS):
            heritage_edges(ev, edges, place, site.at, source, site.line)
        elif role == CLASS:
            class_edges(ev, edges, place, site.at, ev.files.body)
        elif role == DECORATE:
            decorator_edges(ev, edges, place, site.at, source, site.line)
        elif role == THROW:
            raise_edges(ev, edges, place, site.at, source, site.line)
        elif role == ITERATE:
            calls.iterate(place, site.at, source, site.line)
