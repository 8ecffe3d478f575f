"""Which forms a name may be bound to in a block.

For modules and classes those that reach its end: a second definition in line replaces the first, one in a branch
stands beside it. For functions all of them, because a summary of a function knows no order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from aifirst_memory.dependencies.python import forms
from aifirst_memory.dependencies.python.facts import Bindings
from aifirst_memory.dependencies.python.forms import Block, Form, LoweredUnit

Scope = dict[str, Bindings]
GROWING: Final = {"append": 0, "add": 0, "appendleft": 0, "insert": 1}
"""Methods that put an argument into a container, with the argument's position."""
_MAX_BINDINGS: Final = 12


class NameBinder:
    """Collects bindings of one unit's body. `replaces` says whether a later one in line replaces the earlier."""

    def __init__(self, units: list[LoweredUnit], unit: LoweredUnit, *, replaces: bool) -> None:
        self.units = units
        self.unit = unit
        self.replaces = replaces
        self.scope: Scope = {}
        self.stored: list[list[Any]] = []
        self.stars: list[list[Any]] = []
        self.outside: list[str] = []
        self.results: list[Form] = []
        self.yields: list[Form] = []
        self.annotated: set[str] = set()
        """Names that are declared with a type."""
        self.may_yield = True
        """Whether the unit has a `yield` or a `:=` at all."""

    def bind(self, name: str, binding: list[Any]) -> None:
        """Add or replace what a name means."""
        if name in self.outside:
            return
        if self.replaces:
            self.scope[name] = [binding]
            return
        known = self.scope.setdefault(name, [])
        if len(known) < _MAX_BINDINGS and binding not in known:
            known.append(binding)

    def block(self, block: Block) -> bool:
        """Take in a block; whether it ends by leaving."""
        for statement in block:
            kind: int = statement[0]
            if _STATEMENTS[kind](self, statement):
                return True
        return False

    def branches(self, blocks: list[Block], *, or_none: bool) -> None:
        """Take in alternatives: after them a name may mean what any of those that go on gives it."""
        if not self.replaces:
            for block in blocks:
                self.block(block)
            return
        before = self.scope
        ends: list[Scope] = [before] if or_none else []
        for block in blocks:
            self.scope = dict(before)
            if not self.block(block):
                ends.append(self.scope)
        self.scope = _joined(ends) if ends else self.scope

    def assign(self, target: Form, value: Form, annotation: Form = None) -> None:
        """Bind an assignment's target."""
        if target is None:
            return
        op = target[0]
        if op == forms.AT_LINE:
            self.assign(target[2], value, annotation)
        elif op == forms.NAME:
            if annotation is not None:
                self.annotated.add(target[1])
            self.bind(target[1], [forms.B_VALUE, value, annotation, self.unit.name])
        elif op == forms.TUPLE:
            self._unpack(target[1], value)
        elif op == forms.ATTRIBUTE:
            if target[1][0] == forms.NAME:
                self.stored.append([target[1][1], target[2], value, annotation])
        elif op == forms.SUBSCRIPT and value is not None:
            self.grow(target[1], [forms.DICT, [[target[2], value]]])

    def grow(self, container: Form, value: Form) -> None:
        """Note that a container has more in it: as a further value of its name."""
        if container is None:
            return
        if container[0] == forms.NAME:
            known = self.scope.get(container[1])
            binding = [forms.B_VALUE, value, None, self.unit.name]
            if known is not None and len(known) < _MAX_BINDINGS:
                self.scope[container[1]] = [*known, binding]
            elif known is None:
                self.stored.append(["", container[1], value, None])
        elif container[0] == forms.ATTRIBUTE and container[1][0] == forms.NAME:
            self.stored.append([container[1][1], container[2], value, None])

    def _unpack(self, targets: list[Form], value: Form) -> None:
        literal = value is not None and value[0] == forms.TUPLE and len(value[1]) == len(targets)
        for index, target in enumerate(targets):
            if target is not None and target[0] == forms.STAR:
                self.assign(target[1], None if value is None else [forms.PICKED, value, -1])
            elif literal and value is not None:
                self.assign(target, value[1][index])
            else:
                self.assign(target, None if value is None else [forms.PICKED, value, index])

    def pattern(self, pattern: Form, subject: Form) -> None:
        """Bind what a `case` binds."""
        if pattern is None:
            return
        kind = pattern[0]
        if kind == "name":
            self.assign([forms.NAME, pattern[1]], subject)
        elif kind == "as":
            self.assign(
                [forms.NAME, pattern[2]], None if subject is None else [forms.MATCHED, subject, pattern[1]]
            )
            self.pattern(pattern[1], subject)
        elif kind == "class":
            for position, part in enumerate(pattern[2]):
                self.pattern(part, [forms.MATCHED, subject, pattern, position])
            for name, part in pattern[3]:
                self.pattern(part, [forms.ATTRIBUTE, [forms.MATCHED, subject, pattern], name])
        elif kind in ("sequence", "mapping"):
            for part in pattern[1]:
                self.pattern(part, None if subject is None else [forms.ITERATED, subject, False])
        elif kind == "or":
            for part in pattern[1]:
                self.pattern(part, subject)


