"""Attribute access: what `x.name` stands for, and what reading it runs."""

from __future__ import annotations

from typing import Any, Final

from aifirst_memory.dependencies.python import forms, values
from aifirst_memory.dependencies.python.attribute_writes import AttributeWrites
from aifirst_memory.dependencies.python.bind_names import last_name
from aifirst_memory.dependencies.python.classes import Owned, has_variables, substitute
from aifirst_memory.dependencies.python.emitter import Emitter
from aifirst_memory.dependencies.python.facts import Bindings, ClassFacts, FunctionFacts
from aifirst_memory.dependencies.python.scopes import Scope
from aifirst_memory.dependencies.python.values import NOTHING, Given, Value, Values, joined

_PROPERTIES: Final = frozenset({"property", "cached_property", "abstractproperty"})
_CLASS_METHODS: Final = frozenset({"__new__", "__init_subclass__", "__class_getitem__"})
_ACCESSORS: Final = frozenset({"setter", "deleter"})
USES: Final = 0.95


class Attributes(AttributeWrites):
    """Looks attributes up."""

    def call(self, found: Values, given: Given, scope: Scope, confidence: float) -> Values:
        """What a call gives; its edges are noted where the scope has an emitter."""
        raise NotImplementedError

    def attribute(self, found: Values, name: str, scope: Scope, *, called: bool = False) -> Values:
        """What the attribute of any of the values stands for. `called` says that the value is called right away."""
        if len(found) == 1:
            return self._attribute(found[0], name, scope, called)
        return joined([self._attribute(value, name, scope, called) for value in found])

    def _attribute(self, value: Value, name: str, scope: Scope, called: bool) -> Values:
        sort = value[0]
        if sort == values.INSTANCE:
            return self._of_instance(value, name, scope, called)
        if sort == values.MODULE:
            return self._of_module(value, name, scope, called)
        if sort == values.CLASS:
            return self._of_class(value, name, scope, called)
        if sort == values.OUTSIDE:
            return ((values.OUTSIDE, f"{value[1]}.{name}"),)
        if sort in (values.OBJECT, values.ROW, values.TABLE):
            return ((values.METHOD, value, name),)
        if sort == values.SUPER:
            return self._of_super(value, name, scope, called)
        return self._of_other(value, name, scope, called)

    def _of_other(self, value: Value, name: str, scope: Scope, called: bool) -> Values:
        """Attributes of folders, type variables, types, functions and bound methods."""
        sort = value[0]
        if sort == values.NAMESPACE:
            return (self.submodule(value, name) or (values.NAMESPACE, f"{value[1]}/{name}"),)
        if sort == values.VARIABLE:
            return self.attribute(value[2], name, scope, called=called)
        if sort == values.TYPE:
            classes = tuple((values.CLASS, *inner[1:]) for inner in value[1] if inner[0] == values.INSTANCE)
            return self.attribute(classes, name, scope, called=called)
        if sort == values.BOUND:
            return {"__func__": (value[1],), "__self__": (value[2],)}.get(name, NOTHING)
        if sort == values.PARTIAL and name == "func":
            return value[1]
        return (value,) if sort == values.FUNCTION and name == "__wrapped__" else NOTHING

    def _of_module(self, value: Value, name: str, scope: Scope, called: bool) -> Values:
        path: str = value[1]
        found = self.member(path, name)
        if scope.emitter is not None:
            for target, is_unit in self.references(path, name):
                if not (is_unit and called):
                    scope.emitter.add(target, "uses", USES)
        if not found and self.bindings(path, "__getattr__") is not None:
            getter = self.member(path, "__getattr__")
            return self.call(getter, Given((), ()), scope, 0.9)
        return found

    def _of_class(self, value: Value, name: str, scope: Scope, called: bool) -> Values:
        path, unit = value[1], value[2]
        owned = self.find_member(path, unit, name)
        if owned is not None:
            return self.member_values(owned, name, None, value, scope, called)
        meta = self.metaclass(path, unit)
        if meta is not None:
            owned = self.find_member(meta[1], meta[2], name)
            if owned is not None:
                return self.member_values(owned, name, value, meta, scope, called)
        if name in ("__name__", "__mro__", "__dict__", "__doc__", "__qualname__", "__module__"):
            return NOTHING
        if self.is_enum(path, unit) and name == "__members__":
            return ((values.OBJECT, "dict", (NOTHING, ((values.INSTANCE, path, unit, ()),))),)
        return NOTHING

    def metaclass(self, path: str, unit: str) -> Value | None:
        """The project's metaclass of a class."""
        return self.once(("metaclass", path, unit), self._find_metaclass, None, path, unit)

    def _find_metaclass(self, path: str, unit: str) -> Value | None:
        for (owner_path, _), facts in self.line(path, unit):
            forms_given = [form for keyword, form in facts.keywords if keyword == "metaclass"]
            found = joined(
                self.evaluate(form, self.scope_of(owner_path, facts.parent)) for form in forms_given
            )
            for value in found:
                if value[0] == values.CLASS:
                    return value
        return None

    def _of_instance(self, value: Value, name: str, scope: Scope, called: bool) -> Values:
        if not self.overridden:
            method = self.once(("method", value, name), self._plain_method, None, value, name)
            if method is not None:
                if scope.emitter is not None and not called:
                    scope.emitter.add(method[0], "uses", USES)
                return method[1]
        path, unit = value[1], value[2]
        if name == "__class__":
            return ((values.CLASS, *value[1:]),)
        owned = self.find_member(path, unit, name)
        held = self.instance_attribute(value, name)
        if owned is not None:
            found = self.member_values(owned, name, value, value, scope, called)
            return joined([held, found]) if held else found
        if held:
            return held
        if self.is_enum(path, unit) and name in ("name", "value"):
            return NOTHING
        if name.startswith("__") or self._is_assigned(path, unit, name):
            return NOTHING
        return self._through_getattr(value, name, scope)

    def _plain_method(self, value: Value, name: str) -> tuple[str, Values] | None:
        """The node of a method without decorators that nothing is assigned over, and what reading it gives."""
        owned = self.find_member(value[1], value[2], name)
        if owned is None or len(owned[2]) != 1 or owned[2][0][0] != forms.B_DEFINED or owned[2][0][2]:
            return None
        if any(name in facts.attributes for _, facts in self.line(value[1], value[2])):
            return None
        path, unit = owned[0], owned[2][0][1]
        facts = self.function(path, unit)
        if facts is None or facts.decorators or name in _CLASS_METHODS:
            return None
        return f"{path}::{unit}", ((values.BOUND, (values.FUNCTION, path, unit, None), value),)

    def _through_getattr(self, value: Value, name: str, scope: Scope) -> Values:
        for hook in ("__getattr__", "__getattribute__"):
            owned = self.find_member(value[1], value[2], hook)
            if owned is not None:
                method = self.member_values(owned, hook, value, value, scope, True)
                return self.call(method, Given((((values.TEXT, name),),), ()), scope, 0.9)
        return NOTHING

    def _is_assigned(self, path: str, unit: str, name: str) -> bool:
        """Whether some method assigns the attribute, whatever to."""
        for owner_path, owner in self.order(path, unit):
            facts = self.class_(owner_path, owner) if owner_path else None
            if facts is None:
                # A base outside may have any attribute.
                if owner.rpartition(".")[2] not in ("object", "Generic", "Protocol", "ABC"):
                    return True
            elif name in facts.attributes:
                return True
        return False

    def instance_attribute(self, value: Value, name: str) -> Values:
        """What the methods of the class and its bases bind on the instance."""
        given = self.overridden.get((value[1], value[2], name)) if self.overridden else None
        parts: list[Values] = [given] if given else []
        for (owner_path, owner), facts in self.line(value[1], value[2]):
            kept = facts.attributes.get(name)
            if kept is None:
                continue
            found = self.at_depth(
                ("attribute", owner_path, owner, name), self._class_attribute, owner_path, kept
            )
            if has_variables(found):
                found = substitute(found, self.type_map(value, (owner_path, owner)), value)
            parts.append(found)
        return joined(parts) if parts else NOTHING

    def _class_attribute(self, path: str, kept: list[list[Any]]) -> Values:
        """What the methods of a class bind one of its attributes to."""
        found = NOTHING
        for method, form, annotation in kept:
            inner = self.scope_of(path, method)
            held = self.evaluate(form, inner) if form is not None else NOTHING
            if annotation is not None:
                found = joined([self.refined(held, annotation, inner), found])
            else:
                found = joined([found, held])
        return found

    def _of_super(self, value: Value, name: str, scope: Scope, called: bool) -> Values:
        receiver: Value = value[1]
        owned = self.find_member(receiver[1], receiver[2], name, after=(value[2], value[3]))
        if owned is None:
            return NOTHING
        bound_to = receiver if receiver[0] == values.INSTANCE else None
        found = self.member_values(owned, name, bound_to, receiver, scope, called)
        # What `super()` finds is what runs, whatever a subclass overrides.
        return tuple((*value, True) if value[0] == values.BOUND else value for value in found)

    def member_values(
        self, owned: Owned, name: str, receiver: Value | None, looked: Value, scope: Scope, called: bool
    ) -> Values:
        """What a class's member gives: bound methods, what properties return, values.

        `receiver` is the object it is read from, None for the class itself; `looked` is the instance or class whose
        order was searched.
        """
        path, facts, bindings = owned
        parts: list[Values] = []
        for binding in bindings if len(bindings) < 2 else _readable(self, path, name, bindings):
            kind = binding[0]
            if kind == forms.B_DEFINED and not binding[2]:
                parts.append(self._method(path, binding[1], receiver, looked, scope, called))
                continue
            if scope.emitter is not None:
                self._note_member(path, facts, binding, scope.emitter, called)
            inner = self.scope_of(path, facts.name)
            found = self.bound(path, binding, inner)
            if kind == forms.B_VALUE:
                found = self._member_value(found, path, facts, binding, receiver, looked, scope)
            parts.append(found)
        return joined(parts)

    def _note_member(
        self, path: str, facts: ClassFacts, binding: list[object], emitter: Emitter, called: bool
    ) -> None:
        if binding[0] == forms.B_DEFINED:
            if not called:
                emitter.add(f"{path}::{binding[1]}", "uses", USES)
        elif binding[0] == forms.B_VALUE:
            emitter.add(f"{path}::{facts.name}", "uses", USES)

    def _member_value(
        self,
        found: Values,
        path: str,
        facts: ClassFacts,
        binding: list[object],
        receiver: Value | None,
        looked: Value,
        scope: Scope,
    ) -> Values:
        if binding[2] is None and self.is_enum(looked[1], looked[2]) and binding[1] is not False:
            return ((values.INSTANCE, looked[1], looked[2], (), True),)
        if has_variables(found):
            found = substitute(found, self.type_map(looked, (path, facts.name)), looked)
        parts: list[Values] = []
        for value in found:
            if value[0] in (values.FUNCTION, values.LAMBDA) and receiver is not None and binding[2] is None:
                parts.append(((values.BOUND, value, receiver),))
            elif value[0] == values.INSTANCE and binding[1] is not None:
                parts.append(self._through_descriptor(value, receiver, looked, scope))
            else:
                parts.append((value,))
        return joined(parts)

    def _through_descriptor(
        self, value: Value, receiver: Value | None, looked: Value, scope: Scope
    ) -> Values:
        owned = self.find_member(value[1], value[2], "__get__")
        if owned is None:
            return (value,)
        method = self.member_values(owned, "__get__", value, value, scope, True)
        first: Values = (receiver,) if receiver is not None else NOTHING
        owner: Values = ((values.CLASS, looked[1], looked[2], looked[3]),)
        return self.call(method, Given((first, owner), ()), scope, 0.9)

    def _method(
        self, path: str, unit: str, receiver: Value | None, looked: Value, scope: Scope, called: bool
    ) -> Values:
        facts = self.function(path, unit)
        if facts is None:
            return NOTHING
        kind = self.method_kind(path, facts)
        found = self.defined(path, unit, False, None)
        if kind == "property":
            if receiver is None:
                if scope.emitter is not None:
                    scope.emitter.add(f"{path}::{unit}", "uses", USES)
                return NOTHING
            return self._read_property(found, receiver, scope)
        if scope.emitter is not None and not called:
            scope.emitter.add(f"{path}::{unit}", "uses", USES)
        if kind == "static":
            return found
        bound_to: Value | None = receiver
        if kind == "class":
            bound_to = looked if looked[0] == values.CLASS else (values.CLASS, *looked[1:])
        if bound_to is None:
            return found
        return tuple(
            (values.BOUND, value, bound_to)
            if value[0] in (values.FUNCTION, values.LAMBDA, values.PARTIAL)
            else value
            for value in found
        )

    def _read_property(self, found: Values, receiver: Value, scope: Scope) -> Values:
        parts: list[Values] = []
        for value in found:
            if value[0] == values.FUNCTION:
                parts.append(self.call(((values.BOUND, value, receiver),), Given((), ()), scope, USES))
            elif value[0] == values.INSTANCE:
                parts.append(self._through_descriptor(value, receiver, receiver, scope))
        return joined(parts)

    def method_kind(self, path: str, facts: FunctionFacts) -> str:
        """`static`, `class`, `property` or `plain`, by the decorators."""
        if facts.name.rpartition(".")[2] in _CLASS_METHODS:
            return "class"
        if not facts.decorators:
            return "plain"
        for form in facts.decorators:
            name = last_name(form)
            if name == "staticmethod":
                return "static"
            if name == "classmethod":
                return "class"
            if name in _PROPERTIES or name in _ACCESSORS or self._is_descriptor(form, path, facts):
                return "property"
        return "plain"

    def _is_descriptor(self, form: forms.Form, path: str, facts: FunctionFacts) -> bool:
        if last_name(form) in ("abstractmethod", "overload", "override", "wraps", "contextmanager"):
            return False
        return self.once(("descriptor", path, facts.name), self._makes_descriptor, False, form, path, facts)

    def _makes_descriptor(self, form: forms.Form, path: str, facts: FunctionFacts) -> bool:
        found = self.evaluate(form, self.scope_of(path, facts.parent))
        return any(
            value[0] == values.CLASS
            and (
                self.find_member(value[1], value[2], "__get__") is not None
                or any(n.rpartition(".")[2] in _PROPERTIES for n in self.outside_bases(value[1], value[2]))
            )
            for value in found
        )


def _readable(session: Attributes, path: str, name: str, bindings: Bindings) -> Bindings:
    """The bindings that reading a member meets: of a property's units the getter."""
    del name
    if len(bindings) < 2:
        return bindings
    kept: Bindings = []
    for binding in bindings:
        facts = (
            session.function(path, binding[1]) if binding[0] == forms.B_DEFINED and not binding[2] else None
        )
        if facts is None or not any(last_name(form) in _ACCESSORS for form in facts.decorators):
            kept.append(binding)
    return kept or bindings
