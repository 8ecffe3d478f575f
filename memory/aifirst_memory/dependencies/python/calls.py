"""Calls: what runs."""

from __future__ import annotations

from typing import Any, Final

from aifirst_memory.dependencies.python import forms, values
from aifirst_memory.dependencies.python.emitter import Emitter
from aifirst_memory.dependencies.python.facts import FunctionFacts
from aifirst_memory.dependencies.python.flows import Flows
from aifirst_memory.dependencies.python.forms import Form
from aifirst_memory.dependencies.python.scopes import OverlayScope, Scope, is_own
from aifirst_memory.dependencies.python.summaries import CALLED
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

    def run(self, found: Values, given: Given, scope: Scope, confidence: float) -> None:
        """Note what a call runs whose result nobody looks at."""
        for value in found:
            function, receiver = (value[1], value[2]) if value[0] == values.BOUND else (value, None)
            if function[0] == values.FUNCTION:
                exact = receiver is not None and len(value) > 3
                self._run_function(function, receiver, given, scope, confidence, exact)
            else:
                self._call(value, given, scope, confidence)

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
        facts = self.function(value[1], value[2])
        if facts is None:
            return NOTHING
        if scope.emitter is not None:
            bound = self._run_function(value, receiver, given, scope, confidence, exact)
        elif facts.relevant or facts.returns is not None or facts.overloads:
            bound = self.bind(facts, given, receiver)
        else:
            bound = {}
        return self.result(value, facts, bound, receiver)

    def _run_function(
        self, value: Value, receiver: Value | None, given: Given, scope: Scope, confidence: float, exact: bool
    ) -> dict[str, Values]:
        """Note what a call of a function runs; gives what its parameters are given, as far as that matters."""
        path, unit = value[1], value[2]
        facts, emitter = self.function(path, unit), scope.emitter
        if facts is None or emitter is None:
            return {}
        emitter.add(f"{path}::{unit}", "calls", confidence)
        if receiver is not None and facts.in_class and not exact:
            self._note_overrides(facts, receiver, emitter)
        flows = bool(facts.flows or facts.stores)
        bound: dict[str, Values] = {}
        if flows or facts.relevant or facts.returns is not None or facts.overloads:
            bound = self.bind(facts, given, receiver)
        if flows:
            self.flow(path, facts, bound, value[3], emitter)
        return bound

    def _note_overrides(self, facts: FunctionFacts, receiver: Value, emitter: Emitter) -> None:
        """Note the overriding methods of the receiver's subclasses: any of them may be what runs."""
        if receiver[0] not in (values.INSTANCE, values.CLASS) or is_exact(receiver):
            return
        name = facts.name.rpartition(".")[2].partition("#")[0]
        if name in ("__init__", "__new__", "__init_subclass__"):
            return
        key = (receiver[1], receiver[2], name)
        for node in self.once(("overriding", *key), self._find_overrides, (), *key):
            emitter.add(node, "calls", MAY_RUN)

    def _find_overrides(self, path: str, unit: str, name: str) -> tuple[str, ...]:
        """The methods of a name in the subclasses of a class."""
        found: list[str] = []
        for owner_path, owner in self.subclasses(path, unit):
            inner = self.class_(owner_path, owner)
            found.extend(
                f"{owner_path}::{binding[1]}"
                for binding in (inner.members.get(name) if inner is not None else None) or ()
                if binding[0] == forms.B_DEFINED and not binding[2]
            )
            if len(found) >= _MAX_OVERRIDES:
                break
        return tuple(found)

    def _construct(self, value: Value, given: Given, scope: Scope, confidence: float) -> Values:
        path, unit = value[1], value[2]
        made: Value = (values.INSTANCE, *value[1:])
        if not value[3] and self.variables(path, unit):
            made = (values.INSTANCE, path, unit, self.inferred_arguments(path, unit, given), *value[4:])
        emitter = scope.emitter
        if emitter is None:
            # What its making runs gives nothing that the object is known by.
            return (made,)
        emitter.add(f"{path}::{unit}", "calls", confidence)
        meta = self.metaclass(path, unit)
        if meta is not None:
            owned = self.find_member(meta[1], meta[2], "__call__")
            if owned is not None:
                self.run(self.member_values(owned, "__call__", value, meta, scope, True), given, scope, 0.9)
        if self.is_enum(path, unit):
            return (made,)
        for name in ("__new__", "__init__"):
            owned = self.find_member(path, unit, name)
            if owned is None:
                continue
            receiver = made if name == "__init__" else value
            methods = self.member_values(owned, name, receiver, receiver, scope, True)
            self.run(methods, given, scope, min(confidence, 0.95))
        if self.is_dataclass(path, unit):
            self._construct_dataclass(made, given, scope, emitter, confidence)
        return (made,)

    def _construct_dataclass(
        self, made: Value, given: Given, scope: Scope, emitter: Emitter, confidence: float
    ) -> None:
        owned = self.find_member(made[1], made[2], "__post_init__")
        if owned is not None:
            method = self.member_values(owned, "__post_init__", made, made, scope, True)
            self.run(method, EMPTY, scope, min(confidence, 0.95))
        fields = self.fields(made[1], made[2])
        filled = {name: found for (name, _, _), found in zip(fields, given.positional, strict=False)}
        filled.update(given.keywords)
        self.flow_attributes(made, {name: found for name, found in filled.items() if matters(found)}, emitter)

    def _call_lambda(self, value: Value, given: Given, scope: Scope) -> Values:
        form, inner = value[1].form, value[2]
        names = self._lambda_names(form, inner, given)
        if self.budget <= 0:
            return NOTHING
        if not self.level:
            return self.cut_off()
        if scope.emitter is not None and any(matters(found) for found in names.values()):
            self.level -= 1
            found = self.evaluate(form[2], OverlayScope(inner, names))
            self.level += 1
            return found
        own = inner.is_own or any(is_own(found) for found in names.values())
        key = (CALLED, value[1], inner, tuple(names.items()))
        return self.inside(key, self._lambda_result, form[2], inner, names, own=own)

    def _lambda_names(self, form: list[Any], inner: Scope, given: Given) -> dict[str, Values]:
        """What a lambda's parameters are given."""
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
        return names

    def _lambda_result(self, body: Form, inner: Scope, names: dict[str, Values]) -> Values:
        overlay = OverlayScope(inner, names)
        overlay.emitter = None
        self.level -= 1
        return self.evaluate(body, overlay)
