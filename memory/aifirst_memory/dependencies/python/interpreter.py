"""The interpreter: gives the values of expressions, and notes the edges of what they run and refer to.

In a scope with an emitter every part of an expression is looked at once and its edges noted; without one only what
the value needs.
"""

from __future__ import annotations

from typing import Any, Final

from aifirst_memory.dependencies.python import forms, values
from aifirst_memory.dependencies.python.emitter import Emitter
from aifirst_memory.dependencies.python.expressions import HANDLERS, dotted_key
from aifirst_memory.dependencies.python.forms import Form
from aifirst_memory.dependencies.python.operations import FLOWED
from aifirst_memory.dependencies.python.outside_calls import OutsideCalls
from aifirst_memory.dependencies.python.scopes import Scope
from aifirst_memory.dependencies.python.values import EMPTY, NOTHING, Given, Values, joined
from aifirst_memory.dependencies.resolver import ProjectView

_MAX_DEPTH: Final = 90
# Names of this module are found sooner than those of another one, and these are asked for at every expression.
_NAME, _ATTRIBUTE, _STAR, _AT_LINE = forms.NAME, forms.ATTRIBUTE, forms.STAR, forms.AT_LINE
_TEXT, _IS_TEXT = forms.TEXT, values.TEXT
_PARTS: Final = frozenset({forms.TUPLE, forms.LIST, forms.SET, forms.MANY})
DIRECT: Final = 1.0
NEAR: Final = 0.95
FAR: Final = 0.8


class KeptForm:
    """A form that is compared by being the same one."""

    __slots__ = ("form",)

    def __init__(self, form: list[Any]) -> None:
        self.form = form


