"""What functions and methods run of what they are given: followed from the call that gives it."""

from __future__ import annotations

from typing import Any, Final

from aifirst_memory.dependencies.python import forms, values
from aifirst_memory.dependencies.python.emitter import Emitter
from aifirst_memory.dependencies.python.facts import FunctionFacts
from aifirst_memory.dependencies.python.fixtures import Fixtures
from aifirst_memory.dependencies.python.scopes import Scope, SummaryScope
from aifirst_memory.dependencies.python.values import NOTHING, Given, Value, Values, joined, matters
from aifirst_memory.dependencies.resolver import ProjectView

_MAX_FLOW_DEPTH: Final = 3
_FLOW_BUDGET: Final = 300
"""Expressions that are looked at for one call's arguments, at most: few need a third of it."""


class Flows(Fixtures):
    """Follows what calls pass on."""

    def __init__(self, project: ProjectView) -> None:
        super().__init__(project)
        self._flow_depth = 0
        self._flowed: set[tuple[Any, ...]] = set()
        self._known_given: dict[int, tuple[list[Any], Given]] = {}
        self._known_callees: dict[int, tuple[list[Any], Values]] = {}

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
        if not (facts.flows or facts.stores) or self._flow_depth >= _MAX_FLOW_DEPTH or self.budget <= 0:
            return
        given = self._flowing(path, facts, bound)
        if known:
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
        with_given = SummaryScope(self, path, facts, outer, bound)
        self._flow_calls(facts, given, with_given, emitter)
        self._flow_stores(facts, given, with_given, emitter)
        self._flow_depth -= 1

    def _flow_calls(
        self, facts: FunctionFacts, given: dict[str, Values], filled: SummaryScope, emitter: Emitter
    ) -> None:
        path, names = filled.path, given.keys()
        inner_scopes: dict[str, Scope] = {}
        for unit, form, of_callee, of_arguments in facts.flows:
            is_callee, is_argument = not names.isdisjoint(of_callee), not names.isdisjoint(of_arguments)
            if not is_callee and not is_argument:
                continue
            known = self._known_callee(path, unit, form)
            takers = [value for value in known if self._takes(value)] if is_argument else []
            if not is_callee and not takers:
                continue
            inner = inner_scopes.get(unit)
            if inner is None:
                inner = inner_scopes[unit] = self._inner(filled, unit)
            self._flow_call(path, unit, form, inner, known if is_callee else None, takers, emitter)

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
        given: dict[str, Values] = {}
        first = facts.parameters[0].name if facts.in_class and facts.parameters else ""
        for parameter in facts.parameters:
            found = bound.get(parameter.name)
            if (
                not found
                or not matters(found)
                or (parameter.name == first and self.method_kind(path, facts) != "static")
            ):
                continue
            if parameter.annotation is not None:
                scope = self.scope_of(path, facts.name)
                declared = self.parameter_values(facts, parameter, scope)
                if matters(declared):
                    continue
            given[parameter.name] = found
        return given

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
            inner = SummaryScope(self, scope.path, link, inner, {})
        return inner

    def _known_callee(self, path: str, unit: str, form: list[Any]) -> Values:
        """What a call in a function's facts calls whatever the parameters hold."""
        kept = self._known_callees.get(id(form))
        if kept is None:
            # The form is kept beside its values so that its number stays its own.
            kept = self._known_callees[id(form)] = (form, self.evaluate(form[1], self.scope_of(path, unit)))
        return kept[1]

    def _takes(self, value: Value) -> bool:
        """Whether a known callee does something with what it is given that may run it."""
        function = self._function_of(value)
        facts = self.function(function[0][1], function[0][2]) if function is not None else None
        return facts is not None and bool(facts.flows or facts.stores)

    def _function_of(self, value: Value) -> tuple[Value, Value | None] | None:
        """The function that calling a value runs, and the object that it runs on."""
        receiver: Value | None = None
        if value[0] == values.BOUND:
            value, receiver = value[1], value[2]
        if value[0] == values.CLASS:
            owned = self.find_member(value[1], value[2], "__init__")
            receiver = (values.INSTANCE, *value[1:])
            if owned is None or owned[2][0][0] != forms.B_DEFINED:
                return None
            value = (values.FUNCTION, owned[0], owned[2][0][1], None)
        return (value, receiver) if value[0] == values.FUNCTION else None

    def _flow_call(
        self,
        path: str,
        unit: str,
        form: list[Any],
        filled: Scope,
        known: Values | None,
        takers: list[Value],
        emitter: Emitter,
    ) -> None:
        new = NOTHING
        if known is not None:
            new = tuple(value for value in self.evaluate(form[1], filled) if value not in known)
        if not new and not takers:
            return
        given = self.arguments(form, filled)
        own = Emitter(emitter.found, f"{path}::{unit}" if unit else path, emitter.line)
        own.offset = emitter.offset
        filled.emitter = own
        if new:
            self.call(new, given, filled, 0.8)
        filled.emitter = None
        for value in takers:
            self._pass_on(value, given, self._known_arguments(path, unit, form), own)

    def _known_arguments(self, path: str, unit: str, form: list[Any]) -> Given:
        """What a call in a function's facts passes whatever the parameters hold."""
        kept = self._known_given.get(id(form))
        if kept is None:
            held, self.overridden = self.overridden, {}
            kept = self._known_given[id(form)] = (form, self.arguments(form, self.scope_of(path, unit)))
            self.overridden = held
        return kept[1]

    def _pass_on(self, value: Value, given: Given, known: Given, emitter: Emitter) -> None:
        """Follow what is given through a call that is known anyway."""
        function = self._function_of(value)
        if function is None:
            return
        inner, receiver = function
        facts = self.function(inner[1], inner[2])
        if facts is not None:
            before = self.bind(facts, known, receiver)
            self.flow(inner[1], facts, self.bind(facts, given, receiver), inner[3], emitter, before)

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
                outer = self.scope_of(path, unit).around
                self._call_held(
                    path, unit, form, is_callee, SummaryScope(self, path, facts, outer, {}), emitter
                )
        self._flow_depth -= 1
        self.overridden = before

    def _flow_attribute(
        self, path: str, method: str, form: list[Any], is_callee: bool, receiver: Value, emitter: Emitter
    ) -> None:
        facts = self.function(path, method)
        outer = self.scope_of(path, method).around
        if facts is not None and facts.parameters:
            filled = SummaryScope(self, path, facts, outer, {facts.parameters[0].name: (receiver,)})
            self._call_held(path, method, form, is_callee, filled, emitter)

    def _call_held(
        self, path: str, unit: str, form: list[Any], is_callee: bool, filled: Scope, emitter: Emitter
    ) -> None:
        """Note what a call runs of what an attribute or a container was just given."""
        held, self.overridden = self.overridden, {}
        known = self._known_callee(path, unit, form)
        self.overridden = held
        takers = [value for value in known if self._takes(value)]
        if is_callee or takers:
            self._flow_call(path, unit, form, filled, known if is_callee else None, takers, emitter)


def _within(found: Values, known: Values) -> bool:
    return all(value in known for value in found)
