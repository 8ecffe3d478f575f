"""What calling a function gives: by its annotations, else by what it returns; and what decorators make of it."""

from __future__ import annotations

from typing import Final

from aifirst_memory.dependencies.python import forms, values
from aifirst_memory.dependencies.python.attributes import Attributes
from aifirst_memory.dependencies.python.bind_names import last_name
from aifirst_memory.dependencies.python.classes import has_variables, substitute
from aifirst_memory.dependencies.python.facts import FunctionFacts
from aifirst_memory.dependencies.python.forms import Form
from aifirst_memory.dependencies.python.scopes import Scope, SummaryScope, is_own
from aifirst_memory.dependencies.python.summaries import CALLED
from aifirst_memory.dependencies.python.values import NOTHING, Given, Value, Values, joined, matters
from aifirst_memory.dependencies.python.variables import match

_MANAGERS: Final = frozenset({"contextmanager", "asynccontextmanager"})
_KEEPING: Final = frozenset(
    {"property", "cached_property", "staticmethod", "classmethod", "abstractmethod", "abstractproperty", "overload",
     "setter", "deleter", "getter", "contextmanager", "asynccontextmanager", "lru_cache", "cache", "override", "final",
     "wraps", "fixture", "no_type_check"}
)  # fmt: skip
"""Decorators that need no following when they are outside ones: the function stays what it is."""
_CALLED: Final = frozenset({values.FUNCTION, values.BOUND, values.LAMBDA, values.PARTIAL, values.CALLABLE})


