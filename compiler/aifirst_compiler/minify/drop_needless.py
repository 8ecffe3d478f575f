"""Takes away what a Python file says and nobody asks: annotations that are not read, `pass` among others, `(object)`.

Before::

    class Point(object):
        left: int = 0

        def move(self, by: "int" = 1) -> None:
            where: int
            where = self.left + by

After::

    class Point:
        left = 0

        def move(self, by=1):
            where = self.left + by

Which annotations those are say `run_time_docs` and `idle_annotations`; that nothing else went is proved with `Dropped`.
Limits: what holds a comment that stays is left, and so is text that is not where the tree says.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from aifirst_codebase.reading import Reading

from aifirst_compiler.compiled import CompileOptions
from aifirst_compiler.edits import Edit, in_order
from aifirst_compiler.minify.idle_annotations import idle_annotations
from aifirst_compiler.minify.needless import Body, find_needless
from aifirst_compiler.proof.dropped import Annotated, Dropped, Gone, is_text, rebinds_object
from aifirst_compiler.run_time_docs import AnnotationReads, RunTimeUses

_COLON = re.compile(rb"[\s\\]*:")
_TO_EQUALS = re.compile(rb"[\s)\\]*(?==)")
_TO_BODY = re.compile(rb"[\s)\\]*(?=:)")
_OPENED = re.compile(rb"->[\s(\\]*\Z")
_OBJECT = re.compile(rb"class[ \t]+[^\s(:\[#\\]+[ \t]*(\([ \t]*object[ \t]*,?[ \t]*\))")
_SEMICOLON_BEHIND = re.compile(rb"[ \t]*;[ \t]*")
_SEMICOLON_BEFORE = re.compile(rb";[ \t]*\Z")
_LONGEST_GAP = 200


class Dropping(NamedTuple):
    """The edits of a file's removals with those that drop what is needless, and what that is."""

    edits: list[Edit]
    dropped: Dropped


def drop_needless(
    reading: Reading,
    tree: ast.Module,
    removals: Sequence[Edit],
    options: CompileOptions,
    uses: RunTimeUses | None,
) -> Dropping:
    """What may be dropped besides `removals`, as one list of edits in order."""
    found = find_needless(tree)
    if not (found.annotated or found.passes or found.bases):
        return Dropping(list(removals), Dropped())
    finding = _Finding(reading, removals)
    statements = [one for one in found.passes if finding.may_go(*one)]
    if found.annotated and not options.keep_annotations:
        idle = idle_annotations(tree, AnnotationReads(reading, uses, options, tree))
        for node in idle.nodes:
            finding.annotation(node)
        statements += idle.statements
    finding.statements(statements)
    if found.bases and not rebinds_object(reading, tree):
        for base in found.bases:
            finding.base(base)
    return finding.finish()


