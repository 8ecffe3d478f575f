"""Walks a file's own code in order, with what names hold at each place, and notes the edges of every unit.

Branches are walked one after the other and joined; a loop's body is walked twice, so that what its end binds is known
at its beginning. Functions are walked after the code around them.
"""

from __future__ import annotations

from typing import Any, Final

from aifirst_memory.dependencies.python import forms, values
from aifirst_memory.dependencies.python.calls import EMPTY, MAY_RUN
from aifirst_memory.dependencies.python.emitter import Emitter, Found
from aifirst_memory.dependencies.python.evaluate import FLOWED, NEAR, dotted_key
from aifirst_memory.dependencies.python.facts import FunctionFacts
from aifirst_memory.dependencies.python.forms import Block, Form, LoweredUnit
from aifirst_memory.dependencies.python.interpreter import Interpreter
from aifirst_memory.dependencies.python.narrow import narrow
from aifirst_memory.dependencies.python.scopes import Scope
from aifirst_memory.dependencies.python.session import Reference, module_node
from aifirst_memory.dependencies.python.values import NOTHING, Given, Value, Values, joined

_CALLED: Final = (values.FUNCTION, values.INSTANCE, values.LAMBDA, values.PARTIAL)
_GROWING: Final = {"append": 0, "add": 0, "appendleft": 0, "insert": 1, "put": 0, "put_nowait": 0}


class LiveScope(Scope):
    """The scope of a unit that is being walked: `names` in order, with keys like `self.x` for attributes."""

    def __init__(self, walk: FileWalk, unit: LoweredUnit, outer: Scope, emitter: Emitter) -> None:
        super().__init__(walk.session, walk.path, unit.name, outer)
        self.emitter = emitter
        self.names: dict[str, Values] = {}
        self.local_references: dict[str, tuple[Reference, ...]] = {}
        self.facts = walk.session.function(walk.path, unit.name) if unit.name and not unit.is_class else None
        self.bound = frozenset(self.facts.bound) if self.facts is not None else frozenset[str]()
        self.summary = walk.session.scope_of(walk.path, unit.name)

    def lookup(self, name: str) -> Values:
        """What a name holds at this place."""
        found = self.names.get(name)
        if found is not None:
            return found
        if name in self.bound:
            return NOTHING
        if self.facts is not None and self.facts.type_parameters:
            return self.summary.lookup(name)
        assert self.outer is not None
        return self.outer.lookup(name)

    def references(self, name: str) -> tuple[Reference, ...]:
        """The nodes that a name refers to at this place."""
        known = self.local_references.get(name)
        if known is not None:
            return known
        if name in self.bound:
            return ()
        return self.summary.references(name)

    def narrowed(self, key: str) -> Values | None:
        """What is known of `self.x` here."""
        return self.names.get(key)

    def bind(self, name: str, found: Values) -> None:
        """Bind a name; what was known of its attributes is forgotten."""
        self.names[name] = found
        prefix = f"{name}."
        for key in [key for key in self.names if key.startswith(prefix)]:
            del self.names[key]

    def maker(self) -> Scope | None:
        """None: what others see of a function made here is in its facts."""
        return None

    def function(self) -> FunctionFacts | None:
        """The facts of the function being walked, or of the one around."""
        return self.facts if self.facts is not None else super().function()


