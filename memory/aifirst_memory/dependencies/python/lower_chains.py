"""Lowers chains: `a.b(c)[d].e()`, `a + b + c`, `a or b or c`.

The grammar nests them to the left, a level a link, and generated code has thousands of links. So their nodes are
gathered without recursion, and no form nests deeper than the rest may.
"""

from __future__ import annotations

from typing import Any, Final, cast

from aifirst_memory.dependencies.python import forms
from aifirst_memory.dependencies.python.forms import Form
from aifirst_memory.dependencies.python.lower_literals import MAX_ELEMENTS, constant
from aifirst_memory.dependencies.python.lowering import MAX_DEPTH, Lowering, Node, first_named, named

_EMPTY: Final = 2
"""Children of `()`."""
_NESTED: Final = 16
"""Operands of `and` or `or` that nest as they are written; more are put together by halves, which means the same."""


Link = str | Node | list[Node] | None
"""The name of an attribute, the arguments of a call or the indices of a subscript."""


def lower_links(low: Lowering, node: Node, depth: int) -> Form:
    """Attributes, calls and subscripts on one another. `x` in `x.a().b` is the innermost; all begin where it does."""
    of_attribute, of_call, of_subscript = low.kinds.links
    links: list[Link] = []
    at, kind = node, node.kind_id
    while True:
        if kind == of_attribute:
            links.append(_name_of(low, at))
        elif kind == of_call:
            links.append(at.child(1) if at.child_count == 2 else low.field(at, "arguments"))
        elif kind == of_subscript:
            links.append(list(named(at)[1:]))
        else:
            break
        at = at.child(0)
        kind = at.kind_id
    beyond = 0 if len(links) + depth <= MAX_DEPTH else max(len(links) - max(MAX_DEPTH - depth, 1), 0)
    inside = depth + len(links) - beyond - 1
    form = low.lower(at, inside)
    name = ""
    while len(links) > beyond:
        link = links.pop()
        if type(link) is str:
            name = link
            if form is not None:
                form = (
                    [forms.ATTRIBUTE, form, name]
                    if form[0] != forms.STAR
                    else [forms.STAR, [forms.ATTRIBUTE, form[1], name]]
                )
        else:
            form = (
                _subscript(low, form, link, inside)
                if type(link) is list
                else _call(low, form, name, cast("Node | None", link), inside)
            )
            name = ""
        inside -= 1
    return form if not beyond else _with_rest(low, form, links, node, depth)


def _name_of(low: Lowering, node: Node) -> str:
    """The name at the end of an attribute: read from the text, which costs less than a node."""
    end = node.end_byte
    name = low.letters[low.letters.rfind(".", 0, end) + 1 : end]
    if low.is_ascii and name.isidentifier():
        return name
    last = low.field(node, "attribute")
    return low.text(last) if last is not None else ""


def _with_rest(low: Lowering, form: Form, links: list[Link], node: Node, depth: int) -> Form:
    """A chain with too many links: of the last ones no more than what they are given."""
    low.leave_out(node)
    found = [form]
    for link in reversed(links):
        if isinstance(link, Node):
            arguments, keywords = lower_arguments(low, link, depth)
            found += [*arguments, *(pair[1] for pair in keywords)]
        elif isinstance(link, list):
            found += [low.lower(index, depth) for index in link]
    kept = [part for part in found if part is not None and part[0] != forms.TEXT]
    return [forms.MANY, kept] if kept else None


def _call(low: Lowering, callee: Form, name: str, holder: Node | None, depth: int) -> Form:
    # The grammar reads `*f()` as a call of `*f`.
    starred = callee is not None and callee[0] == forms.STAR
    if callee is not None and starred:
        callee = callee[1]
    arguments, keywords = lower_arguments(low, holder, depth)
    if keywords:
        keywords = [pair for pair in keywords if pair[1] is not None]
    if callee is None:
        return _call_of_nothing(name, [*arguments, *(pair[1] for pair in keywords)])
    while arguments and arguments[-1] is None:
        arguments.pop()
    call: list[Any] = [forms.CALL, callee, arguments, keywords]
    return [forms.STAR, call] if starred else call


def _call_of_nothing(name: str, parts: list[Form]) -> Form:
    """A call of what has no form, as a text's method: what is left are its arguments; a join runs through its own."""
    if len(parts) == 1 and parts[0] is not None and name == "join":
        return [forms.ITERATED, parts[0], False]
    kept = [part for part in parts if part is not None and part[0] != forms.TEXT]
    return [forms.MANY, kept] if kept else None


