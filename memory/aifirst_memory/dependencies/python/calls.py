"""Calls: what runs, what comes back, and what parameters pass on."""

from __future__ import annotations

from typing import Any, Final

from aifirst_memory.dependencies.python import forms, values
from aifirst_memory.dependencies.python.attributes import Attributes
from aifirst_memory.dependencies.python.bind_names import last_name
from aifirst_memory.dependencies.python.classes import has_variables, substitute
from aifirst_memory.dependencies.python.emitter import Emitter
from aifirst_memory.dependencies.python.facts import FunctionFacts
from aifirst_memory.dependencies.python.forms import Form
from aifirst_memory.dependencies.python.scopes import OverlayScope, Scope, SummaryScope
from aifirst_memory.dependencies.python.values import NOTHING, Given, Value, Values, is_exact, joined, matters
from aifirst_memory.dependencies.resolver import ProjectView

MAY_RUN: Final = 0.6
_MAX_CALL_DEPTH: Final = 5
_MAX_FLOW_DEPTH: Final = 3
_FLOW_BUDGET: Final = 300
"""Expressions that are looked at for one call's arguments, at most: few need a third of it."""
_MAX_OVERRIDES: Final = 24
_MANAGERS: Final = frozenset({"contextmanager", "asynccontextmanager"})
_KEEPING: Final = frozenset(
    {"property", "cached_property", "staticmethod", "classmethod", "abstractmethod", "abstractproperty", "overload",
     "setter", "deleter", "getter", "contextmanager", "asynccontextmanager", "lru_cache", "cache", "override", "final",
     "wraps", "fixture", "no_type_check"}
)  # fmt: skip
"""Decorators that need no following when they are outside ones: the function stays what it is."""
_CALLED: Final = frozenset({values.FUNCTION, values.BOUND, values.LAMBDA, values.PARTIAL, values.CALLABLE})
EMPTY: Final = Given((), ())


