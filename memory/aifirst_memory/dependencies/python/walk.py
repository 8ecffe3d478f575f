"""Walks a file's own code in order, with what names hold at each place, and notes the edges of every unit.

Branches are walked one after the other and joined; a loop's body is walked again until what its end binds is known
at its beginning. Functions are walked after the code around them.
"""

from __future__ import annotations

from typing import Any, Final

from aifirst_memory.dependencies.python import forms, values
from aifirst_memory.dependencies.python.emitter import Emitter, Found
from aifirst_memory.dependencies.python.expressions import dotted_key
from aifirst_memory.dependencies.python.forms import Block, Form, LoweredUnit
from aifirst_memory.dependencies.python.interpreter import NEAR, Interpreter
from aifirst_memory.dependencies.python.live_scope import LiveScope, QuietScope, join_names
from aifirst_memory.dependencies.python.operations import FLOWED
from aifirst_memory.dependencies.python.scopes import Scope
from aifirst_memory.dependencies.python.statements import STATEMENTS
from aifirst_memory.dependencies.python.values import Given, Value, Values, joined

_CALLED: Final = (values.FUNCTION, values.INSTANCE, values.LAMBDA, values.PARTIAL)


class FileWalk:
    """One walk over a file."""

    def __init__(self, session: Interpreter, path: str, units: list[LoweredUnit], found: Found) -> None:
        self.session = session
        self.path = path
        self.units = units
        self.found = found
        self.waiting: list[int] = [0]

    def run(self) -> None:
        """Walk every unit."""
        while self.waiting:
            self._unit(self.waiting.pop(0))

    def node(self, unit: LoweredUnit) -> str:
        """The id of a unit's node."""
        return f"{self.path}::{unit.name}" if unit.name else self.path

    def _unit(self, index: int) -> None:
        unit = self.units[index]
        emitter = Emitter(self.found, self.node(unit), unit.line)
        summary = self.session.scope_of(self.path, unit.name)
        scope = LiveScope(self.session, self.path, unit, summary.outer or summary, emitter)
        if index == 0:
            scope.outer = summary
        for parameter in unit.parameters:
            self.reference_types(parameter.annotation, scope)
            if scope.facts is not None:
                found = self.session.parameter_values(scope.facts, parameter, summary)
                scope.names[parameter.name] = found
        self.reference_types(unit.returns, scope)
        for _, bound in unit.type_parameters:
            self.reference_types(bound, scope)
        if unit.is_class:
            self._class(unit, emitter)
        elif index:
            self._overrides(unit, emitter)
        self.block(unit.body, scope)

    def _class(self, unit: LoweredUnit, emitter: Emitter) -> None:
        for path, base in self.session.base_keys(self.path, unit.name):
            if path:
                emitter.add(f"{path}::{base}", "inherits", NEAR)

    def _overrides(self, unit: LoweredUnit, emitter: Emitter) -> None:
        parent = self.units[unit.parent]
        if not parent.is_class:
            return
        name = unit.name.rpartition(".")[2].partition("#")[0]
        owned = self.session.find_member(self.path, parent.name, name, after=(self.path, parent.name))
        if owned is None:
            return
        for binding in owned[2]:
            is_function = binding[0] == forms.B_DEFINED and not binding[2]
            if is_function and self._same_accessor(unit, owned[0], binding[1]):
                emitter.add(f"{owned[0]}::{binding[1]}", "overrides", NEAR)

    def _same_accessor(self, unit: LoweredUnit, path: str, other: str) -> bool:
        """Whether both are setters, both deleters, or both neither."""
        facts = self.session.function(path, other)
        theirs = _accessor(facts.decorators if facts is not None else [])
        return _accessor([form for _, form in unit.decorators]) == theirs

    def reference_types(self, annotation: Form, scope: Scope) -> None:
        """Note what an annotation refers to."""
        if annotation is not None:
            self.session.evaluate(annotation, scope)

    def block(self, block: Block, scope: LiveScope) -> bool:
        """Walk statements; whether the end is never reached."""
        for statement in block:
            scope.notes.line = statement[1]
            scope.notes.offset = 0
            if STATEMENTS[statement[0]](self, statement, scope):
                return True
        return False

    def branches(self, blocks: list[tuple[Block, dict[str, Values]]], scope: LiveScope) -> bool:
        """Walk alternatives, each with what its test tells, and join what they leave behind."""
        before = scope.names
        ends: list[dict[str, Values]] = []
        for block, known in blocks:
            scope.names = {**before, **known}
            if not self.block(block, scope):
                ends.append(scope.names)
        scope.names = join_names(ends) if ends else before
        return not ends

    # Targets

    def assign(self, target: Form, found: Values, scope: LiveScope) -> None:
        """Bind a target, and note what writing to it runs."""
        if target is None:
            return
        emitter = scope.notes
        op = target[0]
        if op == forms.AT_LINE:
            before, emitter.offset = emitter.offset, target[1]
            self.assign(target[2], found, scope)
            emitter.offset = before
        elif op == forms.NAME:
            scope.bind(target[1], found)
            scope.local_references.pop(target[1], None)
            if scope.facts is not None and target[1] in scope.facts.globals:
                for node, is_unit in self.session.references(self.path, target[1]):
                    if not is_unit:
                        emitter.add(node, "uses", NEAR)
        elif op == forms.TUPLE:
            for index, part in enumerate(target[1]):
                if part is not None and part[0] == forms.STAR:
                    self.assign(part[1], self.session.picked(found, -1, scope), scope)
                else:
                    self.assign(part, self.session.picked(found, index, scope), scope)
        elif op == forms.ATTRIBUTE:
            self._assign_attribute(target, found, scope)
        elif op == forms.SUBSCRIPT:
            owner = self.session.evaluate(target[1], scope)
            index = self.session.evaluate(target[2], scope)
            self.session.special(owner, ("__setitem__",), Given((index, found), ()), scope)
            self.grow(target[1], owner, ((values.OBJECT, "dict", (index, found)),), scope)
        elif op == forms.STAR:
            self.assign(target[1], found, scope)

    def _assign_attribute(self, target: list[Any], found: Values, scope: LiveScope) -> None:
        owner = self.session.evaluate(target[1], scope)
        emitter = scope.notes
        for value in owner:
            if value[0] == values.INSTANCE:
                for node in self.session.setters(value, target[2]):
                    emitter.add(node, "calls", NEAR if target[1][0] == forms.NAME else FLOWED)
                self._note_declared(value, target[2], emitter)
            elif value[0] == values.CLASS:
                self._note_declared(value, target[2], emitter)
            elif value[0] == values.MODULE:
                for node, _ in self.session.references(value[1], target[2]):
                    emitter.add(node, "uses", NEAR)
        key = dotted_key(target)
        if key:
            if found:
                scope.names[key] = found
            else:
                scope.names.pop(key, None)

    def _note_declared(self, value: Value, name: str, emitter: Emitter) -> None:
        """Writing to an attribute that a class body declares refers to the class."""
        owned = self.session.find_member(value[1], value[2], name)
        if owned is not None and any(binding[0] == forms.B_VALUE for binding in owned[2]):
            emitter.add(f"{owned[0]}::{owned[1].name}", "uses", NEAR)

    def grow(self, container: Form, owner: Values, more: Values, scope: LiveScope) -> None:
        """Note that a container that a name or `self.x` holds has more in it."""
        if container is None or not values.matters(more):
            return
        if any(value[0] == values.INSTANCE for value in owner):
            return
        if container[0] == forms.NAME and container[1] in scope.names:
            scope.names[container[1]] = joined([owner, more])
        elif container[0] == forms.ATTRIBUTE:
            key = dotted_key(container)
            if key:
                scope.names[key] = joined([owner, more])

    def define(self, index: int, scope: LiveScope) -> None:
        """Walk what a definition evaluates in the scope around, note its decorators, and bind its name."""
        unit = self.units[index]
        emitter = scope.notes
        session = self.session
        own = self.node(unit)
        for parameter in unit.parameters:
            session.evaluate(parameter.default, scope)
        for base in unit.bases:
            self._base(base, scope)
        for _, value in unit.keywords:
            session.evaluate(value, scope)
        plain: Value = (
            (values.CLASS, self.path, unit.name, (), True)
            if unit.is_class
            else (values.FUNCTION, self.path, unit.name, None)
        )
        found: Values = (plain,)
        for line, form in reversed(unit.decorators):
            emitter.line, emitter.offset = line, 0
            found = self._decorate(own, form, found, unit, scope)
        name = unit.name.rpartition(".")[2].partition("#")[0]
        defined = session.defined(self.path, unit.name, unit.is_class, scope.maker())
        scope.names[name] = defined
        scope.local_references[name] = ((own, True),)
        self.waiting.append(index)
        if unit.is_class:
            self._make_class(unit, emitter)

    def _make_class(self, unit: LoweredUnit, emitter: Emitter) -> None:
        """Note what making a class runs: of its metaclass, of its bases, and of the descriptors in its body."""
        session, key = self.session, (self.path, unit.name)
        found = [session.find_member(*key, "__init_subclass__", after=key)]
        meta = session.metaclass(*key)
        if meta is not None:
            found.extend(
                session.find_member(meta[1], meta[2], name) for name in ("__new__", "__init__", "__prepare__")
            )
        for owned in found:
            for binding in owned[2] if owned is not None else ():
                if owned is not None and binding[0] == forms.B_DEFINED and not binding[2]:
                    emitter.add(f"{owned[0]}::{binding[1]}", "calls", FLOWED)
        self._name_descriptors(key, emitter)

    def _name_descriptors(self, key: tuple[str, str], emitter: Emitter) -> None:
        session = self.session
        facts, scope = session.class_(*key), session.scope_of(*key)
        bindings = [one for found in facts.members.values() for one in found] if facts is not None else []
        held = [one for one in bindings if one[0] == forms.B_VALUE and one[1] is not None]
        for value in [value for one in held for value in session.bound(self.path, one, scope)]:
            for node in session.hook(value, "__set_name__"):
                emitter.add(node, "calls", FLOWED)

    def _base(self, base: Form, scope: LiveScope) -> None:
        """A base class is inherited from, not used; what makes it is walked."""
        if base is None:
            return
        if base[0] == forms.AT_LINE:
            self._base(base[2], scope)
        elif base[0] == forms.NAME:
            for node, is_unit in scope.references(base[1]):
                if not is_unit and scope.emitter is not None:
                    scope.notes.add(node, "uses", NEAR)
        elif base[0] == forms.ATTRIBUTE:
            owner = self.session.evaluate(base[1], scope)
            self.session.attribute(owner, base[2], scope, called=True)
        elif base[0] == forms.SUBSCRIPT:
            self._base(base[1], scope)
            self.session.evaluate(base[2], scope)
        else:
            self.session.evaluate(base, scope)

    def _decorate(self, own: str, form: Form, found: Values, unit: LoweredUnit, scope: LiveScope) -> Values:
        emitter = scope.notes
        if form is not None and form[0] == forms.AT_LINE:
            emitter.offset = form[1]
            return self._decorate(own, form[2], found, unit, scope)
        if form is None:
            return found
        session = self.session
        if form[0] == forms.CALL:
            makers, _ = session.callee(form[1], scope)
            given = session.arguments(form, scope)
            self._note_decorators(own, makers, unit, emitter)
            decorators = self._silent_call(makers, given, emitter)
        else:
            decorators, _ = session.callee(form, scope)
            self._note_decorators(own, decorators, unit, emitter)
        given_back = self._silent_call(decorators, Given((found,), ()), emitter)
        kept = tuple(value for value in given_back if value[0] in _CALLED)
        return joined([kept, found])

    def _silent_call(self, callees: Values, given: Given, emitter: Emitter) -> Values:
        """A decorator's call: its own edge is `decorates`, what it does with its arguments still counts."""
        holder = QuietScope(self.session, self.path, emitter)
        return self.session.call(callees, given, holder, 0.8)

    def _note_decorators(self, own: str, decorators: Values, unit: LoweredUnit, emitter: Emitter) -> None:
        del unit
        for value in decorators:
            inner = value[1] if value[0] == values.BOUND else value
            if inner[0] in (values.FUNCTION, values.CLASS):
                emitter.add(f"{inner[1]}::{inner[2]}", "decorates", NEAR, source=own)
            elif inner[0] == values.INSTANCE:
                for node in self.session.hook(inner, "__call__"):
                    emitter.add(node, "decorates", FLOWED, source=own)

    def note_import(self, target: str, emitter: Emitter) -> None:
        """An import belongs to the file, wherever it stands."""
        if target != self.path:
            emitter.add(target, "imports", 1.0, source=self.path)


def _accessor(decorators: list[Form]) -> str:
    for form in decorators:
        if form is not None and form[0] == forms.ATTRIBUTE and form[2] in ("setter", "deleter"):
            return form[2]
    return ""