class FileWalk:
    """One walk over a file."""

    def __init__(self, session: Interpreter, path: str, units: list[LoweredUnit], found: Found) -> None:
        self.session = session
        self.path = path
        self.units = units
        self.found = found
        self.waiting: list[int] = [0]

    def run(self) -> None:
        """Walk every unit."""
        while self.waiting:
            self._unit(self.waiting.pop(0))

    def node(self, unit: LoweredUnit) -> str:
        """The id of a unit's node."""
        return f"{self.path}::{unit.name}" if unit.name else self.path

    def _unit(self, index: int) -> None:
        unit = self.units[index]
        emitter = Emitter(self.found, self.node(unit), unit.line)
        summary = self.session.scope_of(self.path, unit.name)
        scope = LiveScope(self, unit, summary.outer or summary, emitter)
        if index == 0:
            scope.outer = summary
        for parameter in unit.parameters:
            self.reference_types(parameter.annotation, scope)
            if scope.facts is not None:
                found = self.session.parameter_values(scope.facts, parameter, summary)
                scope.names[parameter.name] = found
        self.reference_types(unit.returns, scope)
        for _, bound in unit.type_parameters:
            self.reference_types(bound, scope)
        if unit.is_class:
            self._class(unit, emitter)
        elif index:
            self._overrides(unit, emitter)
        self.block(unit.body, scope)

    def _class(self, unit: LoweredUnit, emitter: Emitter) -> None:
        for path, base in self.session.base_keys(self.path, unit.name):
            if path:
                emitter.add(f"{path}::{base}", "inherits", NEAR)

    def _overrides(self, unit: LoweredUnit, emitter: Emitter) -> None:
        parent = self.units[unit.parent]
        if not parent.is_class:
            return
        name = unit.name.rpartition(".")[2].partition("#")[0]
        owned = self.session.find_member(self.path, parent.name, name, after=(self.path, parent.name))
        if owned is None:
            return
        for binding in owned[2]:
            if binding[0] == forms.B_DEFINED and not binding[2]:
                if self._same_accessor(unit, owned[0], binding[1]):
                    emitter.add(f"{owned[0]}::{binding[1]}", "overrides", NEAR)

    def _same_accessor(self, unit: LoweredUnit, path: str, other: str) -> bool:
        """Whether both are setters, both deleters, or both neither."""
        facts = self.session.function(path, other)
        theirs = _accessor([form for form in facts.decorators] if facts is not None else [])
        return _accessor([form for _, form in unit.decorators]) == theirs

    def reference_types(self, annotation: Form, scope: Scope) -> None:
        """Note what an annotation refers to."""
        if annotation is not None:
            self.session.evaluate(annotation, scope)

    def block(self, block: Block, scope: LiveScope) -> bool:
        """Walk statements; whether the end is never reached."""
        assert scope.emitter is not None
        for statement in block:
            scope.emitter.line = statement[1]
            scope.emitter.offset = 0
            if _STATEMENTS[statement[0]](self, statement, scope):
                return True
        return False

    def branches(self, blocks: list[tuple[Block, dict[str, Values]]], scope: LiveScope) -> bool:
        """Walk alternatives, each with what its test tells, and join what they leave behind."""
        before = scope.names
        ends: list[dict[str, Values]] = []
        for block, known in blocks:
            scope.names = {**before, **known}
            if not self.block(block, scope):
                ends.append(scope.names)
        scope.names = join_names(ends) if ends else before
        return not ends

    # Targets

    def assign(self, target: Form, found: Values, scope: LiveScope) -> None:
        """Bind a target, and note what writing to it runs."""
        if target is None:
            return
        emitter = scope.emitter
        assert emitter is not None
        op = target[0]
        if op == forms.AT_LINE:
            before, emitter.offset = emitter.offset, target[1]
            self.assign(target[2], found, scope)
            emitter.offset = before
        elif op == forms.NAME:
            scope.bind(target[1], found)
            scope.local_references.pop(target[1], None)
            if scope.facts is not None and target[1] in scope.facts.globals:
                for node, is_unit in self.session.references(self.path, target[1]):
                    if not is_unit:
                        emitter.add(node, "uses", NEAR)
        elif op == forms.TUPLE:
            for index, part in enumerate(target[1]):
                if part is not None and part[0] == forms.STAR:
                    self.assign(part[1], self.session.picked(found, -1, scope), scope)
                else:
                    self.assign(part, self.session.picked(found, index, scope), scope)
        elif op == forms.ATTRIBUTE:
            self._assign_attribute(target, found, scope)
        elif op == forms.SUBSCRIPT:
            owner = self.session.evaluate(target[1], scope)
            index = self.session.evaluate(target[2], scope)
            self.session.special(owner, ("__setitem__",), Given((index, found), ()), scope)
            self.grow(target[1], owner, ((values.OBJECT, "dict", (index, found)),), scope)
        elif op == forms.STAR:
            self.assign(target[1], found, scope)

    def _assign_attribute(self, target: list[Any], found: Values, scope: LiveScope) -> None:
        owner = self.session.evaluate(target[1], scope)
        emitter = scope.emitter
        assert emitter is not None
        for value in owner:
            if value[0] == values.INSTANCE:
                for node in self.session.setters(value, target[2]):
                    emitter.add(node, "calls", NEAR if target[1][0] == forms.NAME else FLOWED)
                self._note_declared(value, target[2], emitter)
            elif value[0] == values.CLASS:
                self._note_declared(value, target[2], emitter)
            elif value[0] == values.MODULE:
                for node, is_unit in self.session.references(value[1], target[2]):
                    emitter.add(node, "uses", NEAR if not is_unit else NEAR)
        key = dotted_key(target)
        if key:
            if found:
                scope.names[key] = found
            else:
                scope.names.pop(key, None)

    def _note_declared(self, value: Value, name: str, emitter: Emitter) -> None:
        """Writing to an attribute that a class body declares refers to the class."""
        owned = self.session.find_member(value[1], value[2], name)
        if owned is not None and any(binding[0] == forms.B_VALUE for binding in owned[2]):
            emitter.add(f"{owned[0]}::{owned[1].name}", "uses", NEAR)

    def grow(self, container: Form, owner: Values, more: Values, scope: LiveScope) -> None:
        """Note that a container that a name or `self.x` holds has more in it."""
        if container is None or not values.matters(more):
            return
        if any(value[0] == values.INSTANCE for value in owner):
            return
        if container[0] == forms.NAME and container[1] in scope.names:
            scope.names[container[1]] = joined([owner, more])
        elif container[0] == forms.ATTRIBUTE:
            key = dotted_key(container)
            if key:
                scope.names[key] = joined([owner, more])

    def define(self, index: int, scope: LiveScope) -> None:
        """Walk what a definition evaluates in the scope around, note its decorators, and bind its name."""
        unit = self.units[index]
        emitter = scope.emitter
        assert emitter is not None
        session = self.session
        own = self.node(unit)
        for parameter in unit.parameters:
            session.evaluate(parameter.default, scope)
        for base in unit.bases:
            self._base(base, scope)
        for _, value in unit.keywords:
            session.evaluate(value, scope)
        plain: Value = (values.CLASS, self.path, unit.name, (), True) if unit.is_class else (values.FUNCTION, self.path, unit.name, None)
        found: Values = (plain,)
        for line, form in reversed(unit.decorators):
            emitter.line, emitter.offset = line, 0
            found = self._decorate(own, form, found, unit, scope)
        name = unit.name.rpartition(".")[2].partition("#")[0]
        defined = session.defined(self.path, unit.name, unit.is_class, scope.maker())
        scope.names[name] = defined
        scope.local_references[name] = (*self._other_definitions(unit, scope), (own, True))
        self.waiting.append(index)

    def _other_definitions(self, unit: LoweredUnit, scope: LiveScope) -> tuple[Reference, ...]:
        del unit, scope
        return ()

    def _base(self, base: Form, scope: LiveScope) -> None:
        """A base class is inherited from, not used; what makes it is walked."""
        if base is None:
            return
        if base[0] == forms.AT_LINE:
            self._base(base[2], scope)
        elif base[0] == forms.NAME:
            for node, is_unit in scope.references(base[1]):
                if not is_unit and scope.emitter is not None:
                    scope.emitter.add(node, "uses", NEAR)
        elif base[0] == forms.ATTRIBUTE:
            owner = self.session.evaluate(base[1], scope)
            self.session.attribute(owner, base[2], scope, called=True)
        elif base[0] == forms.SUBSCRIPT:
            self._base(base[1], scope)
            self.session.evaluate(base[2], scope)
        else:
            self.session.evaluate(base, scope)

    def _decorate(self, own: str, form: Form, found: Values, unit: LoweredUnit, scope: LiveScope) -> Values:
        emitter = scope.emitter
        assert emitter is not None
        if form is not None and form[0] == forms.AT_LINE:
            emitter.offset = form[1]
            return self._decorate(own, form[2], found, unit, scope)
        if form is None:
            return found
        session = self.session
        if form[0] == forms.CALL:
            makers, _ = session.callee(form[1], scope)
            given = session.arguments(form, scope)
            self._note_decorators(own, makers, unit, emitter)
            decorators = self._silent_call(makers, given, emitter)
        else:
            decorators, _ = session.callee(form, scope)
            self._note_decorators(own, decorators, unit, emitter)
        given_back = self._silent_call(decorators, Given((found,), ()), emitter)
        kept = tuple(value for value in given_back if value[0] in _CALLED)
        return joined([kept, found])

    def _silent_call(self, callees: Values, given: Given, emitter: Emitter) -> Values:
        """A decorator's call: its own edge is `decorates`, what it does with its arguments still counts."""
        holder = _Quiet(self.session, self.path, emitter)
        return self.session.call(callees, given, holder, 0.8)

    def _note_decorators(self, own: str, decorators: Values, unit: LoweredUnit, emitter: Emitter) -> None:
        del unit
        for value in decorators:
            inner = value[1] if value[0] == values.BOUND else value
            if inner[0] in (values.FUNCTION, values.CLASS):
                emitter.add(f"{inner[1]}::{inner[2]}", "decorates", NEAR, source=own)
            elif inner[0] == values.INSTANCE:
                for node in self.session.hook(inner, "__call__"):
                    emitter.add(node, "decorates", FLOWED, source=own)

    def note_import(self, target: str, emitter: Emitter) -> None:
        """An import belongs to the file, wherever it stands."""
        if target != self.path:
            emitter.add(target, "imports", 1.0, source=self.path)