class _Finding:
    """Where in the text stands what is dropped."""

    def __init__(self, reading: Reading, removals: Sequence[Edit]) -> None:
        self._data = reading.data
        self._starts = reading.lines.starts
        self._removals = removals
        self._kept = _comments_that_stay(reading, removals)
        self._edits: list[Edit] = []
        self._annotations: list[Annotated] = []
        self._gone: list[Gone] = []
        self._bases: list[ast.ClassDef] = []

    def finish(self) -> Dropping:
        """All edits; comments inside what is dropped go with it."""
        own = sorted(self._edits)
        starts = [edit.start for edit in own]
        rest: list[Edit] = []
        for edit in self._removals:
            at = bisect_left(starts, edit.start + 1) - 1
            if at < 0 or edit.start >= own[at].end:
                rest.append(edit)
        dropped = Dropped(tuple(self._annotations), tuple(self._gone), tuple(self._bases))
        return Dropping(in_order(rest, own), dropped)

    def annotation(self, node: Annotated) -> None:
        """Drop an annotation, where the text is what the tree says."""
        if isinstance(node, ast.arg):
            stretch = self._of_parameter(node)
        elif isinstance(node, ast.AnnAssign):
            stretch = self._of_variable(node)
        else:
            stretch = self._of_function(node)
        if stretch is not None and self._add(*stretch):
            self._annotations.append(node)

    def base(self, node: ast.ClassDef) -> None:
        """Drop `(object)`."""
        found = _OBJECT.match(self._data, self._start(node))
        if found is not None and self._add(found.start(1), found.end(1)):
            self._bases.append(node)

    def may_go(self, body: Body, node: ast.stmt) -> bool:
        """Whether a `pass` is not the one before a string, which would become documentation."""
        behind = next((one for index, one in enumerate(body) if index and body[index - 1] is node), None)
        return behind is None or not is_text(behind)

    def statements(self, found: Sequence[tuple[Body, ast.stmt]]) -> None:
        """Drop statements; where a block has no others one becomes, or stays, a `pass`."""
        blocks: dict[int, tuple[Body, list[ast.stmt]]] = {}
        for body, node in found:
            blocks.setdefault(id(body), (body, []))[1].append(node)
        for body, nodes in blocks.values():
            going = {id(node) for node in nodes}
            rest = [one for one in body if id(one) not in going]
            empty = not rest or (len(rest) == 1 and rest[0] is body[0] and self._is_removed(body[0]))
            left = next((node for node in nodes if isinstance(node, ast.Pass)), nodes[-1]) if empty else None
            for node in sorted(nodes, key=self._start):
                if node is not left or not isinstance(node, ast.Pass):
                    self._statement(body, node, passes=node is left)

    def _statement(self, body: Body, node: ast.stmt, *, passes: bool) -> None:
        start, end = self._start(node), self._end(node)
        if passes:
            added = self._add(start, end, b"pass")
        else:
            behind = _SEMICOLON_BEHIND.match(self._data, end)
            before = _SEMICOLON_BEFORE.search(self._data, max(0, start - _LONGEST_GAP), start)
            if behind is not None:
                end = behind.end()
            elif before is not None and not any(
                before.start() < edit.end <= start for edit in self._edits[-1:]
            ):
                start = before.start()
            added = self._add(start, end)
        if added:
            self._gone.append(Gone(body, node, passes))

    def _is_removed(self, statement: ast.stmt) -> bool:
        """Whether a docstring goes, and nothing comes in its place."""
        start, end = self._start(statement), self._end(statement)
        return is_text(statement) and any(
            edit.start < end and start < edit.end and not edit.text for edit in self._removals
        )

    def _of_parameter(self, node: ast.arg) -> tuple[int, int] | None:
        start, name = self._start(node), node.arg.encode()
        after = start + len(name)
        if not self._data.startswith(name, start) or not _COLON.match(self._data, after):
            return None
        return after, self._end(node)

    def _of_variable(self, node: ast.AnnAssign) -> tuple[int, int] | None:
        after = self._end(node.target)
        rest = _TO_EQUALS.match(self._data, self._end(node.annotation))
        if rest is None or not _COLON.match(self._data, after):
            return None
        return after, rest.end()

    def _of_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[int, int] | None:
        if node.returns is None:
            return None
        data, returned = self._data, self._start(node.returns)
        arguments = node.args
        parts = [
            *arguments.posonlyargs,
            *arguments.args,
            *arguments.kwonlyargs,
            arguments.vararg,
            arguments.kwarg,
        ]
        defaults = [*arguments.defaults, *arguments.kw_defaults]
        first = max(
            (self._end(one) for one in (*parts, *defaults) if one is not None), default=self._start(node)
        )
        arrow = data.rfind(b"->", first, returned)
        rest = _TO_BODY.match(data, self._end(node.returns))
        if arrow < 0 or rest is None or not _OPENED.match(data, arrow, returned):
            return None
        return arrow, rest.end()

    def _add(self, start: int, end: int, text: bytes = b"") -> bool:
        at = bisect_left(self._kept, start)
        if at < len(self._kept) and self._kept[at] < end:
            return False
        self._edits.append(Edit(start, end, text))
        return True

    def _start(self, node: ast.stmt | ast.expr | ast.arg) -> int:
        return self._starts[node.lineno - 1] + node.col_offset

    def _end(self, node: ast.stmt | ast.expr | ast.arg) -> int:
        return self._starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)


def _comments_that_stay(reading: Reading, removals: Sequence[Edit]) -> list[int]:
    removed = {edit.start for edit in removals if not edit.text}
    return [comment.start for comment in reading.comments if comment.start not in removed]
