"""Java's classes by what they derive from: their methods, fields and inner classes, and the classes below them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from aifirst_memory.dependencies.declared.value import NOTHING, Type, TypeValue, Value, substitute
from aifirst_memory.dependencies.java.entries import (
    CONSTRUCTOR,
    ClassEntry,
    FieldEntry,
    Method,
    MethodsEntry,
    SubtypesEntry,
)
from aifirst_memory.dependencies.java.library import library_class

if TYPE_CHECKING:
    from aifirst_memory.dependencies.java.session import Session

_LEVELS: Final = 24
"""Levels of inheritance that are looked through."""
_SUBTYPES: Final = 60
"""Classes below one that are looked at; where more are, a call says nothing about any of them."""
_OVERLOADS: Final = 1000
"""Methods of one name that are told apart; generated classes have more."""
_FILES: Final = 200
"""Files whose classes derive from something of a name that are looked at."""


class Found(NamedTuple):
    """A method as a class has it: where it is declared, and its type there with the arguments put in."""

    method: Method
    owner: Type
    signature: Type


class Hierarchy:
    """Answers about classes, each found out once for a resolving."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._bases: dict[Type, tuple[Type, ...]] = {}
        self._own: dict[tuple[Type, str], list[Found]] = {}
        self._all_bases: dict[Type, list[Type]] = {}
        self._methods: dict[tuple[Type, str], tuple[Found, ...]] = {}
        self._constructors: dict[Type, tuple[Found, ...]] = {}
        self.chosen: dict[tuple[int, tuple[Type, ...]], tuple[tuple[Found, ...], list[Found]]] = {}
        self._below: dict[tuple[str, str], tuple[Type, ...]] = {}
        self._nested: dict[tuple[Type, str], Type | None] = {}
        self._signatures: dict[tuple[str, str, int], Type] = {}

    def bases(self, type_: Type) -> tuple[Type, ...]:
        """What a type derives from directly, with its arguments put in."""
        plain = type_._replace(args=())
        if plain not in self._bases:
            self._bases[plain] = ()  # a class that derives from itself derives from nothing
            self._bases[plain] = self._find_bases(plain)
        found = self._bases[plain]
        given = self.arguments(type_)
        return tuple(substitute(base, given) for base in found) if given else found

    def _find_bases(self, type_: Type) -> tuple[Type, ...]:
        if type_.name.startswith("$"):
            return ()
        entry = self._session.project.class_of(type_)
        if entry is None:
            known = library_class(type_.name) if not type_.path else None
            return known.bases if known is not None else ()
        with self._session.inside(type_, own=False) as follower:
            return tuple(base for base in (follower.type(ref, 0) for ref in entry.bases) if base.name)

    def arguments(self, type_: Type) -> dict[str, Type]:
        """What a type's arguments give to the parameters of its class."""
        if not type_.args:
            return {}
        entry = self._session.project.class_of(type_)
        if entry is not None:
            names = [param.name for param in entry.type_params]
        else:
            known = library_class(type_.name)
            names = list(known.params) if known is not None else []
        return {f"${name}": arg for name, arg in zip(names, type_.args, strict=False)}

    def all_bases(self, type_: Type) -> list[Type]:
        """A type and all that it derives from, nearest first."""
        if type_ not in self._all_bases:
            self._all_bases[type_] = self._find_all_bases(type_)
        return self._all_bases[type_]

    def _find_all_bases(self, type_: Type) -> list[Type]:
        found = level = {type_: None}
        for _ in range(_LEVELS):
            # Each type once: what many derive from would else be followed once for each way to it.
            level = {base: None for one in level for base in self.bounds(one) if base not in found}
            found |= level
            if not level:
                break
        return list(found)

    def bounds(self, type_: Type) -> tuple[Type, ...]:
        """What a type derives from; of a type parameter its bounds, of alternatives each."""
        if type_.name.startswith("$"):
            return type_.args
        return type_.args if type_.name == "|" else self.bases(type_)

    def as_base(self, type_: Type, name: str, path: str) -> Type | None:
        """A type seen as one that it derives from, with the arguments that this has then."""
        return next((base for base in self.all_bases(type_) if (base.name, base.path) == (name, path)), None)

    def nested(self, type_: Type, name: str) -> Type | None:
        """A class inside a class, its own or inherited."""
        if not type_.path:
            return None
        key = (type_._replace(args=()), name)
        if key not in self._nested:
            self._nested[key] = None
            for base in self.all_bases(key[0]):
                inner = Type(f"{base.name}.{name}", base.path)
                entry = self._session.project.class_of(inner)
                if entry is not None and entry.kind != "nameless":
                    self._nested[key] = inner
                    break
        return self._nested[key]

    def own_methods(self, type_: Type, name: str) -> list[Found]:
        """The methods of a name that a class declares itself."""
        if not type_.path:
            return []
        key = (type_, name)
        if key not in self._own:
            self._own[key] = self._find_own(type_, name)
        return self._own[key]

    def _find_own(self, type_: Type, name: str) -> list[Found]:
        entry = self._session.project.entry(type_.path, f"{type_.name}.{name}()")
        if not isinstance(entry, MethodsEntry):
            return []
        given = self.arguments(type_)
        return [
            Found(method, type_, substitute(self._signature(type_, name, at, method), given))
            for at, method in enumerate(entry.methods)
        ]

    def _signature(self, type_: Type, name: str, at: int, method: Method) -> Type:
        key = (type_.path, f"{type_.name}.{name}", at)
        if key not in self._signatures:
            with self._session.inside(type_) as follower, follower.scope() as names:
                follower.class_params(method.type_params, names)
                params = tuple(follower.type(ref, 0) for ref in method.params)
                self._signatures[key] = Type(
                    "func", "", (Type("()", "", params), Type("()", "", (follower.type(method.result, 0),)))
                )
        return self._signatures[key]

    def methods(self, type_: Type, name: str) -> tuple[Found, ...]:
        """All methods of a name that a type has, nearest first; one that is overridden is left out."""
        key = (type_, name)
        if key not in self._methods:
            found: list[Found] = []
            for base in self.all_bases(type_):
                own = self.own_methods(base, name)[:_OVERLOADS]
                found += without_overridden(own, found) if found else own
            self._methods[key] = tuple(found[:_OVERLOADS])
        return self._methods[key]

    def constructors(self, type_: Type) -> tuple[Found, ...]:
        """The constructors of a class."""
        if type_ not in self._constructors:
            self._constructors[type_] = tuple(self.own_methods(type_, CONSTRUCTOR)[:_OVERLOADS])
        return self._constructors[type_]

    def field(self, type_: Type, name: str) -> tuple[Type, FieldEntry, Type] | None:
        """A field that a type has: the class that declares it, its entry, its type."""
        for base in self.all_bases(type_):
            entry = self._session.project.entry(base.path, f"{base.name}#{name}") if base.path else None
            if isinstance(entry, FieldEntry):
                with self._session.inside(base) as follower:
                    declared = follower.type(entry.type, 0)
                return base, entry, substitute(declared, self.arguments(base))
        return None

    def overridden(self, type_: Type, name: str, signature: Type) -> list[Found]:
        """The nearest methods that a class's method overrides: along its superclass, and each of its interfaces."""
        found: list[Found] = []
        for base in self.bases(type_):
            for one in self.all_bases(base):
                same = [
                    other for other in self.own_methods(one, name) if same_params(other.signature, signature)
                ]
                same = [other for other in same if other.method.unit and not other.method.static]
                if same:
                    found += same
                    break
        return found

    def overriding(self, below: Type, name: str, found: Found) -> Found | None:
        """The method that runs for a call of `found` on a class below its own; None where it is not known."""
        base = self.as_base(below, found.owner.name, found.owner.path)
        wanted = (
            [one for one in self.own_methods(base, name) if one.method == found.method]
            if base is not None
            else []
        )
        for other in self.methods(below, name) if wanted else ():
            runs = other.method.unit and not other.method.static and not other.method.abstract
            if runs and same_params(other.signature, wanted[0].signature):
                return other
        return None

    def below(self, type_: Type) -> tuple[Type, ...]:
        """The classes of the project that derive from a class, directly or not."""
        key = (type_.path, type_.name)
        if key not in self._below:
            self._below[key] = self._find_below(type_._replace(args=()))
        return self._below[key]

    def _find_below(self, type_: Type) -> tuple[Type, ...]:
        found: dict[Type, None] = {}
        level = [type_]
        while level:
            following: list[Type] = []
            for one in level:
                for derived in self._derived(one):
                    if derived not in found and derived != type_:
                        found[derived] = None
                        following.append(derived)
            if len(found) > _SUBTYPES:
                return ()
            level = following
        return tuple(found)

    def _derived(self, type_: Type) -> list[Type]:
        """The classes that name a class among those they derive from."""
        simple = type_.name.rpartition(".")[2].partition("#")[0]
        paths = self._session.project.view.find(f"java.subtype:{simple}")
        if len(paths) > _FILES:
            return []
        found: list[Type] = []
        for path in paths:
            entry = self._session.project.entry(path, f"<{simple}")
            for name in entry.entries if isinstance(entry, SubtypesEntry) else ():
                derived = Type(name, path)
                if any((base.path, base.name) == (type_.path, type_.name) for base in self.bases(derived)):
                    found.append(derived)
        return found

    def functional(self, type_: Type) -> tuple[str, Type] | None:
        """Name and type of the one method that a functional interface leaves open."""
        entry = self._session.project.class_of(type_)
        if entry is None:
            known = library_class(type_.name) if not type_.path else None
            if known is None or known.functional is None:
                return None
            one = known.functional
            signature = Type("func", "", (Type("()", "", one.params), Type("()", "", (one.result,))))
            return one.name, substitute(signature, self.arguments(type_))
        if entry.kind != "interface":
            return None
        open_ = [(name, found) for name in self._method_names(type_) for found in self.methods(type_, name)]
        open_ = [(name, found) for name, found in open_ if found.method.abstract and not found.method.static]
        if len(open_) == 1:
            return open_[0][0], open_[0][1].signature
        return (
            next(filter(None, (self.functional(base) for base in self.bases(type_))), None)
            if not open_
            else None
        )

    def _method_names(self, type_: Type) -> list[str]:
        found: dict[str, None] = {}
        for base in self.all_bases(type_):
            prefix = f"{base.name}."
            for name in self._session.project.view.names(base.path) if base.path else ():
                if name.startswith(prefix) and name.endswith("()") and "." not in name[len(prefix) :]:
                    found[name[len(prefix) : -2]] = None
        return list(found)

    def result(self, found: Found) -> Type:
        """What a method gives."""
        results = found.signature.args[1].args if len(found.signature.args) > 1 else ()
        return results[0] if results else NOTHING