class _Quiet(Scope):
    """A scope for a call whose own edges are left out, while its flows are followed."""

    def __init__(self, session: Interpreter, path: str, emitter: Emitter) -> None:
        super().__init__(session, path, "", session.module_scope(path))
        self.emitter = _OnlyFlows(emitter)

    def lookup(self, name: str) -> Values:
        assert self.outer is not None
        return self.outer.lookup(name)

    def references(self, name: str) -> tuple[Reference, ...]:
        return ()


class _OnlyFlows(Emitter):
    """Drops what is noted for the calling unit itself; flows make emitters of their own from `found`."""

    def __init__(self, emitter: Emitter) -> None:
        super().__init__(emitter.found, emitter.source, emitter.line)

    def add(self, target: str, kind: Any, confidence: float, source: str = "") -> None:
        if source:
            super().add(target, kind, confidence, source)


def _accessor(decorators: list[Form]) -> str:
    for form in decorators:
        if form is not None and form[0] == forms.ATTRIBUTE and form[2] in ("setter", "deleter"):
            return form[2]
    return ""


def join_names(ends: list[dict[str, Values]]) -> dict[str, Values]:
    if len(ends) == 1:
        return ends[0]
    found = dict(ends[0])
    for other in ends[1:]:
        for key, held in other.items():
            known = found.get(key)
            if known is None:
                found[key] = held if "." not in key else NOTHING
                if "." in key:
                    del found[key]
            elif known is not held:
                found[key] = joined([known, held])
        for key in [key for key in found if "." in key and key not in other]:
            del found[key]
    return found


