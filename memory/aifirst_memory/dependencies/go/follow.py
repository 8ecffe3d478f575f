"""Follows a Go file: its calls, its functions and types where they are defined, its values.

What names and selectors mean is `names.py`. A method of an interface may run whatever type of the project has all
methods of the interface; the edges to those stay at 0.6.
"""

from __future__ import annotations

from aifirst_memory.dependencies.declared.follow import functions_of, weaker
from aifirst_memory.dependencies.declared.form import Call, Define, Function, Index, Make, Name
from aifirst_memory.dependencies.declared.value import (
    NOTHING,
    Abstract,
    Builtin,
    Code,
    Held,
    Instance,
    Passed,
    Record,
    Thing,
    Type,
    TypeValue,
    Value,
    infer,
    instances,
    joined,
    substitute,
)
from aifirst_memory.dependencies.go.entries import Flow, FunctionEntry, TypeEntry
from aifirst_memory.dependencies.go.library import GIVES_BACK
from aifirst_memory.dependencies.go.names import GoNames
from aifirst_memory.dependencies.model import unit_node

_DEEPEST = 5
"""Hands through which a function is followed."""


class GoFollow(GoNames):
    """The walk through one Go file."""

    def call(self, form: Call, wanted: Type) -> Value:
        """What a call gives; it shows what runs."""
        called = self.value(form.function, called=True)
        if any(isinstance(thing, Builtin) for thing in called):
            return self._builtin(called, form)
        if form.types and self._is_table(called):
            # `table[key](x)` is written like `f[int](x)`.
            for ref in form.types:
                self.value(Name(ref.name, form.line))
            called = self.elements(called, 2)[-1]
        args, types = self._arguments(form), self._type_arguments(form, called)
        found = [self._called(thing, args, types, form.line) for thing in called]
        return joined(*found) if found else ()

    def _arguments(self, form: Call) -> list[Value]:
        """The arguments, also where one call gives them all."""
        args = [self.value(arg) for arg in form.args]
        only = args[0] if len(args) == 1 and len(args[0]) == 1 else ()
        for thing in only:
            if isinstance(thing, Instance) and thing.type.name == "()":
                return [one_of(part) for part in thing.type.args]
        return args

    def _type_arguments(self, form: Call, called: Value) -> tuple[Type, ...]:
        """The types that a call of a generic function spells out, which may be written like an index."""
        if form.types or not isinstance(form.function, Index):
            return tuple(self.type(ref, form.line) for ref in form.types)
        if not any(isinstance(thing, Code) for thing in called):
            return ()
        keys = [thing for key in form.function.keys for thing in self.value(key)]
        return tuple(thing.type for thing in keys if isinstance(thing, TypeValue))

    def _is_table(self, value: Value) -> bool:
        shapes = {self.session.members.shape(type_).name for type_ in instances(value)}
        return bool(shapes & {"[]", "map"}) or any(isinstance(thing, Held) for thing in value)

    def _called(self, thing: Thing, args: list[Value], types: tuple[Type, ...], line: int) -> Value:
        if isinstance(thing, TypeValue):
            kept = tuple(f for value in args for f in functions_of(value))
            for code, flow in self.session.members.of_called_receiver(thing.type) if kept and line else ():
                self._pass_along(code, flow, kept, line, 0)
            return (Instance(thing.type._replace(args=types) if types else thing.type), *weaker(kept, 0.9))
        if isinstance(thing, Abstract):
            for code in self.session.members.implementations(thing, self.path):
                self.show(unit_node(code.path, code.unit), "calls", line, code.certain)
            return results_of(thing.signature)
        if isinstance(thing, Instance):
            return results_of(self.session.members.shape(thing.type))
        if not isinstance(thing, Code):
            return ()
        if line:
            self.show(unit_node(thing.path, thing.unit), "calls", line, thing.certain)
        self._pass(thing, args, line, 0)
        return self._given_back(thing, args, types)

    def _given_back(self, code: Code, args: list[Value], types: tuple[Type, ...]) -> Value:
        """What a function of the project returns."""
        entry = self.session.project.entry(code.path, code.entry)
        if not isinstance(entry, FunctionEntry):
            return ()
        signature = self.session.members.signature(code)
        given: dict[str, Type] = {f"${p.name}": t for p, t in zip(entry.type_params, types, strict=False)}
        if entry.type_params and signature.args:
            self._infer_types(entry, signature.args[0].args, args, given)
        found = results_of(substitute(signature, given))
        extra: list[Thing] = []
        for form in entry.returns:
            for thing in self.session.silent_value(code.path, form):
                if isinstance(thing, Passed):
                    extra.extend(weaker(functions_of(args[thing.at]) if thing.at < len(args) else (), 0.8))
                elif isinstance(thing, Code):
                    extra.append(thing.at_most(0.8))
        return joined(found, tuple(extra))

    def _infer_types(
        self, entry: FunctionEntry, params: tuple[Type, ...], args: list[Value], given: dict[str, Type]
    ) -> None:
        """What the type parameters of a function have to be for its arguments."""
        many = bool(entry.params[-1:] and entry.params[-1].names)
        for at, value in enumerate(args if params else ()):
            wanted = params[min(at, len(params) - 1)]
            if many and at >= len(params) - 1 and wanted.args:
                wanted = wanted.args[0]
            for type_ in self._types_of(value)[:1]:
                infer(wanted, self.session.members.shape_like(type_, wanted), given)

    def _types_of(self, value: Value) -> list[Type]:
        """The types of a value; of a function its own."""
        functions = [self.session.members.signature(thing) for thing in value if isinstance(thing, Code)]
        return instances(value) or functions

    def _pass(self, code: Code, args: list[Value], line: int, depth: int) -> None:
        """Show the calls of functions that are passed to a function of the project."""
        if not line or depth > _DEEPEST or not any(functions_of(arg) for arg in args):
            return
        entry = self.session.project.entry(code.path, code.entry)
        if not isinstance(entry, FunctionEntry):
            return
        for flow in entry.flows:
            many = bool(entry.params[-1:] and entry.params[-1].names) and flow.at == len(entry.params) - 1
            given = args[flow.at :] if many else args[flow.at : flow.at + 1]
            passed = tuple(function for arg in given for function in functions_of(arg))
            if passed:
                self._pass_along(code, flow, passed, line, depth)

    def _pass_along(self, code: Code, flow: Flow, passed: tuple[Code, ...], line: int, depth: int) -> None:
        """Show what becomes of functions that are passed as one parameter."""
        if flow.to is not None:
            handed: list[Value] = [()] * flow.argument
            handed.append(passed)
            for to in self.session.silent_value(code.path, flow.to):
                if isinstance(to, Code) and to != code:
                    self._pass(to, handed, line, depth + 1)
            return
        callers = ((code.path, flow.unit),)
        if flow.field:
            owner = self.session.members.owner(code.path, flow.owner)
            callers = self.session.members.callers(owner, flow.field)
        for caller in callers:
            for function in passed:
                target = unit_node(function.path, function.unit)
                self.show(target, "calls", line, min(0.8, function.certain), unit_node(*caller))

    def _builtin(self, called: Value, form: Call) -> Value:
        name = next((thing.name for thing in called if isinstance(thing, Builtin)), "")
        args = [self.value(arg) for arg in form.args]
        first = args[0] if args else ()
        if name in ("new", "make"):
            return tuple(Instance(thing.type) for thing in first if isinstance(thing, TypeValue))
        if name == "append":
            added = tuple(f for value in args[1:] for f in functions_of(value))
            return joined(first, (Held(weaker(added, 0.8)),)) if added else first
        if name in ("min", "max") or name in GIVES_BACK:
            return first
        return (Instance(Type("int")),) if name in ("len", "cap", "copy") else ()

    # Values

    def function(self, form: Function, wanted: Type) -> Value:
        """A function: its signature mentions types, its body is followed with its names."""
        with self.scope(form.unit or None) as names:
            if form.receiver is not None:
                self._receiver(form, names)
            self.type_params(form.type_params, names)
            params, results = self.params(form.params, names), self.params(form.results, names)
            self.run(form.body)
        if form.unit:
            return (Code(self.path, form.unit, form.unit, certain=1.0),)
        return (Instance(Type("func", "", (Type("()", "", params), Type("()", "", results)))),)

    def _receiver(self, form: Function, names: dict[str, Value]) -> None:
        receiver = form.receiver
        if receiver is None:
            return
        bounds = self.session.bounds_of(self.folder, self.package, form.owner, self.path)
        for at, arg in enumerate(receiver.type.args):
            bound = bounds[at : at + 1]
            names[arg.name] = (TypeValue(Type(f"${arg.name}", "", bound)),)
        self.params((receiver,), names)

    def index(self, form: Index) -> Value:
        """An element, or a generic function or type with its arguments."""
        of = self.value(form.of, called=True)
        keys = [self.value(key) for key in form.keys]
        if of and all(isinstance(thing, Code) for thing in of):
            return of
        given = tuple(thing.type for key in keys for thing in key if isinstance(thing, TypeValue))
        if any(isinstance(thing, TypeValue) for thing in of):
            return tuple(TypeValue(t.type._replace(args=given)) for t in of if isinstance(t, TypeValue))
        return self.elements(of, 1 if not form.keys else 2)[-1]

    def elements(self, value: Value, count: int) -> list[Value]:
        """What the names of a range are."""
        pairs = [self._element(thing) for thing in value]
        columns: list[Value] = [joined(*[pair[at] for pair in pairs]) if pairs else () for at in range(2)]
        single = [self.session.members.shape(type_).name for type_ in instances(value)]
        if count == 1 and any(name in ("chan", "func") for name in single):
            return columns[:1] if "func" in single else columns[1:]
        return columns[:count] if count > 1 or columns[0] else columns[:1]

    def _element(self, thing: Thing) -> tuple[Value, Value]:
        if isinstance(thing, Held):
            return (), weaker(thing.values, 0.8)
        if isinstance(thing, Instance):
            return self._element_of(self.session.members.shape(thing.type))
        held = isinstance(thing, Code) and not self._is_iterator(thing)
        return (), (thing,) if held else ()

    def _element_of(self, shape: Type) -> tuple[Value, Value]:
        """What the two names of a range over a value of some shape are."""
        number: Value = (Instance(Type("int")),)
        if shape.name == "[]" and shape.args:
            return number, (Instance(shape.args[0]),)
        if shape.name == "chan" and shape.args:
            return (), (Instance(shape.args[0]),)
        if shape.name == "map" and len(shape.args) == 2:
            return (Instance(shape.args[0]),), (Instance(shape.args[1]),)
        if shape.name == "func" and shape.args and shape.args[0].args:
            # An iterator is handed the function that takes its elements.
            taken = self.session.members.shape(shape.args[0].args[0])
            parts = taken.args[0].args if taken.args else ()
            values = [one_of(part) for part in (*parts, NOTHING, NOTHING)[:2]]
            return values[0], values[1]
        return (number, ()) if shape.name in ("int", "string") else ((), ())

    def _is_iterator(self, code: Code) -> bool:
        """Whether a function is one that is ranged over, and not one of those that something holds."""
        signature = self.session.members.signature(code)
        taken = signature.args[0].args if signature.args else ()
        return len(taken) == 1 and self.session.members.shape(taken[0]).name == "func"

    def make(self, form: Make, wanted: Type) -> Value:
        """A composite literal."""
        type_ = self.type(form.type, form.line) if form.type.name else wanted
        shape = self.session.members.shape(type_)
        found: Value = (Instance(type_),) if type_.name else ()
        return (
            *found,
            *(self._fields(form, shape) if shape.name in ("struct", "") else self._items(form, shape)),
        )

    def _fields(self, form: Make, shape: Type) -> Value:
        """The fields of a struct that hold functions."""
        fields = dict(zip(shape.names, shape.args, strict=False))
        known: list[tuple[str, Value]] = []
        for at, (key, item) in enumerate(zip(form.keys, form.items, strict=True)):
            name = key.name if isinstance(key, Name) else shape.names[at] if at < len(shape.names) else ""
            if key is not None and not isinstance(key, Name):
                self.value(key)
            value = self.value(item, wanted=fields.get(name, fields.get(f"~{name}", NOTHING)))
            kept = tuple(thing for thing in value if isinstance(thing, Code | Held | Record))
            if kept and name:
                known.append((name, weaker(kept, 0.9)))
        return (Record(tuple(known)),) if known else ()

    def _items(self, form: Make, shape: Type) -> Value:
        """The elements of a list or table that are functions, or hold some."""
        element = shape.args[-1] if shape.args else NOTHING
        held: list[Thing] = []
        for key, item in zip(form.keys, form.items, strict=True):
            if key is not None:
                self.value(key, wanted=shape.args[0] if shape.name == "map" else NOTHING)
            value = self.value(item, wanted=element)
            held += weaker(functions_of(value), 0.8)
            held += [thing for thing in value if isinstance(thing, Record)]
        return (Held(tuple(held[:12])),) if held else ()

    def define(self, form: Define) -> None:
        """A type where it is defined: what it embeds and mentions."""
        if self.scopes:
            self.scopes[-1][form.name] = (TypeValue(Type(form.entry, self.path)),)
        with self.scope(form.unit or None) as names:
            self.type_params(form.type_params, names)
            for base in form.bases:
                found = self._base(base.type.name)
                if found is not None:
                    self.show(
                        unit_node(*found), "inherits", base.line, 1.0 if found[0] == self.path else 0.95
                    )
                for arg in base.type.args:
                    self.type(arg, base.line)
            self.run(form.body)

    def _base(self, name: str) -> tuple[str, str] | None:
        """Path and unit of an embedded type that is a unit."""
        type_ = self.named_type(name, (), 0)
        entry = self.session.project.entry(type_.path, type_.name) if type_.path else None
        return (type_.path, entry.unit) if isinstance(entry, TypeEntry) and entry.unit else None


def results_of(signature: Type) -> Value:
    """What a function of this type gives: one value, or one of several parts."""
    if signature.name != "func" or len(signature.args) < 2:
        return ()
    results = signature.args[1].args
    if len(results) == 1:
        return (Instance(results[0]),) if results[0].name else ()
    return (Instance(signature.args[1]),) if results else ()


def one_of(type_: Type) -> Value:
    """A value of a type; nothing known of one that is not."""
    return (Instance(type_),) if type_.name else ()
