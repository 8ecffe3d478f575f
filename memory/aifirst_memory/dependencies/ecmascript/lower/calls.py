"""Calls, constructions and JSX elements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aifirst_memory.dependencies.ecmascript.facts import (
    CALL,
    NONE,
    Arr,
    Call,
    Context,
    Fn,
    Literal,
    Member,
    Module,
    Obj,
)
from aifirst_memory.dependencies.ecmascript.lower.expressions import callee, is_constant, store, string_text
from aifirst_memory.dependencies.ecmascript.lower.functions import (
    lower_function,
    named_value,
    note_value,
    value_name,
)
from aifirst_memory.dependencies.ecmascript.lower.lowering import Handler, Lowering, Node
from aifirst_memory.dependencies.ecmascript.lower.prototypes import filled, note_filled

_FUNCTIONS: Final = ("arrow_function", "function_expression", "generator_function")
_VALUES: Final = frozenset((*_FUNCTIONS, "object", "class"))
_CALLED_WHERE_MADE: Final = ("parenthesized_expression", "member_expression", *_FUNCTIONS)
_STORING: Final = frozenset(("push", "unshift", "add", "set"))
_HOOKS: Final = frozenset(
    ("beforeEach", "afterEach", "beforeAll", "afterAll", "before", "after", "setup", "teardown", "suiteSetup",
     "suiteTeardown")
)  # fmt: skip


def _call(low: Lowering, node: Node) -> int:
    function = node.child_by_field_name("function")
    given = node.child_by_field_name("arguments")
    if function is None:
        low.walk_children(node)
        return NONE
    module = _module_of(low, function, given)
    if module is not None:
        low.import_site(module, (), node)
        return low.add(Module(module, promised=function.type == "import"))
    name, dot = filled(low, function, given)
    if name and low.chunk.name == "" and low.at_top and (dot or name in low.body.chunks):
        with low.in_chunk(low.chunk_of(name)):
            at = _finish(low, node, callee(low, function), new=False)
            note_filled(low, node, name, _args_of(low, at))
        return NONE
    at = _finish(low, node, callee(low, function), new=False)
    if name:
        note_filled(low, node, name, _args_of(low, at))
    _bind_immediate(low, function, at)
    return at


def _args_of(low: Lowering, at: int) -> list[int]:
    call = low.chunk.exprs[at]
    return call.args if isinstance(call, Call) else []


def _bind_immediate(low: Lowering, function: Node, at: int) -> None:
    """The parameters of a function that is called where it stands (`(function (x) {…})(y)`) are what it is given."""
    call = low.chunk.exprs[at]
    if function.type not in _CALLED_WHERE_MADE or not isinstance(call, Call) or call.callee == NONE:
        return
    made, args = low.chunk.exprs[call.callee], call.args
    if isinstance(made, Member) and made.name == "call":
        made, args = low.chunk.exprs[made.of], args[1:]
    if not isinstance(made, Fn):
        return
    for param, given in zip(low.chunk.functions[made.at].params, args, strict=False):
        local = low.chunk.locals.get(param.name)
        if local is not None and given != NONE:
            local.sources.append(given)


def _module_of(low: Lowering, function: Node, given: Node | None) -> str | None:
    """The module that `require("…")` or `import("…")` loads."""
    if given is None or given.type != "arguments" or not given.named_child_count:
        return None
    first = given.named_children[0]
    if not is_constant(first):
        return None
    if function.type == "import":
        return string_text(low, first)
    named = function.type == "identifier" and low.text(function) == "require"
    if named and not any("require" in scope.names for scope in low.scopes):
        return string_text(low, first)
    return None


def _new(low: Lowering, node: Node) -> int:
    called = callee(low, node.child_by_field_name("constructor"))
    return _finish(low, node, called, new=True)


def _finish(low: Lowering, node: Node, called: int, *, new: bool) -> int:
    types = type_arguments(low, node)
    call = Call(called, [], types, new)
    at = low.add(call)
    test = _test_unit(low, node)
    call.args = arguments(low, node, at if called != NONE else NONE, test)
    if not new:
        _note_stored(low, node.child_by_field_name("function"), call.args)
    low.site(CALL, at, node)
    return at


def _note_stored(low: Lowering, function: Node | None, args: list[int]) -> None:
    """`xs.push(x)` lets `xs` hold `x`."""
    name = (
        function.child_by_field_name("property")
        if function is not None and function.type == "member_expression"
        else None
    )
    if function is None or name is None or low.text(name) not in _STORING:
        return
    of = _stored_in(function.child_by_field_name("object"))
    held = [at for at in args if at != NONE and not isinstance(low.chunk.exprs[at], Literal)]
    if of is None or not held:
        return
    if of.type == "identifier":
        low.write(low.text(of), "", low.add(Arr(held[-1:])))
    elif of.type == "member_expression":
        store(low, of, low.add(Arr(held[-1:])))
    elif of.type == "subscript_expression":
        table = of.child_by_field_name("object")
        if table is not None and table.type == "member_expression":
            store(low, table, low.add(Arr([low.add(Arr(held[-1:]))])))


def _stored_in(of: Node | None) -> Node | None:
    """What `(this.lists[name] = this.lists[name] || [])` stands for."""
    while of is not None and of.type in ("parenthesized_expression", "assignment_expression"):
        of = of.child_by_field_name("left") or (of.named_children[0] if of.named_child_count else None)
    return of


def type_arguments(low: Lowering, node: Node) -> list[int]:
    """The types given in `<…>`."""
    given = node.child_by_field_name("type_arguments")
    return [low.type(child) for child in given.named_children] if given is not None else []


def _test_unit(low: Lowering, node: Node) -> int:
    """The unit that a call makes of its function, for a test; 0 where it makes none."""
    function, given = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if function is None or given is None or not given.named_child_count or given.type != "arguments":
        return 0
    if function.type == "identifier" and low.text(function) in _HOOKS:
        unit = low.unit_of(function)
    elif given.named_child_count > 1:
        unit = low.unit_of(given.named_children[0])
    else:
        return 0
    return unit if unit != low.unit else 0


def arguments(low: Lowering, node: Node, call: int, test: int = 0) -> list[int]:
    """The values of a call's arguments. A template is handed over as one."""
    given = node.child_by_field_name("arguments")
    if given is None:
        return []
    if given.type != "arguments":
        low.expr(given)
        return []
    found: list[int] = []
    for child in given.named_children:
        kind = child.type
        if kind == "comment":
            continue
        if test and kind in _FUNCTIONS:
            found.append(lower_function(low, child, test))
        elif kind in _VALUES:
            expected = low.add(Context(call, len(found))) if call != NONE else NONE
            found.append(named_value(low, value_name(child), child, expected))
            note_value(low, child, found[-1])
        else:
            found.append(low.expr(child))
    return found


