"""All that is known of a function before parts of it are looked at: variables, steps, what forbids it whole."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Set
from dataclasses import dataclass
from typing import Final

from aifirst_compiler.decompose.effects import EffectsOf
from aifirst_compiler.decompose.flow_graph import FlowGraph, TooBranchedError, flow_graph
from aifirst_compiler.decompose.locate import Place, enclosing_variable, never_changes
from aifirst_compiler.decompose.module_names import ModuleNames, module_names
from aifirst_compiler.decompose.names_used import Function, declared_nonlocal, in_scope, used_outside
from aifirst_compiler.decompose.outcome import Why
from aifirst_compiler.decompose.statement_facts import StatementFacts, statement_facts
from aifirst_compiler.decompose.swallowing import NeverSwallows
from aifirst_compiler.decompose.variable_flow import VariableFlow, variable_flow
from aifirst_compiler.python_scopes import names_bound_by, parameters_of, scope_of

_LOOKERS: Final = frozenset({"locals", "eval", "exec", "_getframe", "currentframe", "getargvalues"})
_OF_MODULE: Final = frozenset({"locals", "globals", "vars", "dir"})
_LIFETIMES: Final = frozenset(
    {"ref", "proxy", "finalize", "WeakSet", "WeakKeyDictionary", "WeakValueDictionary", "WeakMethod"}
)
_COUNTERS: Final = frozenset({"getrefcount", "get_referrers", "get_objects"})
_COMPILERS: Final = frozenset(
    {
        "jit",
        "njit",
        "vectorize",
        "guvectorize",
        "stencil",
        "kernel",
        "script",
        "script_method",
        "autojit",
        "cfunc",
        "pyfunc",
    }
)
_SCOPES: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True)
class FunctionFacts:
    """A function that may be decomposed; `index` gives its variables bits, `numbers` its statements their order.

    `fixed` and `unfixed` are the variables of functions around, those that never change while it runs and the others;
    `outer` those it declares nonlocal; `globals` those it declares global.
    """

    place: Place
    index: dict[str, int]
    names: list[str]
    numbers: dict[ast.stmt, int]
    last: dict[ast.stmt, int]
    graph: FlowGraph
    flow: VariableFlow
    unfixed: int
    outer: int
    globals: frozenset[str]
    statements: dict[ast.stmt, StatementFacts]
    swallowing: NeverSwallows
    counts_frames: frozenset[str]
    is_generator: bool

    def names_of(self, bits: int) -> list[str]:
        """The variables of a set of bits, in the order of the text."""
        return [name for name in self.names if bits >> self.index[name] & 1]


def forbidden_whole(tree: ast.Module, place: Place) -> tuple[Why, int, str] | None:
    """Why nothing of a function may move, with a line; None where something may."""
    function = place.function
    for decorator in function.decorator_list:
        found = next((name for name in map(_last_name, ast.walk(decorator)) if name in _COMPILERS), "")
        if found or ast.unparse(decorator).startswith("tf.function"):
            return "compiled-from-source", decorator.lineno, found
    for part in ast.walk(function):
        seen = _sees_variables(tree, part)
        if seen is not None:
            return seen[0], _line(part, function), seen[1]
    for part in in_scope(tree.body):
        if isinstance(part, ast.Call) and not part.args and _called_plainly(part, _OF_MODULE):
            return "module-lists-its-names", part.lineno, _called_plainly(part, _OF_MODULE)
    return None


def _sees_variables(tree: ast.Module, part: ast.AST) -> tuple[Why, str] | None:
    """Whether a part may see the function's variables, or how long they live, from outside their names."""
    name = _last_name(part)
    of_another = isinstance(part, ast.Attribute) and name in (
        "eval",
        "exec",
        "locals",
    )  # a data frame has an eval
    if name in _LOOKERS and (not of_another or ast.unparse(part).startswith("builtins.")):
        return "looks-at-its-variables", name
    if isinstance(part, ast.Call) and not part.args and _called_plainly(part, {"vars", "dir"}):
        return "looks-at-its-variables", "vars() or dir()"
    if name in _COUNTERS or (name in _LIFETIMES and _from_weakref(part, tree)):
        return "object-lifetime", name
    return None


def _called_plainly(call: ast.Call, names: Set[str]) -> str:
    """The name that is called where it is one of some, else empty."""
    return call.func.id if isinstance(call.func, ast.Name) and call.func.id in names else ""