def _expression(walk: FileWalk, statement: list[Any], scope: LiveScope) -> bool:
    form = statement[2]
    walk.session.evaluate(form, scope)
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
        if target[0] == forms.TUPLE and len(target[1]) == len(value[1]) and not _starred(target) and not _starred(value):
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
    walk.session.evaluate(statement[2], scope)
    return True


def _raise(walk: FileWalk, statement: list[Any], scope: LiveScope) -> bool:
    emitter = scope.emitter
    assert emitter is not None
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
    _, _, test, body, orelse = statement
    walk.session.evaluate(test, scope)
    then = narrow(walk.session, test, scope, True)
    other = narrow(walk.session, test, scope, False)
    return walk.branches([(body, then), (orelse, other)], scope)


def _for(walk: FileWalk, statement: list[Any], scope: LiveScope) -> bool:
    _, line, target, iterable, body, orelse, is_async = statement
    assert scope.emitter is not None
    found = walk.session.elements(walk.session.evaluate(iterable, scope), scope, is_async=is_async)
    before = scope.names
    scope.names = dict(before)
    for _ in range(2 if _binds(body) else 1):
        scope.emitter.line, scope.emitter.offset = line, 0
        walk.assign(target, found, scope)
        walk.block(body, scope)
        scope.names = join_names([before, scope.names])
    walk.block(orelse, scope)
    return False