def without_overridden(own: list[Found], below: list[Found]) -> list[Found]:
    """Methods without those that take the same as one of a class below."""
    keys = {key for one in below if (key := _key(one.signature)) is not None}
    generic = [one for one in below if _key(one.signature) is None]
    kept: list[Found] = []
    for one in own:
        key = _key(one.signature)
        others = below if key is None else generic
        if key not in keys and not any(same_params(one.signature, other.signature) for other in others):
            kept.append(one)
    return kept


def _key(signature: Type) -> tuple[tuple[str, str], ...] | None:
    """What tells the parameters of methods apart; None where type parameters or arrays are among them."""
    params = signature.args[0].args if signature.args else ()
    if any(param.name[:1] in ("$", "[") for param in params):
        return None
    return tuple((param.name, param.path) for param in params)


def same_params(one: Type, other: Type) -> bool:
    """Whether two methods take the same, arguments of generic types aside."""
    first, second = one.args[0].args if one.args else (), other.args[0].args if other.args else ()
    return len(first) == len(second) and all(map(_same, first, second))


def _same(one: Type, other: Type) -> bool:
    if one.name.startswith("$") or other.name.startswith("$"):
        # A type parameter stands for what another one, or its erasure, stands for.
        bounds = [t.args[0] if t.name.startswith("$") and t.args else t for t in (one, other)]
        if bounds[0].name.startswith("$") or bounds[1].name.startswith("$"):
            plain = next((t for t in bounds if not t.name.startswith("$")), None)
            return plain is None or plain.name == "Object"
        one, other = bounds
    if one.name == "[]" and other.name == "[]" and one.args and other.args:
        return _same(one.args[0], other.args[0])
    return (one.name, one.path) == (other.name, other.path)


def type_of(value: Value) -> Type:
    """The first type that a value is, as a type itself."""
    return next((thing.type for thing in value if isinstance(thing, TypeValue)), NOTHING)


_ = ClassEntry
