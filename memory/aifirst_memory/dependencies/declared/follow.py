"""Follows the lowered code of one file: what each expression may be, and the edges that this shows.

The walk keeps scopes as the language does and looks at each form once. What a name, a member or a call means is
the language's own business (`go/follow.py`, `java/follow.py`). A silent follower shows no edges: it answers what a
definition in another file is.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager

from aifirst_memory.dependencies.declared.form import (
    Assign,
    Bind,
    Block,
    Call,
    Compute,
    Constant,
    Construct,
    Convert,
    Decorate,
    Define,
    Either,
    Form,
    Function,
    Index,
    Make,
    Member,
    Mention,
    Name,
    Param,
    Pattern,
    Refer,
    Return,
    Several,
    Throw,
    TypeRef,
)
from aifirst_memory.dependencies.declared.value import (
    NOTHING,
    Code,
    Held,
    Instance,
    Record,
    Thing,
    Type,
    TypeValue,
    Value,
    joined,
)
from aifirst_memory.dependencies.model import EdgeKind, unit_node
from aifirst_memory.dependencies.resolver import FoundEdge

SHAPES = frozenset({"[]", "chan", "map", "func", "()", "struct", "interface", "|", "?"})
"""Names of types that are forms of their own."""


class Edges:
    """The edges found so far: of each source, target and kind the surest, at the first line."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, EdgeKind], tuple[float, int]] = {}

    def add(self, source: str, target: str, kind: EdgeKind, line: int, certain: float) -> None:
        """Note an edge; none leads from a node to itself."""
        if source == target:
            return
        key = (source, target, kind)
        known = self._found.get(key)
        if known is None or (-certain, line) < (-known[0], known[1]):
            self._found[key] = (certain, line)

    def all(self) -> list[FoundEdge]:
        """The edges, ordered."""
        return [FoundEdge(*key, line, certain) for key, (certain, line) in sorted(self._found.items())]


