"""Which names of Python files stand for values that are handed on: whoever gets one can ask it for its annotations.

A name counts wherever it stands for a value and is neither called nor the owner of a plain attribute: an argument, an
element, a default, what is assigned. So does a text that is a name (`getattr`, entry points, `__all__`), and a name
that an import renames. Positions that hand nothing on are left out: what is caught, raised, derived from or tested
for with `isinstance`. A name in an annotation counts only where the annotation may be read itself, for then what
reads it may go on with the class that it names; that is why `closed` goes on until nothing is added.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple, cast

from aifirst_compiler.python_scopes import parameters_of
from aifirst_compiler.run_time_docs.plain_classes import ClassBases, Definition, needed_to_be_plain

_NAMES = re.compile(r"[\w.:]{1,120}")
_WORD = re.compile(r"[^\W\d]\w*")
_DUNDER = re.compile(r"__\w+__")
_TELLS_NOTHING = frozenset(
    {"ctx", "op", "ops", "id", "attr", "names", "name", "kind", "type_comment", "conversion", "level"}
)
_TESTS = frozenset({"isinstance", "issubclass"})
Function = ast.FunctionDef | ast.AsyncFunctionDef
_Around = tuple[Definition, ...]
_Parts = list[tuple[ast.AST, _Around]]


class Mentions(NamedTuple):
    """Names in the annotations and bases of a definition.

    They are handed on where one of `owners` is, or where not all classes `needed` are plain.
    """

    owners: frozenset[str]
    needed: frozenset[str]
    names: frozenset[str]


class HandedNames(NamedTuple):
    """What one file hands on, what it does once its annotations are read, its classes, and what it imports from where."""

    values: frozenset[str]
    mentions: tuple[Mentions, ...]
    classes: tuple[ClassBases, ...]
    imports: frozenset[tuple[str, str]]


def handed_names(tree: ast.Module, module: str) -> HandedNames:
    """What a file hands on; `module` is the last part of its own name, which owns its annotations."""
    finding = _Finding(module)
    finding.walk(tree)
    return HandedNames(
        frozenset(finding.values), tuple(finding.mentions), tuple(finding.classes), frozenset(finding.imports)
    )


def closed(files: Iterable[HandedNames], plain: frozenset[str], read: Iterable[str] = ()) -> frozenset[str]:
    """All names that the files hand on, given the `plain` classes; `read` are names read for another reason."""
    found: set[str] = set(read)
    waiting: list[Mentions] = []
    for file in files:
        found |= file.values
        waiting += file.mentions
    while True:
        left: list[Mentions] = []
        for one in waiting:
            if not one.needed <= plain or not found.isdisjoint(one.owners):
                found |= one.names
            else:
                left.append(one)
        if len(left) == len(waiting):
            return frozenset(found)
        waiting = left


def annotations_of(node: Function) -> list[ast.expr]:
    """The annotations of a function's parameters and of what it returns."""
    found = [one.annotation for one in parameters_of(node.args) if one.annotation is not None]
    return [*found, node.returns] if node.returns is not None else found


