"""How each kind of statement is walked: one handler a statement, found by its number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aifirst_memory.dependencies.python import forms, values
from aifirst_memory.dependencies.python.forms import Block
from aifirst_memory.dependencies.python.interpreter import NEAR
from aifirst_memory.dependencies.python.live_scope import LiveScope, join_names
from aifirst_memory.dependencies.python.narrow import narrow
from aifirst_memory.dependencies.python.patterns import walk_cases
from aifirst_memory.dependencies.python.session import module_node
from aifirst_memory.dependencies.python.values import EMPTY, NOTHING, Given, Value, Values

if TYPE_CHECKING:
    from aifirst_memory.dependencies.python.walk import FileWalk

_MAX_ROUNDS: Final = 4
"""Times that a loop's body is walked, at most: until what its names hold stays the same."""
_GROWING: Final = {"append": 0, "add": 0, "appendleft": 0, "insert": 1, "put": 0, "put_nowait": 0}


def _expression(walk: FileWalk, statement: list[Any], scope: LiveScope) -> bool:
    form = statement[2]
    walk.session.look_at(form, scope)
    while form is not None and form[0] == forms.AT_LINE:
        form = form[2]
    if form is None or form[0] != forms.CALL or form[1][0] != forms.ATTRIBUTE:
        return False
    method, arguments = form[1][2], form[2]
    position = _GROWING.get(method)
    if position is not None and len(arguments) > position:
        emitter, scope.emitter = scope.emitter, None
        owner = walk.session.evaluate(form[1][1], scope)
        more = values.sequence(walk.session.evaluate(arguments[position], scope))
        scope.emitter = emitter
        walk.grow(form[1][1], owner, more, scope)
    elif method in ("extend", "update") and arguments:
        emitter, scope.emitter = scope.emitter, None
        owner = walk.session.evaluate(form[1][1], scope)
        more = walk.session.evaluate(arguments[0], scope)
        scope.emitter = emitter
        walk.grow(form[1][1], owner, more, scope)
    return False


def _assign(walk: FileWalk, statement: list[Any], scope: LiveScope) -> bool:
    targets, value = statement[2], statement[3]
    if len(targets) == 1 and value is not None and value[0] == forms.TUPLE and targets[0] is not None:
        target = targets[0]
        if (
            target[0] == forms.TUPLE
            and len(target[1]) == len(value[1])
            and not _starred(target)
            and not _starred(value)
        ):
            parts = [walk.session.evaluate(part, scope) for part in value[1]]
            for part, found in zip(target[1], parts, strict=True):
                walk.assign(part, found, scope)
            return False
    found = walk.session.evaluate(value, scope)
    for target in targets:
        walk.assign(target, found, scope)
    return False


def _starred(form: list[Any]) -> bool:
    return any(part is not None and part[0] == forms.STAR for part in form[1])


def _declare(walk: FileWalk, statement: list[Any], scope: LiveScope) -> bool:
    _, _, target, annotation, value = statement
    walk.reference_types(annotation, scope)
    found = walk.session.evaluate(value, scope) if value is not None else NOTHING
    outer = scope.summary if scope.facts is None or scope.facts.type_parameters else scope
    found = walk.session.refined(found, annotation, outer)
    if value is None and (target is None or target[0] != forms.NAME):
        return False
    walk.assign(target, found, scope)
    return False


def _augment(walk: FileWalk, statement: list[Any], scope: LiveScope) -> bool:
    _, _, operator, target, value = statement
    session = walk.session
    left, right = session.evaluate(target, scope), session.evaluate(value, scope)
    name = {"+": "iadd", "-": "isub", "*": "imul", "/": "itruediv", "|": "ior", "&": "iand", "^": "ixor", "@": "imatmul",
            "//": "ifloordiv", "%": "imod", "**": "ipow", "<<": "ilshift", ">>": "irshift"}.get(operator, "")  # fmt: skip
    if name and session.has_special(left, f"__{name}__"):
        found = session.special(left, (f"__{name}__",), Given((right,), ()), scope)
    else:
        found = session.operate(operator, left, right, scope)
    walk.assign(target, found or left, scope)
    return False


def _return(walk: FileWalk, statement: list[Any], scope: LiveScope) -> bool:
    walk.session.look_at(statement[2], scope)
    return True