def _joined(ends: list[Scope]) -> Scope:
    first = dict(ends[0])
    for other in ends[1:]:
        for name, bindings in other.items():
            known = first.get(name)
            if known is None:
                first[name] = bindings
            elif known is not bindings:
                first[name] = (known + [binding for binding in bindings if binding not in known])[
                    :_MAX_BINDINGS
                ]
    return first


def _expression(binder: NameBinder, statement: list[Any]) -> bool:
    form = statement[2]
    _yielded(binder, form)
    while form[0] in (forms.AT_LINE, forms.AWAIT):
        form = form[2] if form[0] == forms.AT_LINE else form[1]
        if form is None:
            return False
    if form[0] == forms.WALRUS:
        binder.assign([forms.NAME, form[1]], form[2])
    if form[0] != forms.CALL or form[1][0] != forms.ATTRIBUTE:
        return False
    method, arguments = form[1][2], form[2]
    position = GROWING.get(method)
    if position is not None and len(arguments) > position and arguments[position] is not None:
        binder.grow(form[1][1], [forms.LIST, [arguments[position]]])
    elif method in ("extend", "update") and arguments and arguments[0] is not None:
        binder.grow(form[1][1], arguments[0])
    return False


def _yielded(binder: NameBinder, form: Form) -> None:
    """Note what is yielded, however deep in an expression it stands, and names bound by `:=`."""
    if not binder.may_yield:
        return
    stack: list[Any] = [form]
    while stack:
        at = stack.pop()
        if not at:
            continue
        op = at[0]
        if type(op) is int:
            if op == forms.YIELD:
                binder.unit.flags |= forms.GENERATOR
                binder.yields.append(at[1])
            elif op == forms.YIELD_FROM:
                binder.unit.flags |= forms.GENERATOR
                binder.yields.append(None if at[1] is None else [forms.ITERATED, at[1], False])
            elif op == forms.WALRUS:
                binder.assign([forms.NAME, at[1]], at[2])
            elif op == forms.LAMBDA:
                continue
        inner: list[Any] = [item for item in at if type(item) is list]
        stack.extend(inner)


def _assign(binder: NameBinder, statement: list[Any]) -> bool:
    value = statement[3]
    _yielded(binder, value)
    for target in statement[2]:
        binder.assign(target, value)
    return False


def _declare(binder: NameBinder, statement: list[Any]) -> bool:
    _yielded(binder, statement[4])
    binder.assign(statement[2], statement[4], statement[3])
    return False


def _augment(binder: NameBinder, statement: list[Any]) -> bool:
    target, value = statement[3], statement[4]
    if target is not None and value is not None and statement[2] in ("+", "|"):
        binder.grow(target, value)
    return False


def _return(binder: NameBinder, statement: list[Any]) -> bool:
    if statement[2] is not None:
        _yielded(binder, statement[2])
        binder.results.append(statement[2])
    return True


def _if(binder: NameBinder, statement: list[Any]) -> bool:
    for _, test, _ in statement[2]:
        _yielded(binder, test)
    binder.branches([*(body for _, _, body in statement[2]), statement[3]], or_none=False)
    return False


def _for(binder: NameBinder, statement: list[Any]) -> bool:
    _yielded(binder, statement[3])
    if statement[3] is not None:
        binder.assign(statement[2], [forms.ITERATED, statement[3], statement[6]])
    else:
        binder.assign(statement[2], None)
    binder.branches([statement[4]], or_none=True)
    binder.block(statement[5])
    return False


