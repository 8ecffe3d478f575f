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
from aifirst_compiler.run_time_docs.kept import is_kept_by_name
from aifirst_compiler.run_time_docs.module_names import dotted_of
from aifirst_compiler.run_time_docs.plain_classes import Definition, needed_to_be_plain
from aifirst_compiler.run_time_docs.scan import Scan
from aifirst_compiler.run_time_docs.uses import RunTimeUses

_ANYTHING = re.compile(rb"__annotations__|get_type_hints|get_annotations|annotationlib|\b__annotate__\b")
_COMPILED = re.compile(rb"\b(?:cython|numba|triton|taichi|tvm|mypyc|torch\.jit|numba_)")
"""Signs of a library that reads the annotations of local variables: it has the source."""


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
    reads = AnnotationReads(reading, uses, options, tree)
    stretches = [_stretch(reading, node) for node in reads.outermost()]
    joined: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


class AnnotationReads:
    """Decides for the definitions of one file. Without `uses` what another file could import counts as read."""

    def __init__(
        self, reading: Reading, uses: RunTimeUses | None, options: CompileOptions, tree: ast.Module
    ) -> None:
        self._reading = reading
        self._options = options
        self._tree = tree
        self._alone = uses is None or uses.handed is None
        module = dotted_of(reading.path).rpartition(".")[2]
        if uses is None or uses.handed is None:
            uses = self._own_uses()
        self._uses = uses
        own = f"{reading.path}::"
        self._named = (uses.handed or frozenset()) | {
            name.partition("::")[2] if name.startswith(own) else name for name in uses.annotated
        }
        known, data = uses.annotated_modules, reading.data
        self.everything = _ANYTHING.search(data) is not None or reading.path in known or "*" in known
        """Whether all annotations of the file are read."""
        self.locals = b"jit" in data or _COMPILED.search(data) is not None
        """Whether those of local variables may be."""
        self.module = self.everything or self._alone or module in self._named
        """Whether those of the module's own variables are."""

    def is_read(self, node: Definition, *, in_class: bool) -> bool:
        """Whether the annotations of a definition, and of all in it, are read."""
        if not needed_to_be_plain(node) <= self._uses.plain or node.name in self._named:
            return True
        if any(node.name.startswith(prefix) for _, prefix in self._uses.annotated_prefixes):
            return True
        if self._options.keep and self._is_kept(node):
            return True
        # A public name may be handed over by a file that is not looked at; a method's class is seen here.
        return self._alone and not in_class and _is_public(node)

    def reads_locals(self, node: Definition) -> bool:
        """Whether those of the local variables of a function may be: what decorates it may have its source."""
        plain = needed_to_be_plain(node) <= self._uses.plain
        return not plain or (bool(self._options.keep) and self._is_kept(node))

    def outermost(self) -> list[ast.AST]:
        """The definitions that are read and in none that is, the module's variables that are, or the module."""
        if self.everything:
            return [self._tree]
        body = self._tree.body if self.module else ()
        found: list[ast.AST] = [node for node in body if isinstance(node, ast.AnnAssign)]
        stack: list[tuple[ast.AST, bool]] = [(self._tree, False)]
        while stack:
            node, in_class = stack.pop()
            if isinstance(node, Definition) and self.is_read(node, in_class=in_class):
                found.append(node)
                continue
            is_class = isinstance(node, ast.ClassDef)
            stack.extend((child, is_class) for child in ast.iter_child_nodes(node))
        return found

    def _own_uses(self) -> RunTimeUses:
        """What this file alone tells of annotations; what is public counts as handed on."""
        tree, path = self._tree, self._reading.path
        public = [node.name for node in tree.body if isinstance(node, Definition) and _is_public(node)]
        scan = Scan([(path, self._reading.data)], {path: tree})
        return scan.with_annotations(RunTimeUses(), public)

    def _is_kept(self, node: Definition) -> bool:
        start = self._reading.lines.starts[node.lineno - 1] + node.col_offset
        return is_kept_by_name(self._reading, self._reading.unit_at(start), self._options.keep)


def _is_public(node: Definition) -> bool:
    return node.col_offset == 0 and not node.name.startswith("_")


def _stretch(reading: Reading, node: ast.AST) -> tuple[int, int]:
    """Where a node stands."""
    if not isinstance(node, ast.stmt):
        return 0, len(reading.data)
    starts = reading.lines.starts
    end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or 0
    return starts[node.lineno - 1] + node.col_offset, starts[end_line - 1] + end_column
