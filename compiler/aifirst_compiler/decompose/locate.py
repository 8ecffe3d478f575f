"""Finds the function that a unit is in the syntax tree, with what stands around it."""

from __future__ import annotations

import ast
from typing import Final, NamedTuple

from aifirst_codebase.reading import Reading
from aifirst_codebase.units import Unit

from aifirst_compiler.decompose.names_used import Function, in_scope
from aifirst_compiler.python_positions import Positions
from aifirst_compiler.python_scopes import names_bound_by, parameters_of, scope_of

Around = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef

_PLAIN: Final = (ast.Assign, ast.AnnAssign, ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)


class Place(NamedTuple):
    """A function, the scopes around it from the module inwards, and the statement of the module that holds it."""

    function: Function
    scopes: tuple[Around, ...]
    top: ast.stmt
    direct: bool
    """Whether the function and all classes around it stand in the scope around them, not in an `if` or `try`."""


def unit_index(reading: Reading, name: str) -> int | None:
    """The index of the unit of a qualified name; also where only the end of the name is given and one has it."""
    exact = [at for at, unit in enumerate(reading.units) if unit.name == name]
    if exact:
        return exact[0]
    ending = [at for at, unit in enumerate(reading.units) if name and unit.name.endswith(f".{name}")]
    return ending[0] if len(ending) == 1 else None


def place_of(tree: ast.Module, positions: Positions, unit: Unit) -> Place | None:
    """Where the function of a unit stands; None where the tree has none there."""
    for top in tree.body:
        stack: list[tuple[ast.AST, tuple[Around, ...], bool]] = [(top, (tree,), True)]
        while stack:
            node, scopes, direct = stack.pop()
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _is_named_there(
                node, positions, unit
            ):
                return Place(node, scopes, top, direct)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                stack += [(child, (*scopes, node), direct) for child in node.body]
            elif isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case):
                stack += [(child, scopes, False) for child in ast.iter_child_nodes(node)]
    return None


def _is_named_there(node: Function, positions: Positions, unit: Unit) -> bool:
    start = positions.start(node)
    return start <= unit.name_start < positions.start(node.body[0]) and unit.code_start <= start


def enclosing_variable(place: Place, name: str) -> Function | None:
    """The function around a place's own that has a variable of this name, None where it is a global or a builtin."""
    for scope in reversed(place.scopes):
        if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
            own = scope_of("function", scope.body)
            if name in own.declared:
                return None
            if name in own.bound or name in {one.arg for one in parameters_of(scope.args)}:
                return scope
    return None


def never_changes(place: Place, owner: Function, name: str) -> bool:
    """Whether a variable of a function around has its one value for certain whenever the place's function runs."""
    if any(isinstance(part, ast.Nonlocal) and name in part.names for part in ast.walk(owner)):
        return False
    bindings = sum(list(names_bound_by(part)).count(name) for part in in_scope(owner.body))
    if name in {one.arg for one in parameters_of(owner.args)}:
        return bindings == 0
    for statement in owner.body:
        if any(part is place.function for part in ast.walk(statement)):
            return False
        if _binds_for_certain(statement, name):
            return bindings == 1
    return False


def _binds_for_certain(statement: ast.stmt, name: str) -> bool:
    """Whether a plain statement gives a variable its value."""
    if not isinstance(statement, _PLAIN) or (
        isinstance(statement, ast.AnnAssign) and statement.value is None
    ):
        return False
    parts = in_scope([statement])
    perhaps = any(isinstance(part, ast.NamedExpr) and part.target.id == name for part in parts)
    return not perhaps and any(name in names_bound_by(part) for part in parts)
