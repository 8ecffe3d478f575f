"""Calls: what runs."""

from __future__ import annotations

from typing import Final

from aifirst_memory.dependencies.python import forms, values
from aifirst_memory.dependencies.python.emitter import Emitter
from aifirst_memory.dependencies.python.facts import FunctionFacts
from aifirst_memory.dependencies.python.flows import Flows
from aifirst_memory.dependencies.python.scopes import OverlayScope, Scope
from aifirst_memory.dependencies.python.values import (
    EMPTY,
    NOTHING,
    Given,
    Value,
    Values,
    is_exact,
    joined,
    matters,
)

MAY_RUN: Final = 0.6
_MAX_OVERRIDES: Final = 24


class Calls(Flows):
    """Follows calls."""

    def outside_call(self, name: str, given: Given, scope: Scope) -> Values:
        """What calling something outside the project gives."""
        raise NotImplementedError

    def method_call(self, receiver: Value, name: str, given: Given, scope: Scope) -> Values:
        """What calling a method of an outside object gives."""
        raise NotImplementedError

    def elements(self, found: Values, scope: Scope, *, is_async: bool = False) -> Values:
        """What iterating gives."""
        raise NotImplementedError

    def call(self, found: Values, given: Given, scope: Scope, confidence: float) -> Values:
        """What a call gives; its edges are noted where the scope has an emitter."""
        if len(found) == 1:
            return self._call(found[0], given, scope, confidence)
        return joined([self._call(value, given, scope, confidence) for value in found])

    def _call(self, value: Value, given: Given, scope: Scope, confidence: float) -> Values:
        sort = value[0]
        if sort == values.FUNCTION:
            return self._call_function(value, None, given, scope, confidence)
        if sort == values.BOUND:
            return self._call_bound(value, given, scope, confidence)
        if sort == values.CLASS:
            return self._construct(value, given, scope, confidence)
        if sort == values.OUTSIDE:
            return self.outside_call(value[1], given, scope)
        if sort == values.METHOD:
            return self.method_call(value[1], value[2], given, scope)
        if sort == values.INSTANCE:
            owned = self.find_member(value[1], value[2], "__call__")
            if owned is None:
                return NOTHING
            method = self.member_values(owned, "__call__", value, value, scope, True)
            return self.call(method, given, scope, min(confidence, 0.9))
        if sort == values.LAMBDA:
            return self._call_lambda(value, given, scope)
        if sort == values.PARTIAL:
            more = Given(value[2] + given.positional, value[3] + given.keywords, given.spread)
            return self.call(value[1], more, scope, min(confidence, 0.8))
        if sort == values.CALLABLE:
            return value[1]
        if sort == values.TYPE:
            return joined([self._call_type(inner, given, scope, confidence) for inner in value[1]])
        if sort == values.VARIABLE:
            return self.call(
                self.attribute((value,), "__call__", scope, called=True), given, scope, confidence
            )
        return NOTHING

    def _call_type(self, instance: Value, given: Given, scope: Scope, confidence: float) -> Values:
        if instance[0] == values.INSTANCE:
            return self._construct((values.CLASS, *instance[1:4], True), given, scope, confidence)
        return (instance,)

    def _call_bound(self, value: Value, given: Given, scope: Scope, confidence: float) -> Values:
        function, receiver = value[1], value[2]
        if function[0] == values.FUNCTION:
            return self._call_function(function, receiver, given, scope, confidence, exact=len(value) > 3)
        more = Given(((receiver,), *given.positional), given.keywords, given.spread)
        return self._call(function, more, scope, confidence)

    def _call_function(
        self,
        value: Value,
        receiver: Value | None,
        given: Given,
        scope: Scope,
        confidence: float,
        *,
        exact: bool = False,
    ) -> Values:
        path, unit = value[1], value[2]
        facts = self.function(path, unit)
        if facts is None:
            return NOTHING
        emitter = scope.emitter
        if emitter is not None:
            emitter.add(f"{path}::{unit}", "calls", confidence)
            if receiver is not None and facts.in_class and not exact:
                self._note_overrides(facts, receiver, emitter)
        flows = emitter is not None and (facts.flows or facts.stores)
        bound: dict[str, Values] = {}
        if flows or facts.relevant or facts.returns is not None or facts.overloads:
            bound = self.bind(facts, given, receiver)
        if emitter is not None and flows:
            self.flow(path, facts, bound, value[3], emitter)
        return self.result(value, facts, bound, receiver)

    def _note_overrides(self, facts: FunctionFacts, receiver: Value, emitter: Emitter) -> None:
        """Note the overriding methods of the receiver's subclasses: any of them may be what runs."""
        if receiver[0] not in (values.INSTANCE, values.CLASS) or is_exact(receiver):
            return
        name = facts.name.rpartition(".")[2].partition("#")[0]
        if name in ("__init__", "__new__", "__init_subclass__"):
            return
        noted = 0
        for path, unit in self.subclasses(receiver[1], receiver[2]):
            inner = self.class_(path, unit)
            bindings = inner.members.get(name) if inner is not None else None
            for binding in bindings or ():
                if binding[0] == forms.B_DEFINED and not binding[2]:
                    emitter.add(f"{path}::{binding[1]}", "calls", MAY_RUN)
                    noted += 1
            if noted >= _MAX_OVERRIDES:
                return

    def _construct(self, value: Value, given: Given, scope: Scope, confidence: float) -> Values:
        path, unit = value[1], value[2]
        made: Value = (values.INSTANCE, *value[1:])
        if not value[3] and self.variables(path, unit):
            made = (values.INSTANCE, path, unit, self.inferred_arguments(path, unit, given), *value[4:])
        emitter = scope.emitter
        if emitter is not None:
            emitter.add(f"{path}::{unit}", "calls", confidence)
        meta = self.metaclass(path, unit)
        if meta is not None:
            owned = self.find_member(meta[1], meta[2], "__call__")
            if owned is not None:
                self.call(self.member_values(owned, "__call__", value, meta, scope, True), given, scope, 0.9)
        if self.is_enum(path, unit):
            return (made,)
        for name in ("__new__", "__init__"):
            owned = self.find_member(path, unit, name)
            if owned is None:
                continue
            receiver = made if name == "__init__" else value
            methods = self.member_values(owned, name, receiver, receiver, scope, True)
            self.call(methods, given, scope, min(confidence, 0.95))
        if self.is_dataclass(path, unit):
            self._construct_dataclass(made, given, scope, confidence)
        return (made,)

    def _construct_dataclass(self, made: Value, given: Given, scope: Scope, confidence: float) -> None:
        owned = self.find_member(made[1], made[2], "__post_init__")
        if owned is not None:
            method = self.member_values(owned, "__post_init__", made, made, scope, True)
            self.call(method, EMPTY, scope, min(confidence, 0.95))
        if scope.emitter is None:
            return
        fields = self.fields(made[1], made[2])
        filled = {name: found for (name, _, _), found in zip(fields, given.positional, strict=False)}
        filled.update(given.keywords)
        self.flow_attributes(
            made, {name: found for name, found in filled.items() if matters(found)}, scope.emitter
        )

    def _call_lambda(self, value: Value, given: Given, scope: Scope) -> Values:
        form, inner = value[1].form, value[2]
        names: dict[str, Values] = {}
        positional = list(given.positional)
        for name, sort, _, default in form[1]:
            if sort in (forms.POSITIONAL, forms.ORDINARY):
                names[name] = positional.pop(0) if positional else given.spread
            elif sort == forms.REST:
                names[name] = values.sequence(joined(positional))
            else:
                names[name] = NOTHING
            for keyword, found in given.keywords:
                if keyword == name:
                    names[name] = found
            if not names[name] and default is not None:
                names[name] = self.evaluate(default, inner)
        if not self.may_go_deeper():
            return NOTHING
        overlay = OverlayScope(inner, names)
        if not any(matters(found) for found in names.values()) or scope.emitter is None:
            overlay.emitter = None
        self.call_depth += 1
        found = self.evaluate(form[2], overlay)
        self.call_depth -= 1
        return found