def _binds(body: Block) -> bool:
    """Whether a loop's body binds something that its beginning could read."""
    return any(statement[0] not in (forms.EXPRESSION, forms.RETURN, forms.RAISE, forms.JUMP) for statement in body)


def _while(walk: FileWalk, statement: list[Any], scope: LiveScope) -> bool:
    _, line, test, body, orelse = statement
    assert scope.emitter is not None
    before = scope.names
    scope.names = dict(before)
    for _ in range(2 if _binds(body) else 1):
        scope.emitter.line, scope.emitter.offset = line, 0
        walk.session.evaluate(test, scope)
        scope.names.update(narrow(walk.session, test, scope, True))
        walk.block(body, scope)
        scope.names = join_names([before, scope.names])
    scope.names.update(narrow(walk.session, test, scope, False))
    walk.block(orelse, scope)
    return False


def _try(walk: FileWalk, statement: list[Any], scope: LiveScope) -> bool:
    _, _, body, handlers, orelse, final = statement
    assert scope.emitter is not None
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
        scope.emitter.line, scope.emitter.offset = line, 0
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
    from aifirst_memory.dependencies.python.patterns import walk_cases

    return walk_cases(walk, statement, scope)


def _define(walk: FileWalk, statement: list[Any], scope: LiveScope) -> bool:
    walk.define(statement[2], scope)
    return False


def _import(walk: FileWalk, statement: list[Any], scope: LiveScope) -> bool:
    emitter = scope.emitter
    assert emitter is not None
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
    emitter = scope.emitter
    assert emitter is not None
    session = walk.session
    origin = session.find_module(walk.path, level, dotted)
    if origin is not None and module_node(origin) and not _only_submodules(walk, origin, dotted, names, level):
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


def _only_submodules(walk: FileWalk, origin: Value, dotted: str, names: list[list[Any]] | None, level: int) -> bool:
    """Whether an outside name is only a folder without `__init__` whose modules are imported."""
    if origin[0] != values.OUTSIDE:
        return False
    return any(_submodule(walk, origin, dotted, name, level) is not None for name, _ in names or ())


def _scoped(walk: FileWalk, statement: list[Any], scope: LiveScope) -> bool:
    del walk, statement, scope
    return False


def _delete(walk: FileWalk, statement: list[Any], scope: LiveScope) -> bool:
    assert scope.emitter is not None
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
                    scope.emitter.add(node, "calls", NEAR)
    return False


def _assert(walk: FileWalk, statement: list[Any], scope: LiveScope) -> bool:
    walk.session.evaluate(statement[2], scope)
    scope.names.update(narrow(walk.session, statement[2], scope, True))
    walk.session.evaluate(statement[3], scope)
    return False


def _alias(walk: FileWalk, statement: list[Any], scope: LiveScope) -> bool:
    walk.reference_types(statement[4], scope)
    return False


def _jump(_walk: FileWalk, _statement: list[Any], _scope: LiveScope) -> bool:
    return True


_STATEMENTS: Final = (
    _expression, _assign, _declare, _augment, _return, _raise, _if, _for, _while, _try, _with, _match, _define, _define,
    _import, _from, _scoped, _scoped, _delete, _assert, _alias, _jump,
)  # fmt: skip
"""By the statement's kind."""
__all__ = ["MAY_RUN", "FileWalk", "LiveScope"]