class Calls(Attributes):
    """Follows calls."""

    def __init__(self, project: ProjectView) -> None:
        super().__init__(project)
        self._call_depth = 0
        self._flow_depth = 0
        self._results: dict[tuple[Any, ...], Values] = {}
        self._defined: dict[tuple[str, str], Values] = {}
        self._flowed: set[tuple[Any, ...]] = set()
        self._known_given: dict[int, tuple[list[Any], Given]] = {}
        self._known_callees: dict[int, tuple[list[Any], Values]] = {}
        self._returns: dict[tuple[str, str], Values] = {}

    def outside_call(self, name: str, given: Given, scope: Scope) -> Values:
        """What calling something outside the project gives."""
        raise NotImplementedError

    def method_call(self, receiver: Value, name: str, given: Given, scope: Scope) -> Values:
        """What calling a method of an outside object gives."""
        raise NotImplementedError

    def elements(self, found: Values, scope: Scope, *, is_async: bool = False) -> Values:
        """What iterating gives."""
        raise NotImplementedError

    # Calls

    def call(self, found: Values, given: Given, scope: Scope, confidence: float) -> Values:
        """What a call gives; its edges are noted where the scope has an emitter."""
        parts = [self._call(value, given, scope, confidence) for value in found]
        return parts[0] if len(parts) == 1 else joined(parts)

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
            return self.call(self.attribute((value,), "__call__", scope, called=True), given, scope, confidence)
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
            made = (values.INSTANCE, path, unit, self._inferred_arguments(path, unit, given), *value[4:])
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
        self._flow_attributes(made, {name: found for name, found in filled.items() if matters(found)}, scope.emitter)

    def _inferred_arguments(self, path: str, unit: str, given: Given) -> tuple[Values, ...]:
        """The type arguments that a constructor's arguments tell."""
        known: dict[str, Values] = {}
        owned = self.find_member(path, unit, "__init__")
        if owned is not None:
            for binding in owned[2]:
                facts = self.function(owned[0], binding[1]) if binding[0] == forms.B_DEFINED else None
                if facts is not None:
                    receiver: Value = (values.INSTANCE, path, unit, ())
                    self.match_variables(owned[0], facts, self.bind(facts, given, receiver), known)
        elif self.is_dataclass(path, unit):
            for (_, owner, binding), found in zip(self.fields(path, unit), given.positional, strict=False):
                match(self.declared(binding[2], self.scope_of(owner, binding[3])), found, known)
        return tuple(known.get(name, NOTHING) for name in self.variables(path, unit))

    def match_variables(
        self, path: str, facts: FunctionFacts, bound: dict[str, Values], known: dict[str, Values]
    ) -> None:
        """Find what type variables of the parameters mean from what is given."""
        scope = self.scope_of(path, facts.name)
        outer = scope if facts.type_parameters else scope.outer
        assert outer is not None
        for parameter in facts.parameters:
            if parameter.annotation is None or parameter.name not in bound:
                continue
            declared = self.declared(parameter.annotation, outer)
            if has_variables(declared):
                found = bound[parameter.name]
                if parameter.sort == forms.REST and found and found[0][0] == values.OBJECT:
                    found = joined(value[2][0] for value in found if value[0] == values.OBJECT and value[2])
                match(declared, found, known)

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
        if self._call_depth >= _MAX_CALL_DEPTH:
            return NOTHING
        overlay = OverlayScope(inner, names)
        if not any(matters(found) for found in names.values()) or scope.emitter is None:
            overlay.emitter = None
        self._call_depth += 1
        found = self.evaluate(form[2], overlay)
        self._call_depth -= 1
        return found

    # Arguments

    def bind(self, facts: FunctionFacts, given: Given, receiver: Value | None) -> dict[str, Values]:
        """What each parameter is given; those that get nothing are left out."""
        bound: dict[str, Values] = {}
        parameters = facts.parameters
        positional = list(given.positional)
        if receiver is not None:
            positional.insert(0, (receiver,))
        named = {parameter.name for parameter in parameters if parameter.sort in (forms.ORDINARY, forms.KEYWORD)}
        extra: list[Values] = []
        for parameter in parameters:
            if parameter.sort in (forms.POSITIONAL, forms.ORDINARY):
                if positional:
                    bound[parameter.name] = positional.pop(0)
                elif given.spread:
                    bound[parameter.name] = given.spread
            elif parameter.sort == forms.REST:
                rest = joined([*positional, given.spread])
                if rest:
                    bound[parameter.name] = ((values.OBJECT, "list", (rest,)),)
                    if len(positional) > 1 and not given.spread:
                        bound[parameter.name] = ((values.ROW, tuple(positional)),)
                positional = []
        for name, found in given.keywords:
            if name in named:
                bound[name] = found
            elif not name:
                for inner in found:
                    if inner[0] == values.TABLE:
                        bound.update({key[1]: held for key, held in inner[1] if key[1] in named})
            else:
                extra.append(found)
        if extra:
            for parameter in parameters:
                if parameter.sort == forms.KEYWORDS:
                    bound[parameter.name] = ((values.OBJECT, "dict", (NOTHING, joined(extra))),)
        return {name: found for name, found in bound.items() if found}

    # Results

    def defined(self, path: str, unit: str, is_class: bool, scope: Scope | None) -> Values:
        """What a definition's name stands for, its decorators applied: the function, and what they return beside it."""
        if is_class:
            return ((values.CLASS, path, unit, (), True),)
        key = (path, unit)
        if scope is None and key in self._defined:
            return self._defined[key]
        plain: Values = ((values.FUNCTION, path, unit, scope),)
        facts = self.function(path, unit)
        if facts is None or not facts.decorators:
            return plain
        if scope is None:
            self._defined[key] = plain
        found = plain
        around = scope if scope is not None else self.scope_of(path, facts.parent)
        for form in reversed(facts.decorators):
            found = self._decorated(form, found, plain, around)
        if scope is None:
            self._defined[key] = found
        return found

    def _decorated(self, form: Form, found: Values, plain: Values, scope: Scope) -> Values:
        decorators = self.evaluate(form, scope) if form is not None else NOTHING
        parts: list[Values] = []
        for value in decorators:
            if value[0] == values.OUTSIDE or (value[0] == values.OBJECT and last_name(form) in _KEEPING):
                continue
            if value[0] == values.CLASS:
                parts.append(((values.INSTANCE, value[1], value[2], (), True),))
                continue
            parts.append(self._call(value, Given((found,), ()), scope, 0.8))
        more = joined(parts)
        kept = tuple(v for v in more if v[0] in (values.FUNCTION, values.INSTANCE, values.LAMBDA, values.PARTIAL))
        return joined([kept, found, plain]) if kept else found

    def result(self, value: Value, facts: FunctionFacts, bound: dict[str, Values], receiver: Value | None) -> Values:
        """What a call of a function gives: what it is declared to, else what its `return`s do."""
        path: str = value[1]
        found = NOTHING
        if facts.returns is not None or facts.overloads or not path.endswith(".pyi"):
            found = self._declared_result(path, facts, bound, receiver)
        if found and facts.results and all(part[0] in _CALLED for part in found):
            # A function that gives back a function: which one, its `return` says.
            found = joined([self._inferred_result(value, facts, bound, receiver), found])
        if not found:
            found = self._inferred_result(value, facts, bound, receiver)
            if found and facts.flags & forms.GENERATOR:
                found = ((values.OBJECT, "iterator", (found,)),)
        if any(last_name(form) in _MANAGERS for form in facts.decorators):
            inner = joined(v[2][0] for v in found if v[0] == values.OBJECT and v[2])
            return ((values.OBJECT, "context", (inner,)),)
        if facts.flags & forms.ASYNC and not facts.flags & forms.GENERATOR:
            return ((values.OBJECT, "awaitable", (found,)),)
        return found

    def _declared_result(
        self, path: str, facts: FunctionFacts, bound: dict[str, Values], receiver: Value | None
    ) -> Values:
        parts: list[Values] = []
        signatures = [facts]
        if facts.overloads:
            signatures = [found for found in (self.function(path, name) for name in facts.overloads) if found] or signatures
        elif facts.returns is None and not path.endswith(".pyi") and self.project.exists(f"{path}i"):
            stub = self.function(f"{path}i", facts.name)
            if stub is not None and stub.returns is not None:
                path, signatures = f"{path}i", [stub]
        for signature in signatures:
            if signature.returns is None:
                continue
            scope = self.scope_of(path, signature.name)
            outer = scope if signature.type_parameters else scope.outer
            assert outer is not None
            returns = (path, signature.name)
            if returns not in self._returns:
                self._returns[returns] = self.declared(signature.returns, outer)
            found = self._returns[returns]
            if has_variables(found):
                known: dict[str, Values] = {}
                if receiver is not None and signature.in_class:
                    known.update(self.type_map(receiver, (path, signature.parent)))
                self.match_variables(path, signature, bound, known)
                found = substitute(found, known, receiver)
            parts.append(found)
        found = joined(parts)
        if any(part[0] == values.CALLABLE and not matters(part[1]) for part in found):
            return NOTHING
        if not matters(found) and facts.results and not facts.overloads:
            # `-> Any` and `-> object` say nothing; what is returned does.
            return NOTHING
        return found

    def _inferred_result(
        self, value: Value, facts: FunctionFacts, bound: dict[str, Values], receiver: Value | None
    ) -> Values:
        returned = facts.yields if facts.flags & forms.GENERATOR else facts.results
        if not returned or self._call_depth >= _MAX_CALL_DEPTH or self.budget <= 0:
            return NOTHING
        path, unit, made_in = value[1], value[2], value[3]
        given = {name: bound[name] for name in facts.relevant if name in bound and matters(bound[name])}
        key = (path, unit, made_in, tuple(given.items()), tuple(self.overridden.items()))
        known = self._results.get(key)
        if known is not None:
            return known
        self._results[key] = NOTHING
        if given or made_in is not None:
            outer = made_in if made_in is not None else self.scope_of(path, unit).outer
            assert outer is not None
            scope: Scope = SummaryScope(self, path, facts, outer, given)
        else:
            scope = self.scope_of(path, unit)
        self._call_depth += 1
        found = joined([self.evaluate(form, scope) for form in returned])
        self._call_depth -= 1
        self._results[key] = found
        return found

    # Flows

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
            given = {name: found for name, found in given.items() if not _within(found, known.get(name, NOTHING))}
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
        outer = made_in if made_in is not None else self.scope_of(path, facts.name).outer
        assert outer is not None
        self._flow_depth += 1
        with_given = SummaryScope(self, path, facts, outer, bound)
        inner_scopes: dict[str, Scope] = {}
        names = given.keys()
        for unit, form, of_callee, of_arguments in facts.flows:
            is_callee = not names.isdisjoint(of_callee)
            if not is_callee and names.isdisjoint(of_arguments):
                continue
            known = self._known_callee(path, unit, form)
            takers = [] if names.isdisjoint(of_arguments) else [value for value in known if self._takes(value)]
            if not is_callee and not takers:
                continue
            inner = inner_scopes.get(unit)
            if inner is None:
                inner = inner_scopes[unit] = self._inner(with_given, unit)
            self._flow_call(path, unit, form, inner, known if is_callee else None, takers, emitter)
        receiver = bound.get(facts.parameters[0].name, NOTHING) if facts.in_class and facts.parameters else NOTHING
        filled: dict[str, Values] = {}
        for holder, name, form, origins in facts.stores:
            if names.isdisjoint(origins):
                continue
            found = self.evaluate(form, with_given)
            if matters(found) and not holder:
                self._flow_container(path, name, found, emitter)
            elif matters(found):
                filled[name] = joined([filled.get(name, NOTHING), found])
        if receiver and receiver[0][0] == values.INSTANCE:
            self._flow_attributes(receiver[0], filled, emitter)
        self._flow_depth -= 1

    def _flowing(self, path: str, facts: FunctionFacts, bound: dict[str, Values]) -> dict[str, Values]:
        """The parameters that get something that can run, and whose annotation does not say already what."""
        given: dict[str, Values] = {}
        first = facts.parameters[0].name if facts.in_class and facts.parameters else ""
        for parameter in facts.parameters:
            found = bound.get(parameter.name)
            if not found or not matters(found) or (parameter.name == first and self.method_kind(path, facts) != "static"):
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

    def _flow_attributes(self, receiver: Value, filled: dict[str, Values], emitter: Emitter) -> None:
        """Note what the methods of a receiver run of what its attributes were just given."""
        if not filled:
            return
        keys = {(receiver[1], receiver[2], name): found for name, found in filled.items()}
        before, self.overridden = self.overridden, {**self.overridden, **keys}
        self._flow_depth += 1
        for path, unit in self.order(receiver[1], receiver[2]):
            facts = self.class_(path, unit) if path else None
            for name in filled if facts is not None else ():
                for method, form, is_callee in facts.attribute_calls.get(name, ()) if facts is not None else ():
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
            outer = self.scope_of(path, unit).outer if facts is not None else None
            if facts is not None and outer is not None:
                self._call_held(path, unit, form, is_callee, SummaryScope(self, path, facts, outer, {}), emitter)
        self._flow_depth -= 1
        self.overridden = before

    def _flow_attribute(
        self, path: str, method: str, form: list[Any], is_callee: bool, receiver: Value, emitter: Emitter
    ) -> None:
        facts = self.function(path, method)
        outer = self.scope_of(path, method).outer
        if facts is not None and facts.parameters and outer is not None:
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