class Interpreter(OutsideCalls):
    """Evaluates forms."""

    def __init__(self, project: ProjectView) -> None:
        self._kept: dict[int, KeptForm] = {}
        super().__init__(project)

    def forget(self) -> None:
        """Let go of everything that is kept for all files."""
        super().forget()
        self._kept.clear()

    def evaluate(self, form: Form, scope: Scope) -> Values:
        """The values of an expression; their edges are noted where the scope has an emitter."""
        depth = self.depth
        if form is None or depth >= _MAX_DEPTH:
            return NOTHING
        op: int = form[0]
        if scope.emitter is None:
            self.budget = budget = self.budget - 1
            if budget <= 0:
                return NOTHING
            if op == _NAME:
                name = form[1]
                known = scope.known.get(name)
                return scope.lookup(name) if known is None else known
        if op == _TEXT:
            return ((_IS_TEXT, form[1]),)
        self.depth = depth + 1
        if op == _ATTRIBUTE:
            found = self.read_attribute(form, scope)
        elif op == _AT_LINE and scope.emitter is None:
            found = self.evaluate(form[2], scope)
        else:
            found = HANDLERS[op](self, form, scope)
        self.depth = depth
        return found

    def name(self, form: list[Any], scope: Scope, *, called: bool = False) -> Values:
        """A name that is read."""
        name = form[1]
        emitter = scope.emitter
        if emitter is not None:
            self.name_references(name, scope, emitter, called=called)
        return scope.lookup(name)

    def callee(self, form: Form, scope: Scope) -> tuple[Values, float]:
        """The values of what is called, and how sure it is that they run."""
        if form is None:
            return NOTHING, FAR
        if form[0] == _NAME:
            if scope.emitter is None:
                # How sure a call is, is only noted.
                return scope.lookup(form[1]), FAR
            found = self.name(form, scope, called=True)
            references = scope.references(form[1])
            if not references or not any(is_unit for _, is_unit in references):
                return found, FLOWED
            return found, DIRECT if all(
                node.startswith(f"{scope.path}::") for node, _ in references
            ) else NEAR
        if form[0] == forms.ATTRIBUTE:
            return self.read_attribute(form, scope, called=True), NEAR if _is_plain(form[1]) else FLOWED
        if form[0] == forms.AT_LINE:
            emitter = scope.emitter
            if emitter is None:
                return self.callee(form[2], scope)
            before, emitter.offset = emitter.offset, form[1]
            result = self.callee(form[2], scope)
            emitter.offset = before
            return result
        return self.evaluate(form, scope), FAR

    def read_attribute(self, form: list[Any], scope: Scope, *, called: bool = False) -> Values:
        """An attribute that is read."""
        owner = form[1]
        found = self.evaluate(owner, scope)
        if found:
            result = self.attribute(found, form[2], scope, called=called)
        elif scope.emitter is None:
            return NOTHING
        else:
            result = NOTHING
        if scope.narrows:
            key = dotted_key(form)
            narrowed = scope.narrowed(key) if key else None
            if narrowed is not None:
                return narrowed
        return result

    def arguments(self, form: list[Any], scope: Scope) -> Given:
        """The values of a call's arguments."""
        positional: list[Values] = []
        spread = NOTHING
        evaluate = self.evaluate
        for argument in form[2]:
            if argument is None:
                if not spread:
                    positional.append(NOTHING)
            elif argument[0] == _STAR:
                found = self.evaluate(argument[1], scope)
                rows = [value for value in found if value[0] == values.ROW]
                if len(rows) == 1 == len(found) and not spread:
                    positional.extend(rows[0][1])
                else:
                    spread = joined([spread, self.elements(found, scope)])
            elif spread:
                spread = joined([spread, evaluate(argument, scope)])
            else:
                positional.append(evaluate(argument, scope))
        if not form[3]:
            return Given(tuple(positional), (), spread) if positional or spread else EMPTY
        keywords = tuple([(name, evaluate(value, scope)) for name, value in form[3]])
        return Given(tuple(positional), keywords, spread)

    def look_at(self, form: Form, scope: Scope) -> None:
        """Note the edges of an expression whose value nobody looks at."""
        emitter = scope.emitter
        if form is None or emitter is None:
            return
        op = form[0]
        if op == _AT_LINE:
            before, emitter.offset = emitter.offset, form[1]
            self.look_at(form[2], scope)
            emitter.offset = before
        elif op == _NAME:
            self.name_references(form[1], scope, emitter)
        elif op == forms.CALL:
            self._look_at_call(form, scope)
        elif op in _PARTS:
            for part in form[1]:
                self.look_at(part, scope)
        elif op != _TEXT:
            self.evaluate(form, scope)

    def _look_at_call(self, form: list[Any], scope: Scope) -> None:
        """Note the edges of a call whose result nobody looks at."""
        callee = form[1]
        if callee[0] == _NAME and callee[1] == "super" and not form[2]:
            return
        self.depth += 1
        found, confidence = self.callee(callee, scope) if self.depth < _MAX_DEPTH else (NOTHING, FAR)
        if not found or not self.takes_arguments(found, looked_at=False):
            self.look_at_arguments(form, scope)
            self.run(found, EMPTY, scope, confidence)
        else:
            self.run(found, self.arguments(form, scope), scope, confidence)
        self.depth -= 1

    def look_at_arguments(self, form: list[Any], scope: Scope) -> None:
        """Note the edges of a call's arguments, whose values nobody looks at."""
        for argument in form[2]:
            self.look_at(argument, scope)
        for _, value in form[3]:
            self.look_at(value, scope)

    def name_references(self, name: str, scope: Scope, emitter: Emitter, *, called: bool = False) -> None:
        """Note what a name refers to."""
        for target, is_unit in scope.references(name):
            if not (is_unit and called):
                emitter.add(target, "uses", DIRECT if target.startswith(scope.path) else NEAR)

    def kept(self, form: list[Any]) -> KeptForm:
        """The form as something that can be compared."""
        known = self._kept.get(id(form))
        if known is None:
            known = self._kept[id(form)] = KeptForm(form)
        return known


def _is_plain(form: Form) -> bool:
    return form is not None and form[0] == forms.NAME
