"""What Java's names mean at a place: variables, fields, types, packages.

A class scope keeps its class under an empty name, type parameters and local classes under their name with a colon
before it: types and variables are different kinds of names.
"""

from __future__ import annotations

from collections.abc import Sequence

from aifirst_memory.dependencies.declared.follow import Edges, Follow, functions_of, weaker
from aifirst_memory.dependencies.declared.form import (
    Member,
    Name,
    Param,
)
from aifirst_memory.dependencies.declared.value import (
    NOTHING,
    Code,
    Instance,
    Package,
    Thing,
    Type,
    TypeValue,
    Value,
    instances,
    joined,
)
from aifirst_memory.dependencies.java.entries import Import
from aifirst_memory.dependencies.java.lower import SUBJECT
from aifirst_memory.dependencies.java.session import BESIDE, Session
from aifirst_memory.dependencies.model import unit_node


class JavaNames(Follow):
    """The names of one Java file, in its scopes."""

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
            beside = self._beside(names, name) if BESIDE in names else None
            if beside is not None:
                return beside
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

    def _beside(self, names: dict[str, Value], name: str) -> Type | None:
        """A class that stands in the same method as the local class whose scope it is."""
        for thing in names[BESIDE]:
            found = (
                Type(f"{thing.type.name}.{name}", thing.type.path)
                if isinstance(thing, TypeValue)
                else NOTHING
            )
            if self._has_name(found):
                return found
        return None

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
        if entry.value is not None:
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
        found = [self._member_of(thing, name, line) for thing in of]
        return joined(*found) if found else ()

    def _member_of(self, thing: Thing, name: str, line: int) -> Value:
        if isinstance(thing, Package):
            return self._in_package(f"{thing.name}.{name}", line)
        if not isinstance(thing, Instance | TypeValue):
            return ()
        if thing.type.name == "[]":
            return (Instance(Type("int")),) if name == "length" else ()
        value = self.field_of(thing.type, name, line)
        inner = self.session.hierarchy.nested(thing.type, name) if value is None else None
        if inner is None:
            return value or ()
        self.show_class(inner, line)
        return (TypeValue(inner),)

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


def _class_of(names: dict[str, Value]) -> Type | None:
    """The class whose scope it is."""
    value: Sequence[Thing] = names.get("", ())
    return next((thing.type for thing in value if isinstance(thing, TypeValue)), None)