def _while(binder: NameBinder, statement: list[Any]) -> bool:
    _yielded(binder, statement[2])
    binder.branches([statement[3]], or_none=True)
    binder.block(statement[4])
    return False


def _try(binder: NameBinder, statement: list[Any]) -> bool:
    _, _, body, handlers, orelse, final = statement
    alternatives = [body + orelse]
    for _, classes, name, block in handlers:
        caught: Block = []
        if name is not None:
            value = None if classes is None else [forms.CAUGHT, classes]
            caught = [[forms.ASSIGN, 0, [[forms.NAME, name]], value]]
        alternatives.append(caught + block)
    binder.branches(alternatives, or_none=False)
    return binder.block(final)


def _with(binder: NameBinder, statement: list[Any]) -> bool:
    for manager, target in statement[2]:
        _yielded(binder, manager)
        if target is not None:
            binder.assign(target, None if manager is None else [forms.ENTERED, manager, statement[4]])
    return binder.block(statement[3])


def _match(binder: NameBinder, statement: list[Any]) -> bool:
    blocks: list[Block] = []
    for _, pattern, _, block in statement[3]:
        binder.pattern(pattern, statement[2])
        blocks.append(block)
    binder.branches(blocks, or_none=True)
    return False


def _define(binder: NameBinder, statement: list[Any]) -> bool:
    index: int = statement[2]
    unit = binder.units[index]
    name = plain_name(unit.name)
    binding = [forms.B_DEFINED, unit.name, unit.is_class]
    known = binder.scope.get(name)
    if known is not None and any(_is_accessor(form, name) for _, form in unit.decorators):
        binder.scope[name] = [*known, binding]
    else:
        binder.bind(name, binding)
    return False


def plain_name(unit: str) -> str:
    """The name that a unit is bound to: the last part, without a number."""
    return unit.rpartition(".")[2].partition("#")[0]


def last_name(form: Form) -> str:
    """The last name of a base class or decorator: of `a.B[T]` it is `B`."""
    while form is not None:
        if form[0] == forms.NAME:
            return form[1]
        if form[0] == forms.ATTRIBUTE:
            return form[2]
        form = (
            form[2]
            if form[0] == forms.AT_LINE
            else form[1]
            if form[0] in (forms.SUBSCRIPT, forms.CALL)
            else None
        )
    return ""


def _is_accessor(decorator: Form, name: str) -> bool:
    """Whether a decorator adds to what the name holds already: `@name.setter`."""
    return decorator is not None and decorator[0] == forms.ATTRIBUTE and decorator[1] == [forms.NAME, name]


def _import(binder: NameBinder, statement: list[Any]) -> bool:
    for dotted, alias in statement[2]:
        name = alias or dotted.partition(".")[0]
        binding = [forms.B_MODULE, dotted, alias is not None]
        known = binder.scope.get(name)
        if alias is None and known is not None and known[0][0] == forms.B_MODULE:
            # `import a.b` and `import a.c` bind one `a` that has both.
            binder.scope[name] = known if binding in known else [*known, binding]
        else:
            binder.bind(name, binding)
    return False


def _from(binder: NameBinder, statement: list[Any]) -> bool:
    _, _, level, module, names = statement
    if names is None:
        binder.stars.append([level, module])
        return False
    for name, alias in names:
        binder.bind(alias or name, [forms.B_FROM, level, module, name])
    return False


def _outside(binder: NameBinder, statement: list[Any]) -> bool:
    binder.outside.extend(statement[2])
    return False


def _alias(binder: NameBinder, statement: list[Any]) -> bool:
    binder.bind(statement[2], [forms.B_VALUE, statement[4], None, binder.unit.name])
    return False


def _nothing(_binder: NameBinder, _statement: list[Any]) -> bool:
    return False


def _leave(_binder: NameBinder, _statement: list[Any]) -> bool:
    return True


def _assert(binder: NameBinder, statement: list[Any]) -> bool:
    _yielded(binder, statement[2])
    return False


_Handler = Callable[[NameBinder, list[Any]], bool]
_STATEMENTS: Final[tuple[_Handler, ...]] = (
    _expression, _assign, _declare, _augment, _return, _leave, _if, _for, _while, _try, _with, _match, _define,
    _define, _import, _from, _outside, _outside, _nothing, _assert, _alias, _leave,
)  # fmt: skip
"""By the statement's kind."""