def _jsx(low: Lowering, node: Node) -> int:
    opening = node
    if node.type == "jsx_element":
        opening = node.child_by_field_name("open_tag") or node.named_children[0]
    name = opening.child_by_field_name("name")
    called = NONE
    if name is not None and _is_component(low, name):
        called = _component(low, name)
    types = type_arguments(low, opening)
    call = Call(called, [], types, new=False)
    at = low.add(call) if called != NONE else NONE
    given = _attributes(low, opening, at)
    children = [
        low.expr(child) for child in node.named_children if child.id != opening.id and node is not opening
    ]
    if called == NONE:
        return NONE
    inside = [child for child in children if child != NONE]
    if inside:
        given.names.append("children")
        given.values.append(low.either(inside))
    call.args = [low.add(given)]
    low.site(CALL, at, opening)
    return at


def _is_component(low: Lowering, name: Node) -> bool:
    text = low.text(name)
    return name.type in ("member_expression", "nested_identifier") or (
        name.type == "identifier" and text[:1].isupper()
    )


def _component(low: Lowering, name: Node) -> int:
    if name.type == "identifier":
        return callee(low, name)
    parts = low.text(name).split(".")
    at = low.add(low.this) if parts[0] == "this" and low.this is not None else low.name(parts[0].strip())
    for part in parts[1:8]:
        at = low.add(Member(at, part.strip()))
    return at


def _attributes(low: Lowering, opening: Node, call: int) -> Obj:
    given = Obj([], [])
    for child in opening.named_children:
        if child.type == "jsx_attribute" and child.named_child_count > 1:
            key, value = child.named_children[0], child.named_children[1]
            inner = (
                value.named_children[0]
                if value.type == "jsx_expression" and value.named_child_count
                else value
            )
            expected = low.add(Member(low.add(Context(call, 0)), low.text(key))) if call != NONE else NONE
            at = named_value(low, value_name(inner), inner, expected)
            if at != NONE:
                given.names.append(low.text(key))
                given.values.append(at)
        elif child.type == "jsx_expression":
            for inner in child.named_children:
                at = low.expr(inner.named_children[0] if inner.type == "spread_element" else inner)
                if at != NONE:
                    given.spread.append(at)
    return given


def _jsx_expression(low: Lowering, node: Node) -> int:
    found = NONE
    for child in node.named_children:
        found = named_value(low, value_name(child), child)
    return found


CALLS: Final[Mapping[str, Handler]] = {
    "call_expression": _call,
    "new_expression": _new,
    "jsx_element": _jsx,
    "jsx_self_closing_element": _jsx,
    "jsx_expression": _jsx_expression,
}
