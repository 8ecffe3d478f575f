"""Fields and methods of Go's types: through embedding, of interfaces, and the types that satisfy an interface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aifirst_memory.dependencies.declared.follow import SHAPES, functions_of, weaker
from aifirst_memory.dependencies.declared.form import Call, Member, Name, TypeRef
from aifirst_memory.dependencies.declared.value import (
    NOTHING,
    Abstract,
    Code,
    Instance,
    Thing,
    Type,
    instances,
    substitute,
)
from aifirst_memory.dependencies.go.entries import (
    OF_PACKAGE,
    RECEIVER,
    CallersEntry,
    Flow,
    FunctionEntry,
    MethodsEntry,
    StoresEntry,
    TypeEntry,
)
from aifirst_memory.dependencies.go.library import library_method, library_shape
from aifirst_memory.dependencies.go.project import is_test

if TYPE_CHECKING:
    from aifirst_memory.dependencies.go.session import Session

_LEVELS: Final = 6
"""Levels of embedding that are looked through."""
_IMPLEMENTATIONS: Final = 40
"""Types that a call of an interface's method leads to; where more satisfy it, a call says nothing about any."""
_FILES: Final = 200
"""Files with a method of a name that are looked at for types that satisfy an interface."""
_STORES: Final = 20
"""Files that put something into a field of a name that are looked at."""
_MAY_RUN: Final = 0.6

Found = tuple[Thing, Type | None]
"""A member, and for a field the type of the project that declares it."""


