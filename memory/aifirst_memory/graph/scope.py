"""A file as a scope of names: its facts, indexed for looking names up.

Pure data about one file: what its names lead to elsewhere is `resolve`'s to find. A scope is made of the facts
that are stored for a file, and read back from them.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from aifirst_memory.graph.family import family_of
from aifirst_memory.graph.part import INHERIT, GraphPart, Import

if TYPE_CHECKING:
    from aifirst_memory.record import FileRecord

_KINDS = {"module": 0, "class": 1, "function": 2, "section": 3, "rule": 4, "statement": 5, "block": 6}
_LENGTH = 4
"""Bytes that say how long the facts are."""
_SEPARATORS = re.compile(r"::|/|\\")


class Facts(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What the graph keeps of a file: its units (names, kinds as indexes, parents) and its part.

    Of the part's references only the bases of classes are kept here; nobody but the file itself wants the rest.
    """

    language: str
    names: tuple[str, ...]
    kinds: bytes
    parents: tuple[int, ...]
    part: GraphPart


_DECODER = msgspec.msgpack.Decoder(Facts)
_ENCODER = msgspec.msgpack.Encoder()


def facts_of(record: FileRecord) -> Facts:
    """The facts of a record."""
    units = record.units
    bases = tuple(reference for reference in record.graph.references if reference.kind == INHERIT)
    return Facts(
        record.language,
        tuple([unit.name for unit in units]),
        bytes([_KINDS[unit.kind] for unit in units]),
        tuple([unit.parent for unit in units]),
        msgspec.structs.replace(record.graph, references=bases),
    )


def pack_facts(facts: Facts, references: bytes) -> bytes:
    """The facts as they are stored, with the packed references of the file behind them."""
    head = _ENCODER.encode(facts)
    return zlib.compress(len(head).to_bytes(_LENGTH) + head + references, 6)


def unpack_facts(data: bytes) -> Facts:
    """The facts of what `pack_facts` gave."""
    raw = memoryview(zlib.decompress(data))
    return _DECODER.decode(raw[_LENGTH : _LENGTH + int.from_bytes(raw[:_LENGTH])])


def packed_references(data: bytes) -> memoryview:
    """The packed references in what `pack_facts` gave."""
    raw = memoryview(zlib.decompress(data))
    return raw[_LENGTH + int.from_bytes(raw[:_LENGTH]) :]


class Scope:
    """A file's names. Unit `i` has the id `first + i`."""

    def __init__(self, file: int, path: str, first: int, facts: Facts) -> None:
        self.file = file
        self.path = path
        self.folder, _, self.file_name = path.rpartition("/")
        self.first = first
        self.facts = facts
        self.names = facts.names
        self.parents = facts.parents
        self.part = facts.part
        self.family = family_of(facts.language)
        self.seed = zlib.crc32(path.encode() + b"\n")
        """From which the key of each of its names is computed."""
        self._keys: dict[str, int] = {}

    def is_class(self, unit: int) -> bool:
        """Whether the unit is a class or something like it."""
        return self.facts.kinds[unit] == 1

    def is_function(self, unit: int) -> bool:
        """Whether the unit is a function or method."""
        return self.facts.kinds[unit] == 2

    @cached_property
    def index(self) -> dict[str, int]:
        """Units by qualified name."""
        return {name: unit for unit, name in enumerate(self.names)}

    def name_key(self, name: str) -> int:
        """The key of a name in this file: 32 bits, and above them those that tell the file."""
        key = self._keys.get(name)
        if key is None:
            key = self._keys[name] = self.seed << 32 | zlib.crc32(name.encode(), self.seed)
        return key

    def inner_key(self, unit: int) -> int:
        """The key of what is bound inside a unit."""
        return self.name_key(self.names[unit] + "\n")

    @cached_property
    def imports(self) -> dict[tuple[int, str], Import]:
        """Imports by the unit they stand in and the name they bind there; the last one counts."""
        found: dict[tuple[int, str], Import] = {}
        for imported in self.part.imports:
            name = self.local_name(imported)
            if name:
                found[imported.unit, name] = imported
        return found

    @cached_property
    def inner_names(self) -> frozenset[str]:
        """Names that mean something else inside some unit than at the top of the file."""
        bound = {name for unit, name in self.bindings if unit} | {name for unit, name in self.imports if unit}
        nested = (name.rpartition(".")[2] for name in self.names if "." in name)
        return frozenset(bound.union(nested))

    @cached_property
    def stars(self) -> tuple[Import, ...]:
        """Imports that make all names of a module visible, the last first."""
        whole = self.family.import_binds == "all"
        return tuple(
            i for i in reversed(self.part.imports) if i.name == "*" or (whole and not i.alias and not i.name)
        )

    def local_name(self, imported: Import) -> str:
        """The name that an import binds in this file, empty where it binds none."""
        if imported.alias:
            return "" if imported.alias in "._" else imported.alias
        if imported.name:
            return "" if imported.name == "*" else imported.name
        binds = self.family.import_binds
        parts = [part for part in _SEPARATORS.sub(".", imported.module).split(".") if part]
        if not parts or binds in ("none", "all") or (binds == "first" and imported.module.startswith(".")):
            return ""
        return parts[0 if binds == "first" else -1]

    @cached_property
    def bindings(self) -> dict[tuple[int, str], tuple[int, str]]:
        """What is known of bound names, by the unit that binds them and the name."""
        return {(b.unit, b.name): (b.how, b.value) for b in self.part.bindings}

    @cached_property
    def fields(self) -> dict[tuple[int, str], tuple[int, int, str]]:
        """Attributes of known value, by class and name: (unit where it is given, how, value)."""
        found: dict[tuple[int, str], tuple[int, int, str]] = {}
        for binding in self.part.bindings:
            inside = binding.name.startswith(".")
            owner = self.class_around(binding.unit) if inside else binding.unit
            if owner > 0 and binding.value and self.is_class(owner):
                found.setdefault(
                    (owner, binding.name.lstrip(".")), (binding.unit, binding.how, binding.value)
                )
        return found

    def class_around(self, unit: int) -> int:
        """The class that a unit is in or is, 0 for none; through functions inside methods too."""
        while unit > 0 and not self.is_class(unit):
            parent = self.parents[unit]
            if parent <= 0 and self.family.open_classes:
                return self.index.get(self.names[unit].rpartition(".")[0], 0)
            unit = parent
        return max(unit, 0)

    def is_method(self, unit: int) -> bool:
        """Whether the unit is a function of a class, as far as the unit and what is around it tell."""
        parent = self.parents[unit]
        inside = self.is_class(parent) if parent > 0 else self.family.open_classes
        return inside and self.is_function(unit) and "." in self.names[unit]

    @cached_property
    def bases(self) -> dict[int, list[str]]:
        """The paths of what each class derives from, in order."""
        found: dict[int, list[str]] = {}
        for reference in self.part.references:
            found.setdefault(reference.unit, []).append(reference.path)
        return found

    def short_names(self) -> Iterator[tuple[str, int]]:
        """The last parts of the names of functions and classes, with their units."""
        kinds = self.facts.kinds
        for unit, name in enumerate(self.names):
            if unit and kinds[unit] in (1, 2):
                yield name.rpartition(".")[2].partition("#")[0], unit

    @cached_property
    def by_short_name(self) -> dict[str, list[int]]:
        """Functions and classes by the last part of their names."""
        found: dict[str, list[int]] = {}
        for name, unit in self.short_names():
            found.setdefault(name, []).append(unit)
        return found