def match(declared: Values, found: Values, known: dict[str, Values]) -> None:
    """Find what the type variables in a declared type mean where it holds the found values."""
    for value in declared:
        sort = value[0]
        if sort == values.VARIABLE:
            if found:
                known[value[1]] = joined([known.get(value[1], NOTHING), found])
        elif sort == values.TYPE:
            match(value[1], instances_of(found), known)
        elif sort == values.CALLABLE:
            continue
        elif sort == values.OBJECT:
            for other in found:
                _match_parts(value, other, known)
        elif sort == values.INSTANCE:
            for other in found:
                if other[0] == values.INSTANCE and other[1:3] == value[1:3]:
                    for part, inner in zip(value[3], other[3], strict=False):
                        match(part, inner, known)


def _match_parts(value: Value, other: Value, known: dict[str, Values]) -> None:
    if other[0] == values.OBJECT:
        for part, inner in zip(value[2], other[2], strict=False):
            match(part, inner, known)
    elif other[0] == values.ROW and value[2]:
        match(value[2][0], joined(other[1]), known)
    elif other[0] == values.TABLE and len(value[2]) == 2:
        match(value[2][1], joined([*(held for _, held in other[1]), other[2]]), known)


def instances_of(found: Values) -> Values:
    """The instances of classes among the values."""
    return tuple((values.INSTANCE, *value[1:4]) for value in found if value[0] == values.CLASS)
