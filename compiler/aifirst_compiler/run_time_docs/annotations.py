"""Which annotations of a Python file are read when it runs, and so must stay where the rest may go.

An annotation may only go where nothing can read it: in a function that no unknown decorator takes, whose name nobody
hands over as a value and that nobody who reads annotations is given; and in a class that derives from nothing but
plain classes and has no decorator. All else stays: dataclasses, models, named tuples, typed dictionaries, commands,
endpoints, single dispatch, dependency injection.
"""

from __future__ import annotations

import ast
import re

from aifirst_codebase.reading import Reading

from aifirst_compiler.compiled import CompileOptions
from aifirst_compiler.proof.python_trees import parse_python
from aifirst_compiler.run_time_docs.frameworks import PLAIN_BASES, PLAIN_DECORATORS
from aifirst_compiler.run_time_docs.kept import is_kept_by_name
from aifirst_compiler.run_time_docs.scan import uses_of
from aifirst_compiler.run_time_docs.scopes import last_part
from aifirst_compiler.run_time_docs.uses import RunTimeUses

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_ANYTHING = re.compile(rb"__annotations__|get_type_hints|get_annotations|annotationlib|\b__annotate__\b")


def annotations_read(
    reading: Reading,
    uses: RunTimeUses | None = None,
    options: CompileOptions = CompileOptions(),  # noqa: B008 - frozen
    tree: ast.Module | None = None,
) -> list[tuple[int, int]]:
    """The stretches of `reading.data` within which every annotation stays, in order and apart.

    Without `uses` that know what is `handed` over, whatever another file could import stays. `tree` saves a parse.
    """
    tree = tree or parse_python(reading.text)
    if tree is None:
        return [(0, len(reading.data))]
    decision = _Decision(reading, uses, options, tree)
    stretches = [decision.stretch(node) for node in decision.read()]
    joined: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


class _Decision:
    """Decides for the definitions of one file."""

    def __init__(
        self, reading: Reading, uses: RunTimeUses | None, options: CompileOptions, tree: ast.Module
    ) -> None:
        self._reading = reading
        self._alone = uses is None or uses.handed is None
        if uses is None:
            uses = uses_of([(reading.path, reading.data)], annotations=True, trees={reading.path: tree})
        self._uses = uses
        self._options = options
        self._tree = tree
        self._values = _names_used_as_values(tree) | (self._uses.handed or frozenset())
        self._own = {
            name.partition("::")[2] for name in self._uses.annotated if name.startswith(reading.path + "::")
        }

    def read(self) -> list[ast.AST]:
        """The definitions, and the module, that are read."""
        if _ANYTHING.search(self._reading.data) or self._reading.path in self._uses.modules:
            return [self._tree]
        found: list[ast.AST] = [node for node in self._tree.body if isinstance(node, ast.AnnAssign)]
        stack: list[tuple[ast.AST, bool]] = [(self._tree, False)]
        while stack:
            node, in_class = stack.pop()
            if isinstance(node, Definition) and self._is_read(node, in_class=in_class):
                found.append(node)
                continue
            is_class = isinstance(node, ast.ClassDef)
            stack.extend((child, is_class) for child in ast.iter_child_nodes(node))
        return found

    def stretch(self, node: ast.AST) -> tuple[int, int]:
        """Where a node stands, its decorators among it."""
        if not isinstance(node, ast.stmt):
            return 0, len(self._reading.data)
        starts = self._reading.lines.starts
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or 0
        return starts[node.lineno - 1] + node.col_offset, starts[end_line - 1] + end_column

    def _is_read(self, node: Definition, *, in_class: bool) -> bool:
        if any(last_part(decorator) not in PLAIN_DECORATORS for decorator in node.decorator_list):
            return True
        names = (self._own, self._uses.annotated, self._values)
        if any(node.name in known for known in names) or self._is_kept(node):
            return True
        if isinstance(node, ast.ClassDef):
            return bool(node.keywords) or any(last_part(base) not in PLAIN_BASES for base in node.bases)
        # A public name may be handed over by a file that is not looked at; a method's class is seen here.
        return self._alone and not in_class and not node.name.startswith("_") and node.col_offset == 0

    def _is_kept(self, node: Definition) -> bool:
        if not self._options.keep:
            return False
        start = self.stretch(node)[0]
        return is_kept_by_name(self._reading, self._reading.unit_at(start), self._options.keep)


def _names_used_as_values(tree: ast.Module) -> set[str]:
    """Names of the file that stand for a value and are not called: what is handed over can be asked anything."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return {
        node.id if isinstance(node, ast.Name) else node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Name | ast.Attribute)
        and isinstance(node.ctx, ast.Load)
        and id(node) not in called
    }
