"""What a caller has to know of a unit that is written already: its definitions and their documentation, no bodies."""

from __future__ import annotations

import ast


def outline_of(code: str, name: str) -> str:
    """The unit without the bodies of its functions, private helpers left out."""
    tree = ast.parse(code)
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.name == name:
            return ast.unparse(ast.fix_missing_locations(_Bodiless().visit(node)))
    return ""


class _Bodiless(ast.NodeTransformer):
    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Keep the documentation of a function alone."""
        node.body = _documentation(node)
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        """Keep the documentation of a coroutine alone."""
        node.body = _documentation(node)
        return node


def _documentation(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.stmt]:
    kept = [*node.body[:1]] if ast.get_docstring(node) is not None else []
    return [*kept, ast.Expr(ast.Constant(...))]
