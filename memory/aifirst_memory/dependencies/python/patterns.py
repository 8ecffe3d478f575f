"""The cases of a `match` statement: what their patterns refer to, run and bind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aifirst_memory.dependencies.python import forms
from aifirst_memory.dependencies.python.forms import Form
from aifirst_memory.dependencies.python.live_scope import LiveScope, join_names
from aifirst_memory.dependencies.python.narrow import part_at, pattern_names
from aifirst_memory.dependencies.python.values import NOTHING, Values, joined

if TYPE_CHECKING:
    from aifirst_memory.dependencies.python.walk import FileWalk


def walk_cases(walk: FileWalk, statement: list[Any], scope: LiveScope) -> bool:
    """Walk a `match` statement; whether every case leaves."""
    _, _, subject_form, cases = statement
    emitter = scope.notes
    session = walk.session
    subject = session.evaluate(subject_form, scope)
    key = subject_form[1] if subject_form is not None and subject_form[0] == forms.NAME else ""
    before = dict(scope.names)
    ends = [before]
    for line, pattern, guard, block in cases:
        scope.names = dict(before)
        emitter.line, emitter.offset = line, 0
        kept = bind_pattern(walk, pattern, subject, scope)
        if key:
            scope.names[key] = kept
        session.evaluate(guard, scope)
        if not walk.block(block, scope):
            ends.append(scope.names)
    scope.names = join_names(ends)
    return False


def bind_pattern(walk: FileWalk, pattern: Form, subject: Values, scope: LiveScope) -> Values:
    """Bind a pattern's names; gives what the pattern leaves of its subject."""
    if pattern is None:
        return subject
    session, kind = walk.session, pattern[0]
    if kind == "name":
        scope.bind(pattern[1], subject)
    elif kind == "as":
        kept = bind_pattern(walk, pattern[1], subject, scope)
        scope.bind(pattern[2], kept)
        return kept
    elif kind == "value":
        session.evaluate(pattern[1], scope)
    elif kind == "class":
        return _bind_class(walk, pattern, subject, scope)
    elif kind == "sequence":
        for index, part in enumerate(pattern[1]):
            found = session.picked(subject, index, scope) if part is not None else NOTHING
            bind_pattern(walk, part, found, scope)
    elif kind == "mapping":
        for part in pattern[1]:
            bind_pattern(walk, part, session.item(subject, NOTHING, scope), scope)
    elif kind == "or":
        return joined([bind_pattern(walk, part, subject, scope) for part in pattern[1]])
    elif kind == "rest":
        scope.bind(pattern[1], NOTHING)
    return subject


def _bind_class(walk: FileWalk, pattern: list[Any], subject: Values, scope: LiveScope) -> Values:
    session = walk.session
    kept = pattern_names(session, pattern, subject, scope, -1)
    for position, part in enumerate(pattern[2]):
        if part is not None:
            inner = joined([part_at(session, value, position, scope) for value in kept])
            bind_pattern(walk, part, inner, scope)
    for name, part in pattern[3]:
        bind_pattern(walk, part, session.attribute(kept, name, scope), scope)
    return kept
