"""Functions: their parameters, what they return, and which calls in them depend on what they are given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aifirst_memory.dependencies.ecmascript.facts import (
    ARROW,
    ASYNC,
    DECORATE,
    GENERATOR,
    NONE,
    READ,
    Expected,
    Fn,
    Function,
    Name,
    Param,
    This,
)
from aifirst_memory.dependencies.ecmascript.lower.lowering import Handler, Lowering, Node
from aifirst_memory.dependencies.ecmascript.lower.patterns import bind_pattern

FUNCTIONS: Final = frozenset(
    ("arrow_function", "function_expression", "generator_function", "function_declaration",
     "generator_function_declaration", "method_definition", "function_signature", "method_signature",
     "abstract_method_signature", "function")
)  # fmt: skip
_FIELD_MARKS: Final = frozenset(("accessibility_modifier", "readonly", "override_modifier"))
_CLASSES: Final = frozenset(("class", "class_declaration", "abstract_class_declaration"))


def named_value(low: Lowering, name: Node | None, value: Node | None, expected: int = NONE) -> int:
    """The value of something that goes by the name at a node, which may make it a unit."""
    from aifirst_memory.dependencies.ecmascript.lower.classes import lower_class
    from aifirst_memory.dependencies.ecmascript.lower.objects import lower_object

    value = _unwrapped(value)
    if value is None:
        return NONE
    unit = low.unit_of(name)
    if value.type in FUNCTIONS:
        return lower_function(low, value, unit, expected=expected)
    if value.type in _CLASSES:
        return lower_class(low, value, unit)
    if value.type == "object":
        return lower_object(low, value, unit, expected)
    if unit == low.unit:
        return low.expr(value)
    with low.in_unit(unit):
        before = len(low.chunk.functions)
        found = low.expr(value)
    wrapped = [
        at
        for at in range(before, len(low.chunk.functions))
        if low.chunk.functions[at].unit == low.units[unit]
    ]
    if not wrapped:
        return found
    low.chunk.functions[wrapped[0]].own = True
    return low.either([found, low.add(Fn(wrapped[0]))])


def _unwrapped(value: Node | None) -> Node | None:
    while value is not None and value.type == "parenthesized_expression" and value.named_child_count == 1:
        value = value.named_children[0]
    return value


def lower_function(
    low: Lowering, node: Node, unit: int, *, this: This | None = None, expected: int = NONE
) -> int:
    """A function, whose code is that of a unit; the expression for it.

    `this` is what it is called on, for a method; `expected` what is expected of it where it stands.
    """
    chunk = low.chunk
    flags = _flags(node)
    own = unit != low.unit
    made = Function(
        low.units[unit], own, flags, params=[], returns=[], yields=[], type_params=[], assigned={}
    )
    chunk.functions.append(made)
    at = len(chunk.functions) - 1
    if this is None:
        this = low.this if flags & ARROW else This("f", at)
    before = low.function, low.this, low.function_at
    first = len(chunk.exprs)
    low.function, low.this, low.function_at = made, this, at
    with low.in_unit(unit), low.in_scope(function=True):
        name = node.child_by_field_name("name")
        if name is not None and node.type in ("function_expression", "generator_function"):
            low.bind(low.declare(low.text(name)), low.add(Fn(at)))
        _lower_signature(low, node, made, expected)
        _lower_body(low, node, made)
    low.function, low.this, low.function_at = before
    made.flows = first, len(chunk.exprs)
    return low.add(Fn(at))


def _flags(node: Node) -> int:
    flags = ARROW if node.type == "arrow_function" else 0
    for child in node.children:
        kind = child.type
        if kind == "async":
            flags |= ASYNC
        elif kind == "*":
            flags |= GENERATOR
        elif kind in ("formal_parameters", "statement_block"):
            break
    return flags | (GENERATOR if node.type.startswith("generator") else 0)


def _lower_body(low: Lowering, node: Node, made: Function) -> None:
    body = node.child_by_field_name("body")
    if body is None:
        made.body = False
    elif body.type == "statement_block":
        low.walk_children(body)
    else:
        value = named_value(low, body if body.type not in FUNCTIONS else None, body)
        if value != NONE:
            made.returns.append(value)


def _lower_signature(low: Lowering, node: Node, made: Function, expected: int = NONE) -> None:
    type_params(low, node.child_by_field_name("type_parameters"), made.type_params)
    single = node.child_by_field_name("parameter")
    if single is not None:
        _lower_param(low, single, made, expected)
    parameters = node.child_by_field_name("parameters")
    if parameters is not None:
        for child in parameters.named_children:
            if child.type != "comment":
                _lower_param(low, child, made, expected)
    declared = node.child_by_field_name("return_type") or node.child_by_field_name("type")
    made.type = low.type(declared)
    made.guard = _guard(low, declared)


def _guard(low: Lowering, declared: Node | None) -> int:
    """The type `A` of a result that is declared as `x is A`."""
    if declared is None or declared.type != "type_predicate_annotation" or not declared.named_child_count:
        return NONE
    return low.type(declared.named_children[0].child_by_field_name("type"))


def lower_signature(low: Lowering, node: Node) -> int:
    """The function that a type or a signature without a body describes; its index in the chunk."""
    made = Function(low.units[low.unit], False, 0, [], [], [], NONE, False, [], assigned={})
    low.chunk.functions.append(made)
    at = len(low.chunk.functions) - 1
    with low.in_scope(function=True):
        _lower_signature(low, node, made)
    return at


def type_params(low: Lowering, node: Node | None, into: list[Param]) -> None:
    """Declare type parameters in this scope."""
    for child in node.named_children if node is not None else ():
        name = child.child_by_field_name("name")
        if child.type == "type_parameter" and name is not None:
            unique = low.declare(low.text(name))
            constraint = child.child_by_field_name("constraint")
            bound = (
                low.type(constraint.named_children[0])
                if constraint and constraint.named_child_count
                else NONE
            )
            default = child.child_by_field_name("value")
            if default is not None:
                low.type(default)
            low.binding(unique).type = bound
            low.binding(unique).param = True
            into.append(Param(unique, bound))


def _lower_param(low: Lowering, node: Node, made: Function, expected: int) -> None:
    pattern, default, declared = _param_parts(low, node)
    rest = pattern is not None and pattern.type == "rest_pattern"
    if pattern is not None and rest:
        pattern = pattern.named_children[0] if pattern.named_child_count else None
    type_at = low.type(declared)
    if pattern is None or pattern.type == "this":
        return
    wanted = low.add(Expected(expected, len(made.params))) if expected != NONE and declared is None else NONE
    name = _bind_param(low, pattern, len(made.params), type_at, [named_value(low, None, default), wanted])
    field = any(child.type in _FIELD_MARKS for child in node.children)
    made.params.append(Param(name, type_at, rest, field))
    if field and low.this is not None and low.this.kind == "i":
        assigned = low.chunk.classes[low.this.at].assigned
        assigned.setdefault(low.text(pattern), []).append(low.add(Name(name)))


def _param_parts(low: Lowering, node: Node) -> tuple[Node | None, Node | None, Node | None]:
    """The pattern, default and declared type of a parameter in either grammar; its decorators are noted."""
    pattern: Node | None = node
    default = declared = None
    if node.type in ("required_parameter", "optional_parameter"):
        pattern = node.child_by_field_name("pattern")
        default, declared = node.child_by_field_name("value"), node.child_by_field_name("type")
        for child in node.children:
            if child.type == "decorator":
                decorator(low, child, low.unit)
    if pattern is not None and pattern.type == "assignment_pattern":
        default, pattern = pattern.child_by_field_name("right"), pattern.child_by_field_name("left")
    return pattern, default, declared


def _bind_param(low: Lowering, pattern: Node, at: int, declared: int, sources: list[int]) -> str:
    """Declare a parameter, and the names of its pattern; what it is called in the chunk."""
    simple = pattern.type == "identifier"
    name = low.declare(low.text(pattern) if simple else f"({at})")
    binding = low.binding(name)
    binding.type, binding.param = declared, True
    binding.sources += [source for source in sources if source != NONE]
    if not simple:
        bind_pattern(low, pattern, low.add(Name(name)))
    return name


def decorator(low: Lowering, node: Node, unit: int) -> int:
    """A decorator of a unit: what it calls, whose code stands around the unit."""
    from aifirst_memory.dependencies.ecmascript.lower.calls import arguments
    from aifirst_memory.dependencies.ecmascript.lower.expressions import callee

    inner = node.named_children[0] if node.named_child_count else None
    if inner is None:
        return NONE
    target = inner
    if inner.type == "call_expression":
        target = inner.child_by_field_name("function") or inner
        arguments(low, inner, NONE)
    at = callee(low, target)
    with low.in_unit(unit):
        low.site(DECORATE, at, node)
    return at


def _return(low: Lowering, node: Node) -> int:
    children = [child for child in node.named_children if child.type != "comment"]
    if not children:
        return NONE
    value = children[0]
    found = named_value(low, value_name(value), value)
    if found != NONE and low.function is not None:
        low.function.returns.append(found)
    note_value(low, value, found)
    return NONE


def note_value(low: Lowering, node: Node, value: int) -> None:
    """A function or class with a name that stands where a value is wanted is referred to there."""
    if value != NONE and value_name(node) is not None and low.unit_of(value_name(node)) != low.unit:
        low.site(READ, value, node)


def value_name(value: Node) -> Node | None:
    """Where the name of a function or class that stands for itself is: its own, or the word `class`."""
    if value.type in ("function_expression", "generator_function", "class"):
        name = value.child_by_field_name("name")
        if name is None and value.type == "class":
            return next((child for child in value.children if child.type == "class"), None)
        return name
    return None


def _function_value(low: Lowering, node: Node) -> int:
    return named_value(low, value_name(node), node)


def _declaration(low: Lowering, node: Node) -> int:
    name = node.child_by_field_name("name")
    if name is None:
        return NONE
    unique = low.declare(low.text(name), hoisted=False)
    unit = low.unit_of(name)
    if low.at_top:
        with low.in_chunk(low.chunk_of(unique)):
            if low.chunk.unit == "" or node.type != "function_signature":
                low.chunk.unit = low.units[unit]
            low.bind(unique, lower_function(low, node, unit))
        return NONE
    low.bind(unique, lower_function(low, node, unit))
    return NONE


FUNCTION_EXPRESSIONS: Final[Mapping[str, Handler]] = dict.fromkeys(
    ("arrow_function", "function_expression", "generator_function", "function"), _function_value
)
FUNCTION_STATEMENTS: Final[Mapping[str, Handler]] = {
    "function_declaration": _declaration,
    "generator_function_declaration": _declaration,
    "function_signature": _declaration,
    "return_statement": _return,
}