class Follow(ABC):
    """The walk through one file. `edges` is None for a silent one."""

    def __init__(self, path: str, edges: Edges | None) -> None:
        self.path = path
        self.edges = edges
        self.unit = ""
        self.scopes: list[dict[str, Value]] = []

    def show(
        self, target: str, kind: EdgeKind, line: int, certain: float = 0.95, source: str | None = None
    ) -> None:
        """Note an edge from the unit at hand (or another node)."""
        if self.edges is not None:
            self.edges.add(
                unit_node(self.path, self.unit) if source is None else source, target, kind, line, certain
            )

    def run(self, forms: Iterable[Form]) -> None:
        """Follow statements in the scope at hand."""
        for form in forms:
            self.value(form)

    @contextmanager
    def scope(self, unit: str | None = None) -> Generator[dict[str, Value]]:
        """A scope of its own, and a unit of its own where one is given."""
        around, names = self.unit, dict[str, Value]()
        if unit is not None:
            self.unit = unit
        self.scopes.append(names)
        try:
            yield names
        finally:
            self.scopes.pop()
            self.unit = around

    def local(self, name: str) -> Value | None:
        """What a name is in the scopes at hand; None where it is none of theirs."""
        for names in reversed(self.scopes):
            if name in names:
                return names[name]
        return None

    def value(self, form: Form, called: bool = False, wanted: Type = NOTHING) -> Value:
        """What an expression may be. `called`: a call says so itself; `wanted` is the type that its place asks for."""
        match form:
            case Name():
                return self.name(form, called)
            case Member():
                return self.member(form, called)
            case Call():
                return self.call(form, wanted)
            case Constant():
                return (Instance(self.type(form.type, 0)),) if form.type.name else ()
            case Several():
                self.run(form.items)
                return (Instance(self.type(form.type, 0)),) if form.type.name else ()
            case Bind():
                return self.bind(form)
            case Function():
                return self.function(form, wanted)
            case Assign():
                return self.assign(form)
            case Block():
                return self.block(form)
            case Index():
                return self.index(form)
            case Make():
                return self.make(form, wanted)
            case _:
                return self._rarer(form, wanted)

    def _rarer(self, form: Form, wanted: Type) -> Value:
        match form:
            case Return():
                self.returned(form)
            case Convert():
                return self.convert(form)
            case Mention():
                return (TypeValue(self.type(form.type, form.line)),)
            case Compute():
                return self.compute(form)
            case Either():
                return joined(*[self.value(item, wanted=wanted) for item in form.items])
            case Construct():
                return self.construct(form)
            case Refer():
                return self.refer(form, wanted)
            case Pattern():
                self.pattern(form, NOTHING)
            case Throw():
                self.throw(form)
            case Define():
                self.define(form)
            case Decorate():
                self.decorate(form)
            case _:
                pass
        return ()

    def block(self, form: Block) -> Value:
        """Follow statements in a scope of their own; the value is that of the last one."""
        found: Value = ()
        with self.scope():
            for part in form.body:
                found = self.value(part)
        return found

    def type(self, ref: TypeRef, line: int) -> Type:
        """The type that is written; with a line its mention is shown."""
        name = ref.name
        if not name:
            return NOTHING
        args = tuple([self.type(arg, line) for arg in ref.args]) if ref.args else ()
        if name in SHAPES:
            return Type(name, "", args, ref.names)
        return self.named_type(name, args, line)

    def params(self, params: Sequence[Param], names: dict[str, Value]) -> tuple[Type, ...]:
        """Bind parameters in a scope; their types."""
        types = tuple(self.type(param.type, param.line) for param in params)
        for param, type_ in zip(params, types, strict=True):
            if param.name:
                names[param.name] = (Instance(type_),) if type_.name else ()
        return types

    def type_params(self, params: Sequence[Param], names: dict[str, Value]) -> None:
        """Bind type parameters in a scope."""
        for param in params:
            names[param.name] = (TypeValue(Type(f"${param.name}")),)
        for param in params:
            bound = self.type(param.type, param.line)
            names[param.name] = (TypeValue(Type(f"${param.name}", "", (bound,) if bound.name else ())),)

    def bind(self, form: Bind) -> Value:
        """Declare names."""
        declared = self.type(form.type, form.line)
        names = self.scopes[-1] if self.scopes else {}
        if not form.values:
            for name in form.names:
                names[name] = (Instance(declared),) if declared.name else ()
            return ()
        if len(form.names) == 1 and isinstance(form.values[0], Function) and form.values[0].unit:
            # A function that calls itself by the name it is given.
            names[form.names[0]] = (Code(self.path, form.values[0].unit, form.values[0].unit, certain=1.0),)
        values = [self.value(value, wanted=declared) for value in form.values]
        if form.each:
            values = self.elements(values[0], len(form.names))
        elif len(values) == 1 and len(form.names) > 1:
            values = parts_of(values[0], len(form.names))
        for name, value in zip(form.names, values, strict=False):
            names[name] = self.declared_value(declared, value)
        return ()

    def declared_value(self, declared: Type, value: Value) -> Value:
        """What a variable of a declared type is after it was given a value: functions stay known."""
        if not declared.name:
            return weaker(value, 0.9)
        return joined(
            (Instance(declared),), tuple(t for t in weaker(value, 0.9) if isinstance(t, Code | Held | Record))
        )

    def assign(self, form: Assign) -> Value:
        """Put values into what stands already; a local variable then may be either."""
        values = [self.value(value) for value in form.values]
        if len(values) == 1 and len(form.targets) > 1:
            values = parts_of(values[0], len(form.targets))
        for target, value in zip(form.targets, values, strict=False):
            if isinstance(target, Name) and self._widen(target.name, value):
                continue
            self.value(target)
        return values[0] if len(values) == 1 else ()

    def _widen(self, name: str, value: Value) -> bool:
        for names in reversed(self.scopes):
            if name in names:
                kept = tuple(t for t in weaker(value, 0.9) if isinstance(t, Code | Held | Record))
                names[name] = joined(names[name], kept) if names[name] else value
                return True
        return False

    def pattern(self, form: Pattern, matched: Type) -> None:
        """Bind the name of a pattern in the scope at hand."""
        type_ = self.type(form.type, form.line) if form.type.name else matched
        if form.name and self.scopes:
            self.scopes[-1][form.name] = (Instance(type_),) if type_.name else ()
        for inner in form.inner:
            self.pattern(inner, NOTHING)

    def returned(self, form: Return) -> None:
        """Follow what is given back."""
        for value in form.values:
            self.value(value)

    def throw(self, form: Throw) -> None:
        """Follow what is thrown."""
        self.value(form.value)

    def decorate(self, form: Decorate) -> None:
        """Follow an annotation."""
        self.run(form.items)

    def construct(self, form: Construct) -> Value:
        """A new object."""
        return ()

    def refer(self, form: Refer, wanted: Type) -> Value:
        """A method as a value."""
        return ()

    def compute(self, form: Compute) -> Value:
        """What is put together."""
        self.run(form.items)
        return ()

    def convert(self, form: Convert) -> Value:
        """A value as another type."""
        value = self.value(form.value)
        type_ = self.type(form.type, form.line)
        return self.declared_value(type_, value)

    @abstractmethod
    def named_type(self, name: str, args: tuple[Type, ...], line: int) -> Type:
        """The type of a name as it is written; with a line its mention is shown."""

    @abstractmethod
    def name(self, form: Name, called: bool) -> Value:
        """What a bare name is."""

    @abstractmethod
    def member(self, form: Member, called: bool) -> Value:
        """What a member is."""

    @abstractmethod
    def call(self, form: Call, wanted: Type) -> Value:
        """What a call gives."""

    @abstractmethod
    def function(self, form: Function, wanted: Type) -> Value:
        """A function where it stands."""

    @abstractmethod
    def index(self, form: Index) -> Value:
        """An element."""

    @abstractmethod
    def make(self, form: Make, wanted: Type) -> Value:
        """A value made from parts."""

    @abstractmethod
    def elements(self, value: Value, count: int) -> list[Value]:
        """What `count` names are while they run through a value."""

    @abstractmethod
    def define(self, form: Define) -> None:
        """A type where it is defined."""


def weaker(value: Value, certain: float) -> Value:
    """A value that came along a way on which functions are known less surely."""
    if not any(isinstance(thing, Code) for thing in value):
        return value
    return tuple(t.at_most(certain) if isinstance(t, Code) else t for t in value)


def parts_of(value: Value, count: int) -> list[Value]:
    """The parts of a value of several; the first is the value itself where it is no such one (`v, ok := m[k]`)."""
    found: list[list[Thing]] = [[] for _ in range(count)]
    for thing in value:
        if isinstance(thing, Instance) and thing.type.name == "()":
            for at, part in enumerate(thing.type.args[:count]):
                if part.name:
                    found[at].append(Instance(part))
        else:
            found[0].append(thing)
    return [tuple(part) for part in found]


def functions_of(value: Value) -> tuple[Code, ...]:
    """The functions that a value may be, also those that a container holds."""
    found: list[Code] = []
    for thing in value:
        if isinstance(thing, Code):
            found.append(thing)
        elif isinstance(thing, Held):
            found.extend(inner for inner in thing.values if isinstance(inner, Code))
    return tuple(found)
