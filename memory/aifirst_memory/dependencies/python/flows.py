"""What functions and methods run of what they are given: followed from the call that gives it."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from aifirst_memory.dependencies.python import forms, values
from aifirst_memory.dependencies.python.emitter import Emitter
from aifirst_memory.dependencies.python.facts import FunctionFacts
from aifirst_memory.dependencies.python.fixtures import Fixtures
from aifirst_memory.dependencies.python.scopes import Scope, SummaryScope
from aifirst_memory.dependencies.python.values import EMPTY, NOTHING, Given, Value, Values, joined, matters
from aifirst_memory.dependencies.resolver import ProjectView

_MAX_FLOW_DEPTH: Final = 3
_FLOW_BUDGET: Final = 2_000
"""Expressions that are looked at for one call's arguments, at most: few need a third of it."""


class KnownCall(NamedTuple):
    """A call in a function's facts: what it calls and passes whatever the parameters hold, and who takes that.

    It is kept by its form's number, which stays the form's own as long as that is here.
    """

    path: str
    unit: str
    form: list[Any]
    found: Values
    takers: tuple[Taker, ...]
    given: Given


class Taker(NamedTuple):
    """A function that something flows into, and the object that it runs on."""

    path: str
    facts: FunctionFacts
    made_in: Scope | None
    receiver: Value | None


_NO_CALL: Final = KnownCall("", "", [], NOTHING, (), EMPTY)


