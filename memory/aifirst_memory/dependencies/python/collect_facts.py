"""Collects from a file's lowered units what others may ask of it.

Of a function's local names only those are kept that its results, its attributes or its nested functions need.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from aifirst_memory.dependencies.python import forms
from aifirst_memory.dependencies.python.bind_names import NameBinder, last_name
from aifirst_memory.dependencies.python.facts import ClassFacts, FunctionFacts, ModuleFacts, pack, pack_unit
from aifirst_memory.dependencies.python.follow_flows import FlowCollector, names_in
from aifirst_memory.dependencies.python.forms import Form, LoweredUnit
from aifirst_memory.dependencies.python.lower_statements import lower_file
from aifirst_memory.dependencies.python.lowering import MAX_DEPTH
from aifirst_memory.dependencies.python.module_names import keys_of
from aifirst_memory.dependencies.resolver import FileFacts, ParsedFile

_STATIC: Final = frozenset({"staticmethod"})
_BODY_ENCODER = msgspec.msgpack.Encoder()
_MAX_RESULTS: Final = 16


def read_facts(parsed: ParsedFile) -> FileFacts:
    """The facts of a Python file."""
    lowering = lower_file(parsed)
    collector = _Collector(lowering.units, lowering.yielding)
    entries = collector.collect()
    keys = [*keys_of(parsed.path), *(f"py:sub:{name}" for name in collector.subclasses)]
    notice = (
        f"{parsed.path}:{lowering.left_out}: more than {MAX_DEPTH} levels or links; what lies beyond is not in the graph"
        if lowering.left_out
        else ""
    )
    return FileFacts(tuple(dict.fromkeys(keys)), entries, _BODY_ENCODER.encode(lowering.units), notice)


class _Collector:
    def __init__(self, units: list[LoweredUnit], yielding: set[int]) -> None:
        self.units = units
        self.yielding = yielding
        self.binders: list[NameBinder] = []
        self.subclasses: dict[str, list[str]] = {}
        self.needed: dict[str, set[str]] = {}
        self.attributes: dict[int, dict[str, list[list[Any]]]] = {}
        self.kept_of: dict[str, list[Form]] = {}
        """By function: what of it is kept as values of attributes."""

    def collect(self) -> dict[str, bytes]:
        """The entries by name."""
        units = self.units
        children: dict[int, list[int]] = {}
        for index, unit in enumerate(units):
            children.setdefault(unit.parent, []).append(index)
            binder = NameBinder(units, unit, replaces=unit.is_class or index == 0)
            # Few units have either: the others' expressions need no search for them.
            binder.may_yield = index in self.yielding
            for parameter in unit.parameters:
                binder.scope[parameter.name] = []
            binder.block(unit.body)
            self.binders.append(binder)
        self._keep_attributes()
        packed = self._names()
        flows = FlowCollector(units, self.binders, children)
        containers = flows.container_calls()
        self._need_for_calls(containers)
        packed.update((f"@{name}", pack(calls)) for name, calls in containers.items())
        packed.update(self._unit_entries(flows, children))
        packed.update((f"sub:{base}", pack(names)) for base, names in self.subclasses.items())
        return packed

    def _names(self) -> dict[str, bytes]:
        """What the module's names are bound to, and what it passes on."""
        module = self.binders[0]
        entries = {f"={name}": [*bindings] for name, bindings in module.scope.items()}
        self._add_globals(entries)
        packed = {name: pack(bindings) for name, bindings in entries.items()}
        exported = module.scope.pop("__all__", None)
        told = exported[-1][1] if exported and exported[-1][0] == forms.B_VALUE else None
        packed["*"] = pack(ModuleFacts(module.stars, told))
        return packed

    def _unit_entries(self, flows: FlowCollector, children: dict[int, list[int]]) -> dict[str, bytes]:
        """The facts of every unit; first what the calls on attributes need of the methods."""
        units = self.units
        held: dict[int, dict[str, list[list[Any]]]] = {}
        for index, unit in enumerate(units):
            if unit.is_class:
                methods = [child for child in children.get(index, ()) if not units[child].is_class]
                held[index] = flows.attribute_calls(index, methods)
                self._need_for_calls(held[index])
        overloads = self._overloads()
        found: dict[str, bytes] = {}
        for index, unit in enumerate(units):
            if unit.is_class:
                found[unit.name] = pack_unit(self._class_facts(index, held[index]))
            elif index:
                others = overloads.get(unit.name.partition("#")[0], [])
                found[unit.name] = pack_unit(self._function_facts(index, children, flows, others))
        return found

    def _overloads(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for unit in self.units:
            if any(last_name(form) == "overload" for _, form in unit.decorators):
                found.setdefault(unit.name.partition("#")[0], []).append(unit.name)
        return found

    def _add_globals(self, entries: dict[str, list[list[Any]]]) -> None:
        """What functions bind after `global`, and put into the module's containers."""
        for index, unit in enumerate(self.units):
            if not index or unit.is_class:
                continue
            binder = self.binders[index]
            for name, bindings in self._declared_global(unit).items() if binder.outside else ():
                known = entries.setdefault(f"={name}", [])
                known.extend(binding for binding in bindings if binding not in known)
            for holder, name, form, _ in binder.stored:
                known = entries.get(f"={name}")
                if not holder and known is not None and len(known) < 12:
                    known.append([forms.B_VALUE, form, None, unit.name])

    def _declared_global(self, unit: LoweredUnit) -> dict[str, list[list[Any]]]:
        """What a function binds of the names that it declares global."""
        names = _globals_of(unit)
        if not names:
            return {}
        inner = NameBinder(self.units, unit, replaces=False)
        inner.block([other for other in unit.body if other[0] not in (forms.GLOBAL, forms.NONLOCAL)])
        return {name: inner.scope[name] for name in names if name in inner.scope}

    def _keep_attributes(self) -> None:
        for index, unit in enumerate(self.units):
            owner, first = self._object_seen(index)
            if owner is None:
                continue
            found = self.attributes.setdefault(owner, {})
            for holder, name, form, annotation in self.binders[index].stored:
                if holder == first and (form is not None or annotation is not None):
                    known = found.setdefault(name, [])
                    if len(known) < 12 and [unit.name, form, annotation] not in known:
                        known.append([unit.name, form, annotation])
                        self.kept_of.setdefault(unit.name, []).append(form)

    def _object_seen(self, index: int) -> tuple[int | None, str]:
        """The class and the name of the object that a function binds attributes on: its own or the method's around."""
        names: set[str] = set()
        while index > 0 and not self.units[index].is_class:
            owner = self._owner_of_self(index)
            if owner is not None:
                first = self.units[index].parameters[0].name
                return (owner, first) if first not in names else (None, "")
            names |= self.binders[index].scope.keys()
            index = self.units[index].parent
        return None, ""

    def _owner_of_self(self, index: int) -> int | None:
        """The class of whose instance (or of which) a method's first parameter is."""
        unit = self.units[index]
        if index == 0 or unit.is_class or not self.units[unit.parent].is_class or not unit.parameters:
            return None
        if unit.parameters[0].sort not in (forms.POSITIONAL, forms.ORDINARY):
            return None
        if any(last_name(form) in _STATIC for _, form in unit.decorators):
            return None
        return unit.parent

    def _need_for_calls(self, calls: dict[str, list[list[Any]]]) -> None:
        for found in calls.values():
            for unit, form, _ in found:
                names_in(form, self.needed.setdefault(unit, set()))

    def _class_facts(self, index: int, attribute_calls: dict[str, list[list[Any]]]) -> ClassFacts:
        unit = self.units[index]
        for base in unit.bases:
            name = last_name(base)
            if name:
                known = self.subclasses.setdefault(name, [])
                if unit.name not in known:
                    known.append(unit.name)
        attributes = self.attributes.get(index, {})
        return ClassFacts(
            unit.name,
            self.units[unit.parent].name,
            unit.bases,
            unit.keywords,
            [form for _, form in unit.decorators],
            unit.type_parameters,
            self.binders[index].scope,
            attributes,
            attribute_calls,
        )

    def _function_facts(
        self, index: int, children: dict[int, list[int]], flows: FlowCollector, overloads: list[str]
    ) -> FunctionFacts:
        unit, binder = self.units[index], self.binders[index]
        calls = flows.parameter_calls(index)
        stores = flows.parameter_stores(index)
        results = _distinct(binder.results)
        yields = _distinct(binder.yields)
        needed = set(self.needed.get(unit.name, ()))
        for form in [*results, *yields, *(form for _, _, form, _ in stores)]:
            names_in(form, needed)
        for name, form, _, _ in calls:
            if name == unit.name:
                names_in(form, needed)
        for form in self.kept_of.get(unit.name, ()):
            names_in(form, needed)
        for child in children.get(index, ()):
            self._needed_inside(child, children, needed)
        needed |= binder.annotated
        return FunctionFacts(
            unit.name,
            self.units[unit.parent].name,
            self.units[unit.parent].is_class,
            unit.flags,
            unit.parameters,
            unit.returns,
            [form for _, form in unit.decorators],
            unit.type_parameters,
            results,
            yields,
            _slice_of(binder, needed) if needed else {},
            _globals_of(unit) if binder.outside else [],
            sorted(binder.scope),
            calls,
            stores,
            overloads,
            self._relevant(binder, unit, [*results, *yields]),
        )

    def _relevant(self, binder: NameBinder, unit: LoweredUnit, returned: list[Form]) -> list[str]:
        """The parameters that what is returned depends on."""
        if not returned:
            return []
        needed: set[str] = set()
        for form in returned:
            names_in(form, needed)
        kept = _closure_of(binder, needed)
        # What a nested function reads of them, it may return.
        for name in sorted(kept):
            for binding in binder.scope.get(name, ()):
                if binding[0] == forms.B_DEFINED:
                    return [parameter.name for parameter in unit.parameters]
        return [parameter.name for parameter in unit.parameters if parameter.name in kept]

    def _needed_inside(self, index: int, children: dict[int, list[int]], needed: set[str]) -> None:
        """Add the names that a nested unit may read from the units around it."""
        stack = [index]
        while stack:
            at = stack.pop()
            unit = self.units[at]
            names_in(unit.body, needed)
            names_in(unit.bases, needed)
            names_in(unit.returns, needed)
            for parameter in unit.parameters:
                names_in(parameter.annotation, needed)
                names_in(parameter.default, needed)
            stack.extend(children.get(at, ()))


def _globals_of(unit: LoweredUnit) -> list[str]:
    return [name for statement in unit.body if statement[0] == forms.GLOBAL for name in statement[2]]


def _slice_of(binder: NameBinder, needed: set[str]) -> dict[str, list[list[Any]]]:
    """The bindings of the needed names, and of the names that those need, in the order of the code."""
    kept = _closure_of(binder, needed)
    return {name: bindings for name, bindings in binder.scope.items() if name in kept and bindings}


def _closure_of(binder: NameBinder, needed: set[str]) -> set[str]:
    """The local names among those needed, and those that their bindings need."""
    kept: set[str] = set()
    waiting = sorted(needed)
    while waiting:
        name = waiting.pop()
        if name in kept or name not in binder.scope:
            continue
        kept.add(name)
        inside: set[str] = set()
        for binding in binder.scope[name]:
            if binding[0] == forms.B_VALUE:
                names_in(binding[1], inside)
        waiting.extend(sorted(inside - kept))
    return kept


def _distinct(found: list[Form]) -> list[Form]:
    kept: list[Form] = []
    for form in found:
        if form is not None and form not in kept and len(kept) < _MAX_RESULTS:
            kept.append(form)
    return kept
