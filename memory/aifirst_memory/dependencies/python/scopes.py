"""Scopes: where a name is looked up, from the innermost outwards.

A summary scope knows a function as others see it: all that a name may be bound to, in no order, with the values that
a call gives its parameters where there is such a call. The walk over a file's own code has a scope in order, with
an emitter that takes the edges.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from aifirst_memory.dependencies.python import forms, values
from aifirst_memory.dependencies.python.facts import Bindings, ClassFacts, FunctionFacts
from aifirst_memory.dependencies.python.values import NOTHING, Value, Values, joined

if TYPE_CHECKING:
    from aifirst_memory.dependencies.python.emitter import Emitter
    from aifirst_memory.dependencies.python.forms import Parameter
    from aifirst_memory.dependencies.python.session import Reference, Session
    from aifirst_memory.dependencies.python.summaries import Summary


_NONE: Final[dict[str, Values]] = {}


class Scope:
    """A scope of one unit. `emitter` is there while a file's own code is walked, and None in summaries."""

    emitter: Emitter | None = None
    is_own = False
    """Whether it hangs on the file that is being resolved, so that what is found in it is kept no longer."""
    narrows = False
    """Whether `narrowed` may give anything."""
    known: dict[str, Values]
    """What names are known to stand for, however often they are looked up; empty where that changes."""

    def __init__(self, session: Session, path: str, unit: str, outer: Scope | None) -> None:
        self.session = session
        self.path = path
        self.unit = unit
        self.outer = outer
        self.known = _NONE

    def close(self) -> None:
        """Let go of what was found out here, which holds scopes in turn."""

    @property
    def around(self) -> Scope:
        """The scope around; a module's is its own."""
        return self.outer if self.outer is not None else self

    def lookup(self, name: str) -> Values:
        """What a name stands for here."""
        raise NotImplementedError

    def references(self, name: str) -> tuple[Reference, ...]:
        """The nodes that a name refers to here."""
        raise NotImplementedError

    def narrowed(self, key: str) -> Values | None:
        """What is known of a dotted name (`self.x`) at this place; None where nothing is."""
        del key
        return None

    def bind(self, name: str, found: Values) -> None:
        """Bind a name in the middle of an expression (`:=`)."""
        del name, found

    def maker(self) -> Scope | None:
        """The scope that a function made here has to remember, None where facts alone tell it."""
        return None

    def function(self) -> FunctionFacts | None:
        """The facts of the function that this is the scope of, or of the nearest one around."""
        return self.outer.function() if self.outer is not None else None


class ModuleScope(Scope):
    """A module's names, and behind them the built-in ones."""

    def __init__(self, session: Session, path: str) -> None:
        super().__init__(session, path, "", None)
        self._built_in: dict[str, Values] = {}

    def lookup(self, name: str) -> Values:
        """What a module's name stands for at the module's end."""
        found = self.session.member(self.path, name)
        if found:
            return found
        known = self._built_in.get(name)
        if known is None:
            bound = self.session.bindings(self.path, name) is not None
            known = self._built_in[name] = NOTHING if bound else ((values.OUTSIDE, f"builtins.{name}"),)
        return known

    def references(self, name: str) -> tuple[Reference, ...]:
        """The nodes that a module's name refers to."""
        return self.session.references(self.path, name)


class ClassScope(Scope):
    """The names of a class body; functions inside it do not see them."""

    def __init__(self, session: Session, path: str, facts: ClassFacts, outer: Scope) -> None:
        super().__init__(session, path, facts.name, outer)
        self.facts = facts

    def lookup(self, name: str) -> Values:
        """A member of the class, or what the scope around has."""
        bindings = self.facts.members.get(name)
        if bindings is not None:
            key = ("declared", self, name)
            if not self.session.is_open(key):
                return self.session.at_depth(key, self._declared, bindings)
        for parameter, bound in self.facts.type_parameters:
            if parameter == name:
                return ((values.VARIABLE, name, self.session.declared(bound, self) if bound else NOTHING),)
        return self.around.lookup(name)

    def _declared(self, bindings: Bindings) -> Values:
        return joined([self.session.bound(self.path, binding, self) for binding in bindings])

    def references(self, name: str) -> tuple[Reference, ...]:
        """The class itself for what its body declares."""
        bindings = self.facts.members.get(name)
        if bindings is None:
            return self.around.references(name)
        own = f"{self.path}::{self.unit}"
        found: list[Reference] = []
        for binding in bindings:
            if binding[0] == forms.B_VALUE:
                found.append((own, True))
            else:
                found.extend(self.session.referred(self.path, binding))
        return tuple(found)


class TypeParameterScope(Scope):
    """The type parameters of a class as those inside it see them (PEP 695), without the class's members."""

    def __init__(self, session: Session, path: str, facts: ClassFacts, outer: Scope) -> None:
        super().__init__(session, path, facts.name, outer)
        self.facts = facts

    def lookup(self, name: str) -> Values:
        """A type parameter, or what the scope around has."""
        for parameter, bound in self.facts.type_parameters:
            if parameter == name:
                return (
                    (values.VARIABLE, name, self.session.declared(bound, self.around) if bound else NOTHING),
                )
        return self.around.lookup(name)

    def references(self, name: str) -> tuple[Reference, ...]:
        """The nodes that a name around the class refers to."""
        return self.around.references(name)

    def maker(self) -> Scope | None:
        """That of the scope around."""
        return self.outer.maker() if self.outer is not None else None


