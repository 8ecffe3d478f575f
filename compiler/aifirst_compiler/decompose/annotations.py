"""Annotations that a new function may carry: those the source states, where evaluating them once more is safe.

The annotation of a parameter was evaluated with its function, in the scopes around that. A new function stands in the
module, so only names that mean the same there are taken. Annotations of local variables are never evaluated where they
stand; they are taken only in files whose annotations are not evaluated either (`from __future__ import annotations`).
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Final, NamedTuple

from aifirst_compiler.decompose.locate import Place
from aifirst_compiler.decompose.names_used import in_scope
from aifirst_compiler.decompose.region import Region
from aifirst_compiler.python_positions import Positions
from aifirst_compiler.python_scopes import scope_of

_PLAIN: Final = (
    ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.Tuple, ast.List, ast.BinOp, ast.BitOr, ast.expr_context,
    ast.UnaryOp, ast.USub,
)  # fmt: skip


class Stated(NamedTuple):
    """The texts of annotations by variable, of the function's own result, and whether the function states its result."""

    of_names: Mapping[str, str]
    returned: str
    states_result: bool


def stated_annotations(tree: ast.Module, place: Place, positions: Positions) -> Stated:
    """What a function states of its variables and its result that may stand in the module too."""
    function, arguments = place.function, place.function.args
    later = any(isinstance(one, ast.ImportFrom) and one.module == "__future__"
                and any(alias.name == "annotations" for alias in one.names) for one in tree.body)  # fmt: skip
    inner = _names_of_scopes(place)
    in_module = place.direct and all(isinstance(one, ast.Module | ast.ClassDef) for one in place.scopes)

    def text(node: ast.expr | None) -> str:
        if node is None or not (later or in_module) or not _may_stand(node, inner):
            return ""
        found = positions.data[positions.start(node) : positions.end(node)].decode("utf-8")
        return "" if "\n" in found or "#" in found else found

    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    found = {one.arg: stated for one in named if (stated := text(one.annotation))}
    if later:
        for part in in_scope(function.body):
            if (
                isinstance(part, ast.AnnAssign)
                and isinstance(part.target, ast.Name)
                and (stated := text(part.annotation))
            ):
                found.setdefault(part.target.id, stated)
    return Stated(found, text(function.returns), function.returns is not None)


def _names_of_scopes(place: Place) -> set[str]:
    """Names that mean something else inside the scopes around a function than in the module."""
    found: set[str] = set()
    for scope in place.scopes[1:]:
        kind = "class" if isinstance(scope, ast.ClassDef) else "function"
        found |= scope_of(kind, scope.body).bound
        found |= {one.name for one in getattr(scope, "type_params", [])}
    found |= {one.name for one in getattr(place.function, "type_params", [])}
    return found


def _may_stand(node: ast.expr, inner: set[str]) -> bool:
    return all(
        isinstance(part, _PLAIN) and not (isinstance(part, ast.Name) and (part.id in inner or part.id == "Self"))
        for part in ast.walk(node)
    )  # fmt: skip


def result_annotation(region: Region, stated: Stated, *, is_generator: bool) -> str:
    """What a piece gives back as far as the source states it; empty where it does not."""
    if region.yields or not stated.states_result:
        return ""
    if region.results:
        texts = [stated.of_names.get(name, "") for name in region.results]
        if not all(texts):
            return ""
        return texts[0] if len(texts) == 1 else f"tuple[{', '.join(texts)}]"
    if region.ends == "returns":
        return "" if is_generator else stated.returned
    return "" if region.never_ends else "None"
