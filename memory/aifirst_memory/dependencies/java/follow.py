"""Follows a Java file: its classes and methods where they are defined, its values.

What names mean is `names.py`, what calls do `calls.py`.
"""

from __future__ import annotations

from aifirst_memory.dependencies.declared.follow import functions_of, weaker
from aifirst_memory.dependencies.declared.form import (
    Bind,
    Compute,
    Decorate,
    Define,
    Function,
    Index,
    Make,
    Pattern,
    Return,
    Throw,
)
from aifirst_memory.dependencies.declared.value import (
    NOTHING,
    Code,
    Held,
    Instance,
    Thing,
    Type,
    TypeValue,
    Value,
    instances,
    joined,
)
from aifirst_memory.dependencies.java.names import JavaNames
from aifirst_memory.dependencies.model import unit_node

PRIMITIVES = ("byte", "short", "char", "int", "long", "float", "double")
"""Numbers, a wider one after those that become it."""
_UNBOXED = {
    "Byte": "byte",
    "Short": "short",
    "Character": "char",
    "Integer": "int",
    "Long": "long",
    "Float": "float",
    "Double": "double",
}


class JavaFollow(JavaNames):
    """The walk through one Java file."""

    def define(self, form: Define) -> None:
        """A class where it is defined."""
        class_ = Type(form.entry, self.path)
        if form.name and self.scopes:
            self.scopes[-1][f":{form.name}"] = (TypeValue(class_),)
        around, self.unit = self.unit, form.unit
        with self.scope() as names:
            self.class_params(form.type_params, names)
            for base in form.bases:
                type_ = self.type(base.type, 0)
                if type_.path:
                    certain = 1.0 if type_.path == self.path else 0.95
                    self.show(unit_node(type_.path, type_.name), "inherits", base.line, certain)
                for arg in base.type.args:
                    self.type(arg, base.line)
            names[""] = (TypeValue(class_),)
            for part in form.body:
                if isinstance(part, Function) and part.unit and part.owner not in ("static", "field"):
                    self._show_overridden(class_, part)
                self.value(part)
        self.unit = around

    def _show_overridden(self, class_: Type, form: Function) -> None:
        name = form.unit.rpartition(".")[2].partition("#")[0]
        for own in self.session.hierarchy.own_methods(class_, name):
            if own.method.unit != form.unit or not form.results:
                continue
            for found in self.session.hierarchy.overridden(self.with_params(class_), name, own.signature):
                certain = 1.0 if found.owner.path == self.path else 0.95
                source, target = (
                    unit_node(self.path, form.unit),
                    unit_node(found.owner.path, found.method.unit),
                )
                self.show(target, "overrides", form.results[0].line, certain, source)

    def function(self, form: Function, wanted: Type) -> Value:
        """A method or lambda: its signature mentions types, its body is followed with its names."""
        known = self.session.hierarchy.functional(wanted) if wanted.name and not form.results else None
        expected = known[1].args[0].args if known is not None else ()
        around, self.returns = self.returns, []
        with self.scope(form.unit or None) as names:
            self.class_params(form.type_params, names)
            params = self.params(form.params, names)
            for at, param in enumerate(form.params):
                if not param.type.name and at < len(expected) and expected[at].name:
                    names[param.name] = (Instance(expected[at]),)
            self.params(form.results, {})
            self.run(form.body)
            if form.value is not None:
                self.returns.append(self.value(form.value))
        given, self.returns = joined(*self.returns) if self.returns else (), around
        if form.unit:
            return (Code(self.path, form.unit, form.unit, certain=1.0),)
        result = next(iter(instances(given)), NOTHING)
        return (Instance(Type("func", "", (Type("()", "", params), Type("()", "", (result,))))),)

    def decorate(self, form: Decorate) -> None:
        """An annotation."""
        type_ = self.type(form.type, 0)
        if type_.path:
            certain = 1.0 if type_.path == self.path else 0.95
            self.show(
                unit_node(type_.path, type_.name), "decorates" if form.whole else "uses", form.line, certain
            )
        self.run(form.items)

    def returned(self, form: Return) -> None:
        """What is given back, also by a lambda."""
        self.returns.extend([self.value(value) for value in form.values])

    def throw(self, form: Throw) -> None:
        """An error thrown."""
        for type_ in instances(self.value(form.value)):
            for one in type_.args if type_.name == "|" else (type_,):
                if one.path:
                    certain = 1.0 if one.path == self.path else 0.95
                    self.show(unit_node(one.path, one.name), "raises", form.line, certain)

    def bind(self, form: Bind) -> Value:
        """Declare variables; a field is found by its class, so only its value is followed."""
        if self.scopes and "" in self.scopes[-1]:
            with self.scope():
                return super().bind(form)
        return super().bind(form)

    def pattern(self, form: Pattern, matched: Type) -> None:
        """Bind the name of a pattern; what `var` stands for in a record is its component."""
        super().pattern(form, matched)
        if not form.inner or not self.scopes:
            return
        type_ = self.type(form.type, 0)
        entry = self.session.project.class_of(type_)
        for part, component in zip(form.inner, entry.components if entry is not None else (), strict=False):
            if part.name and not part.type.name:
                found = self.session.hierarchy.field(type_, component.name)
                self.scopes[-1][part.name] = (Instance(found[2]),) if found is not None else ()

    # Values

    def compute(self, form: Compute) -> Value:
        """Numbers become the widest of theirs, anything put to a text is one."""
        types = [next(iter(instances(self.value(item))), NOTHING) for item in form.items]
        names = [_UNBOXED.get(type_.name, type_.name) for type_ in types]
        if form.plus and "String" in names:
            return (Instance(Type("String")),)
        if all(name in PRIMITIVES for name in names):
            return (Instance(Type(max((*names, "int"), key=PRIMITIVES.index))),)
        return (Instance(Type("boolean")),) if all(name == "boolean" for name in names) else ()

    def index(self, form: Index) -> Value:
        """An element of an array."""
        self.run(form.keys)
        return self.elements(self.value(form.of), 1)[0]

    def elements(self, value: Value, count: int) -> list[Value]:
        """What a name is while it runs through an array or something iterable."""
        found: list[Thing] = []
        for thing in value:
            if isinstance(thing, Held):
                found.extend(weaker(thing.values, 0.8))
            elif isinstance(thing, Instance) and thing.type.name == "[]":
                found.extend(Instance(arg) for arg in thing.type.args if arg.name)
            elif isinstance(thing, Instance):
                iterable = self.session.hierarchy.as_base(thing.type, "Iterable", "")
                found.extend(
                    Instance(arg) for arg in (iterable.args if iterable is not None else ()) if arg.name
                )
        return [tuple(found)] + [()] * (count - 1)

    def make(self, form: Make, wanted: Type) -> Value:
        """An array."""
        type_ = self.type(form.type, form.line) if form.type.name else wanted
        element = type_.args[0] if type_.name == "[]" and type_.args else NOTHING
        held = [
            function for item in form.items for function in functions_of(self.value(item, wanted=element))
        ]
        found: Value = (Instance(type_),) if type_.name else ()
        return (*found, Held(weaker(tuple(held[:12]), 0.8))) if held else found
