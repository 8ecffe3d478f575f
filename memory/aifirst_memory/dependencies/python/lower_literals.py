"""Lowers literals, comprehensions and formatted texts."""

from __future__ import annotations

from typing import Final

from aifirst_memory.dependencies.python import forms
from aifirst_memory.dependencies.python.forms import Form
from aifirst_memory.dependencies.python.lowering import Handler, Lowering, Node, first_named

MAX_ELEMENTS: Final = 400
"""Elements of one literal that are looked at: tables longer than this are data."""
_MAX_TEXT: Final = 120
_QUOTES: Final = b"\"'"
_FORMATTING: Final = frozenset("fFtT")


def constant(low: Lowering, node: Node | None, depth: int) -> Form:
    """An index, a key or an argument: short texts and numbers matter there."""
    if node is None:
        return None
    kind = node.kind_id
    if kind == low.kinds.string:
        content = low.plain_text(node)
        if content is not None:
            return [forms.TEXT, content] if len(content) <= _MAX_TEXT else None
    elif kind == low.kinds.integer:
        digits = low.text(node)
        return [forms.NUMBER, int(digits)] if len(digits) < 5 and digits.isdecimal() else None
    return low.lower(node, depth)


def lower_elements(op: int) -> Handler:
    """The handler of a list, set or tuple."""

    def handle(low: Lowering, node: Node, depth: int) -> Form:
        found = low.lower_all(node.named_children[:MAX_ELEMENTS], depth)
        if op != forms.TUPLE and not any(found):
            return [op, []]
        return [op, found]

    return handle


def lower_dictionary(low: Lowering, node: Node, depth: int) -> Form:
    """A dict, without the pairs that nothing follows from."""
    kinds, pairs = low.kinds, list[list[Form | bool]]()
    for child in node.named_children[:MAX_ELEMENTS]:
        kind = child.kind_id
        if kind == kinds.pair:
            parts = child.named_children
            key, value = parts if len(parts) == 2 else (low.field(child, "key"), low.field(child, "value"))
            form = low.lower(value, depth)
            if form is not None or (key is not None and key.kind_id not in (kinds.string, kinds.integer)):
                pairs.append([constant(low, key, depth), form])
        elif kind == kinds.dictionary_splat:
            pairs.append([False, low.lower(first_named(child), depth)])
    return [forms.DICT, pairs]


def lower_comprehension(kind: str) -> Handler:
    """The handler of a comprehension of this kind."""

    def handle(low: Lowering, node: Node, depth: int) -> Form:
        body = low.field(node, "body")
        clauses: list[list[object]] = []
        tests: list[Form] = []
        for child in node.named_children:
            if child.type == "for_in_clause":
                target, iterable = low.field(child, "left"), low.field(child, "right")
                is_async = child.child(0).type == "async"
                tests = []
                clauses.append([low.lower(target, depth), low.lower(iterable, depth), tests, is_async])
            elif child.type == "if_clause":
                test = low.lower(first_named(child), depth)
                if test is not None:
                    tests.append(test)
        if body is not None and body.kind_id == low.kinds.pair:
            element = low.lower(low.field(body, "key"), depth)
            return [forms.COMPREHENSION, kind, element, clauses, low.lower(low.field(body, "value"), depth)]
        return [forms.COMPREHENSION, kind, low.lower(body, depth), clauses, None]

    return handle


def lower_string(low: Lowering, node: Node, depth: int) -> Form:
    """A formatted text; None for any other."""
    start = node.start_byte
    if low.data[start] in _QUOTES or _FORMATTING.isdisjoint(low.letters[start : start + 2]):
        return None
    found: list[Form] = []
    for child in node.named_children:
        if child.type == "interpolation":
            found.extend(_interpolated(low, child, depth))
    return [forms.FORMAT, found] if found else None


def _interpolated(low: Lowering, node: Node, depth: int) -> list[Form]:
    """What one pair of braces formats: its expression, and those in its format."""
    found: list[Form] = []
    for part in node.named_children:
        kind = part.type
        if kind == "format_specifier":
            found.extend(low.lower_all(part.named_children, depth))
        elif kind != "type_conversion":
            found.append(low.lower(part, depth))
        elif low.text(part) == "!r":
            found = [form and [forms.CALL, [forms.NAME, "repr"], [form], []] for form in found]
    return [form for form in found if form is not None]