class Flows(Fixtures):
    """Follows what calls pass on."""

    def begin_file(self, project: ProjectView) -> None:
        """Forget what hangs on the file before."""
        super().begin_file(project)
        self._flow_depth = 0
        self._flowed: set[tuple[Any, ...]] = set()

    def flow(
        self,
        path: str,
        facts: FunctionFacts,
        bound: dict[str, Values],
        made_in: Scope | None,
        emitter: Emitter,
        known: dict[str, Values] | None = None,
    ) -> None:
        """Note what a function runs of what it is given, as edges of that function.

        What the parameters in `known` are given there is looked at elsewhere.
        """
        if self._flow_depth >= _MAX_FLOW_DEPTH or self.budget <= 0:
            return
        given = self._flowing(path, facts, bound)
        if known and given:
            given = {
                name: found for name, found in given.items() if not _within(found, known.get(name, NOTHING))
            }
        if not given:
            return
        key = (path, facts.name, made_in, tuple(given.items()))
        if key in self._flowed:
            return
        self._flowed.add(key)
        budget = self.budget
        if not self._flow_depth:
            self.budget = min(budget, _FLOW_BUDGET)
        allowed = self.budget
        self._flow(path, facts, bound, given, made_in, emitter)
        if not self._flow_depth:
            self.budget = budget - (allowed - self.budget)

    def _flow(
        self,
        path: str,
        facts: FunctionFacts,
        bound: dict[str, Values],
        given: dict[str, Values],
        made_in: Scope | None,
        emitter: Emitter,
    ) -> None:
        outer = made_in if made_in is not None else self.scope_of(path, facts.name).around
        self._flow_depth += 1
        with_given = SummaryScope(self, path, facts, outer, bound, is_own=True)
        self._flow_calls(facts, given, with_given, emitter)
        self._flow_stores(facts, given, with_given, emitter)
        self._flow_depth -= 1

    def _flow_calls(
        self, facts: FunctionFacts, given: dict[str, Values], filled: SummaryScope, emitter: Emitter
    ) -> None:
        path, names = filled.path, given.keys()
        inner_scopes: dict[str, Scope] = {}
        for unit, form, of_callee, of_arguments in facts.flows:
            is_callee = not names.isdisjoint(of_callee)
            if not is_callee and (names.isdisjoint(of_arguments) or self._flow_depth >= _MAX_FLOW_DEPTH):
                continue
            known = self._known_call(path, unit, form)
            takers = known.takers
            if not takers and not is_callee:
                continue
            if takers and (self._flow_depth >= _MAX_FLOW_DEPTH or names.isdisjoint(of_arguments)):
                takers = ()
            inner = inner_scopes.get(unit)
            if inner is None:
                inner = inner_scopes[unit] = self._inner(filled, unit)
            self._flow_call(known, inner, takers, emitter, is_callee=is_callee)

    def _flow_stores(
        self,
        facts: FunctionFacts,
        given: dict[str, Values],
        scope: SummaryScope,
        emitter: Emitter,
    ) -> None:
        filled: dict[str, dict[str, Values]] = {}
        for holder, name, form, origins in facts.stores:
            found = NOTHING if given.keys().isdisjoint(origins) else self.evaluate(form, scope)
            if matters(found) and not holder:
                self._flow_container(scope.path, name, found, emitter)
            elif matters(found):
                attributes = filled.setdefault(holder, {})
                attributes[name] = joined([attributes.get(name, NOTHING), found])
        for holder, attributes in filled.items():
            for receiver in scope.lookup(holder)[:1]:
                if receiver[0] == values.INSTANCE:
                    self.flow_attributes(receiver, attributes, emitter)

    def _flowing(self, path: str, facts: FunctionFacts, bound: dict[str, Values]) -> dict[str, Values]:
        """The parameters that get something that can run, and whose annotation does not say already what."""
        names = self._flow_names(path, facts)
        return {name: bound[name] for name in names if name in bound and matters(bound[name])}

    def _flow_names(self, path: str, facts: FunctionFacts) -> tuple[str, ...]:
        """The parameters that something may flow on from."""
        return self.once(("flowing", path, facts.name), self._find_flow_names, (), path, facts)

    def _find_flow_names(self, path: str, facts: FunctionFacts) -> tuple[str, ...]:
        """The parameters that calls or stores come from, those without whose annotation says what they hold."""
        coming = {name for flow in facts.flows for origins in flow[2:4] for name in origins}
        coming.update(name for store in facts.stores for name in store[3])
        first = ""
        if facts.in_class and facts.parameters and self.method_kind(path, facts) != "static":
            first = facts.parameters[0].name
        scope = self.scope_of(path, facts.name)
        return tuple(
            parameter.name
            for parameter in facts.parameters
            if parameter.name in coming
            and parameter.name != first
            and (parameter.annotation is None or not matters(self.parameter_values(facts, parameter, scope)))
        )

    def _inner(self, scope: SummaryScope, unit: str) -> Scope:
        """The scope of a unit nested in a scope's function."""
        if unit == scope.unit:
            return scope
        facts = self.function(scope.path, unit)
        if facts is None:
            return scope
        chain = [facts]
        while chain[-1].parent != scope.unit:
            parent = self.unit(scope.path, chain[-1].parent)
            if parent is None or parent.name == "" or len(chain) > 8:
                break
            if isinstance(parent, FunctionFacts):
                chain.append(parent)
            else:
                parent_facts = self.function(scope.path, parent.parent)
                if parent.parent == scope.unit or parent_facts is None:
                    break
                chain.append(parent_facts)
        inner: Scope = scope
        for link in reversed(chain):
            inner = SummaryScope(self, scope.path, link, inner, {}, is_own=True)
        return inner

    def _known_call(self, path: str, unit: str, form: list[Any]) -> KnownCall:
        """What a call in a function's facts runs whatever the parameters hold."""
        key = ("known", path, unit, id(form))
        return self.once(key, self._find_known_call, _NO_CALL, path, unit, form)

    def _find_known_call(self, path: str, unit: str, form: list[Any]) -> KnownCall:
        scope = self.scope_of(path, unit)
        found = self.evaluate(form[1], scope)
        takers = [taker for taker in map(self._taker, found) if taker is not None]
        given = self.arguments(form, scope) if takers else EMPTY
        return KnownCall(path, unit, form, found, tuple(takers), given)

    def _taker(self, value: Value) -> Taker | None:
        """The function that calling a value runs, where it does something with what it is given that may run it."""
        receiver: Value | None = None
        if value[0] == values.BOUND:
            value, receiver = value[1], value[2]
        if value[0] == values.CLASS:
            owned = self.find_member(value[1], value[2], "__init__")
            receiver = (values.INSTANCE, *value[1:])
            if owned is None or owned[2][0][0] != forms.B_DEFINED:
                return None
            value = (values.FUNCTION, owned[0], owned[2][0][1], None)
        facts = self.function(value[1], value[2]) if value[0] == values.FUNCTION else None
        if facts is None or not self._flow_names(value[1], facts):
            return None
        return Taker(value[1], facts, value[3], receiver)

    def _flow_call(
        self, known: KnownCall, filled: Scope, takers: tuple[Taker, ...], emitter: Emitter, *, is_callee: bool
    ) -> None:
        new, form = NOTHING, known.form
        if is_callee:
            new = self.evaluate(form[1], filled)
            if new:
                new = tuple(value for value in new if value not in known.found)
        if not new and not takers:
            return
        path, unit = known.path, known.unit
        given = (
            self.arguments(form, filled) if takers or self.takes_arguments(new, looked_at=False) else EMPTY
        )
        own = Emitter(emitter.found, f"{path}::{unit}" if unit else path, emitter.line)
        own.offset = emitter.offset
        if new:
            filled.emitter = own
            self.run(new, given, filled, 0.8)
            filled.emitter = None
        for taker in takers:
            facts, receiver = taker.facts, taker.receiver
            before = self.bind(facts, known.given, receiver)
            self.flow(taker.path, facts, self.bind(facts, given, receiver), taker.made_in, own, before)

    def run(self, found: Values, given: Given, scope: Scope, confidence: float) -> None:
        """Note what a call runs whose result nobody looks at."""
        raise NotImplementedError

    def takes_arguments(self, found: Values, *, looked_at: bool = True) -> bool:
        """Whether what a call runs, or what it gives where that is looked at, depends on its arguments."""
        raise NotImplementedError

    def arguments(self, form: list[Any], scope: Scope) -> Given:
        """The values of a call's arguments."""
        raise NotImplementedError

    def flow_attributes(self, receiver: Value, filled: dict[str, Values], emitter: Emitter) -> None:
        """Note what the methods of a receiver run of what its attributes were just given."""
        if not filled:
            return
        keys = {(receiver[1], receiver[2], name): found for name, found in filled.items()}
        before, self.overridden = self.overridden, {**self.overridden, **keys}
        self._flow_depth += 1
        for path, unit in self.order(receiver[1], receiver[2]):
            facts = self.class_(path, unit) if path else None
            for name in filled if facts is not None else ():
                for method, form, is_callee in (
                    facts.attribute_calls.get(name, ()) if facts is not None else ()
                ):
                    self._flow_attribute(path, method, form, is_callee, receiver, emitter)
        self._flow_depth -= 1
        self.overridden = before

    def _flow_container(self, path: str, name: str, found: Values, emitter: Emitter) -> None:
        """Note what a module's functions run of what was just put into its container."""
        calls = self.container_calls(path, name)
        if not calls:
            return
        before, self.overridden = self.overridden, {**self.overridden, (path, "", name): found}
        self._flow_depth += 1
        for unit, form, is_callee in calls:
            facts = self.function(path, unit) if unit else None
            if facts is not None:
                self._call_held(path, form, is_callee, facts, {}, emitter)
        self._flow_depth -= 1
        self.overridden = before

    def _flow_attribute(
        self, path: str, method: str, form: list[Any], is_callee: bool, receiver: Value, emitter: Emitter
    ) -> None:
        facts = self.function(path, method)
        if facts is not None and facts.parameters:
            self._call_held(path, form, is_callee, facts, {facts.parameters[0].name: (receiver,)}, emitter)

    def _call_held(
        self,
        path: str,
        form: list[Any],
        is_callee: bool,
        facts: FunctionFacts,
        given: dict[str, Values],
        emitter: Emitter,
    ) -> None:
        """Note what a call runs of what an attribute or a container was just given."""
        known = self._known_call(path, facts.name, form)
        takers = known.takers if self._flow_depth < _MAX_FLOW_DEPTH else ()
        if is_callee or takers:
            outer = self.scope_of(path, facts.name).around
            filled = SummaryScope(self, path, facts, outer, given, is_own=True)
            self._flow_call(known, filled, takers, emitter, is_callee=is_callee)


def _within(found: Values, known: Values) -> bool:
    return all(value in known for value in found)
