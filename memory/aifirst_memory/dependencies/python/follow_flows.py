"""Finds in a file the calls that what comes in through a parameter or an attribute may run.

`apply(f)` runs `f` where `apply` calls its parameter: the file that passes `f` asks for such calls and looks at them
with `f` in the parameter's place. Only calls on what a name is bound to by assignment, loop or unpacking count, not
what another call makes of it.
"""

from __future__ import annotations

from typing import Any, Final

from aifirst_memory.dependencies.python import forms
from aifirst_memory.dependencies.python.bind_names import NameBinder, last_name
from aifirst_memory.dependencies.python.forms import Form, LoweredUnit

_MAX_CALLS: Final = 24
FIELD_MAKERS: Final = frozenset({"dataclass", "define", "frozen", "attrs", "attr", "s"})
"""Decorators that make an `__init__` from the fields of a class."""
_THROUGH: Final = frozenset(
    {
        forms.ATTRIBUTE, forms.SUBSCRIPT, forms.AWAIT, forms.STAR, forms.ITERATED, forms.ENTERED, forms.PICKED,
        forms.UNARY, forms.MATCHED,
    }
)  # fmt: skip
_KEEPING_CALLS: Final = frozenset(
    {"partial", "list", "tuple", "sorted", "reversed", "iter", "next", "enumerate", "zip", "values", "items", "get",
     "pop", "copy", "set", "cast", "wraps", "unwrap", "iscoroutine", "dict", "getattr", "popleft"}
)  # fmt: skip
"""Calls whose result is, or holds, what they are given."""


def names_in(form: Any, found: set[str]) -> None:
    """Add the names that are read anywhere in a form."""
    if not form:
        return
    waiting: list[Any] = [form]
    for at in waiting:  # grows meanwhile
        if len(at) == 2 and at[0] == 0 and type(at[1]) is str and at[0] is not False:
            found.add(at[1])
            continue
        for item in at:
            if type(item) is list and item:
                waiting.append(item)  # noqa: PERF401 - a list of them first costs half as much again


def roots_of(form: Form, first: str, found: set[str]) -> None:
    """Add the names that a form's value comes from; `.x` stands for an attribute of `first`, the method's object."""
    stack: list[Form] = [form]
    while stack:
        at = stack.pop()
        if not at:
            continue
        if at[0] == forms.NAME:
            found.add(at[1])
        elif at[0] == forms.ATTRIBUTE and first and at[1] == [forms.NAME, first]:
            found.add(f".{at[2]}")
        else:
            stack.extend(_kept_parts(at))


def _kept_parts(at: list[Any]) -> list[Form]:
    """The parts of a form that its value is, or holds."""
    op = at[0]
    if op in _THROUGH:
        return [at[1]]
    if op in (forms.AT_LINE, forms.WALRUS):
        return [at[2]]
    if op in (forms.BOOLEAN, forms.BINARY, forms.CONDITIONAL):
        return at[2:4]
    if op in (forms.TUPLE, forms.LIST, forms.SET):
        return at[1]
    if op == forms.DICT:
        return [pair[1] for pair in at[1]]
    if op == forms.COMPREHENSION:
        return [at[2], at[4], *(clause[1] for clause in at[3])]
    if op == forms.CALL and last_name(at[1]) in _KEEPING_CALLS:
        return [at[1], *at[2], *(pair[1] for pair in at[3])]
    return []


def calls_in(block: Any, found: list[list[Any]]) -> None:
    """Add the calls of a body in the order of the text, those in lambdas too."""
    stack: list[Any] = [block]
    while stack:
        at = stack.pop()
        if len(at) == 4 and at[0] == forms.CALL and type(at[1]) is list:
            found.append(at)
        for item in at[::-1]:
            if type(item) is list and item:
                stack.append(item)  # noqa: PERF401 - as above