def _raise(walk: FileWalk, statement: list[Any], scope: LiveScope) -> bool:
    emitter = scope.notes
    raised = statement[2]
    while raised is not None and raised[0] == forms.AT_LINE:
        raised = raised[2]
    if raised is not None and raised[0] in (forms.NAME, forms.ATTRIBUTE):
        found, _ = walk.session.callee(raised, scope)
        for value in found:
            if value[0] == values.CLASS:
                # `raise E` makes an E.
                walk.session.call((value,), EMPTY, scope, NEAR)
    else:
        found = walk.session.evaluate(statement[2], scope)
    for value in found:
        if value[0] in (values.CLASS, values.INSTANCE):
            emitter.add(f"{value[1]}::{value[2]}", "raises", NEAR)
    walk.session.evaluate(statement[3], scope)
    return True


def _if(walk: FileWalk, statement: list[Any], scope: LiveScope) -> bool:
    _, _, branches, orelse = statement
    session, ends, first = walk.session, list[dict[str, Values]](), scope.names
    for line, test, body in branches:
        scope.notes.line, scope.notes.offset = line, 0
        session.evaluate(test, scope)
        before = scope.names
        then, other = narrow(session, test, scope, True), narrow(session, test, scope, False)
        scope.names = {**before, **then}
        if not walk.block(body, scope):
            ends.append(scope.names)
        scope.names = {**before, **other}
    if not walk.block(orelse, scope):
        ends.append(scope.names)
    scope.names = join_names(ends) if ends else first
    return not ends


def _for(walk: FileWalk, statement: list[Any], scope: LiveScope) -> bool:
    _, line, target, iterable, body, orelse, is_async = statement
    found = walk.session.elements(walk.session.evaluate(iterable, scope), scope, is_async=is_async)
    before = scope.names
    scope.names = dict(before)
    for _ in range(_MAX_ROUNDS if _binds(body) else 1):
        known = scope.names
        scope.notes.line, scope.notes.offset = line, 0
        walk.assign(target, found, scope)
        walk.block(body, scope)
        scope.names = join_names([before, scope.names])
        if scope.names == known:
            break
    walk.block(orelse, scope)
    return False


def _binds(body: Block) -> bool:
    """Whether a loop's body binds something that its beginning could read."""
    return any(
        statement[0] not in (forms.EXPRESSION, forms.RETURN, forms.RAISE, forms.JUMP) for statement in body
    )


def _while(walk: FileWalk, statement: list[Any], scope: LiveScope) -> bool:
    _, line, test, body, orelse = statement
    before = scope.names
    scope.names = dict(before)
    for _ in range(_MAX_ROUNDS if _binds(body) else 1):
        known = dict(scope.names)
        scope.notes.line, scope.notes.offset = line, 0
        walk.session.look_at(test, scope)
        scope.names.update(narrow(walk.session, test, scope, True))
        walk.block(body, scope)
        scope.names = join_names([before, scope.names])
        if scope.names == known:
            break
    scope.names.update(narrow(walk.session, test, scope, False))
    walk.block(orelse, scope)
    return False


def _try(walk: FileWalk, statement: list[Any], scope: LiveScope) -> bool:
    _, _, body, handlers, orelse, final = statement
    before = dict(scope.names)
    ends: list[dict[str, Values]] = []
    left = walk.block(body, scope)
    thrown = join_names([before, scope.names])
    if not left:
        left = walk.block(orelse, scope)
    if not left:
        ends.append(scope.names)
    for line, classes, name, block in handlers:
        scope.names = dict(thrown)
        scope.notes.line, scope.notes.offset = line, 0
        found = walk.session.evaluate(classes, scope)
        if name is not None:
            scope.bind(name, walk.session.caught(found, scope))
        if not walk.block(block, scope):
            ends.append(scope.names)
    scope.names = join_names(ends) if ends else thrown
    return walk.block(final, scope) or not ends


def _with(walk: FileWalk, statement: list[Any], scope: LiveScope) -> bool:
    _, _, items, body, is_async = statement
    for manager, target in items:
        found = walk.session.evaluate(manager, scope)
        entered = walk.session.entered(found, scope, is_async=is_async)
        if target is not None:
            walk.assign(target, entered, scope)
    return walk.block(body, scope)