class Members:
    """Answers about members, each found out once for a resolving."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._found: dict[tuple[Type, str], list[Found]] = {}
        self._shapes: dict[Type, Type] = {}
        self._implementations: dict[tuple[Type, str], tuple[Code, ...]] = {}
        self._signatures: dict[Code, Type] = {}

    def shape(self, type_: Type) -> Type:
        """The form that a type has underneath: of a named type what it stands for; nothing for what is unknown."""
        if not type_.path and not type_.name.startswith("$"):
            own = type_.name in SHAPES or "." not in type_.name
            return type_ if own else library_shape(type_.name, type_.args)
        if type_ not in self._shapes:
            self._shapes[type_] = NOTHING  # a type that needs itself has none
            self._shapes[type_] = self._shape(type_)
        return self._shapes[type_]

    def _shape(self, type_: Type) -> Type:
        under = self._under(type_)
        return self.shape(under) if under != type_ else NOTHING

    def _under(self, type_: Type) -> Type:
        """What a named type is declared as, with its arguments; the bound of a type parameter."""
        if type_.name.startswith("$"):
            return type_.args[0] if type_.args else NOTHING
        entry = self._session.project.entry(type_.path, type_.name)
        if not isinstance(entry, TypeEntry):
            return NOTHING
        found = self._session.declared_type(type_.path, entry)[0]
        given = {f"${param.name}": arg for param, arg in zip(entry.type_params, type_.args, strict=False)}
        return substitute(found, given)

    def shape_like(self, type_: Type, wanted: Type) -> Type:
        """A type as something of the form of another is made from it."""
        return self.shape(type_) if wanted.name in SHAPES and type_.name not in SHAPES else type_

    def find(self, type_: Type, name: str) -> list[Found]:
        """The members of a name that a selector means: those of the least depth of embedding."""
        key = (type_, name)
        if key not in self._found:
            self._found[key] = []
            self._found[key] = self._find(type_, name)
        return self._found[key]

    def _find(self, type_: Type, name: str) -> list[Found]:
        level, seen = [type_], set[Type]()
        for _ in range(_LEVELS):
            found: list[Found] = []
            below: list[Type] = []
            for one in level:
                if one not in seen:
                    seen.add(one)
                    found += self._direct(one, name, below)
            if found:
                return [(self._asked_of(type_, thing), owner) for thing, owner in found]
            level = below
        return []

    def _asked_of(self, type_: Type, thing: Thing) -> Thing:
        """A method that an interface has by embedding another is satisfied by what satisfies the first."""
        if isinstance(thing, Abstract) and self.shape(type_).name == "interface":
            return Abstract(type_, thing.name, thing.signature)
        return thing

    def _direct(self, type_: Type, name: str, below: list[Type]) -> list[Found]:
        """The members that a type has itself; what it embeds is added to `below`."""
        method = self._method(type_, name)
        if method:
            return method
        known = library_method(type_, name)
        if known.name:
            return [(Instance(known), None)]
        owner, under = self._declaring(type_)
        found: list[Found] = []
        if under.name.startswith("$"):
            below.append(under)
        for at, part in zip(under.names, under.args, strict=False):
            if under.name == "struct" and at.removeprefix("~") == name:
                found.append((Instance(part), owner))
            elif under.name == "interface" and at == name:
                found.append((Abstract(type_, name, part), None))
            elif at.startswith("~"):
                below.append(part)
        return found

    def _declaring(self, type_: Type) -> tuple[Type | None, Type]:
        """The type whose declaration has a type's fields, and what that stands for."""
        owner = type_ if type_.path else None
        under = self._under(type_) if type_.path or type_.name.startswith("$") else type_
        for _ in range(_LEVELS):
            if not under.path:
                break
            inner = self._under(under)
            if inner.name == "struct":
                owner = under  # `type A B` has the fields of B, declared there
            under = inner
        return owner, under

    def _method(self, type_: Type, name: str) -> list[Found]:
        if not type_.path:
            return []
        follower, entry = self._session.follower(type_.path), f"{type_.name}.{name}"
        declared = self._session.project.declared(follower.folder, follower.package, entry, type_.path)
        if not declared and self._session.asked_by_test:
            declared = self._session.project.declared(follower.folder, follower.package, entry, "_test.go")
        return [
            (Code(path, found.unit, entry, type_), None)
            for path, found in declared
            if isinstance(found, FunctionEntry)
        ]

    def signature(self, code: Code) -> Type:
        """The type of a function of the project, with the arguments of what it was found on."""
        if code not in self._signatures:
            self._signatures[code] = self._signature(code)
        return self._signatures[code]

    def _signature(self, code: Code) -> Type:
        entry = self._session.project.entry(code.path, code.entry)
        if not isinstance(entry, FunctionEntry):
            return NOTHING
        signature = self._session.declared_type(code.path, entry, code.entry.rpartition(".")[0])[0]
        given = {f"${name}": arg for name, arg in zip(entry.receiver, code.of.args, strict=False)}
        return substitute(signature, given)

    def stored(self, owner: Type, name: str) -> tuple[Code, ...]:
        """The functions that the project puts into a field."""
        found: list[Code] = []
        for path in self._session.project.view.find(f"go.store:{name}")[:_STORES]:
            entry = self._session.project.entry(path, f"={name}")
            if not isinstance(entry, StoresEntry):
                continue
            for ref, form in entry.stores:
                type_ = self.owner(path, ref)
                if (type_.path, type_.name) == (owner.path, owner.name):
                    found += functions_of(weaker(self._session.silent_value(path, form), 0.8))
        return tuple(dict.fromkeys(found))

    def callers(self, owner: Type, name: str) -> tuple[tuple[str, str], ...]:
        """Path and name of the units that call what a field holds."""
        found: list[tuple[str, str]] = []
        for path in self._session.project.view.find(f"go.caller:{name}")[:_STORES]:
            entry = self._session.project.entry(path, f"!{name}")
            for unit, ref in entry.callers if isinstance(entry, CallersEntry) else ():
                type_ = self.owner(path, ref)
                if (type_.path, type_.name) == (owner.path, owner.name):
                    found.append((path, unit))
        return tuple(found)

    def owner(self, path: str, ref: TypeRef) -> Type:
        """The type of a struct whose field holds a function, or the folder of the package whose variable does."""
        if ref.name == OF_PACKAGE:
            return Type(OF_PACKAGE, path.rpartition("/")[0])
        if ref.name.startswith(OF_PACKAGE):
            package, _, name = ref.name.removeprefix(OF_PACKAGE).rpartition(".")
            function = Member(Name(package, 0), name, 0) if package else Name(name, 0)
            made = instances(self._session.silent_value(path, Call(function, (), 0)))
            first = made[0].args[0] if made and made[0].name == "()" and made[0].args else None
            return first or (made[0] if made else NOTHING)
        return self._session.follower(path).type(ref, 0)

    def of_called_receiver(self, type_: Type) -> list[tuple[Code, Flow]]:
        """What the methods of a function type do with the function that they are methods of."""
        if not type_.path or self.shape(type_).name != "func":
            return []
        found: list[tuple[Code, Flow]] = []
        for name in self._session.project.view.names(type_.path):
            entry = (
                self._session.project.entry(type_.path, name) if name.startswith(f"{type_.name}.") else None
            )
            if isinstance(entry, FunctionEntry):
                code = Code(type_.path, entry.unit, name, type_)
                found += [(code, flow) for flow in entry.flows if flow.at == RECEIVER]
        return found

    def holds_functions(self, type_: Type) -> bool:
        """Whether values of a type are functions, or hold some."""
        while type_.name in ("[]", "map", "chan") and type_.args:
            type_ = type_.args[-1]
        return type_.name == "func" or (bool(type_.path) and self.shape(type_).name == "func")

    def implementations(self, method: Abstract, asking: str) -> tuple[Code, ...]:
        """The methods that a call of an interface's method may run."""
        key = (method.of._replace(args=()), method.name)
        if key not in self._implementations:
            self._implementations[key] = self._implement(method, asking)
        return self._implementations[key]

    def _implement(self, method: Abstract, asking: str) -> tuple[Code, ...]:
        wanted = self._methods_of(method.of)
        paths = self._session.project.view.find(f"go.method:{method.name}")
        if len(paths) > _FILES:
            return ()
        found: dict[tuple[str, str], Code] = {}
        for path in paths:
            entry = self._session.project.entry(path, f"~{method.name}")
            if (is_test(path) and not is_test(asking)) or not isinstance(entry, MethodsEntry):
                continue
            for owner in entry.owners:
                for code in self._satisfying(path, owner, wanted, method):
                    found[code.path, code.unit] = code
        return tuple(found.values()) if len(found) <= _IMPLEMENTATIONS else ()

    def _satisfying(self, path: str, owner: str, wanted: dict[str, Type], method: Abstract) -> list[Code]:
        """The method of a type, where that has all methods of the interface."""
        follower = self._session.follower(path)
        found: list[Code] = []
        for at, entry in self._session.project.declared(follower.folder, follower.package, owner, path):
            type_ = Type(owner, at)
            if isinstance(entry, TypeEntry) and all(self._has(type_, *one) for one in wanted.items()):
                methods = [thing for thing, _ in self.find(type_, method.name) if isinstance(thing, Code)]
                found += [code.at_most(_MAY_RUN) for code in methods]
        return found

    def _has(self, type_: Type, name: str, signature: Type) -> bool:
        return any(
            isinstance(thing, Abstract) or (isinstance(thing, Code) and self._alike(thing, signature))
            for thing, _ in self.find(type_, name)
        )

    def _alike(self, code: Code, wanted: Type) -> bool:
        """Whether a method takes and gives as many as an interface wants."""
        entry = self._session.project.entry(code.path, code.entry)
        if not isinstance(entry, FunctionEntry) or len(wanted.args) < 2:
            return False
        return (len(entry.params), len(entry.results)) == (len(wanted.args[0].args), len(wanted.args[1].args))

    def _methods_of(self, interface: Type, depth: int = _LEVELS) -> dict[str, Type]:
        """The types of all methods of an interface by name, also of those that it embeds."""
        shape = self.shape(interface)
        found: dict[str, Type] = {}
        for name, part in zip(shape.names, shape.args, strict=False):
            if not name.startswith("~"):
                found[name] = part
            elif depth:
                found |= self._methods_of(part, depth - 1)
        return found