class _Finding:
    """Walks one file."""

    def __init__(self, module: str) -> None:
        self._module = module
        self.values: set[str] = set()
        self.mentions: list[Mentions] = []
        self.classes: list[ClassBases] = []
        self.imports: set[tuple[str, str]] = set()

    def walk(self, tree: ast.Module) -> None:
        """Note all that the file hands on."""
        stack: _Parts = [(tree, ())]
        while stack:
            node, around = stack.pop()
            take = _TAKERS.get(node.__class__)
            if take is not None:
                stack += take(self, node, around)
                continue
            for field in _fields_of(node.__class__):
                part = getattr(node, field, None)
                if part.__class__ is list:
                    stack += [(one, around) for one in cast("list[object]", part) if isinstance(one, ast.AST)]
                elif isinstance(part, ast.AST):
                    stack.append((part, around))

    def take_name(self, node: ast.Name, _: _Around) -> _Parts:
        """A name that stands for a value."""
        if isinstance(node.ctx, ast.Load):
            self.values.add(node.id)
        return []

    def take_attribute(self, node: ast.Attribute, around: _Around) -> _Parts:
        """An attribute hands itself on; what it is of only where it may be the way to all that is in there."""
        if isinstance(node.ctx, ast.Load):
            self.values.add(node.attr)
        return self.owner(node, around)

    def owner(self, node: ast.expr, around: _Around) -> _Parts:
        """What is left to look at in an expression that is called or stored to."""
        while isinstance(node, ast.Attribute):
            if _DUNDER.fullmatch(node.attr):
                return [(node.value, around)]
            node = node.value
        return [] if isinstance(node, ast.Name) else [(node, around)]

    def take_call(self, node: ast.Call, around: _Around) -> _Parts:
        """A call hands on its arguments."""
        given: list[ast.expr] = [*node.args, *(keyword.value for keyword in node.keywords)]
        if isinstance(node.func, ast.Name) and node.func.id in _TESTS:
            given = [one for one in given if not _is_names(one)]
        return [*self.owner(node.func, around), *((one, around) for one in given)]

    def take_constant(self, node: ast.Constant, _: _Around) -> _Parts:
        """A text that is a name may be how something is asked for."""
        if isinstance(node.value, str) and _NAMES.fullmatch(node.value):
            self.values.update(_WORD.findall(node.value))
        return []

    def take_import(self, node: ast.Import | ast.ImportFrom, _: _Around) -> _Parts:
        """What is imported under another name is found under none."""
        for alias in node.names:
            last = alias.name.rpartition(".")[2]
            if alias.asname and alias.asname != last:
                self.values.update((alias.asname, last))
            if isinstance(node, ast.ImportFrom):
                self.imports.add(("." * node.level + (node.module or ""), alias.asname or alias.name))
        return []

    def take_function(self, node: Function, around: _Around) -> _Parts:
        """A function hands on its defaults."""
        inner = (*around, node)
        self._note(annotations_of(node), inner)
        parts: _Parts = [(one, around) for one in (*node.args.defaults, *node.args.kw_defaults) if one]
        parts += self._decorators(node, around)
        return parts + [(one, inner) for one in node.body]

    def take_class(self, node: ast.ClassDef, around: _Around) -> _Parts:
        """A class hands on what its keywords are given; who reads it may go on with its bases."""
        inner = (*around, node)
        self.classes.append(ClassBases(node.name, needed_to_be_plain(node)))
        self._note([base for base in node.bases if _is_names(base)], inner)
        parts: _Parts = [(base, around) for base in node.bases if not _is_names(base)]
        parts += [(keyword.value, around) for keyword in node.keywords]
        parts += self._decorators(node, around)
        return parts + [(one, inner) for one in node.body]

    def take_annotated(self, node: ast.AnnAssign, around: _Around) -> _Parts:
        """What an annotated name is given; the annotation of a local variable is kept nowhere."""
        if not around or isinstance(around[-1], ast.ClassDef):
            self._note([node.annotation], around)
        return [(part, around) for part in (node.target, node.value) if part is not None]

    def take_except(self, node: ast.ExceptHandler, around: _Around) -> _Parts:
        """What is caught is handed to nobody."""
        kind: _Parts = [(node.type, around)] if node.type is not None and not _is_names(node.type) else []
        return kind + [(one, around) for one in node.body]

    def take_raise(self, node: ast.Raise, around: _Around) -> _Parts:
        """Nor is a class that is raised."""
        return [(one, around) for one in (node.exc, node.cause) if one is not None and not _is_names(one)]

    def take_statement(self, node: ast.Expr, around: _Around) -> _Parts:
        """A text on its own is documentation."""
        return [] if isinstance(node.value, ast.Constant) else [(node.value, around)]

    def _decorators(self, node: Definition, around: _Around) -> _Parts:
        return [part for one in node.decorator_list for part in _decorated(self, one, around)]

    def _note(self, annotations: Sequence[ast.expr], around: _Around) -> None:
        """Note the names in annotations of the innermost definition."""
        names = frozenset(name for annotation in annotations for name in _names_in(annotation))
        if names:
            needed = frozenset[str]().union(*map(needed_to_be_plain, around))
            owners = frozenset(one.name for one in around) or frozenset({self._module})
            self.mentions.append(Mentions(owners, needed, names))


def _decorated(finding: _Finding, decorator: ast.expr, around: _Around) -> _Parts:
    if isinstance(decorator, ast.Call):
        return finding.take_call(decorator, around)
    return finding.owner(decorator, around)


@cache
def _fields_of(kind: type[ast.AST]) -> tuple[str, ...]:
    """The fields of a kind of node that may hold others that hand something on."""
    return tuple(name for name in kind._fields if name not in _TELLS_NOTHING)


def _is_names(node: ast.expr) -> bool:
    """Whether an expression is a dotted name, or several."""
    if isinstance(node, ast.Tuple):
        return all(map(_is_names, node.elts))
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def _names_in(annotation: ast.expr) -> Iterator[str]:
    for node in ast.walk(annotation):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from _WORD.findall(node.value)


_TAKERS: dict[type, Callable[[_Finding, Any, _Around], _Parts]] = {
    ast.Name: _Finding.take_name,
    ast.Attribute: _Finding.take_attribute,
    ast.Call: _Finding.take_call,
    ast.Constant: _Finding.take_constant,
    ast.Import: _Finding.take_import,
    ast.ImportFrom: _Finding.take_import,
    ast.FunctionDef: _Finding.take_function,
    ast.AsyncFunctionDef: _Finding.take_function,
    ast.ClassDef: _Finding.take_class,
    ast.AnnAssign: _Finding.take_annotated,
    ast.ExceptHandler: _Finding.take_except,
    ast.Raise: _Finding.take_raise,
    ast.Expr: _Finding.take_statement,
}
"""What looks at each kind of node, and gives what is left to look at."""