def _line(part: ast.AST, function: Function) -> int:
    return getattr(part, "lineno", function.lineno)


def _last_name(part: ast.AST) -> str:
    return part.id if isinstance(part, ast.Name) else part.attr if isinstance(part, ast.Attribute) else ""


def _from_weakref(part: ast.AST, tree: ast.Module) -> bool:
    if isinstance(part, ast.Attribute):
        return isinstance(part.value, ast.Name) and part.value.id in ("weakref", "_weakref")
    return any(
        isinstance(one, ast.ImportFrom) and one.module in ("weakref", "_weakref")
        and any((alias.asname or alias.name) == _last_name(part) for alias in one.names)
        for one in ast.walk(tree)
    )  # fmt: skip


def function_facts(module: ModuleNames, place: Place) -> FunctionFacts:
    """The facts. Raises TooBranchedError."""
    function = place.function
    scope = scope_of("function", function.body)
    parameters = [one.arg for one in parameters_of(function.args)]
    outer = declared_nonlocal(function)
    used = used_outside(function).used - outer
    around = {name: owner for name in sorted(used) if (owner := enclosing_variable(place, name)) is not None}
    names = _in_text_order(
        function, [*parameters, *sorted((scope.bound - set(parameters)) | set(around) | outer)]
    )
    index = {name: place for place, name in enumerate(names)}
    numbers, last = _numbered(function)
    swallowing = NeverSwallows(module, function)
    graph = flow_graph(
        function,
        numbers,
        EffectsOf(index.keys(), module.may_not_be_builtin() | scope.bound | set(parameters)),
        swallowing,
    )
    always = [*parameters, *around, *outer]
    unfixed = [name for name, owner in around.items() if not never_changes(place, owner, name)]
    facts = _Facts()
    return FunctionFacts(
        place, index, names, numbers, last, graph, variable_flow(graph, index, always),
        sum(1 << index[name] for name in unfixed), sum(1 << index[name] for name in outer), frozenset(scope.declared),
        facts, swallowing, module.counts_frames,
        any(facts[statement].yields for statement in function.body),
    )  # fmt: skip


def _in_text_order(function: Function, names: list[str]) -> list[str]:
    """Names in the order in which the text first speaks of them, parameters first as they stand."""
    parameters = {one.arg for one in parameters_of(function.args)}
    first: dict[str, tuple[int, int]] = {}
    for part in ast.walk(function):
        if isinstance(part, ast.expr | ast.stmt | ast.pattern | ast.excepthandler):
            spoken = [part.id] if isinstance(part, ast.Name) else list(names_bound_by(part))
            here = (part.lineno, part.col_offset)
            first.update({name: min(first.get(name, here), here) for name in spoken})
    after = (1 << 60, 0)
    return sorted(
        dict.fromkeys(names), key=lambda name: (-1, 0) if name in parameters else first.get(name, after)
    )


def _numbered(function: Function) -> tuple[dict[ast.stmt, int], dict[ast.stmt, int]]:
    """The number of every statement of the function itself in the order of the text, and the last number inside it."""
    numbers: dict[ast.stmt, int] = {}
    last: dict[ast.stmt, int] = {}

    def number(statements: list[ast.stmt]) -> None:
        for statement in statements:
            numbers[statement] = len(numbers)
            for block in blocks_in(statement):
                number(block)
            last[statement] = len(numbers) - 1

    number(function.body)
    return numbers, last


def blocks_in(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The blocks of a statement in the order of the text; none of functions and classes, which are other scopes."""
    if isinstance(statement, _SCOPES):
        return
    if isinstance(statement, ast.Match):
        yield from (case.body for case in statement.cases)
        return
    yield getattr(statement, "body", [])
    yield from (handler.body for handler in getattr(statement, "handlers", []))
    yield getattr(statement, "orelse", [])
    yield getattr(statement, "finalbody", [])


class _Facts(dict[ast.stmt, StatementFacts]):
    """The facts of statements, found when they are asked for."""

    def __missing__(self, statement: ast.stmt) -> StatementFacts:
        found = self[statement] = statement_facts(statement)
        return found


__all__ = [
    "FunctionFacts",
    "TooBranchedError",
    "blocks_in",
    "forbidden_whole",
    "function_facts",
    "module_names",
]
