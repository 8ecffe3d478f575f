"""Which functions may run while a bundle's modules are imported, judged by names alone.

A function whose name is not spoken of in any code that runs at import cannot run then; its imports come later. Judged
over all modules at once: a name that is spoken of stands for every function of that name.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from aifirst_compiler.bundle.modules import Module

_Function = ast.FunctionDef | ast.AsyncFunctionDef


class ImportTime:
    """The names that code which runs at import may call."""

    def __init__(self, modules: Iterable[Module]) -> None:
        self._bodies: dict[str, list[_Function]] = {}
        self._methods: dict[str, list[_Function]] = {}
        self._spoken: set[str] = set()
        waiting: list[str] = []
        for module in modules:
            try:
                body = module.tree.body
            except SyntaxError:
                continue
            self._collect(body)
            waiting += _spoken_in(body)
        while waiting:
            name = waiting.pop()
            if name in self._spoken:
                continue
            self._spoken.add(name)
            for function in [*self._bodies.get(name, ()), *self._methods.get(name, ())]:
                waiting += _spoken_in(function.body)

    def may_run(self, names: Iterable[str]) -> bool:
        """Whether code inside functions of these names, from the outermost in, may run at import."""
        return all(name in self._spoken or (name.startswith("__") and name.endswith("__")) for name in names)

    def _collect(self, body: Iterable[ast.stmt]) -> None:
        """Note every function by its name; what Python calls by itself on a class by the name of the class, too."""
        for node in body:
            for part in ast.walk(node):
                if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
                    self._bodies.setdefault(part.name, []).append(part)
                elif isinstance(part, ast.ClassDef):
                    special = [
                        one for one in part.body if isinstance(one, _Function) and one.name.startswith("__")
                    ]
                    self._methods.setdefault(part.name, []).extend(special)


def _spoken_in(body: Iterable[ast.AST]) -> Iterator[str]:
    """The names that some statements speak of when they run, without the bodies of the functions they define."""
    stack: list[ast.AST] = list(body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            continue
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.ClassDef):  # a base may call what its subclasses have
            yield "__init_subclass__"
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            stack += [*node.decorator_list, node.args]
            if node.decorator_list:
                yield node.name
        else:
            stack += ast.iter_child_nodes(node)
