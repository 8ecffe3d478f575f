"""Classes of a project: bases, method resolution order, members, type arguments, subclasses."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from aifirst_memory.dependencies.python import values
from aifirst_memory.dependencies.python.bind_names import last_name
from aifirst_memory.dependencies.python.facts import Bindings, ClassFacts
from aifirst_memory.dependencies.python.scopes import ClassScope, Scope, SummaryScope, TypeParameterScope
from aifirst_memory.dependencies.python.session import Session
from aifirst_memory.dependencies.python.values import NOTHING, Value, Values, joined

ClassKey = tuple[str, str]
"""Path and unit of a class; an empty path and a dotted name for one outside the project."""
Owned = tuple[str, ClassFacts, Bindings]
_MAX_BASES: Final = 64
_MAX_SUBCLASSES: Final = 64
_FIELD_MAKERS: Final = frozenset({"dataclass", "define", "frozen"})
_ENUMS: Final = frozenset({"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"})


class ClassModel(Session):
    """What is asked of classes."""

    def scope_of(self, path: str, unit: str) -> Scope:
        """The scope of a unit's body as a summary knows it."""
        if not unit:
            return self.module_scope(path)
        # Where too much is open to find it out, what the module has is better than nothing.
        return self.once(("scope", path, unit), self._scope_of, None, path, unit) or self.module_scope(path)

    def _scope_of(self, path: str, unit: str) -> Scope:
        facts = self.unit(path, unit)
        if facts is None:
            return self.module_scope(path)
        outer = self.scope_around(path, facts.parent)
        if isinstance(facts, ClassFacts):
            return ClassScope(self, path, facts, outer)
        return SummaryScope(self, path, facts, outer)

    def scope_around(self, path: str, parent: str) -> Scope:
        """The scope that a definition in `parent` sees: class bodies are passed over."""
        facts = self.class_(path, parent) if parent else None
        while facts is not None:
            if facts.type_parameters:
                return TypeParameterScope(self, path, facts, self.scope_around(path, facts.parent))
            parent = facts.parent
            facts = self.class_(path, parent) if parent else None
        return self.scope_of(path, parent)

    def bases(self, path: str, unit: str) -> Values:
        """The bases of a class, as classes and outside things; generic ones as types."""
        return self.once(("bases", path, unit), self._bases, NOTHING, path, unit)

    def _bases(self, path: str, unit: str) -> Values:
        facts = self.class_(path, unit)
        if facts is None:
            return NOTHING
        scope = self.scope_of(path, facts.parent)
        if facts.type_parameters:
            scope = TypeParameterScope(self, path, facts, scope)
        return joined([self.evaluate(form, scope) for form in facts.bases])

    def base_keys(self, path: str, unit: str) -> list[ClassKey]:
        """The keys of the direct bases."""
        found: list[ClassKey] = []
        for value in self.bases(path, unit):
            for key in self._keys_of(value):
                if key not in found:
                    found.append(key)
        return found

    def _keys_of(self, value: Value) -> list[ClassKey]:
        if value[0] == values.CLASS:
            return [(value[1], value[2])]
        if value[0] == values.OUTSIDE:
            return [("", value[1])]
        if value[0] == values.TYPE:
            return [
                (inner[1], inner[2]) if inner[0] == values.INSTANCE else ("", inner[1])
                for inner in value[1]
                if inner[0] in (values.INSTANCE, values.OBJECT)
            ]
        return []

    def order(self, path: str, unit: str) -> tuple[ClassKey, ...]:
        """The method resolution order (C3); depth first where the bases contradict each other."""
        key = (path, unit)
        return self.once(("order", path, unit), self._order, (key,), key)

    def _order(self, key: ClassKey) -> tuple[ClassKey, ...]:
        bases = self.base_keys(*key)[:_MAX_BASES]
        lines = [list(self.order(*base)) if base[0] else [base] for base in bases]
        merged = lines[0] if len(lines) == 1 else _merge([*lines, list(bases)])
        if merged is None:
            merged = list(dict.fromkeys(far for line in lines for far in line))
        return (key, *[far for far in merged if far != key])

    def line(self, path: str, unit: str) -> list[tuple[ClassKey, ClassFacts]]:
        """The classes of the project in the method resolution order, with their facts."""
        return self.once(("line", path, unit), self._line, [], path, unit)

    def _line(self, path: str, unit: str) -> list[tuple[ClassKey, ClassFacts]]:
        steps = [(owner, self.class_(*owner)) for owner in self.order(path, unit) if owner[0]]
        return [(owner, facts) for owner, facts in steps if facts is not None]

    def find_member(self, path: str, unit: str, name: str, after: ClassKey | None = None) -> Owned | None:
        """The first class in the resolution order that has a member, and its bindings; those behind `after` only."""
        if after is None:
            return self.once(("in", path, unit, name), self._find_member, None, path, unit, name)
        line = self.line(path, unit)
        keys = [step[0] for step in line]
        return _first_with(name, line[keys.index(after) + 1 :] if after in keys else [])

    def _find_member(self, path: str, unit: str, name: str) -> Owned | None:
        return _first_with(name, self.line(path, unit))

    def outside_bases(self, path: str, unit: str) -> list[str]:
        """Dotted names of the classes outside the project that a class derives from."""
        return [name for owner, name in self.order(path, unit) if not owner]

    def is_enum(self, path: str, unit: str) -> bool:
        """Whether a class is an enumeration."""
        return "enum" in self.traits(path, unit)

    def traits(self, path: str, unit: str) -> frozenset[str]:
        """What sort of class it is: `enum`, `tuple` (a `NamedTuple`), `data`; any of them or none."""
        return self.once(("traits", path, unit), self._traits, frozenset(), path, unit)

    def _traits(self, path: str, unit: str) -> frozenset[str]:
        names = {name.rpartition(".")[2] for name in self.outside_bases(path, unit)}
        found = {"enum"} if names & _ENUMS else set[str]()
        if "NamedTuple" in names:
            found |= {"tuple", "data"}
        for _, facts in self.line(path, unit):
            if any(last_name(form) in _FIELD_MAKERS for form in facts.decorators):
                found.add("data")
        return frozenset(found)

    def is_named_tuple(self, path: str, unit: str) -> bool:
        """Whether a class is a `NamedTuple`."""
        return "tuple" in self.traits(path, unit)

    def is_dataclass(self, path: str, unit: str) -> bool:
        """Whether a class has its `__init__` made from its fields."""
        return "data" in self.traits(path, unit)

    def fields(self, path: str, unit: str) -> list[tuple[str, str, list[Any]]]:
        """The annotated fields of a class and its bases in order: name, path of the class, binding."""
        found: dict[str, tuple[str, str, list[Any]]] = {}
        for owner_path, owner in reversed(self.order(path, unit)):
            facts = self.class_(owner_path, owner) if owner_path else None
            for name, bindings in facts.members.items() if facts is not None else ():
                if len(bindings[-1]) > 3 and bindings[-1][2] is not None:
                    found[name] = (name, owner_path, bindings[-1])
        return list(found.values())

    def variables(self, path: str, unit: str) -> tuple[str, ...]:
        """The names of a class's type variables in order."""
        return self.once(("variables", path, unit), self._variables, (), path, unit)

    def _variables(self, path: str, unit: str) -> tuple[str, ...]:
        facts = self.class_(path, unit)
        if facts is None:
            return ()
        if facts.type_parameters:
            found = [name for name, _ in facts.type_parameters]
        else:
            found = list[str]()
            for value in self.bases(path, unit):
                if value[0] == values.TYPE:
                    _variables_in(value[1], found)
        return tuple(found)

    def type_map(self, receiver: Value, owner: ClassKey) -> dict[str, Values]:
        """What the type variables of `owner`, a class of the receiver's order, mean for the receiver."""
        if receiver[0] not in (values.INSTANCE, values.CLASS):
            return {}
        own = dict(zip(self.variables(receiver[1], receiver[2]), receiver[3], strict=False))
        return self._type_map((receiver[1], receiver[2]), own, owner, 0) or {}

    def _type_map(
        self, at: ClassKey, own: dict[str, Values], owner: ClassKey, depth: int
    ) -> dict[str, Values] | None:
        if at == owner:
            return own
        if depth > 12:
            return None
        for value in self.bases(*at):
            inner: Values = value[1] if value[0] == values.TYPE else ()
            for part in inner or ((value,) if value[0] == values.CLASS else ()):
                if part[0] not in (values.INSTANCE, values.CLASS) or owner not in self.order(
                    part[1], part[2]
                ):
                    continue
                arguments = [substitute(argument, own, None) for argument in part[3]]
                given = dict(zip(self.variables(part[1], part[2]), arguments, strict=False))
                found = self._type_map((part[1], part[2]), given, owner, depth + 1)
                if found is not None:
                    return found
        return None

    def subclasses(self, path: str, unit: str) -> tuple[ClassKey, ...]:
        """The classes that derive from a class, near ones first; as many as a reader would look at."""
        return self.once(("subclasses", path, unit), self._subclasses, (), (path, unit))

    def _subclasses(self, key: ClassKey) -> tuple[ClassKey, ...]:
        found: list[ClassKey] = []
        waiting = [key]
        while waiting and len(found) < _MAX_SUBCLASSES:
            at = waiting.pop(0)
            base = at[1].rpartition(".")[2].partition("#")[0]
            for candidate_path in self.find(f"py:sub:{base}")[:_MAX_SUBCLASSES]:
                for name in self.subclasses_named(candidate_path, base):
                    candidate = (candidate_path, name)
                    if candidate != key and candidate not in found and at in self.base_keys(*candidate):
                        found.append(candidate)
                        waiting.append(candidate)
        return tuple(found[:_MAX_SUBCLASSES])


