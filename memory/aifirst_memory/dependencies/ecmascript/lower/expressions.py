"""Expressions: what each may be, and the places in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aifirst_memory.dependencies.ecmascript.facts import (
    ITERATE,
    NONE,
    OBJECT,
    READ,
    WRITE,
    Arr,
    Await,
    Cast,
    Chunk,
    Element,
    Guarded,
    Iterated,
    Literal,
    Member,
    Name,
    Narrowed,
    Super,
    This,
)
from aifirst_memory.dependencies.ecmascript.lower.lowering import Handler, Lowering, Node
from aifirst_memory.dependencies.ecmascript.lower.patterns import bind_pattern
from aifirst_memory.dependencies.ecmascript.lower.prototypes import prototype_of

_TRANSPARENT: Final = ("parenthesized_expression", "non_null_expression", "instantiation_expression")
NAMES: Final = ("identifier", "undefined")
_MAX_DOTS: Final = 4


def callee(low: Lowering, node: Node | None, role: int = NONE) -> int:
    """The value of what is called or looked into: as any other, but no reference for its own sake.

    With `role` it is a reference of that role.
    """
    while node is not None and node.type in _TRANSPARENT and node.named_child_count:
        node = node.named_children[0]
    if node is None:
        return NONE
    kind = node.type
    if kind == "identifier":
        at = low.name(low.text(node))
    elif kind == "member_expression":
        at = _member(low, node)
    elif kind == "subscript_expression":
        at = _subscript(low, node)
    else:
        return low.expr(node)
    if role != NONE:
        low.site(role, at, node)
    return at


def _identifier(low: Lowering, node: Node) -> int:
    at = low.name(low.text(node))
    low.site(READ, at, node)
    return at


def _this(low: Lowering, _node: Node) -> int:
    return low.add(low.this) if low.this is not None else NONE


def super_of(low: Lowering, _node: Node) -> int:
    """`super`."""
    this = low.this
    return low.add(Super(this.at, this.kind == "s")) if this is not None and this.kind in "is" else NONE


def _member(low: Lowering, node: Node) -> int:
    of = callee(low, node.child_by_field_name("object"), OBJECT)
    name = node.child_by_field_name("property")
    return low.add(Member(of, low.text(name))) if of != NONE and name is not None else NONE


def _subscript(low: Lowering, node: Node) -> int:
    of = callee(low, node.child_by_field_name("object"), OBJECT)
    key = node.child_by_field_name("index")
    if key is not None and key.type == "string":
        return low.add(Member(of, string_text(low, key))) if of != NONE else NONE
    key_at = low.expr(key)
    if key is not None and key.type == "number" and low.text(key).isdigit():
        return low.add(Element(of, int(low.text(key)[:6]))) if of != NONE else NONE
    if key is not None and key.type == "member_expression" and low.text(key).startswith("Symbol."):
        return low.add(Member(of, f"[{low.text(key)}]")) if of != NONE else NONE
    return low.add(Element(of, NONE, key_at)) if of != NONE else NONE


def string_text(low: Lowering, node: Node) -> str:
    """The text of a string without its quotes."""
    return low.text(node)[1:-1]


def is_constant(node: Node | None) -> bool:
    """Whether a node is a string whose text is known."""
    return node is not None and (
        node.type == "string" or (node.type == "template_string" and not node.named_child_count)
        or (node.type == "template_string" and all(c.type == "string_fragment" for c in node.named_children))
    )  # fmt: skip


def _read(low: Lowering, node: Node) -> int:
    at = _member(low, node) if node.type == "member_expression" else _subscript(low, node)
    low.site(READ, at, node)
    return at


def _inner(low: Lowering, node: Node) -> int:
    found = NONE
    for child in node.named_children:
        if child.type != "comment":
            found = low.expr(child)
    return found


def _first(low: Lowering, node: Node) -> int:
    """The value of the first child; the rest are types."""
    children = node.named_children
    found = low.expr(children[0]) if children else NONE
    for child in children[1:]:
        low.type(child)
    return found


def _cast(low: Lowering, node: Node) -> int:
    children = [child for child in node.named_children if child.type != "comment"]
    if not children:
        return NONE
    value, type_node = (
        (children[-1], children[0]) if node.type == "type_assertion" else (children[0], children[-1])
    )
    if type_node.type == "type_arguments" and type_node.named_child_count:
        type_node = type_node.named_children[0]
    found = low.expr(value)
    declared = low.type(type_node) if len(children) > 1 else NONE
    return low.add(Cast(declared, found)) if declared != NONE else found


def _binary(low: Lowering, node: Node) -> int:
    """A chain of operators; it is as long as people write, so it is no recursion."""
    rights: list[tuple[Node, Node | None, str]] = []
    left: Node | None = node
    while left is not None and left.type == "binary_expression":
        operator, right = left.child_by_field_name("operator"), left.child_by_field_name("right")
        left = left.child_by_field_name("left")
        if right is not None:
            rights.append((right, left, operator.type if operator is not None else ""))
    values = [low.expr(left)]
    for right, before, operator in reversed(rights):
        if operator == "&&":
            with low.in_scope():
                narrow(low, before)
                values.append(low.expr(right))
        else:
            values.append(low.expr(right))
    return low.either(values) if rights and rights[0][2] in ("||", "&&", "??") else NONE


def _ternary(low: Lowering, node: Node) -> int:
    condition = node.child_by_field_name("condition")
    low.expr(condition)
    with low.in_scope():
        narrow(low, condition)
        first = low.expr(node.child_by_field_name("consequence"))
    return low.either([first, low.expr(node.child_by_field_name("alternative"))])


def narrow(low: Lowering, condition: Node | None) -> None:
    """Let names be of the classes that a condition finds them to be of, in the scope that was opened for it."""
    stack = [condition]
    while stack:
        node = stack.pop()
        if node is not None and node.type == "call_expression":
            _narrow_by_call(low, node)
        if node is None or node.type not in ("parenthesized_expression", "binary_expression"):
            continue
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        operator = node.child_by_field_name("operator")
        if operator is None:
            stack.append(node.named_children[0] if node.named_child_count else None)
        elif operator.type == "&&":
            stack += [left, right]
        elif operator.type == "instanceof" and left is not None and left.type == "identifier":
            of = callee(low, right)
            if of != NONE:
                found = low.add(Narrowed(of))
                low.narrow_name(low.text(left), found)


def _narrow_by_call(low: Lowering, node: Node) -> None:
    """`if (isA(x))`: the function may say of what type its argument is."""
    given = node.child_by_field_name("arguments")
    first = given.named_children[0] if given is not None and given.named_child_count else None
    if first is None or first.type != "identifier" or given is None or given.type != "arguments":
        return
    of = callee(low, node.child_by_field_name("function"))
    if of != NONE:
        name = low.outer_name(low.text(first))
        low.narrow_name(low.text(first), low.add(Guarded(of, name)))


def _await(low: Lowering, node: Node) -> int:
    of = _inner(low, node)
    return low.add(Await(of)) if of != NONE else NONE


def _yield(low: Lowering, node: Node) -> int:
    of = _inner(low, node)
    if of != NONE and low.function is not None:
        each = any(child.type == "*" for child in node.children)
        low.function.yields.append(low.add(Iterated(of)) if each else of)
    return NONE


def spread(low: Lowering, node: Node) -> int:
    """What `...x` adds."""
    of = _inner(low, node)
    if of == NONE:
        return NONE
    low.site(ITERATE, of, node)
    return low.add(Iterated(of))


def _array(low: Lowering, node: Node) -> int:
    return low.add(Arr([low.expr(child) for child in node.named_children if child.type != "comment"]))


def _assignment(low: Lowering, node: Node) -> int:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        low.walk_children(node)
        return NONE
    return assign(low, left, right, compound=node.type == "augmented_assignment_expression")


def assign(low: Lowering, left: Node, right: Node, *, compound: bool = False) -> int:
    """`left = right`: the value of the right side."""
    from aifirst_memory.dependencies.ecmascript.lower.functions import named_value
    from aifirst_memory.dependencies.ecmascript.lower.modules import export_assignment

    exported = (
        export_assignment(low, left, right) if left.type in ("member_expression", "identifier") else None
    )
    if exported is not None:
        return exported
    owner = _top_owner(low, left)
    if owner is not None:
        with low.in_chunk(owner):
            source = named_value(low, left, right)
            _assign_member(low, left, source)
        return _dotted(low, left)
    source = named_value(low, left, right)
    kind = left.type
    if kind == "identifier":
        if not compound:
            low.write(low.text(left), "", source)
        low.site(WRITE, low.name(low.text(left)), left)
    elif kind == "member_expression":
        _assign_member(low, left, source)
        if compound:
            low.site(READ, _member(low, left), left)
    elif kind in ("object_pattern", "array_pattern"):
        bind_pattern(low, left, source, declare=False)
    elif kind == "subscript_expression":
        _assign_element(low, left, source)
    else:
        low.expr(left)
    return source


def _top_owner(low: Lowering, left: Node) -> Chunk | None:
    """The chunk of the name at the top level whose property, or that of whose prototype, is assigned there."""
    of = left.child_by_field_name("object") if left.type == "member_expression" and low.at_top else None
    owner = prototype_of(low, of)
    if owner:
        return low.chunk_of(owner)
    if of is not None and of.type == "member_expression":
        of = of.child_by_field_name("object")
    return low.chunk_of(low.text(of)) if of is not None and of.type == "identifier" else None


def _dotted(low: Lowering, left: Node) -> int:
    """What was assigned, by its names, as the value of the assignment; it belongs to another chunk."""
    first, *rest = low.text(left).split(".")
    if not first.isidentifier() or len(rest) > _MAX_DOTS:
        return NONE
    at = low.add(Name(first))
    for name in rest:
        at = low.add(Member(at, name.strip()))
    return at


def _assign_member(low: Lowering, left: Node, source: int) -> None:
    at = _member(low, left)
    low.site(WRITE, at, left)
    store(low, left, source)


def store(low: Lowering, left: Node, source: int) -> None:
    """Let the property that `left` names hold a value."""
    of, name = left.child_by_field_name("object"), left.child_by_field_name("property")
    if of is None or name is None:
        return
    prop = low.text(name)
    owner = prototype_of(low, of)
    if owner:
        if prop == "__proto__":
            low.write(owner, "prototype", source)
        else:
            low.write(owner, f"prototype.{prop}", source)
    elif of.type == "this":
        _store_this(low, prop, source)
    elif of.type == "identifier":
        low.write(low.text(of), prop, source)


def _store_this(low: Lowering, prop: str, source: int) -> None:
    this: This | None = low.this
    if this is None or source == NONE:
        return
    if this.kind in "is":
        key = prop if this.kind == "i" else f"static {prop}"
        low.chunk.classes[this.at].assigned.setdefault(key, []).append(source)
    elif this.kind == "f":
        low.chunk.functions[this.at].assigned.setdefault(prop, []).append(source)


def _assign_element(low: Lowering, left: Node, source: int) -> None:
    _subscript(low, left)
    of = left.child_by_field_name("object")
    key = left.child_by_field_name("index")
    if of is None or source == NONE:
        return
    prop = string_text(low, key) if key is not None and key.type == "string" else ""
    held = source if prop else low.add(Arr([source]))
    owner = prototype_of(low, of)
    if owner:
        low.write(owner, f"prototype.{prop}", held)
    elif of.type == "identifier":
        low.write(low.text(of), prop, held)
    elif of.type == "member_expression" and not prop:
        store(low, of, held)


def _template(low: Lowering, node: Node) -> int:
    low.walk_children(node)
    return NONE


def _string(low: Lowering, node: Node) -> int:
    return low.add(Literal(string_text(low, node)[:80]))


def _update(low: Lowering, node: Node) -> int:
    argument = node.child_by_field_name("argument")
    if argument is not None and argument.type == "member_expression":
        low.site(WRITE, _member(low, argument), argument)
        low.site(READ, _member(low, argument), argument)
        return NONE
    low.expr(argument)
    return NONE


def _nothing(_low: Lowering, _node: Node) -> int:
    return NONE


EXPRESSIONS: Final[Mapping[str, Handler]] = {
    "identifier": _identifier,
    "undefined": _nothing,
    "this": _this,
    "super": super_of,
    "member_expression": _read,
    "subscript_expression": _read,
    "parenthesized_expression": _inner,
    "sequence_expression": _inner,
    "non_null_expression": _inner,
    "instantiation_expression": _first,
    "as_expression": _cast,
    "type_assertion": _cast,
    "satisfies_expression": _first,
    "binary_expression": _binary,
    "ternary_expression": _ternary,
    "await_expression": _await,
    "yield_expression": _yield,
    "spread_element": spread,
    "array": _array,
    "assignment_expression": _assignment,
    "augmented_assignment_expression": _assignment,
    "update_expression": _update,
    "template_string": _template,
    "string": _string,
    "call": _nothing,
}