class Results(Attributes):
    """Finds what calls give."""

    def may_go_deeper(self) -> bool:
        """Whether another call may be followed inside those that are."""
        return self.level > 0 and self.budget > 0

    def bind(self, facts: FunctionFacts, given: Given, receiver: Value | None) -> dict[str, Values]:
        """What each parameter is given; those that get nothing are left out."""
        bound: dict[str, Values] = {}
        positional = given.positional if receiver is None else ((receiver,), *given.positional)
        spread = given.spread
        at, count = 0, len(positional)
        for parameter in facts.parameters:
            sort = parameter.sort
            if sort <= forms.ORDINARY:
                found = spread
                if at < count:
                    found = positional[at]
                    at += 1
                if found:
                    bound[parameter.name] = found
            elif sort == forms.REST:
                left = positional[at:]
                if len(left) > 1 and not spread:
                    bound[parameter.name] = ((values.ROW, left),)
                else:
                    rest = joined((*left, spread))
                    if rest:
                        bound[parameter.name] = ((values.OBJECT, "list", (rest,)),)
                at = count
        extra = _bind_keywords(given, _named(facts), bound) if given.keywords else NOTHING
        for parameter in facts.parameters if extra else ():
            if parameter.sort == forms.KEYWORDS:
                bound[parameter.name] = ((values.OBJECT, "dict", (NOTHING, extra)),)
        return bound

    def defined(self, path: str, unit: str, is_class: bool, scope: Scope | None) -> Values:
        """What a definition's name stands for, its decorators applied: the function, and what they return beside it."""
        if is_class:
            return ((values.CLASS, path, unit, (), True),)
        facts = self.function(path, unit)
        if facts is None or not facts.decorators:
            return ((values.FUNCTION, path, unit, scope),)
        if scope is None:
            return self.at_depth(("defined", path, unit), self._decorate_all, path, facts, None)
        return self._decorate_all(path, facts, scope)

    def _decorate_all(self, path: str, facts: FunctionFacts, scope: Scope | None) -> Values:
        """A function, and what its decorators return beside it."""
        found = plain = ((values.FUNCTION, path, facts.name, scope),)
        around = scope if scope is not None else self.scope_of(path, facts.parent)
        for form in reversed(facts.decorators):
            found = self._decorated(form, found, plain, around)
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
            parts.append(self.call((value,), Given((found,), ()), scope, 0.8))
        more = joined(parts)
        kept = tuple(
            v for v in more if v[0] in (values.FUNCTION, values.INSTANCE, values.LAMBDA, values.PARTIAL)
        )
        return joined([plain, kept, found]) if kept else found

    def result(
        self, value: Value, facts: FunctionFacts, bound: dict[str, Values], receiver: Value | None
    ) -> Values:
        """What a call of a function gives: what it is declared to, else what its `return`s do."""
        path: str = value[1]
        found = NOTHING
        if facts.returns is not None or facts.overloads or self._stub_of(path) is not None:
            found = self._declared_result(path, facts, bound, receiver)
            if found and facts.results and any(part[0] in _CALLED for part in found):
                # A function that gives back a function: which one, its `return` says.
                found = joined([self._inferred_result(value, facts, bound), found])
        if not found:
            found = self._inferred_result(value, facts, bound)
            if found and facts.flags & forms.GENERATOR:
                found = ((values.OBJECT, "iterator", (found,)),)
        return _as_called(facts, found) if facts.decorators or facts.flags & forms.ASYNC else found

    def _declared_result(
        self, path: str, facts: FunctionFacts, bound: dict[str, Values], receiver: Value | None
    ) -> Values:
        parts = [
            self._signature_result(owner, signature, bound, receiver)
            for owner, signature in self._signatures(path, facts)
            if signature.returns is not None
        ]
        found = joined(parts)
        if any(part[0] == values.CALLABLE and not matters(part[1]) for part in found):
            return NOTHING
        if not matters(found) and facts.results and not facts.overloads:
            # `-> Any` and `-> object` say nothing; what is returned does.
            return NOTHING
        return found

    def _signatures(self, path: str, facts: FunctionFacts) -> list[tuple[str, FunctionFacts]]:
        """Where a function's type is declared: in its overloads, in the stub beside its file, or in itself."""
        if facts.overloads:
            found = [self.function(path, name) for name in facts.overloads]
            return [(path, signature) for signature in found if signature is not None]
        beside = self._stub_of(path) if facts.returns is None else None
        if beside is not None:
            stub = self.function(beside, facts.name)
            if stub is not None and stub.returns is not None:
                return [(beside, stub)]
        return [(path, facts)]

    def _stub_of(self, path: str) -> str | None:
        """The stub beside a file."""
        return self.once(("stub", path, ""), self._find_stub, None, path)

    def _find_stub(self, path: str) -> str | None:
        has_stub = not path.endswith(".pyi") and self.exists(f"{path}i")
        return f"{path}i" if has_stub else None

    def _signature_result(
        self, path: str, signature: FunctionFacts, bound: dict[str, Values], receiver: Value | None
    ) -> Values:
        found = self.at_depth(("returns", path, signature.name), self._returned_type, path, signature)
        if not has_variables(found):
            return found
        known: dict[str, Values] = {}
        if receiver is not None and signature.in_class:
            known.update(self.type_map(receiver, (path, signature.parent)))
        self.match_variables(path, signature, bound, known)
        return substitute(found, known, receiver)

    def _returned_type(self, path: str, signature: FunctionFacts) -> Values:
        scope = self.scope_of(path, signature.name)
        return self.declared(signature.returns, scope if signature.type_parameters else scope.around)

    def _inferred_result(self, value: Value, facts: FunctionFacts, bound: dict[str, Values]) -> Values:
        returned = facts.yields if facts.flags & forms.GENERATOR else facts.results
        if not returned or self.budget <= 0:
            return NOTHING
        if not self.level:
            return self.cut_off()
        path, unit, made_in = value[1], value[2], value[3]
        given: dict[str, Values] = {}
        if bound:
            given = {name: bound[name] for name in facts.relevant if name in bound and matters(bound[name])}
        if not given and made_in is None:
            return self.at_depth(
                (CALLED, path, unit), self._returned, path, facts, returned, None, given, False
            )
        own = (made_in is not None and made_in.is_own) or any(is_own(found) for found in given.values())
        key = (CALLED, path, unit, made_in, tuple(given.items()))
        return self.inside(key, self._returned, path, facts, returned, made_in, given, own, own=own)

    def _returned(
        self,
        path: str,
        facts: FunctionFacts,
        returned: list[Form],
        made_in: Scope | None,
        given: dict[str, Values],
        own: bool,
    ) -> Values:
        """What a function gives, under the values that a call gave it."""
        if given or made_in is not None:
            # One for each sort of call, so that functions made in it are the same whoever calls.
            kept = self.own_scopes if own else self.scopes
            key = (path, facts.name, made_in, tuple(given.items()))
            scope = kept.get(key)
            if scope is None:
                outer = made_in if made_in is not None else self.scope_of(path, facts.name).around
                scope = kept[key] = SummaryScope(self, path, facts, outer, given, is_own=own)
        else:
            scope = self.scope_of(path, facts.name)
        self.level -= 1
        if len(returned) == 1:
            return self.evaluate(returned[0], scope)
        return joined([self.evaluate(form, scope) for form in returned])

    def match_variables(
        self, path: str, facts: FunctionFacts, bound: dict[str, Values], known: dict[str, Values]
    ) -> None:
        """Find what type variables of the parameters mean from what is given."""
        scope = self.scope_of(path, facts.name)
        outer = scope if facts.type_parameters else scope.around
        for parameter in facts.parameters:
            if parameter.annotation is None or parameter.name not in bound:
                continue
            declared = self.declared(parameter.annotation, outer)
            if has_variables(declared):
                found = bound[parameter.name]
                if parameter.sort == forms.REST and found and found[0][0] == values.OBJECT:
                    found = joined(value[2][0] for value in found if value[0] == values.OBJECT and value[2])
                match(declared, found, known)

    def inferred_arguments(self, path: str, unit: str, given: Given) -> tuple[Values, ...]:
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


def _named(facts: FunctionFacts) -> set[str]:
    """The parameters that may be given by name."""
    return {
        parameter.name for parameter in facts.parameters if parameter.sort in (forms.ORDINARY, forms.KEYWORD)
    }


def _bind_keywords(given: Given, named: set[str], bound: dict[str, Values]) -> Values:
    """Bind what is given by name; gives what no parameter is named after."""
    extra: list[Values] = []
    for name, found in given.keywords:
        if name in named and found:
            bound[name] = found
        elif name and name not in named:
            extra.append(found)
        elif not name:
            for inner in found:
                if inner[0] == values.TABLE:
                    bound.update({key[1]: held for key, held in inner[1] if key[1] in named and held})
    return joined(extra)


def _as_called(facts: FunctionFacts, found: Values) -> Values:
    """What the caller gets of a result: a context manager or something to wait for, where the function is such."""
    if facts.decorators and any(last_name(form) in _MANAGERS for form in facts.decorators):
        inner = joined(v[2][0] for v in found if v[0] == values.OBJECT and v[2])
        return ((values.OBJECT, "context", (inner,)),)
    if facts.flags & forms.ASYNC and not facts.flags & forms.GENERATOR:
        return ((values.OBJECT, "awaitable", (found,)),)
    return found