class FlowCollector:
    """Finds the flows of all units of a file."""

    def __init__(
        self, units: list[LoweredUnit], binders: list[NameBinder], children: dict[int, list[int]]
    ) -> None:
        self.units = units
        self.binders = binders
        self.children = children
        self._calls: dict[int, list[list[Any]]] = {}
        self._sources: dict[int, dict[str, set[str]]] = {}
        self._objects: dict[int, str] = {}

    def calls_of(self, index: int) -> list[list[Any]]:
        """The calls in a unit's own body."""
        found = self._calls.get(index)
        if found is None:
            found = list[list[Any]]()
            calls_in(self.units[index].body, found)
            self._calls[index] = found
        return found

    def first_parameter(self, index: int) -> str:
        """The name of a method's object, empty for other functions."""
        unit = self.units[index]
        if unit.parameters and unit.parent >= 0 and self.units[unit.parent].is_class:
            return unit.parameters[0].name
        return ""

    def object_name(self, index: int) -> str:
        """The name of the method's object that a function sees: its own, or that of the method around it."""
        known = self._objects.get(index)
        if known is None:
            known = self._objects[index] = self._object_name(index)
        return known

    def _object_name(self, index: int) -> str:
        while index > 0:
            name = self.first_parameter(index)
            unit = self.units[index]
            if name or unit.is_class:
                return name
            at, index = index, unit.parent
            around = self.first_parameter(index) if index > 0 else ""
            if around and around in self.binders[at].scope:
                return ""
        return ""

    def sources_of(self, index: int) -> dict[str, set[str]]:
        """For each local name the names and attributes that its values come from."""
        known = self._sources.get(index)
        if known is not None:
            return known
        first = self.object_name(index)
        direct: dict[str, set[str]] = {}
        for name, bindings in self.binders[index].scope.items():
            roots: set[str] = set()
            for binding in bindings:
                if binding[0] == forms.B_VALUE:
                    roots_of(binding[1], first, roots)
            if roots:
                direct[name] = roots
        for _ in range(4):
            grown = False
            for roots in direct.values():
                more = {far for root in roots for far in direct.get(root, ())} - roots
                if more:
                    roots |= more
                    grown = True
            if not grown:
                break
        self._sources[index] = direct
        return direct

    def _reach(self, index: int, form: Form) -> set[str]:
        roots: set[str] = set()
        roots_of(form, self.object_name(index), roots)
        sources = self.sources_of(index)
        return roots.union(*(sources.get(root, ()) for root in roots))

    def parameter_calls(self, index: int) -> list[list[Any]]:
        """Calls in a function and in those inside it on what its parameters give, or that pass it on."""
        unit = self.units[index]
        first = self.first_parameter(index)
        own = {parameter.name for parameter in unit.parameters if parameter.name != first}
        found: list[list[Any]] = []
        if own:
            self._add_calls(index, {name: {name} for name in own}, found)
        return found[:_MAX_CALLS]

    def _add_calls(self, index: int, coming: dict[str, set[str]], found: list[list[Any]]) -> None:
        """`coming` has for each name here the parameters that its values come from."""
        name = self.units[index].name
        reached = dict(coming)
        for local, roots in self.sources_of(index).items():
            origins = set[str]().union(*(coming[root] for root in roots if root in coming))
            if origins:
                reached[local] = origins | reached.get(local, set())
        for call in self.calls_of(index):
            if len(found) >= _MAX_CALLS:
                return
            of_callee = self._origins(index, [call[1]], reached)
            of_arguments = self._origins(index, [*call[2], *(pair[1] for pair in call[3])], reached)
            if of_callee or of_arguments:
                found.append([name, call, sorted(of_callee), sorted(of_arguments)])
        for child in self.children.get(index, ()):
            hidden: set[str] = set() if self.units[child].is_class else set(self.binders[child].scope)
            left = {local: origins for local, origins in reached.items() if local not in hidden}
            if left:
                self._add_calls(child, left, found)

    def _origins(self, index: int, parts: list[Form], reached: dict[str, set[str]]) -> set[str]:
        first, sources = self.object_name(index), self.sources_of(index)
        roots: set[str] = set()
        for part in parts:
            if part is not None:
                roots_of(part, first, roots)
        found: set[str] = set()
        for root in roots:
            found.update(reached.get(root, ()), *(reached.get(far, ()) for far in sources.get(root, ())))
        return found

    def parameter_stores(self, index: int) -> list[list[Any]]:
        """What a function puts of its parameters on its object or into the module's containers."""
        unit = self.units[index]
        first = self.first_parameter(index)
        own = {parameter.name for parameter in unit.parameters if parameter.name != first}
        if not own:
            return []
        found: list[list[Any]] = []
        held = self.object_name(index)
        for holder, name, form, _ in self.binders[index].stored:
            if form is None or holder not in ("", held):
                continue
            origins = self._reach(index, form) & own
            if origins:
                found.append([holder, name, form, sorted(origins)])
        return found

    def container_calls(self) -> dict[str, list[list[Any]]]:
        """By variable of the module that functions fill with what they are given: the calls on it in the file."""
        taking: set[str] = set()
        for index, binder in enumerate(self.binders):
            if any(not holder for holder, _, _, _ in binder.stored) and not self.units[index].is_class:
                taking.update(name for holder, name, _, _ in self.parameter_stores(index) if not holder)
        taking &= self.binders[0].scope.keys()
        found: dict[str, list[list[Any]]] = {}
        for index in range(len(self.units)) if taking else ():
            unit = self.units[index]
            for call in self.calls_of(index):
                self._note_call(index, unit.name, call, taking, found)
        return {name: found[name] for name in sorted(found)}

    def attribute_calls(self, index: int, methods: list[int]) -> dict[str, list[list[Any]]]:
        """By attribute that takes what a parameter gave: the calls on it in the class's methods."""
        taking = {
            name
            for method in self._with_nested(methods)
            for holder, name, _, _ in self.parameter_stores(method)
            if holder
        }
        if any(last_name(form) in FIELD_MAKERS for _, form in self.units[index].decorators):
            taking.update(
                name
                for name, bindings in self.binders[index].scope.items()
                if bindings and bindings[-1][0] == forms.B_VALUE and bindings[-1][2] is not None
            )
        if not taking:
            return {}
        found: dict[str, list[list[Any]]] = {}
        for method in methods:
            self._add_attribute_calls(method, {f".{name}" for name in taking}, found)
        return {name: found[name] for name in sorted(found)}

    def _with_nested(self, methods: list[int]) -> list[int]:
        """Methods, and the functions inside them."""
        found = list(methods)
        for index in found:
            found.extend(child for child in self.children.get(index, ()) if not self.units[child].is_class)
        return found

    def _add_attribute_calls(self, index: int, wanted: set[str], found: dict[str, list[list[Any]]]) -> None:
        name = self.units[index].name
        for call in self.calls_of(index):
            self._note_call(index, name, call, wanted, found)

    def _note_call(
        self, index: int, unit: str, call: list[Any], wanted: set[str], found: dict[str, list[list[Any]]]
    ) -> None:
        """Note a call by the wanted names that its callee comes from, or else its arguments."""
        of_callee = self._reach(index, call[1]) & wanted
        of_arguments: set[str] = set()
        for part in [*call[2], *(pair[1] for pair in call[3])]:
            if part is not None:
                of_arguments |= self._reach(index, part) & wanted
        for name in sorted(of_callee | of_arguments):
            known = found.setdefault(name.removeprefix("."), [])
            if len(known) < _MAX_CALLS:
                known.append([unit, call, name in of_callee])