def _first_with(name: str, line: list[tuple[ClassKey, ClassFacts]]) -> Owned | None:
    for owner, facts in line:
        bindings = facts.members.get(name)
        if bindings is not None:
            return (owner[0], facts, bindings)
    return None


def _merge(lines: list[list[ClassKey]]) -> list[ClassKey] | None:
    """The C3 merge; None where there is no consistent order."""
    found: list[ClassKey] = []
    # Looking through every line for every class would cost a tall hierarchy the square of its height.
    behind = Counter([far for line in lines for far in line[1:]])
    rests: list[list[ClassKey]] = [line[::-1] for line in lines if line]
    while rests:
        head = next((rest[-1] for rest in rests if not behind[rest[-1]]), None)
        if head is None:
            return None
        found.append(head)
        for rest in rests:
            if rest[-1] == head:
                rest.pop()
                if rest:
                    behind[rest[-1]] -= 1
        rests = [rest for rest in rests if rest]
    return found


def _variables_in(found: Values, names: list[str]) -> None:
    for value in found:
        if value[0] == values.VARIABLE:
            if value[1] not in names:
                names.append(value[1])
        elif value[0] in (values.INSTANCE, values.CLASS):
            for part in value[3]:
                _variables_in(part, names)
        elif value[0] == values.OBJECT:
            for part in value[2]:
                _variables_in(part, names)


