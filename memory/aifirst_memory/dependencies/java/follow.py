"""Follows a Java file: what its names, types, fields and classes mean by the rules of the language.

Calls are `calls.py`. A class scope keeps its class under an empty name, type parameters and local classes under
their name with a colon before it: types and variables are different kinds of names.
"""

from __future__ import annotations

from collections.abc import Sequence

from aifirst_memory.dependencies.declared.follow import Edges, Follow, functions_of, weaker
from aifirst_memory.dependencies.declared.form import (
    Bind,
    Compute,
    Decorate,
    Define,
    Form,
    Function,
    Index,
    Make,
    Member,
    Name,
    Param,
    Pattern,
    Return,
    Throw,
)
from aifirst_memory.dependencies.declared.value import (
    NOTHING,
    Code,
    Held,
    Instance,
    Package,
    Thing,
    Type,
    TypeValue,
    Value,
    instances,
    joined,
)
from aifirst_memory.dependencies.java.entries import FieldEntry, Import
from aifirst_memory.dependencies.java.lower import SUBJECT
from aifirst_memory.dependencies.java.session import Session
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


class JavaFollow(Follow):
    """The walk through one Java file."""

    def __init__(
        self,
        session: Session,
        path: str,
        package: str,
        imports: Sequence[Import],
        types: Sequence[str],
        edges: Edges | None,
    ) -> None:
        super().__init__(path, edges)
        self.session = session
        self.package = package
        self.types = frozenset(types)
        self._named = {one.name.rpartition(".")[2]: one.name for one in imports if not one.star}
        self._static = {
            one.name.rpartition(".")[2]: one.name for one in imports if one.static and not one.star
        }
        self._stars = [one.name for one in imports if one.star and not one.static]
        self._static_stars = [one.name for one in imports if one.star and one.static]
        self._simple: dict[str, Type | None] = {}
        self.returns: list[Value] = []

    # Types

    def show_class(self, type_: Type, line: int) -> None:
        """Note that a class is mentioned; silent where there is no line."""
        if line and type_.path:
            self.show(
                unit_node(type_.path, type_.name), "uses", line, 1.0 if type_.path == self.path else 0.95
            )

    def named_type(self, name: str, args: tuple[Type, ...], line: int) -> Type:
        """The type of a name as it is written."""
        first, *rest = name.split(".")
        found = self.simple_type(first)
        for part in rest:
            found = self.session.hierarchy.nested(found, part) if found is not None and found.path else None
        if found is None and rest:
            found = self.session.project.by_full_name(name)
        if found is None:
            return Type(rest[-1] if rest else first, "", args)
        self.show_class(found, line)
        return found._replace(args=args) if args and not found.name.startswith("$") else found

    def simple_type(self, name: str) -> Type | None:
        """The class or type parameter of a simple name; None where the project has none."""
        for names in reversed(self.scopes):
            for thing in names.get(f":{name}", ()):
                if isinstance(thing, TypeValue):
                    return thing.type
            class_ = _class_of(names)
            if class_ is not None:
                if class_.name.rpartition(".")[2] == name and self._has_name(class_):
                    return class_
                inner = self.session.hierarchy.nested(class_, name)
                if inner is not None:
                    return inner
        if name not in self._simple:
            self._simple[name] = self._type_of_file(name)
        return self._simple[name]

    def _has_name(self, class_: Type) -> bool:
        entry = self.session.project.class_of(class_)
        return entry is not None and entry.kind != "nameless"

    def _type_of_file(self, name: str) -> Type | None:
        if name in self.types:
            return Type(name, self.path)
        project = self.session.project
        if name in self._named:
            return project.by_full_name(self._named[name])
        found = project.in_package(self.package, name)
        for star in self._stars if found is None else ():
            found = found or project.in_package(star, name)
            outer = project.by_full_name(star) if found is None else None
            found = found or (self.session.hierarchy.nested(outer, name) if outer is not None else None)
        for star in self._static_stars if found is None else ():
            outer = project.by_full_name(star)
            found = found or (self.session.hierarchy.nested(outer, name) if outer is not None else None)
        return found

    def class_params(self, params: Sequence[Param], names: dict[str, Value]) -> None:
        """Bind type parameters in a scope."""
        for param in params:
            names[f":{param.name}"] = (TypeValue(Type(f"${param.name}")),)
        for param in params:
            bound = self.type(param.type, param.line)
            bounds = (bound,) if bound.name else ()
            names[f":{param.name}"] = (TypeValue(Type(f"${param.name}", "", bounds)),)

    def classes(self) -> list[Type]:
        """The classes around the place at hand, innermost first."""
        return [class_ for class_ in map(_class_of, reversed(self.scopes)) if class_ is not None]

    # Names

    def name(self, form: Name, called: bool) -> Value:
        """What a bare name is: a variable, a field, a class, the beginning of a package."""
        name, line = form.name, form.line
        if name in ("this", "super"):
            return self._self(name)
        for names in reversed(self.scopes):
            if name in names and name:
                return names[name]
            class_ = _class_of(names)
            found = self.field_of(class_, name, line) if class_ is not None else None
            if found is not None:
                return found
        if name.startswith("::"):
            return (Code(self.path, name[2:], name[2:], certain=0.9),)
        return self._imported_field(name, line) or self._type_or_package(name, line)

    def _self(self, name: str) -> Value:
        classes = self.classes()
        if not classes:
            return ()
        type_ = self.with_params(classes[0])
        if name == "this":
            return (Instance(type_),)
        return tuple(Instance(base) for base in self.session.hierarchy.bases(type_)[:1])

    def with_params(self, type_: Type) -> Type:
        """A class with its own parameters as arguments, as it is inside itself."""
        entry = self.session.project.class_of(type_)
        if entry is None or not entry.type_params:
            return type_
        found = [self.simple_type(param.name) for param in entry.type_params]
        return type_._replace(args=tuple(arg or NOTHING for arg in found))

    def _type_or_package(self, name: str, line: int) -> Value:
        found = self.simple_type(name)
        if found is not None:
            self.show_class(found, line)
            return (TypeValue(found),)
        if name[:1].isupper():
            return (TypeValue(Type(name)),)
        return (Package(name),)

    def _imported_field(self, name: str, line: int) -> Value:
        owners = [self._static[name].rpartition(".")[0]] if name in self._static else []
        for owner in (*owners, *self._static_stars):
            class_ = self.session.project.by_full_name(owner)
            found = self.field_of(class_, name, line) if class_ is not None else None
            if found is not None:
                return found
        return ()

    def field_of(self, type_: Type, name: str, line: int) -> Value | None:
        """What a field of a type is; None where it has none of that name."""
        found = self.session.hierarchy.field(type_, name)
        if found is None:
            return None
        owner, entry, declared = found
        self.show_class(owner, line)
        things: list[Thing] = [Instance(declared)] if declared.name else []
        if isinstance(entry, FieldEntry) and entry.value is not None:
            value = self.session.silent_value(owner, entry.value)
            things.extend(weaker(tuple(functions_of(value)), 0.9))
        return tuple(things)

    def member(self, form: Member, called: bool) -> Value:
        """What `a.b` is: a field, an inner class, a class of a package, `Outer.this`."""
        if form.of == Name(SUBJECT, 0):
            return self._label(form)
        of = self.value(form.of)
        name, line = form.name, form.line
        if name in ("this", "super"):
            return tuple(Instance(self.with_params(t.type)) for t in of if isinstance(t, TypeValue))
        found: list[Value] = []
        for thing in of:
            if isinstance(thing, Package):
                found.append(self._in_package(f"{thing.name}.{name}", line))
            elif isinstance(thing, Instance) and thing.type.name == "[]":
                found.append((Instance(Type("int")),) if name == "length" else ())
            elif isinstance(thing, Instance | TypeValue):
                value = self.field_of(thing.type, name, line)
                inner = (
                    self.session.hierarchy.nested(thing.type, name)
                    if value is None and thing.type.path
                    else None
                )
                if inner is not None:
                    self.show_class(inner, line)
                found.append(value or ((TypeValue(inner),) if inner is not None else ()))
        return joined(*found) if found else ()

    def _label(self, form: Member) -> Value:
        """A constant in a label of a switch: of the subject's class, otherwise a name like any other."""
        for type_ in instances(self.local(SUBJECT) or ()):
            found = self.field_of(type_, form.name, form.line)
            if found is not None:
                return found
        return self.name(Name(form.name, form.line), False)

    def _in_package(self, name: str, line: int) -> Value:
        found = self.session.project.by_full_name(name)
        if found is not None:
            self.show_class(found, line)
            return (TypeValue(found),)
        last = name.rpartition(".")[2]
        return (TypeValue(Type(last)),) if last[:1].isupper() else (Package(name),)

    # Definitions

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


def _class_of(names: dict[str, Value]) -> Type | None:
    """The class whose scope it is."""
    value: Sequence[Thing] = names.get("", ())
    return next((thing.type for thing in value if isinstance(thing, TypeValue)), None)


_ = Form