def _match(walk: FileWalk, statement: list[Any], scope: LiveScope) -> bool:
    return walk_cases(walk, statement, scope)


def _define(walk: FileWalk, statement: list[Any], scope: LiveScope) -> bool:
    walk.define(statement[2], scope)
    return False


def _import(walk: FileWalk, statement: list[Any], scope: LiveScope) -> bool:
    emitter = scope.notes
    for dotted, alias in statement[2]:
        found = walk.session.find_module(walk.path, 0, dotted)
        if found is not None:
            walk.note_import(module_node(found), emitter) if module_node(found) else None
        name = alias or dotted.partition(".")[0]
        scope.names[name] = walk.session.imported(walk.path, dotted, whole=alias is not None)
        scope.local_references[name] = ()
    return False


def _from(walk: FileWalk, statement: list[Any], scope: LiveScope) -> bool:
    _, _, level, dotted, names = statement
    emitter = scope.notes
    session = walk.session
    origin = session.find_module(walk.path, level, dotted)
    if (
        origin is not None
        and module_node(origin)
        and not _only_submodules(walk, origin, dotted, names, level)
    ):
        walk.note_import(module_node(origin), emitter)
    for name, alias in names or ():
        inner = _submodule(walk, origin, dotted, name, level)
        references = session.referred(walk.path, [forms.B_FROM, level, dotted, name])
        if inner is not None and not references:
            walk.note_import(inner[1], emitter)
        for node, is_unit in references:
            if is_unit:
                walk.note_import(node, emitter)
        scope.names[alias or name] = session.imported_name(walk.path, level, dotted, name)
        scope.local_references[alias or name] = references
    return False


def _submodule(walk: FileWalk, origin: Value | None, dotted: str, name: str, level: int) -> Value | None:
    if origin is None:
        return None
    if origin[0] == values.OUTSIDE:
        inner = walk.session.find_module(walk.path, level, f"{dotted}.{name}")
        return inner if inner is not None and inner[0] == values.MODULE else None
    return walk.session.submodule(origin, name)


def _only_submodules(
    walk: FileWalk, origin: Value, dotted: str, names: list[list[Any]] | None, level: int
) -> bool:
    """Whether an outside name is only a folder without `__init__` whose modules are imported."""
    if origin[0] != values.OUTSIDE:
        return False
    return any(_submodule(walk, origin, dotted, name, level) is not None for name, _ in names or ())


def _scoped(walk: FileWalk, statement: list[Any], scope: LiveScope) -> bool:
    del walk, statement, scope
    return False


def _delete(walk: FileWalk, statement: list[Any], scope: LiveScope) -> bool:
    for target in statement[2]:
        if target is not None and target[0] == forms.TUPLE:
            _delete(walk, [forms.DELETE, statement[1], target[1]], scope)
        elif target is not None and target[0] == forms.SUBSCRIPT:
            owner = walk.session.evaluate(target[1], scope)
            walk.session.evaluate(target[2], scope)
            walk.session.special(owner, ("__delitem__",), EMPTY, scope)
        elif target is not None and target[0] == forms.ATTRIBUTE:
            owner = walk.session.evaluate(target[1], scope)
            for value in owner:
                for node in walk.session.deleters(value, target[2]):
                    scope.notes.add(node, "calls", NEAR)
    return False


def _assert(walk: FileWalk, statement: list[Any], scope: LiveScope) -> bool:
    walk.session.look_at(statement[2], scope)
    scope.names.update(narrow(walk.session, statement[2], scope, True))
    walk.session.look_at(statement[3], scope)
    return False


def _alias(walk: FileWalk, statement: list[Any], scope: LiveScope) -> bool:
    walk.reference_types(statement[4], scope)
    return False


def _jump(_walk: FileWalk, _statement: list[Any], _scope: LiveScope) -> bool:
    return True


STATEMENTS: Final = (
    _expression, _assign, _declare, _augment, _return, _raise, _if, _for, _while, _try, _with, _match, _define, _define,
    _import, _from, _scoped, _scoped, _delete, _assert, _alias, _jump,
)  # fmt: skip
"""By the statement's kind."""