def has_variables(found: Values) -> bool:
    """Whether type variables or `Self` are in the values."""
    for value in found:
        sort = value[0]
        if sort in (values.VARIABLE, values.SELF):
            return True
        if sort in (values.INSTANCE, values.CLASS):
            if any(has_variables(part) for part in value[3]):
                return True
        elif sort == values.OBJECT:
            if any(has_variables(part) for part in value[2]):
                return True
        elif sort == values.ROW:
            if any(has_variables(part) for part in value[1]):
                return True
        elif sort in (values.CALLABLE, values.TYPE) and has_variables(value[1]):
            return True
    return False


def substitute(found: Values, known: dict[str, Values], receiver: Value | None) -> Values:
    """The values with type variables replaced by what is known of them, else by their bounds; `Self` by the receiver."""
    if not has_variables(found):
        return found
    parts: list[Values] = []
    for value in found:
        sort = value[0]
        if sort == values.VARIABLE:
            parts.append(known[value[1]] if value[1] in known else value[2])
        elif sort == values.SELF:
            if receiver is not None:
                parts.append((_instance_of(receiver),))
        elif sort in (values.INSTANCE, values.CLASS):
            inner = tuple(substitute(part, known, receiver) for part in value[3])
            parts.append(((sort, value[1], value[2], inner, *value[4:]),))
        elif sort == values.OBJECT:
            parts.append(((sort, value[1], tuple(substitute(part, known, receiver) for part in value[2])),))
        elif sort == values.ROW:
            parts.append(((sort, tuple(substitute(part, known, receiver) for part in value[1])),))
        elif sort in (values.CALLABLE, values.TYPE):
            parts.append(((sort, substitute(value[1], known, receiver)),))
        else:
            parts.append((value,))
    return joined(parts)


def _instance_of(receiver: Value) -> Value:
    if receiver[0] == values.CLASS:
        return (values.INSTANCE, *receiver[1:])
    return receiver