class OverlayScope(Scope):
    """Names of a lambda or a comprehension over the scope around."""

    def __init__(self, outer: Scope, names: dict[str, Values]) -> None:
        super().__init__(outer.session, outer.path, outer.unit, outer)
        self.names = self.known = names
        self.emitter = outer.emitter
        self.is_own = outer.is_own
        self.narrows = True

    def lookup(self, name: str) -> Values:
        """A name bound here, or what the scope around has."""
        found = self.names.get(name)
        return self.around.lookup(name) if found is None else found

    def references(self, name: str) -> tuple[Reference, ...]:
        """None for names bound here."""
        return () if name in self.names else self.around.references(name)

    def narrowed(self, key: str) -> Values | None:
        """What is known of a dotted name at this place."""
        return self.names[key] if key in self.names else self.around.narrowed(key)

    def bind(self, name: str, found: Values) -> None:
        """Bind a name by `:=`, which binds it around."""
        self.around.bind(name, found)

    def maker(self) -> Scope | None:
        """Itself: what it binds is in no facts."""
        return self


class SummaryScope(Scope):
    """A function's names as its facts tell them. `given` are the values that a call gives to parameters."""

    def __init__(
        self,
        session: Session,
        path: str,
        facts: FunctionFacts,
        outer: Scope,
        given: dict[str, Values] | None = None,
        *,
        is_own: bool = False,
    ) -> None:
        # Written out: one is made for every call that is followed.
        self.session = session
        self.path = path
        self.unit = facts.name
        self.outer: Scope | None = outer
        self.facts = facts
        self.given = given
        self.is_own = is_own
        self.known = _NONE
        if given:
            bindings = facts.locals
            self.known = {name: found for name, found in given.items() if found and name not in bindings}
        self.answers: dict[Any, Summary] = {}

    def maker(self) -> Scope | None:
        """Itself where a call or the function around gave values that the facts do not have."""
        if self.given is not None:
            return self
        return self if self.outer is not None and self.outer.maker() is not None else None

    def close(self) -> None:
        """Let go of what was found out here."""
        self.answers.clear()

    def function(self) -> FunctionFacts | None:
        """The facts of the function."""
        return self.facts

    def lookup(self, name: str) -> Values:
        """All that a name may stand for in the function."""
        found = self.known.get(name)
        if found is not None:
            return found
        facts, session = self.facts, self.session
        node = self.answers.get(name)
        if (
            node is not None
            and node.counts <= session.level
            and (self.given is None or not session.overridden)
        ):
            return session.use(node)
        bindings = facts.locals.get(name)
        if facts.globals and name in facts.globals:
            return session.module_scope(self.path).lookup(name)
        parameter = next((one for one in facts.parameters if one.name == name), None)
        if parameter is not None and bindings is None and self.given is not None:
            return session.scope_of(self.path, self.unit).lookup(name)
        if parameter is not None or bindings is not None:
            return session.local(self, name, self._local, parameter, bindings)
        return NOTHING if name in facts.bound else self._from_around(name)

    def _from_around(self, name: str) -> Values:
        """What a name stands for that the function does not bind."""
        for variable, bound in self.facts.type_parameters:
            if variable == name:
                declared = self.session.declared(bound, self) if bound else NOTHING
                return ((values.VARIABLE, name, declared),)
        return self.outer.lookup(name) if self.outer is not None else NOTHING

    def _local(self, parameter: Parameter | None, bindings: Bindings | None) -> Values:
        session, found = self.session, list[Values]()
        if parameter is not None:
            given = self.given.get(parameter.name) if self.given is not None else None
            found.append(given or session.parameter_values(self.facts, parameter, self))
        for binding in bindings or ():
            found.append(session.bound(self.path, binding, self))
        return joined(found)

    def references(self, name: str) -> tuple[Reference, ...]:
        """The nodes that a nested definition or a local import refers to; none for variables."""
        if name in self.facts.globals:
            return self.session.references(self.path, name)
        bindings = self.facts.locals.get(name)
        if bindings is not None:
            return tuple(
                reference
                for binding in bindings
                if binding[0] != forms.B_VALUE
                for reference in self.session.referred(self.path, binding)
            )
        if name in self.facts.bound:
            return ()
        return self.around.references(name)


def is_own(found: Values) -> bool:
    """Whether values hang on the file that is being resolved: functions that saw what its names hold at a place."""
    for value in found:  # noqa: SIM110 (asked of every argument of every call that is followed: no generator)
        if _is_own(value):
            return True
    return False


def _is_own(value: Value) -> bool:
    sort = value[0]
    if sort == values.FUNCTION:
        return value[3] is not None and value[3].is_own
    if sort == values.LAMBDA:
        return value[2].is_own
    parts = _PARTS_OF.get(sort)
    if parts is None:
        return False
    for part in parts(value):  # noqa: SIM110 (as above)
        if part and is_own(part):
            return True
    return False


def _of_instance(value: Value) -> tuple[Values, ...]:
    return value[3]


def _of_inner(value: Value) -> tuple[Values, ...]:
    return (value[1],)


def _of_object(value: Value) -> tuple[Values, ...]:
    return value[2]


def _of_table(value: Value) -> tuple[Values, ...]:
    return (value[2], *((key,) for key, _ in value[1]), *(held for _, held in value[1]))


_PARTS_OF: Final[dict[int, Callable[[Value], tuple[Values, ...]]]] = {
    values.INSTANCE: _of_instance,
    values.CLASS: _of_instance,
    values.BOUND: lambda value: ((value[1], value[2]),),
    values.OBJECT: _of_object,
    values.VARIABLE: lambda value: (value[2],),
    values.TYPE: _of_inner,
    values.CALLABLE: _of_inner,
    values.ROW: lambda value: value[1],
    values.METHOD: lambda value: ((value[1],),),
    values.SUPER: lambda value: ((value[1],),),
    values.TABLE: _of_table,
    values.PARTIAL: lambda value: (value[1], *value[2], *(held for _, held in value[3])),
}
"""The sets of values that a value holds, by its sort."""
