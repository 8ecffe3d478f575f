"""Follows Java's calls: which method or constructor a call means, and what runs besides it."""

from __future__ import annotations

from aifirst_memory.dependencies.declared.follow import functions_of, weaker
from aifirst_memory.dependencies.declared.form import (
    Bind,
    Call,
    Construct,
    Form,
    Function,
    Member,
    Name,
    Refer,
)
from aifirst_memory.dependencies.declared.value import (
    MOST,
    NOTHING,
    Code,
    Instance,
    Thing,
    Type,
    TypeValue,
    Value,
    infer,
    instances,
    joined,
    substitute,
)
from aifirst_memory.dependencies.java.follow import JavaFollow
from aifirst_memory.dependencies.java.hierarchy import Found
from aifirst_memory.dependencies.java.library import library_class
from aifirst_memory.dependencies.java.overloads import LAMBDA, choose
from aifirst_memory.dependencies.model import unit_node

_MAY_RUN = 0.6
_UNSURE = 0.5
_RECEIVERS = 4
"""Types of a receiver that a call is followed on."""
_MOST_UNSURE = 3
"""Overloads that a call of unclear arguments leads to; where more are left, it leads to none."""


class JavaCalls(JavaFollow):
    """The walk through one Java file, calls and all."""

    _asked_again = False

    def call(self, form: Call, wanted: Type) -> Value:
        """What a call gives; it shows what runs."""
        function = form.function
        if isinstance(function, Name) and function.name in ("this", "super"):
            return self._chained(function.name, form)
        if isinstance(function, Name):
            owner = self._owner_of(function.name)
            receivers: Value = (Instance(owner),) if owner is not None else ()
            return self._on(receivers, function.name, form, wanted, exact=False)
        if not isinstance(function, Member):
            return ()
        if isinstance(function.of, Name) and function.of.name == "super":
            return self._on(self._superclass(), function.name, form, wanted, exact=True)
        exact = isinstance(function.of, Construct) or (
            isinstance(function.of, Member) and function.of.name == "super"
        )
        return self._on(self.value(function.of), function.name, form, wanted, exact)

    def _superclass(self) -> Value:
        """What `super` is: the class above the one at hand, never an interface."""
        classes = self.classes()
        bases = self.session.hierarchy.bases(self.with_params(classes[0]))[:1] if classes else ()
        entries = [self.session.project.class_of(base) for base in bases]
        return (
            ()
            if any(entry is not None and entry.kind == "interface" for entry in entries)
            else tuple(map(Instance, bases))
        )

    def _owner_of(self, name: str) -> Type | None:
        """The class around the place at hand that has a method of a name, or the class it is imported from."""
        for class_ in self.classes():
            type_ = self.with_params(class_)
            if self.session.hierarchy.methods(type_, name) or self._outside_method(type_, name) is not None:
                return type_
        owners = [self._static[name].rpartition(".")[0]] if name in self._static else []
        for owner in (*owners, *self._static_stars):
            found = self.session.project.by_full_name(owner)
            if found is not None and self.session.hierarchy.methods(found, name):
                return found
        return None

    def _on(self, receivers: Value, name: str, form: Call, wanted: Type, exact: bool) -> Value:
        """A method called on something: on each type that it may have."""
        for function in receivers:
            if isinstance(function, Code):
                self.show(unit_node(function.path, function.unit), "calls", form.line, function.certain)
        types = list(dict.fromkeys(t.type for t in receivers if isinstance(t, Instance | TypeValue)))
        exact = exact or any(isinstance(thing, TypeValue) for thing in receivers)
        every = [(type_, self.session.hierarchy.methods(type_, name)) for type_ in types[:_RECEIVERS]]
        known = [(type_, found) for type_, found in every if found]
        if not known:
            return self._outside_call(types[0] if types else NOTHING, name, form)
        return joined(*[self._on_type(one, name, found, form, wanted, exact) for one, found in known])

    def _on_type(
        self, type_: Type, name: str, found: tuple[Found, ...], form: Call, wanted: Type, exact: bool
    ) -> Value:
        args = self._first_args(form.args)
        chosen = choose(self.session.hierarchy, found, args)
        args = self._with_functions(form.args, args, chosen, wanted)
        if 1 < len(chosen) <= _MOST_UNSURE:
            for one in chosen:
                self._show_call(one, form.line, _UNSURE)
        elif len(chosen) == 1:
            self._show_call(chosen[0], form.line, 1.0 if chosen[0].owner.path == self.path else 0.95)
            if not exact and not chosen[0].method.static:
                self._show_overriding(type_, name, chosen[0], form.line)
            self._pass(chosen[0], args, form.line)
        return self._result(chosen, args, form, wanted)

    def _first_args(self, args: tuple[Form, ...]) -> list[Value]:
        """The arguments; of a lambda only how many it takes, until its place is known."""
        found: list[Value] = []
        for arg in args:
            if isinstance(arg, Function):
                params = tuple(self.type(param.type, 0) for param in arg.params)
                found.append((Instance(Type(LAMBDA, "", (Type("()", "", params),))),))
            elif isinstance(arg, Refer):
                found.append((Instance(Type(LAMBDA, "", self._taken_by(arg))),))
            else:
                found.append(self.value(arg))
        return found

    def _taken_by(self, form: Refer) -> tuple[Type, ...]:
        """The parameters of a method reference, as many as it takes for sure; nothing where that is open."""
        counts: set[int] = set()
        for thing in self.value(form.of):
            if isinstance(thing, TypeValue) and thing.type.name == "[]":
                counts.add(1)
            elif isinstance(thing, Instance | TypeValue):
                of_type = isinstance(thing, TypeValue) and form.name != "new"
                for one in self._referred(thing.type, form.name):
                    counts.add(len(one.signature.args[0].args) + (of_type and not one.method.static))
        return (Type("()", "", (NOTHING,) * counts.pop()),) if len(counts) == 1 else ()

    def _referred(self, type_: Type, name: str) -> list[Found]:
        if name == "new":
            return list(self.session.hierarchy.constructors(type_))
        return list(self.session.hierarchy.methods(type_, name))

    def _with_functions(
        self, forms: tuple[Form, ...], args: list[Value], chosen: list[Found], wanted: Type = NOTHING
    ) -> list[Value]:
        """The arguments with lambdas followed by what their place asks for, also those of calls among them."""
        followed = (Function, Refer) if self._asked_again else (Function, Refer, Call)
        waiting = [isinstance(form, followed) and _waits(form) for form in forms]
        if not any(waiting):
            return args
        params: tuple[Type, ...] = ()
        given: dict[str, Type] = {}
        if len(chosen) == 1:
            params = chosen[0].signature.args[0].args
            self._infer(params, args, given)
            if wanted.args:
                infer(self.session.hierarchy.result(chosen[0]), wanted, given)
        done: list[Value] = []
        for at, form in enumerate(forms):
            if not waiting[at]:
                done.append(args[at])
                continue
            if isinstance(form, Call):
                done.append(self._again(form, params[at] if at < len(params) else NOTHING, given, args[at]))
                continue
            param = params[at] if at < len(params) else NOTHING
            value = self.value(form, wanted=substitute(param, given))
            done.append(value)
            self._infer_function(param, value, given)
        return done

    def _again(self, form: Call, param: Type, given: dict[str, Type], known: Value) -> Value:
        """A call among the arguments, once more where its place says what its own lambdas are given."""
        wanted = substitute(param, given)
        if not wanted.args or any(arg.name[:1] in ("", "$") for arg in wanted.args):
            return known
        self._asked_again = True
        found = self.value(form, wanted=wanted)
        self._asked_again = False
        return found or known

    def _infer(self, params: tuple[Type, ...], args: list[Value], given: dict[str, Type]) -> None:
        """What type parameters have to be for the arguments."""
        for at, arg in enumerate(args):
            param = params[min(at, len(params) - 1)] if params else NOTHING
            if param.names and param.args and not any(type_.name == "[]" for type_ in instances(arg)):
                param = param.args[0]
            for type_ in instances(arg)[:1]:
                if type_.name in (LAMBDA, "null"):
                    continue
                base = self.session.hierarchy.as_base(type_, param.name, param.path) if param.args else type_
                infer(param, base or type_, given)

    def bind(self, form: Bind) -> Value:
        """Declare variables; what runs through something of the project asks for its iterator and runs that."""
        if form.each and len(form.values) == 1:
            for type_ in instances(self.value(form.values[0]))[:1]:
                self._show_iteration(type_, form.line)
        return super().bind(form)

    def _show_iteration(self, type_: Type, line: int) -> None:
        for found in self.session.hierarchy.methods(type_, "iterator"):
            if found.signature.args[0].args:
                continue
            self._show_call(found, line, 0.95)
            self._show_overriding(type_, "iterator", found, line)
            iterator = self.session.hierarchy.result(found)
            for name in ("hasNext", "next"):
                for one in self.session.hierarchy.methods(iterator, name):
                    if not one.signature.args[0].args:
                        self._show_call(one, line, 0.95)

    def _result(self, chosen: list[Found], args: list[Value], form: Call, wanted: Type = NOTHING) -> Value:
        """What the methods give that a call may mean."""
        found: list[Thing] = []
        for one in chosen[:MOST]:
            params = one.signature.args[0].args
            names = [param.name for param in one.method.type_params]
            given = {f"${n}": self.type(ref, form.line) for n, ref in zip(names, form.types, strict=False)}
            self._infer_with_functions(params, args, given)
            if wanted.args and one.method.type_params:
                infer(self.session.hierarchy.result(one), wanted, given)
            result = substitute(self.session.hierarchy.result(one), given)
            if result.name:
                found.append(Instance(result))
            for returned in one.method.returns:
                value = self.session.silent_value(one.owner, returned)
                found.extend(weaker(functions_of(value), 0.8))
        return tuple(dict.fromkeys(found))

    def _infer_with_functions(
        self, params: tuple[Type, ...], args: list[Value], given: dict[str, Type]
    ) -> None:
        self._infer(params, args, given)
        for param, arg in zip(params, args, strict=False):
            self._infer_function(param, arg, given)

    def _infer_function(self, param: Type, value: Value, given: dict[str, Type]) -> None:
        """What type parameters have to be for a function in the place of a functional interface."""
        functional = self.session.hierarchy.functional(param) if param.args else None
        for type_ in instances(value)[:1]:
            if functional is not None:
                infer(functional[1], type_, given)

    def _show_call(self, found: Found, line: int, certain: float) -> None:
        if found.method.unit:
            self.show(unit_node(found.owner.path, found.method.unit), "calls", line, certain)
        else:
            self.show_class(found.owner, line)

    def _show_overriding(self, type_: Type, name: str, found: Found, line: int) -> None:
        """Methods of classes below the receiver's that may run instead."""
        for one in self._classes_of(type_):
            for below in self.session.hierarchy.below(one) if one.path else ():
                other = self.session.hierarchy.overriding(below, name, found)
                if other is not None and (other.method.unit, other.owner.path) != (
                    found.method.unit,
                    found.owner.path,
                ):
                    self.show(unit_node(other.owner.path, other.method.unit), "calls", line, _MAY_RUN)

    def _classes_of(self, type_: Type) -> tuple[Type, ...]:
        """The classes that a value of a type is of: of a type parameter all its bounds."""
        if type_.path or not type_.args:
            return (type_,)
        bounds = self.session.hierarchy.bounds(type_)
        return tuple(one for bound in bounds for one in (bound.args if bound.name == "|" else (bound,)))

    def _pass(self, found: Found, args: list[Value], line: int) -> None:
        """Show the calls of functions that are passed to a method of the project."""
        for flow in found.method.flows:
            for function in functions_of(args[flow.at]) if flow.at < len(args) else ():
                source = unit_node(found.owner.path, flow.unit)
                self.show(
                    unit_node(function.path, function.unit), "calls", line, min(0.8, function.certain), source
                )

    # Outside

    def _outside_method(self, type_: Type, name: str) -> tuple[Type, tuple[Type, ...], Type] | None:
        """A method of the library that a type has: where, the functions it takes, what it gives."""
        for base in self.session.hierarchy.all_bases(type_):
            known = library_class(base.name) if not base.path else None
            if known is not None and name in known.methods:
                method, given = known.methods[name], self.session.hierarchy.arguments(base)
                params = tuple(substitute(param, given) for param in method.params)
                return base, params, substitute(method.result, given)
        known = library_class("Object")
        if type_.name and known is not None and name in known.methods:
            return Type("Object"), (), known.methods[name].result
        return None

    def _outside_call(self, type_: Type, name: str, form: Call) -> Value:
        if type_.name == "[]" and name == "clone":
            return (Instance(type_),)
        found = self._outside_method(type_, name)
        params = found[1] if found is not None else ()
        given: dict[str, Type] = {}
        for at, arg in enumerate(form.args):
            param = params[at] if at < len(params) else NOTHING
            value = self.value(arg, wanted=param)
            self._infer_function(param, value, given)
        if found is None or not found[2].name:
            return ()
        return (Instance(substitute(found[2], given)),)

    # Objects

    def construct(self, form: Construct) -> Value:
        """A new object: its class, the constructor that runs, the body of a nameless class."""
        outer = instances(self.value(form.outer)) if form.outer is not None else []
        inner = self.session.hierarchy.nested(outer[0], form.type.name) if outer else None
        type_ = inner if inner is not None else self.type(form.type, 0)
        for ref in form.type.args:
            self.type(ref, form.line)
        args = self._first_args(form.args)
        if type_.path:
            certain = 1.0 if type_.path == self.path else 0.95
            self.show(unit_node(type_.path, type_.name), "calls", form.line, certain)
            chosen = choose(self.session.hierarchy, self.session.hierarchy.constructors(type_), args)
            args = self._with_functions(form.args, args, chosen)
            if len(chosen) == 1:
                self._show_call(chosen[0], form.line, certain)
                self._pass(chosen[0], args, form.line)
            elif not form.args:
                self._show_inherited(type_, form.line)
        else:
            args = self._with_functions(form.args, args, [])
        if form.body is not None:
            self.define(form.body)
            return (Instance(Type(form.body.entry, self.path)),)
        return (Instance(type_),) if type_.name else ()

    def _show_inherited(self, type_: Type, line: int) -> None:
        """Show the constructor that runs for a class which has none: that of the class above it."""
        for base in self.session.hierarchy.all_bases(type_)[1:]:
            found = self.session.hierarchy.constructors(base)
            entry = self.session.project.class_of(base)
            if entry is None or entry.kind != "class":
                continue
            if found:
                for one in choose(self.session.hierarchy, found, [])[:1]:
                    self._show_call(one, line, 0.9)
                return

    def _chained(self, name: str, form: Call) -> Value:
        """`this(…)` and `super(…)`."""
        classes = self.classes()
        if not classes:
            return ()
        type_ = self.with_params(classes[0])
        target = type_ if name == "this" else next(iter(self.session.hierarchy.bases(type_)), NOTHING)
        args = self._first_args(form.args)
        chosen = choose(self.session.hierarchy, self.session.hierarchy.constructors(target), args)
        args = self._with_functions(form.args, args, chosen)
        if len(chosen) == 1 and chosen[0].method.unit:
            self._show_call(chosen[0], form.line, 1.0 if target.path == self.path else 0.95)
            self._pass(chosen[0], args, form.line)
        elif not chosen and not form.args:
            self._show_inherited(target, form.line)
        return ()

    def refer(self, form: Refer, wanted: Type) -> Value:
        """A method as a value: `A::m`, `this::m`, `A::new`."""
        of = self.value(form.of)
        functional = self.session.hierarchy.functional(wanted) if wanted.name else None
        count = len(functional[1].args[0].args) if functional is not None else -1
        things: list[Thing] = []
        for thing in of:
            if not isinstance(thing, Instance | TypeValue):
                continue
            if form.name == "new":
                found = list(self.session.hierarchy.constructors(thing.type))
                if thing.type.path:
                    things.append(Code(thing.type.path, thing.type.name, form.name, thing.type, 0.9))
            else:
                found = list(self.session.hierarchy.methods(thing.type, form.name))
            fitting = [
                one for one in found if self._suits(one, count, isinstance(thing, TypeValue), form.name)
            ]
            for one in fitting if len(fitting) == 1 else ():
                if one.method.unit:
                    certain = 1.0 if one.owner.path == self.path else 0.95
                    self.show(unit_node(one.owner.path, one.method.unit), "uses", form.line, certain)
                    things.append(Code(one.owner.path, one.method.unit, form.name, one.owner, 0.9))
                result = thing.type if form.name == "new" else self.session.hierarchy.result(one)
                things.append(self._function_value(functional, result))
        return joined(tuple(things))

    def _function_value(self, functional: tuple[str, Type] | None, result: Type) -> Instance:
        params = functional[1].args[0] if functional is not None else Type("()")
        return Instance(Type("func", "", (params, Type("()", "", (result,)))))

    def _suits(self, found: Found, count: int, by_type: bool, name: str) -> bool:
        """Whether a method can be what a reference means where a function of `count` parameters is wanted."""
        taken = len(found.signature.args[0].args)
        if count < 0:
            return True
        if by_type and name != "new" and not found.method.static:
            return taken == count - 1
        return taken == count


def _waits(form: Form) -> bool:
    """Whether what an argument is depends on its place: a function, or a call that is given one."""
    return not isinstance(form, Call) or any(isinstance(arg, Function | Refer) for arg in form.args)