def lower_arguments(low: Lowering, holder: Node | None, depth: int) -> tuple[list[Form], list[list[Any]]]:
    """The arguments of a call by position, and those by keyword as [name, or "" for `**`, value]."""
    arguments: list[Form] = []
    keywords: list[list[Any]] = []
    if holder is None:
        return arguments, keywords
    kinds = low.kinds
    if holder.kind_id == kinds.generator:
        return [low.lower(holder, depth)], keywords
    if holder.child_count == _EMPTY:
        return arguments, keywords
    for child in holder.named_children[:MAX_ELEMENTS]:
        kind = child.kind_id
        if kind == kinds.string:
            arguments.append(constant(low, child, depth))
        elif kind == kinds.keyword_argument:
            parts = child.named_children
            name, value = parts if len(parts) == 2 else (low.field(child, "name"), low.field(child, "value"))
            form = (
                constant(low, value, depth)
                if value is not None and value.kind_id == kinds.string
                else low.lower(value, depth)
            )
            keywords.append([low.text(name) if name is not None else "", form])
        elif kind == kinds.dictionary_splat:
            keywords.append(["", low.lower(first_named(child), depth)])
        elif kind not in kinds.extras:
            arguments.append(low.lower(child, depth))
    return arguments, keywords


def _subscript(low: Lowering, value: Form, nodes: list[Node], depth: int) -> Form:
    if value is None:
        return low.many(nodes, depth)
    indices = [constant(low, part, depth) for part in nodes]
    return [forms.SUBSCRIPT, value, indices[0] if len(indices) == 1 else [forms.TUPLE, indices]]


def _spine(
    low: Lowering, node: Node, operator: str | None
) -> tuple[Node | None, list[tuple[str, Node | None]]]:
    """The innermost left operand, and from there outwards each operator with its right operand.

    Only those of one operator, where it is given.
    """
    found: list[tuple[str, Node | None]] = []
    kind = node.kind_id
    at: Node | None = node
    while at is not None and at.kind_id == kind:
        parts = at.named_children
        if len(parts) == 2:
            left, right = parts
            sign = at.child(1)
        else:
            left, right, sign = low.field(at, "left"), low.field(at, "right"), low.field(at, "operator")
        told = sign.type if sign is not None else ""
        if operator is not None and told != operator:
            break
        found.append((told, right))
        at = left
    found.reverse()
    return at, found


def lower_binary(low: Lowering, node: Node, depth: int) -> Form:
    """An operation, or many that follow each other: of more than may nest the last ones' operands alone count."""
    first, rest = _spine(low, node, None)
    nested = min(len(rest), max(MAX_DEPTH - depth, 1))
    form = low.lower(first, depth + nested - 1)
    for level, (operator, right) in enumerate(rest[:nested]):
        value = low.lower(right, depth + nested - 1 - level)
        if form is not None or value is not None:
            form = [forms.BINARY, operator or "+", form, value]
    if nested == len(rest):
        return form
    more = [form, *(low.lower(right, depth) for _, right in rest[nested:])]
    kept = [part for part in more if part is not None]
    return [forms.MANY, kept] if kept else None


def lower_boolean(low: Lowering, node: Node, depth: int) -> Form:
    """An `and` or an `or`, or many of the same."""
    sign = node.child(1) if node.child_count == 3 else low.field(node, "operator")
    operator = sign.type if sign is not None else "or"
    first, rest = _spine(low, node, operator)
    if len(rest) < _NESTED:
        form = low.lower(first, depth + len(rest) - 1)
        for level, (_, right) in enumerate(rest):
            form = _either(operator, form, low.lower(right, depth + len(rest) - 1 - level))
        return form
    inside = depth + len(rest).bit_length()
    return _by_halves(
        operator, [low.lower(operand, inside) for operand in (first, *(right for _, right in rest))]
    )


def _by_halves(operator: str, operands: list[Form]) -> Form:
    if len(operands) == 1:
        return operands[0]
    middle = len(operands) // 2
    return _either(operator, _by_halves(operator, operands[:middle]), _by_halves(operator, operands[middle:]))


def _either(operator: str, left: Form, right: Form) -> Form:
    return None if left is None and right is None else [forms.BOOLEAN, operator, left, right]


def lower_comparison(low: Lowering, node: Node, depth: int) -> Form:
    """A comparison, of two or of many."""
    operands = low.lower_all(node.named_children, depth)
    if not any(operands):
        return None
    return [forms.COMPARE, [child.type for child in node.children if not child.is_named], operands]


def lower_conditional(low: Lowering, node: Node, depth: int) -> Form:
    """`a if b else c`."""
    parts = low.lower_all(node.named_children, depth)
    return [forms.CONDITIONAL, parts[1], parts[0], parts[2]] if len(parts) == 3 else None
